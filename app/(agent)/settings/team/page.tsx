import type { Metadata } from 'next';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { TeamPage } from '#/app/(agent)/settings/team/team-page.tsx';
import { listInvites, listTeam } from '#/lib/agents/service.ts';
import { can } from '#/lib/permissions/can.ts';

export const metadata: Metadata = { title: 'Team' };

export default async function Page() {
  const { agent, catalogue, shell } = await settingsShell('/settings/team');
  const [members, invites] = await Promise.all([
    listTeam(agent),
    can(agent, 'agent.invite', {}) ? listInvites(agent) : [],
  ]);
  return (
    <TeamPage
      shell={shell}
      me={{ id: agent.id, role: agent.role }}
      departments={catalogue.departments}
      invites={invites}
      members={members.map(({ createdAt: _, ...member }) => member)}
    />
  );
}
