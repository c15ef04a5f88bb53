import type { Metadata } from 'next';
import { WorkspacePage } from '#/app/(agent)/settings/settings-pages.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { hasExampleData } from '#/lib/workspace/service.ts';

export const metadata: Metadata = { title: 'Workspace' };

export default async function Page() {
  const { agent, shell } = await settingsShell('/settings/workspace');
  return (
    <WorkspacePage
      shell={shell}
      workspaceName={shell.workspaceName}
      hasExampleData={await hasExampleData(agent)}
      isAdmin={agent.role === 'admin'}
    />
  );
}
