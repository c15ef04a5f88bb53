'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { deleteReply, saveReply } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { SavedRepliesSettings } from '#/components/settings/saved-replies-settings.tsx';
import { newId } from '#/lib/ids.ts';
import { answered } from '#/lib/sync/outdated.ts';

type Settings = Omit<ComponentProps<typeof SavedRepliesSettings>, 'acts' | 'newId' | 'onChanged'>;

export function SavedRepliesPage({ shell, ...settings }: { shell: Shell } & Settings) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="saved-replies">
      <SavedRepliesSettings
        {...settings}
        newId={newId}
        acts={{
          saveReply: (input) => answered(() => saveReply(input)),
          deleteReply: (input) => answered(() => deleteReply(input)),
        }}
        onChanged={() => router.refresh()}
      />
    </SettingsFrame>
  );
}
