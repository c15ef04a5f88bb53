import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { DeliveryPage } from '#/app/(agent)/settings/webhooks/[webhookId]/[deliveryId]/delivery-page.tsx';
import { can } from '#/lib/permissions/can.ts';
import { deliveryRefSchema } from '#/lib/webhooks/schema.ts';
import { findDeliveryOf } from '#/lib/webhooks/service.ts';

export const metadata: Metadata = { title: 'Delivery' };

type Props = { params: Promise<{ webhookId: string; deliveryId: string }> };

export default async function Page({ params }: Props) {
  const given = await params;
  const { agent, shell } = await settingsShell(`/settings/webhooks/${given.webhookId}/${given.deliveryId}`);
  if (!can(agent, 'webhook.manage', {})) redirect('/settings/webhooks');
  const ref = deliveryRefSchema.safeParse(given);
  const found = ref.success ? await findDeliveryOf(agent, ref.data) : null;
  if (found === null) notFound();
  return <DeliveryPage shell={shell} webhookName={found.webhook.name} delivery={found.delivery} />;
}
