'use client';

import { Ellipsis, UserRoundPlus } from 'lucide-react';
import { useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { useFormAction } from '#/components/entry/use-form-action.ts';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { CopyButton } from '#/components/ui/copy-button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import { failureText, fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextField } from '#/components/ui/field.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct } from '#/components/ui/menu.tsx';
import { momentText } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import { type Agent, type AgentRole, agentRoles, type Department } from '#/lib/agents/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type TeamMember = Agent & { isActive: boolean; isExample: boolean };
export type TeamActs = {
  inviteAgent(input: {
    email: string;
    role: AgentRole;
    departmentId: string | null;
  }): Promise<Result<{ url: string; expiresAt: string }>>;
  deactivateAgent(input: { agentId: string }): Promise<Result<unknown>>;
  reactivateAgent(input: { agentId: string }): Promise<Result<unknown>>;
};

const roleNames: Record<AgentRole, string> = { agent: 'Agent', admin: 'Admin' };

/** Who answers: the list, an invitation by link, switching somebody off and on. */
export function TeamSettings({
  members,
  departments,
  me,
  acts,
  onChanged,
}: {
  members: readonly TeamMember[];
  departments: readonly Department[];
  me: { id: string; role: AgentRole };
  acts: TeamActs;
  onChanged(): void;
}) {
  const [isInviting, setIsInviting] = useState(false);
  const [leaving, setLeaving] = useState<TeamMember | null>(null);
  const isAdmin = me.role === 'admin';
  const sorted = members.toSorted(
    (a, b) => Number(b.isActive) - Number(a.isActive) || a.name.localeCompare(b.name),
  );

  async function settle(act: Promise<Result<unknown>>, words: string) {
    const result = await act;
    showToast(result.ok ? words : failureText(result.error), result.ok ? 'plain' : 'bad');
    if (result.ok) onChanged();
  }

  return (
    <>
      <SettingsBlock
        title="Members"
        lead={isAdmin ? undefined : 'Only admins can invite people or switch accounts off.'}
        actions={
          isAdmin ? (
            <Button tone="primary" onClick={() => setIsInviting(true)}>
              <UserRoundPlus className="size-4" aria-hidden="true" />
              Invite
            </Button>
          ) : undefined
        }
      >
        <ul className="overflow-hidden rounded-card border border-line bg-bg-raised">
          {sorted.map((member) => (
            <li
              key={member.id}
              className="flex min-h-14 items-center gap-3 border-line border-b py-2 pr-2 pl-4 last:border-b-0"
            >
              <span className={member.isActive ? 'flex' : 'flex opacity-50'}>
                <Avatar name={member.name} size={32} />
              </span>
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2">
                  <bdi className={`truncate font-medium ${member.isActive ? '' : 'text-text-muted'}`}>
                    {member.name}
                  </bdi>
                  {member.id === me.id ? <Tag>you</Tag> : null}
                  {member.isExample ? <Tag>example</Tag> : null}
                  {member.isActive ? null : <Tag>switched off</Tag>}
                </span>
                <span className="block truncate text-text-muted">{member.email}</span>
              </span>
              <span className="w-28 truncate text-text-muted max-tablet:hidden">
                {departments.find((department) => department.id === member.departmentId)?.name ?? '—'}
              </span>
              <span className="w-14 text-text-muted">{roleNames[member.role]}</span>
              {isAdmin && member.id !== me.id ? (
                <Menu
                  align="end"
                  trigger={
                    <IconButton label={`More about ${member.name}`}>
                      <Ellipsis aria-hidden="true" />
                    </IconButton>
                  }
                >
                  {member.isActive ? (
                    <MenuAct tone="bad" onChoose={() => setLeaving(member)}>
                      Switch off the account…
                    </MenuAct>
                  ) : (
                    <MenuAct
                      onChoose={() =>
                        void settle(
                          acts.reactivateAgent({ agentId: member.id }),
                          `${member.name} can sign in again.`,
                        )
                      }
                    >
                      Switch on again
                    </MenuAct>
                  )}
                </Menu>
              ) : (
                <span className="size-8 max-tablet:size-11" />
              )}
            </li>
          ))}
        </ul>
      </SettingsBlock>
      <Dialog
        title="Invite a colleague"
        description="You get a link to send them. It opens once."
        isOpen={isInviting}
        onOpenChange={setIsInviting}
      >
        <InvitePart departments={departments} invite={acts.inviteAgent} />
      </Dialog>
      <Dialog
        title={`Switch off ${leaving?.name ?? ''}?`}
        isOpen={leaving !== null}
        onOpenChange={(isOpen) => {
          if (!isOpen) setLeaving(null);
        }}
      >
        <p className="text-14 text-text-muted">
          They are signed out everywhere at once, and their open tickets become unassigned. What they wrote
          stays.
        </p>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={() => setLeaving(null)}>Keep</Button>
          <Button
            tone="bad"
            onClick={() => {
              if (leaving === null) return;
              void settle(acts.deactivateAgent({ agentId: leaving.id }), `${leaving.name} is switched off.`);
              setLeaving(null);
            }}
          >
            Switch off
          </Button>
        </div>
      </Dialog>
    </>
  );
}

function Tag({ children }: { children: string }) {
  return <span className="shrink-0 rounded-full bg-bg-sunken px-2 text-12 text-text-muted">{children}</span>;
}

const inviteFields = ['email'];

function InvitePart({
  departments,
  invite,
}: {
  departments: readonly Department[];
  invite: TeamActs['inviteAgent'];
}) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<AgentRole>('agent');
  const [departmentId, setDepartmentId] = useState('');
  const [link, setLink] = useState<{ url: string; expiresAt: string } | null>(null);
  const { failure, isBusy, onSubmit } = useFormAction(
    () => invite({ email, role, departmentId: departmentId === '' ? null : departmentId }),
    setLink,
  );
  if (link !== null) {
    return (
      <div className="flex flex-col gap-3">
        <p className="text-14">
          Send this link to <bdi className="font-medium">{email}</bdi>. It works until{' '}
          <Moment at={link.expiresAt} say={momentText} />.
        </p>
        <code className="wrap-anywhere select-all rounded-control border border-line bg-bg-sunken px-3 py-2 font-mono text-12">
          {link.url}
        </code>
        <div>
          <CopyButton text={link.url} label="Copy the link" />
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={onSubmit} noValidate className="flex flex-col gap-4">
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="off"
        required
        value={email}
        onChange={setEmail}
        problem={fieldProblem(failure, 'email')}
      />
      <ChoiceField
        label="Role"
        name="role"
        value={role}
        choices={agentRoles.map((value) => ({ value, label: roleNames[value] }))}
        onChange={(value) => setRole(agentRoles.find((each) => each === value) ?? 'agent')}
      />
      <ChoiceField
        label="Department"
        name="departmentId"
        value={departmentId}
        choices={[
          { value: '', label: 'No department' },
          ...departments.map((department) => ({ value: department.id, label: department.name })),
        ]}
        onChange={setDepartmentId}
      />
      <FormProblem failure={failure} fields={inviteFields} />
      <div className="flex justify-end">
        <Button type="submit" tone="primary" isBusy={isBusy}>
          Make the link
        </Button>
      </div>
    </form>
  );
}
