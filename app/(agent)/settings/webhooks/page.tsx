import type { Metadata } from 'next';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { WebhooksPage } from '#/app/(agent)/settings/webhooks/webhooks-page.tsx';
import { can } from '#/lib/permissions/can.ts';
import { listWebhooks } from '#/lib/webhooks/service.ts';

export const metadata: Metadata = { title: 'Webhooks' };

export default async function Page() {
  const { agent, catalogue, shell } = await settingsShell('/settings/webhooks');
  const webhooks = can(agent, 'webhook.read', {}) ? await listWebhooks(agent) : null;
  return <WebhooksPage shell={shell} webhooks={webhooks} departments={catalogue.departments} />;
}
