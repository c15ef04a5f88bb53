import type { Metadata } from 'next';
import { ApiKeysPage } from '#/app/(agent)/settings/api-keys/api-keys-page.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { listKeys } from '#/lib/api-keys/service.ts';
import { can } from '#/lib/permissions/can.ts';

export const metadata: Metadata = { title: 'API keys' };

export default async function Page() {
  const { agent, catalogue, shell } = await settingsShell('/settings/api-keys');
  const keys = can(agent, 'key.read', {}) ? await listKeys(agent) : null;
  return <ApiKeysPage shell={shell} keys={keys} departments={catalogue.departments} />;
}
