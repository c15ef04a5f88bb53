'use client';

import { useEffect, useState } from 'react';
import { ChoiceCards } from '#/components/settings/profile/choice-cards.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { Button } from '#/components/ui/button.tsx';
import { CheckField } from '#/components/ui/field.tsx';
import { playTone } from '#/components/ui/tone.ts';
import type { Preferences, SavePreferencesInput } from '#/lib/agents/preferences.ts';

/** What one hears of, and how. The browser is asked for its permission by a click and never otherwise. */
export function NotificationSettings({
  preferences,
  onChange,
}: {
  preferences: Preferences;
  onChange(change: SavePreferencesInput): void;
}) {
  const [permission, setPermission] = useState<NotificationPermission | 'missing'>('default');
  useEffect(() => {
    setPermission(typeof Notification === 'undefined' ? 'missing' : Notification.permission);
  }, []);

  async function setDesktop(desktop: boolean) {
    if (desktop && permission === 'default') {
      const answer = await Notification.requestPermission();
      setPermission(answer);
      if (answer !== 'granted') return;
    }
    onChange({ desktop });
  }

  return (
    <SettingsBlock title="Alerts" lead="One alert for each message, whichever tabs are open.">
      <ChoiceCards
        label="Tell me of"
        value={preferences.notifyAbout}
        choices={[
          { value: 'mine', name: 'What is mine', hint: 'Messages on tickets assigned to you, and mentions.' },
          { value: 'all', name: 'Everything', hint: 'Messages on every ticket that you can see.' },
          { value: 'none', name: 'Nothing', hint: 'The counts stay, nothing makes a sound.' },
        ]}
        onChange={(notifyAbout) => onChange({ notifyAbout })}
      />
      <CheckField
        label="Play a sound"
        hint="Two soft tones."
        isChecked={preferences.sound}
        onChange={(sound) => onChange({ sound })}
      />
      <CheckField
        label="Show a notification on the desktop"
        hint={permissionHint(permission)}
        isChecked={preferences.desktop && permission === 'granted'}
        onChange={(desktop) => void setDesktop(desktop)}
      />
      <div>
        <Button onClick={playTone}>Play the sound</Button>
      </div>
    </SettingsBlock>
  );
}

function permissionHint(permission: NotificationPermission | 'missing'): string {
  switch (permission) {
    case 'missing':
      return 'This browser shows none.';
    case 'denied':
      return 'The browser blocks them for this site. Allow notifications in its site settings, then try again.';
    case 'default':
      return 'The browser will ask you once.';
    case 'granted':
      return 'While no Parley tab has the focus.';
  }
}
