'use client';

import { type ComponentProps, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import { ChoiceButtons } from '#/components/settings/choice-buttons.tsx';
import { WidgetPreview } from '#/components/settings/widget-preview.tsx';

/** The chat's home in the words around, as they are typed. */
export function TextsPreview({ config }: Pick<ComponentProps<typeof WidgetPreview>, 'config'>) {
  const { say, language } = useWords();
  const [theme, setTheme] = useState<'light' | 'dark'>('light');
  return (
    <section aria-label="Preview" className="sticky top-4 flex min-w-0 flex-col gap-2 max-laptop:static">
      <ChoiceButtons
        label="Visitor’s device"
        value={theme}
        choices={[
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
        onChange={(next) => setTheme(next)}
      />
      <WidgetPreview config={config} isOpen theme={theme} />
      <p className="text-text-muted">
        The launcher is called <bdi lang={language}>“{say('launcher.label')}”</bdi>.
      </p>
    </section>
  );
}
