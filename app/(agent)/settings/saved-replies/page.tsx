import type { Metadata } from 'next';
import { SavedRepliesPage } from '#/app/(agent)/settings/saved-replies/saved-replies-page.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { can } from '#/lib/permissions/can.ts';
import { listSavedReplies } from '#/lib/saved-replies/service.ts';

export const metadata: Metadata = { title: 'Saved replies' };

export default async function Page() {
  const { agent, catalogue, shell } = await settingsShell('/settings/saved-replies');
  return (
    <SavedRepliesPage
      shell={shell}
      replies={await listSavedReplies(agent)}
      fields={catalogue.fields}
      workspaceName={catalogue.workspace.name}
      me={{
        id: agent.id,
        name: agent.name,
        isAdmin: can(agent, 'saved_reply.manage', { agentId: null, isShared: true }),
      }}
    />
  );
}
