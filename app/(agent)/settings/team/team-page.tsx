'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import {
  changeAgent,
  deactivateAgent,
  inviteAgent,
  reactivateAgent,
  renewInvite,
  revokeInvite,
} from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { TeamSettings } from '#/components/settings/team-settings.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Team = Omit<ComponentProps<typeof TeamSettings>, 'acts' | 'onChanged'>;

export function TeamPage({ shell, ...team }: { shell: Shell } & Team) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="team">
      <TeamSettings
        {...team}
        acts={{
          inviteAgent: (input) => answered(() => inviteAgent(input)),
          renewInvite: (input) => answered(() => renewInvite(input)),
          revokeInvite: (input) => answered(() => revokeInvite(input)),
          changeAgent: (input) => answered(() => changeAgent(input)),
          deactivateAgent: (input) => answered(() => deactivateAgent(input)),
          reactivateAgent: (input) => answered(() => reactivateAgent(input)),
        }}
        onChanged={() => router.refresh()}
      />
    </SettingsFrame>
  );
}
