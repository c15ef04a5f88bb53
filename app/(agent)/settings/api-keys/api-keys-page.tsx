'use client';

import { ShieldX } from 'lucide-react';
import type { ComponentProps } from 'react';
import { createApiKey, revokeApiKey, rotateApiKey } from '#/app/(agent)/settings/api-keys/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { ApiKeysSettings } from '#/components/settings/api-keys-settings.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Props = ComponentProps<typeof ApiKeysSettings>;

/** The keys of programs. Null for who may not see them. */
export function ApiKeysPage({
  shell,
  keys,
  departments,
}: {
  shell: Shell;
  keys: Props['keys'] | null;
  departments: Props['departments'];
}) {
  return (
    <SettingsFrame shell={shell} part="api-keys">
      {keys === null ? (
        <SettingsPage title="API keys">
          <EmptyState icon={<ShieldX aria-hidden="true" />} title="Only admins can see this">
            The keys of your programs are looked after by your admins.
          </EmptyState>
        </SettingsPage>
      ) : (
        <ApiKeysSettings
          keys={keys}
          departments={departments}
          acts={{
            createKey: (input) => answered(() => createApiKey(input)),
            rotateKey: (input) => answered(() => rotateApiKey(input)),
            revokeKey: (input) => answered(() => revokeApiKey(input)),
          }}
        />
      )}
    </SettingsFrame>
  );
}
