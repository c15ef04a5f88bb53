'use client';

import { useRouter } from 'next/navigation';
import { type ComponentProps, useCallback } from 'react';
import { createWidget, saveWidget } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { WidgetSettings } from '#/components/settings/widget-settings.tsx';
import { AddWidget } from '#/components/settings/widgets-settings.tsx';
import type { Result } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { resultOf } from '#/lib/sync/answers.ts';
import { answered } from '#/lib/sync/outdated.ts';
import type { WidgetSighting } from '#/lib/widgets/schema.ts';

type Settings = Omit<ComponentProps<typeof WidgetSettings>, 'save' | 'fetchSightings' | 'onSaved'>;

/** One site's chat. The only one stands for the whole part, so further sites are added here. */
export function OneWidgetPage({ shell, isOnly, ...settings }: { shell: Shell; isOnly: boolean } & Settings) {
  const router = useRouter();
  const { id, name } = settings.widget;
  const fetchSightings = useCallback(
    (): Promise<Result<readonly WidgetSighting[]>> =>
      resultOf(() => fetch(`/api/inbox/sightings?widgetId=${id}`, { cache: 'no-store' })),
    [id],
  );
  return (
    <SettingsFrame shell={shell} part="widget">
      <SettingsPage
        title={isOnly ? 'Chat on your site' : name}
        lead="One line of HTML puts the chat on any page."
        width="wide"
        {...(isOnly ? {} : { back: { name: 'All sites', href: '/settings/widget' } })}
        actions={
          isOnly ? (
            <AddWidget
              newId={newId}
              createWidget={(input) => answered(() => createWidget(input))}
              onMade={(made) => router.push(`/settings/widget/${made}`)}
            />
          ) : undefined
        }
      >
        <WidgetSettings
          {...settings}
          save={(input) => answered(() => saveWidget(input))}
          fetchSightings={fetchSightings}
          onSaved={() => router.refresh()}
        />
      </SettingsPage>
    </SettingsFrame>
  );
}
