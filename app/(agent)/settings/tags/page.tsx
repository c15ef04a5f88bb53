import type { Metadata } from 'next';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { TagsPage } from '#/app/(agent)/settings/tags/tags-page.tsx';
import { can } from '#/lib/permissions/can.ts';
import { listTagsInUse } from '#/lib/tags/service.ts';

export const metadata: Metadata = { title: 'Tags' };

export default async function Page() {
  const { agent, shell } = await settingsShell('/settings/tags');
  return <TagsPage shell={shell} tags={await listTagsInUse(agent)} isAdmin={can(agent, 'tag.manage', {})} />;
}
