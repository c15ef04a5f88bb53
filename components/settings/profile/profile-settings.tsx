'use client';

import { usePreferences } from '#/components/inbox/shell/use-preferences.ts';
import { KeySettings } from '#/components/settings/profile/key-settings.tsx';
import { NotificationSettings } from '#/components/settings/profile/notification-settings.tsx';
import { PasswordSettings } from '#/components/settings/profile/password-settings.tsx';
import { PersonSettings, type PersonValues } from '#/components/settings/profile/person-settings.tsx';
import { PictureSettings } from '#/components/settings/profile/picture-settings.tsx';
import { WorkSettings } from '#/components/settings/profile/work-settings.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import type { Preferences, SavePreferencesInput } from '#/lib/agents/preferences.ts';
import type { Result } from '#/lib/errors.ts';
import type { ChangePasswordInput, SavePictureInput, SaveProfileInput } from '#/lib/profile/schema.ts';

export type ProfileActs = {
  saveProfile(input: SaveProfileInput): Promise<Result<unknown>>;
  savePicture(input: SavePictureInput): Promise<Result<{ pictureId: string | null }>>;
  savePreferences(input: SavePreferencesInput): Promise<Result<Preferences>>;
  changePassword(input: ChangePasswordInput): Promise<Result<unknown>>;
};

/** What an agent sets for themselves. Forms are saved by their button, everything else as soon as it is chosen. */
export function ProfileSettings({
  email,
  person,
  pictureId,
  preferences: start,
  acts,
  onSaved,
}: {
  email: string;
  person: PersonValues;
  pictureId: string | null;
  preferences: Preferences;
  acts: ProfileActs;
  /** Name, zone or availability changed: what stands around the page shows them too. */
  onSaved(): void;
}) {
  const [preferences, save] = usePreferences(start, acts);
  return (
    <SettingsPage title="Profile" lead="Your name, notifications and keys. Only you see and change these.">
      <PersonSettings email={email} person={person} acts={acts} onSaved={onSaved} />
      <PictureSettings name={person.name} pictureId={pictureId} acts={acts} />
      <PasswordSettings acts={acts} />
      <WorkSettings preferences={preferences} onChange={save} />
      <NotificationSettings preferences={preferences} onChange={save} />
      <KeySettings preferences={preferences} onChange={save} />
    </SettingsPage>
  );
}
