import type { Metadata } from 'next';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { WorkspacePage } from '#/app/(agent)/settings/workspace/workspace-page.tsx';
import { can } from '#/lib/permissions/can.ts';
import { hasExampleData } from '#/lib/workspace/service.ts';

export const metadata: Metadata = { title: 'Workspace' };

export default async function Page() {
  const { agent, catalogue, shell } = await settingsShell('/settings/workspace');
  return (
    <WorkspacePage
      shell={shell}
      workspace={catalogue.workspace}
      hasExampleData={await hasExampleData(agent)}
      isAdmin={can(agent, 'workspace.manage', {})}
    />
  );
}
