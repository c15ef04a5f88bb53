'use client';

import { fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextField } from '#/components/ui/field.tsx';
import type { Failure } from '#/lib/errors.ts';
import type { SavedLook } from '#/lib/widgets/rules.ts';

const themes = [
  { value: 'auto', label: 'As the visitor’s device' },
  { value: 'light', label: 'Always light' },
  { value: 'dark', label: 'Always dark' },
] as const;
const positions = [
  { value: 'right', label: 'Bottom right' },
  { value: 'left', label: 'Bottom left' },
] as const;

/** The colours of a chat, and its place. */
export function LookFields({
  look,
  failure,
  onChange,
}: {
  look: SavedLook;
  failure: Failure | null;
  onChange(next: SavedLook): void;
}) {
  const set = (part: Partial<SavedLook>) => onChange({ ...look, ...part });
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex items-start gap-2">
        <input
          type="color"
          aria-label="Pick the colour"
          value={/^#[0-9a-f]{6}$/.test(look.accent) ? look.accent : '#000000'}
          onChange={(event) => set({ accent: event.target.value })}
          className="mt-6 h-10 w-12 shrink-0 cursor-pointer rounded-control border border-line-strong bg-bg-raised p-1 max-tablet:h-11"
        />
        <div className="min-w-0 flex-1">
          <TextField
            label="Colour"
            name="accent"
            autoComplete="off"
            spellCheck={false}
            hint="Text on it is black or white, whichever reads better."
            value={look.accent}
            onChange={(accent) => set({ accent: accent.trim().toLowerCase() })}
            problem={fieldProblem(failure, 'look.accent')}
          />
        </div>
      </div>
      <ChoiceField
        label="Light or dark"
        name="theme"
        value={look.theme}
        choices={themes}
        onChange={(value) => set({ theme: themes.find((each) => each.value === value)?.value ?? 'auto' })}
      />
      <ChoiceField
        label="Place"
        name="position"
        value={look.position}
        choices={positions}
        onChange={(value) =>
          set({ position: positions.find((each) => each.value === value)?.value ?? 'right' })
        }
      />
    </div>
  );
}
