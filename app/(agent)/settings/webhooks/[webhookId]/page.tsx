import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { WebhookPage } from '#/app/(agent)/settings/webhooks/[webhookId]/webhook-page.tsx';
import { can } from '#/lib/permissions/can.ts';
import { listDeliveries, listWebhooks } from '#/lib/webhooks/service.ts';

export const metadata: Metadata = { title: 'Webhook' };

type Props = { params: Promise<{ webhookId: string }> };

export default async function Page({ params }: Props) {
  const { webhookId } = await params;
  const { agent, catalogue, shell } = await settingsShell(`/settings/webhooks/${webhookId}`);
  if (!can(agent, 'webhook.manage', {})) redirect('/settings/webhooks');
  const webhook = (await listWebhooks(agent)).find(({ id }) => id === webhookId);
  if (webhook === undefined) notFound();
  const department = catalogue.departments.find(({ id }) => id === webhook.departmentId);
  return (
    <WebhookPage
      shell={shell}
      webhook={webhook}
      departmentName={department?.name ?? null}
      deliveries={await listDeliveries(agent, webhook.id)}
    />
  );
}
