'use client';

import type { ComponentProps, ReactNode } from 'react';
import { signOut } from '#/app/(public)/sign-in/actions.ts';
import { bindingsOf, shownKeys } from '#/components/inbox/shell/actions.ts';
import { type SettingsPart, SettingsShell } from '#/components/settings/settings-shell.tsx';
import { WebhooksNotice } from '#/components/settings/webhooks-notice.tsx';
import type { Preferences } from '#/lib/agents/preferences.ts';

export type Shell = {
  preferences: Preferences;
  /** How many webhooks nobody has looked after since Parley switched them off. */
  stoppedWebhooks: number;
  sidebar: Omit<ComponentProps<typeof SettingsShell>['sidebar'], 'keysOf' | 'onSignOut'>;
};

/** What stands around a settings page, with its way to the server. */
export function SettingsFrame({
  shell,
  part,
  children,
}: {
  shell: Shell;
  part: SettingsPart | null;
  children: ReactNode;
}) {
  const bindings = bindingsOf(shell.preferences);
  return (
    <SettingsShell
      part={part}
      notice={part === 'webhooks' ? null : <WebhooksNotice stopped={shell.stoppedWebhooks} />}
      sidebar={{
        ...shell.sidebar,
        keysOf: (id) => shownKeys(bindings, id),
        onSignOut: () => void leave(),
      }}
    >
      {children}
    </SettingsShell>
  );
}

async function leave() {
  await signOut().catch(() => {});
  window.location.assign('/sign-in');
}
