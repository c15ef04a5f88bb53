import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { DepartmentPage } from '#/app/(agent)/settings/departments/[departmentId]/department-page.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { listTeam } from '#/lib/agents/service.ts';
import type { DepartmentDetail } from '#/lib/departments/schema.ts';
import { listDepartmentsInFull } from '#/lib/departments/service.ts';
import { newId } from '#/lib/ids.ts';
import { can } from '#/lib/permissions/can.ts';

export const metadata: Metadata = { title: 'Department' };

type Props = { params: Promise<{ departmentId: string }> };

export default async function Page({ params }: Props) {
  const { departmentId } = await params;
  const { agent, shell } = await settingsShell(`/settings/departments/${departmentId}`);
  // Who may not change it reads about it in the list, and learns there who may.
  if (!can(agent, 'department.manage', {})) redirect('/settings/departments');
  const [departments, team] = await Promise.all([listDepartmentsInFull(agent), listTeam(agent)]);
  const isNew = departmentId === 'new';
  const department = isNew ? emptyDepartment() : departments.find(({ id }) => id === departmentId);
  if (department === undefined) notFound();
  const nameOf = (id: string | null) => departments.find((each) => each.id === id)?.name ?? null;
  return (
    <DepartmentPage
      shell={shell}
      department={department}
      isNew={isNew}
      agents={team
        .filter(({ isActive }) => isActive)
        .map((member) => ({
          id: member.id,
          name: member.name,
          departmentId: member.departmentId,
          departmentName: nameOf(member.departmentId),
        }))}
      others={departments
        .filter(({ id }) => id !== department.id)
        .map(({ id, name, isRestricted }) => ({ id, name, isRestricted }))}
    />
  );
}

function emptyDepartment(): DepartmentDetail {
  return {
    id: newId(),
    name: '',
    isRestricted: false,
    timezone: 'UTC',
    businessHours: null,
    memberIds: [],
    openTickets: 0,
    widgetIds: [],
  };
}
