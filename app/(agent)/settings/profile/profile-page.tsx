'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import {
  changePassword,
  savePicture,
  savePreferences,
  saveProfile,
} from '#/app/(agent)/settings/profile/actions.ts';
import { signOut } from '#/app/(public)/sign-in/actions.ts';
import { bindingsOf, shownKeys } from '#/components/inbox/shell/actions.ts';
import { ProfileSettings } from '#/components/settings/profile/profile-settings.tsx';
import { SettingsShell } from '#/components/settings/settings-shell.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Sidebar = ComponentProps<typeof SettingsShell>['sidebar'];
type Profile = ComponentProps<typeof ProfileSettings>;

/** The agent's own settings with their way to the server. */
export function ProfilePage({
  sidebar,
  ...profile
}: { sidebar: Omit<Sidebar, 'keysOf' | 'onSignOut'> } & Omit<Profile, 'acts' | 'onSaved'>) {
  const router = useRouter();
  const bindings = bindingsOf(profile.preferences);
  return (
    <SettingsShell
      part="profile"
      sidebar={{
        ...sidebar,
        keysOf: (id) => shownKeys(bindings, id),
        onSignOut: () => void leave(),
      }}
    >
      <ProfileSettings
        {...profile}
        acts={{
          saveProfile: (input) => answered(() => saveProfile(input)),
          savePicture: (input) => answered(() => savePicture(input)),
          savePreferences: (input) => answered(() => savePreferences(input)),
          changePassword: (input) => answered(() => changePassword(input)),
        }}
        onSaved={() => router.refresh()}
      />
    </SettingsShell>
  );
}

async function leave() {
  await signOut().catch(() => {});
  window.location.assign('/sign-in');
}
