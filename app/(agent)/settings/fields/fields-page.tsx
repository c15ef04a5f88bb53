'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { changeField, createField, orderFields } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { FieldsSettings } from '#/components/settings/fields-settings.tsx';
import { newId } from '#/lib/ids.ts';
import { answered } from '#/lib/sync/outdated.ts';

type Settings = Omit<ComponentProps<typeof FieldsSettings>, 'acts' | 'newId' | 'onChanged'>;

export function FieldsPage({ shell, ...settings }: { shell: Shell } & Settings) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="fields">
      <FieldsSettings
        {...settings}
        newId={newId}
        acts={{
          createField: (input) => answered(() => createField(input)),
          changeField: (input) => answered(() => changeField(input)),
          orderFields: (input) => answered(() => orderFields(input)),
        }}
        onChanged={() => router.refresh()}
      />
    </SettingsFrame>
  );
}
