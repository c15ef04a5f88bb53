'use client';

import { ShieldX } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { createWebhook } from '#/app/(agent)/settings/webhooks/actions.ts';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { WebhooksSettings } from '#/components/settings/webhooks-settings.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Props = ComponentProps<typeof WebhooksSettings>;

/** Where events go. Null for who may not see that. */
export function WebhooksPage({
  shell,
  webhooks,
  departments,
}: {
  shell: Shell;
  webhooks: Props['webhooks'] | null;
  departments: Props['departments'];
}) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="webhooks">
      {webhooks === null ? (
        <SettingsPage title="Webhooks">
          <EmptyState icon={<ShieldX aria-hidden="true" />} title="Only admins can see this">
            What your own programs are told is looked after by your admins.
          </EmptyState>
        </SettingsPage>
      ) : (
        <WebhooksSettings
          webhooks={webhooks}
          departments={departments}
          create={(input) => answered(() => createWebhook(input))}
          onMade={() => router.refresh()}
        />
      )}
    </SettingsFrame>
  );
}
