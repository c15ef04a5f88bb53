'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { changeTag, createTag, deleteTag, mergeTag } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { TagsSettings } from '#/components/settings/tags-settings.tsx';
import { newId } from '#/lib/ids.ts';
import { answered } from '#/lib/sync/outdated.ts';

type Settings = Omit<ComponentProps<typeof TagsSettings>, 'acts' | 'newId' | 'onChanged'>;

export function TagsPage({ shell, ...settings }: { shell: Shell } & Settings) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="tags">
      <TagsSettings
        {...settings}
        newId={newId}
        acts={{
          createTag: (input) => answered(() => createTag(input)),
          changeTag: (input) => answered(() => changeTag(input)),
          mergeTag: (input) => answered(() => mergeTag(input)),
          deleteTag: (input) => answered(() => deleteTag(input)),
        }}
        onChanged={() => router.refresh()}
      />
    </SettingsFrame>
  );
}
