import type { Metadata } from 'next';
import { SettingsFrame } from '#/app/(agent)/settings/settings-frame.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { DepartmentsSettings } from '#/components/settings/departments-settings.tsx';
import { listDepartmentsInFull } from '#/lib/departments/service.ts';
import { can } from '#/lib/permissions/can.ts';

export const metadata: Metadata = { title: 'Departments' };

export default async function Page() {
  const { agent, shell } = await settingsShell('/settings/departments');
  return (
    <SettingsFrame shell={shell} part="departments">
      <DepartmentsSettings
        departments={await listDepartmentsInFull(agent)}
        isAdmin={can(agent, 'department.manage', {})}
      />
    </SettingsFrame>
  );
}
