import type { Metadata } from 'next';
import { SettingsFrame } from '#/app/(agent)/settings/settings-frame.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { SettingsIndex } from '#/components/settings/settings-shell.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function Page() {
  const { shell } = await settingsShell('/settings');
  return (
    <SettingsFrame shell={shell} part={null}>
      <SettingsIndex />
    </SettingsFrame>
  );
}
