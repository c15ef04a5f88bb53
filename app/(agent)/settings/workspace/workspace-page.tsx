'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { removeExampleData, saveWorkspace } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { WorkspaceSettings } from '#/components/settings/workspace-settings.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Settings = Omit<ComponentProps<typeof WorkspaceSettings>, 'acts' | 'onChanged'>;

export function WorkspacePage({ shell, ...settings }: { shell: Shell } & Settings) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="workspace">
      <WorkspaceSettings
        {...settings}
        acts={{
          saveWorkspace: (input) => answered(() => saveWorkspace(input)),
          removeExampleData: () => answered(() => removeExampleData({})),
        }}
        onChanged={() => router.refresh()}
      />
    </SettingsFrame>
  );
}
