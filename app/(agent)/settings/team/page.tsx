import type { Metadata } from 'next';
import { TeamPage } from '#/app/(agent)/settings/settings-pages.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { listAgents } from '#/lib/agents/service.ts';
import { listDepartments } from '#/lib/departments/service.ts';

export const metadata: Metadata = { title: 'Team' };

export default async function Page() {
  const { agent, shell } = await settingsShell('/settings/team');
  const [members, departments] = await Promise.all([listAgents(agent), listDepartments(agent)]);
  return (
    <TeamPage
      shell={shell}
      me={{ id: agent.id, role: agent.role }}
      departments={departments.map(({ id, name, isRestricted }) => ({ id, name, isRestricted }))}
      members={members.map(({ id, name, email, role, departmentId, isActive, isExample }) => ({
        id,
        name,
        email,
        role,
        departmentId,
        isActive,
        isExample,
      }))}
    />
  );
}
