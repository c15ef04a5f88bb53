'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { resendWebhookDelivery } from '#/app/(agent)/settings/webhooks/actions.ts';
import { WebhookDelivery } from '#/components/settings/webhooks-delivery.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Delivery = Omit<ComponentProps<typeof WebhookDelivery>, 'resend' | 'onSent'>;

export function DeliveryPage({ shell, ...delivery }: { shell: Shell } & Delivery) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="webhooks">
      <WebhookDelivery
        {...delivery}
        resend={(ref) => answered(() => resendWebhookDelivery(ref))}
        onSent={() => router.refresh()}
      />
    </SettingsFrame>
  );
}
