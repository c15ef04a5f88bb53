'use client';

import { ChoiceCards } from '#/components/settings/profile/choice-cards.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { holdSecondsChoices, type Preferences, type SavePreferencesInput } from '#/lib/agents/preferences.ts';

const holdNames: Record<Preferences['holdSeconds'], { name: string; hint: string }> = {
  0: { name: 'Send at once', hint: 'What is sent is sent.' },
  5: { name: 'Wait 5 seconds', hint: 'You can take a reply back until then.' },
  10: { name: 'Wait 10 seconds', hint: 'You can take a reply back until then.' },
};

/** How sending and the list behave for this agent. */
export function WorkSettings({
  preferences,
  onChange,
}: {
  preferences: Preferences;
  onChange(change: SavePreferencesInput): void;
}) {
  return (
    <SettingsBlock title="Working" lead="How the inbox behaves for you.">
      <ChoiceCards
        label="Undo for replies"
        value={String(preferences.holdSeconds)}
        choices={holdSecondsChoices.map((seconds) => ({ value: String(seconds), ...holdNames[seconds] }))}
        onChange={(value) => {
          const holdSeconds = holdSecondsChoices.find((each) => String(each) === value);
          if (holdSeconds !== undefined) onChange({ holdSeconds });
        }}
      />
      <ChoiceCards
        label="Rows of the list"
        value={preferences.density}
        choices={[
          { value: 'comfortable', name: 'Comfortable', hint: 'With the beginning of the last message.' },
          { value: 'compact', name: 'Compact', hint: 'One line each: more at a glance.' },
        ]}
        onChange={(density) => onChange({ density })}
      />
    </SettingsBlock>
  );
}
