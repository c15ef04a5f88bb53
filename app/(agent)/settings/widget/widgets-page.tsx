'use client';

import { ShieldX } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { createWidget } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { AddWidget, WidgetRows, type WidgetSummary } from '#/components/settings/widgets-settings.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { newId } from '#/lib/ids.ts';
import { answered } from '#/lib/sync/outdated.ts';

/** The sites with a chat; null for who may not see them. */
export function WidgetsPage({ shell, widgets }: { shell: Shell; widgets: readonly WidgetSummary[] | null }) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="widget">
      {widgets === null ? (
        <SettingsPage title="Chat on your site">
          <EmptyState icon={<ShieldX aria-hidden="true" />} title="Only admins can see this">
            How the chat looks, and the sites that may show it, are looked after by your admins.
          </EmptyState>
        </SettingsPage>
      ) : (
        <SettingsPage
          title="Chat on your site"
          lead="Each site has a chat of its own: another look, another department, other texts."
          actions={
            <AddWidget
              newId={newId}
              createWidget={(input) => answered(() => createWidget(input))}
              onMade={(made) => router.push(`/settings/widget/${made}`)}
            />
          }
        >
          <WidgetRows widgets={widgets} />
        </SettingsPage>
      )}
    </SettingsFrame>
  );
}
