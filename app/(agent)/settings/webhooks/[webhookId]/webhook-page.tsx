'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import {
  changeWebhook,
  deleteWebhook,
  rotateWebhookSecret,
} from '#/app/(agent)/settings/webhooks/actions.ts';
import { WebhookSettings } from '#/components/settings/webhooks-one.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Settings = Omit<ComponentProps<typeof WebhookSettings>, 'acts' | 'onChanged' | 'onDeleted'>;

export function WebhookPage({ shell, ...settings }: { shell: Shell } & Settings) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="webhooks">
      <WebhookSettings
        {...settings}
        acts={{
          change: (input) => answered(() => changeWebhook(input)),
          rotate: (input) => answered(() => rotateWebhookSecret(input)),
          remove: (input) => answered(() => deleteWebhook(input)),
        }}
        onChanged={() => router.refresh()}
        onDeleted={() => {
          showToast(`${settings.webhook.name} is deleted.`);
          router.push('/settings/webhooks');
        }}
      />
    </SettingsFrame>
  );
}
