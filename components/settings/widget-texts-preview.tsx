'use client';

import { type ComponentProps, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import { ChoiceButtons } from '#/components/settings/choice-buttons.tsx';
import { WidgetPreview } from '#/components/settings/widget-preview.tsx';

const neverOpen = { at: 0, spans: [] };

/** The chat's home in the words around, as they are typed. */
export function TextsPreview({ config }: Pick<ComponentProps<typeof WidgetPreview>, 'config'>) {
  const { say, language } = useWords();
  const [isAway, setIsAway] = useState(false);
  const [theme, setTheme] = useState<'light' | 'dark'>('light');
  return (
    <section aria-label="Preview" className="sticky top-4 flex min-w-0 flex-col gap-2 max-laptop:static">
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        <ChoiceButtons
          label="Your team"
          value={isAway ? 'away' : 'there'}
          choices={[
            { value: 'there', label: 'There' },
            { value: 'away', label: 'Away' },
          ]}
          onChange={(next) => setIsAway(next === 'away')}
        />
        <ChoiceButtons
          label="Visitor’s device"
          value={theme}
          choices={[
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          onChange={(next) => setTheme(next)}
        />
      </div>
      <WidgetPreview
        config={config}
        services={isAway ? { availability: neverOpen } : {}}
        isOpen
        theme={theme}
      />
      <p className="text-text-muted">
        The launcher is called <bdi lang={language}>“{say('launcher.label')}”</bdi>.
      </p>
    </section>
  );
}
