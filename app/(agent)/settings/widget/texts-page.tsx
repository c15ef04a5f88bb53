'use client';

import { useRouter } from 'next/navigation';
import { saveWidgetTexts } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { WidgetTexts, type WidgetTextsProps } from '#/components/settings/widget-texts.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Props = { shell: Shell; siteName: string } & Omit<WidgetTextsProps, 'save' | 'onSaved'>;

/** What one site's chat says, in each language. */
export function TextsPage({ shell, siteName, ...texts }: Props) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="widget">
      <SettingsPage
        title="Texts and languages"
        lead="What the chat says. Every text is there already; put your own in its place."
        width="wide"
        back={{ name: siteName, href: `/settings/widget/${texts.widget.id}` }}
      >
        <WidgetTexts
          {...texts}
          save={(input) => answered(() => saveWidgetTexts(input))}
          onSaved={() => router.refresh()}
        />
      </SettingsPage>
    </SettingsFrame>
  );
}
