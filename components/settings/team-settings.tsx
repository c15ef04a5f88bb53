'use client';

import { Ellipsis, UserRoundPlus } from 'lucide-react';
import { useState } from 'react';
import { InviteDialog, type InviteLink } from '#/components/settings/invite-dialog.tsx';
import { MemberDialog } from '#/components/settings/member-dialog.tsx';
import { AdminsOnly, Badge, Fact, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { SwitchOffDialog } from '#/components/settings/switch-off-dialog.tsx';
import { roleNames, type TeamMember } from '#/components/settings/team-member.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct } from '#/components/ui/menu.tsx';
import { momentText } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type {
  AgentRole,
  ChangeAgentInput,
  Department,
  HandOverTarget,
  PendingInvite,
  PersonRole,
} from '#/lib/agents/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type TeamActs = {
  inviteAgent(input: {
    email: string;
    role: PersonRole;
    departmentId: string | null;
  }): Promise<Result<InviteLink>>;
  renewInvite(input: { inviteId: string }): Promise<Result<InviteLink>>;
  revokeInvite(input: { inviteId: string }): Promise<Result<unknown>>;
  changeAgent(input: ChangeAgentInput): Promise<Result<unknown>>;
  deactivateAgent(input: { agentId: string; handOver: HandOverTarget }): Promise<Result<unknown>>;
  reactivateAgent(input: { agentId: string }): Promise<Result<unknown>>;
};

type Open =
  | { dialog: 'invite' }
  | { dialog: 'link'; email: string; link: InviteLink }
  | { dialog: 'place'; member: TeamMember }
  | { dialog: 'leave'; member: TeamMember };

/** Who answers: the list, invitations, roles and departments, switching somebody off and on. */
export function TeamSettings({
  members,
  invites,
  departments,
  me,
  acts,
  onChanged,
}: {
  members: readonly TeamMember[];
  /** Empty for those who may not see them. */
  invites: readonly PendingInvite[];
  departments: readonly Department[];
  me: { id: string; role: AgentRole };
  acts: TeamActs;
  onChanged(): void;
}) {
  const [open, setOpen] = useState<Open | null>(null);
  const isAdmin = me.role === 'admin';
  const sorted = members.toSorted(
    (a, b) => Number(b.isActive) - Number(a.isActive) || a.name.localeCompare(b.name),
  );
  const departmentName = (id: string | null) => departments.find((each) => each.id === id)?.name ?? '—';

  async function settle(act: Promise<Result<unknown>>, words: string) {
    const result = await act;
    showToast(result.ok ? words : failureText(result.error), result.ok ? 'plain' : 'bad');
    if (result.ok) onChanged();
  }

  async function renew({ id, email }: PendingInvite) {
    const result = await acts.renewInvite({ inviteId: id });
    if (!result.ok) {
      showToast(failureText(result.error), 'bad');
      return;
    }
    setOpen({ dialog: 'link', email, link: result.value });
    onChanged();
  }

  return (
    <SettingsPage
      title="Team"
      lead="The people who answer customers here."
      actions={
        isAdmin ? (
          <Button tone="primary" onClick={() => setOpen({ dialog: 'invite' })}>
            <UserRoundPlus className="size-4" aria-hidden="true" />
            Invite
          </Button>
        ) : undefined
      }
    >
      {isAdmin ? null : (
        <AdminsOnly>Your admins invite people, give them a role and switch accounts off.</AdminsOnly>
      )}
      <SettingsBlock title="Members">
        <Rows label="Members">
          {sorted.map((member) => (
            <Row
              key={member.id}
              face={
                <span className={member.isActive ? 'flex' : 'flex grayscale'}>
                  <Avatar name={member.name} size={32} />
                </span>
              }
              title={member.name}
              badges={
                <>
                  {member.id === me.id ? <Badge>you</Badge> : null}
                  {member.isExample ? <Badge>example</Badge> : null}
                  {member.isActive ? null : <Badge>switched off</Badge>}
                </>
              }
              detail={member.email}
              facts={
                <>
                  <Fact>{departmentName(member.departmentId)}</Fact>
                  <Fact width="w-20">
                    {member.openTickets === 0 ? '—' : `${member.openTickets.toLocaleString('en')} open`}
                  </Fact>
                  <span className="w-14 shrink-0 text-text-muted">{roleNames[member.role]}</span>
                </>
              }
              menu={
                isAdmin ? (
                  <MemberMenu
                    member={member}
                    isMe={member.id === me.id}
                    onPlace={() => setOpen({ dialog: 'place', member })}
                    onLeave={() => setOpen({ dialog: 'leave', member })}
                    onReturn={() =>
                      void settle(
                        acts.reactivateAgent({ agentId: member.id }),
                        `${member.name} can sign in again.`,
                      )
                    }
                  />
                ) : null
              }
            />
          ))}
        </Rows>
      </SettingsBlock>
      {invites.length === 0 ? null : (
        <SettingsBlock title="Invited" lead="They have a link and have not come yet.">
          <Rows label="Invitations">
            {invites.map((invite) => (
              <Row
                key={invite.id}
                title={invite.email}
                badges={invite.isExpired ? <Badge tone="warn">expired</Badge> : null}
                detail={
                  <>
                    {roleNames[invite.role]}
                    {invite.departmentId === null ? '' : ` in ${departmentName(invite.departmentId)}`}
                    {invite.invitedBy === null ? '' : `, invited by ${invite.invitedBy}`}
                    {invite.isExpired ? null : (
                      <>
                        , until <Moment at={invite.expiresAt} say={momentText} />
                      </>
                    )}
                  </>
                }
                menu={
                  <Menu
                    align="end"
                    trigger={
                      <IconButton label={`More about the invitation of ${invite.email}`}>
                        <Ellipsis aria-hidden="true" />
                      </IconButton>
                    }
                  >
                    <MenuAct onChoose={() => void renew(invite)}>Make a new link</MenuAct>
                    <MenuAct
                      tone="bad"
                      onChoose={() =>
                        void settle(
                          acts.revokeInvite({ inviteId: invite.id }),
                          `The invitation of ${invite.email} opens nothing any more.`,
                        )
                      }
                    >
                      Take it back
                    </MenuAct>
                  </Menu>
                }
              />
            ))}
          </Rows>
        </SettingsBlock>
      )}
      {open?.dialog === 'invite' || open?.dialog === 'link' ? (
        <InviteDialog
          departments={departments}
          made={open.dialog === 'link' ? { email: open.email, link: open.link } : null}
          invite={acts.inviteAgent}
          onMade={onChanged}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open?.dialog === 'place' ? (
        <MemberDialog
          member={open.member}
          isMe={open.member.id === me.id}
          departments={departments}
          change={acts.changeAgent}
          onDone={() => {
            showToast(`${open.member.name}’s place is changed.`);
            setOpen(null);
            onChanged();
          }}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open?.dialog === 'leave' ? (
        <SwitchOffDialog
          member={open.member}
          heirs={members.filter((each) => each.isActive && each.id !== open.member.id)}
          departments={departments}
          deactivate={acts.deactivateAgent}
          onDone={() => {
            showToast(`${open.member.name} is switched off.`);
            setOpen(null);
            onChanged();
          }}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </SettingsPage>
  );
}

function MemberMenu({
  member,
  isMe,
  onPlace,
  onLeave,
  onReturn,
}: {
  member: TeamMember;
  isMe: boolean;
  onPlace(): void;
  onLeave(): void;
  onReturn(): void;
}) {
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={`More about ${member.name}`}>
          <Ellipsis aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuAct onChoose={onPlace}>Change role or department…</MenuAct>
      {isMe ? null : member.isActive ? (
        <MenuAct tone="bad" onChoose={onLeave}>
          Switch off the account…
        </MenuAct>
      ) : (
        <MenuAct onChoose={onReturn}>Switch on again</MenuAct>
      )}
    </Menu>
  );
}
