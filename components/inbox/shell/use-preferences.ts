'use client';

import { useCallback, useRef, useState } from 'react';
import type { InboxPorts } from '#/components/inbox/ports.ts';
import { failureText } from '#/components/ui/failure-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import { mergePreferences, type Preferences, type SavePreferencesInput } from '#/lib/agents/preferences.ts';

/** The agent's preferences; a change shows at once and is taken back with its reason when it cannot be kept. */
export function usePreferences(
  start: Preferences,
  ports: Pick<InboxPorts, 'savePreferences'>,
): [Preferences, (change: SavePreferencesInput) => void] {
  const [preferences, setPreferences] = useState(start);
  const stored = useRef(start);
  const save = useCallback(
    (change: SavePreferencesInput) => {
      setPreferences((before) => mergePreferences(before, change));
      void ports.savePreferences(change).then((result) => {
        if (result.ok) stored.current = result.value;
        else {
          setPreferences(stored.current);
          showToast(failureText(result.error), 'bad');
        }
      });
    },
    [ports],
  );
  return [preferences, save];
}
