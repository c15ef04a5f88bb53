'use client';

import { RotateCcw } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import {
  type Action,
  type ActionId,
  actionGroups,
  actionOf,
  actions,
  bindingsOf,
  type KeyBindings,
} from '#/components/inbox/shell/actions.ts';
import {
  isCharacterKeys,
  type KeyProblem,
  keysOfPress,
  problemOfKeys,
  spokenKeys,
} from '#/components/inbox/shell/keys.ts';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { Button } from '#/components/ui/button.tsx';
import { CheckField } from '#/components/ui/field.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import type { Preferences, SavePreferencesInput } from '#/lib/agents/preferences.ts';

const sequenceMs = 900;

/** Which keys do what, each of which can be another one. */
export function KeySettings({
  preferences,
  onChange,
}: {
  preferences: Preferences;
  onChange(change: SavePreferencesInput): void;
}) {
  const { keys, singleKeys } = preferences;
  // As if single keys were on: what they are bound to can be seen and changed while they are off.
  const bindings = useMemo(() => bindingsOf({ keys, singleKeys: true }), [keys]);
  const isChanged = Object.keys(keys).length > 0;

  function bind(id: ActionId, next: string | null) {
    const { [id]: _, ...others } = keys;
    const isUsual = next === null || next === (actionOf(id).keys ?? '');
    onChange({ keys: isUsual ? others : { ...others, [id]: next } });
  }

  return (
    <section id="keys" className="scroll-mt-16">
      <SettingsBlock
        title="Keys"
        lead="Press the button beside an action, then its new keys. Everything is in the palette as well."
        actions={
          isChanged ? (
            <Button onClick={() => onChange({ keys: {} })}>
              <RotateCcw className="size-4" strokeWidth={1.75} aria-hidden="true" />
              Back to the usual keys
            </Button>
          ) : undefined
        }
      >
        <CheckField
          label="Single keys act"
          hint="Switch them off if you speak to your computer, or press keys by accident. Keys with Ctrl or ⌘ go on working."
          isChecked={singleKeys}
          onChange={(next) => onChange({ singleKeys: next })}
        />
        {actionGroups.map((group) => (
          <section key={group} aria-label={`Keys: ${group}`}>
            <h3 className="mb-1 font-medium text-12 text-text-muted">{group}</h3>
            <ul className="overflow-hidden rounded-card border border-line bg-bg-raised">
              {actions
                .filter((action) => action.group === group && action.isFixed !== true)
                .map((action) => (
                  <KeyRow
                    key={action.id}
                    action={action}
                    bindings={bindings}
                    isOwn={Object.hasOwn(keys, action.id)}
                    isOff={!singleKeys}
                    onBind={(next) => bind(action.id, next)}
                  />
                ))}
            </ul>
          </section>
        ))}
      </SettingsBlock>
    </section>
  );
}

function KeyRow({
  action,
  bindings,
  isOwn,
  isOff,
  onBind,
}: {
  action: Action;
  bindings: KeyBindings;
  isOwn: boolean;
  isOff: boolean;
  /** Null: the usual ones again. Empty: none. */
  onBind(keys: string | null): void;
}) {
  const [problem, setProblem] = useState<KeyProblem<ActionId> | null>(null);
  const bound = bindings.find(({ id }) => id === action.id)?.keys[0] ?? '';
  const shown = bound === (action.also[0] ?? '') ? '' : bound;
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b py-1.5 ps-4 pe-2 last:border-b-0">
      <span className="min-w-40 flex-1">{action.words}</span>
      {isOff && shown !== '' && isCharacterKeys(shown) ? (
        <span className="text-12 text-text-muted">switched off</span>
      ) : null}
      <KeyRecorder
        words={action.words}
        keys={shown}
        onRecord={(keys) => {
          const found = problemOfKeys(action.id, keys, bindings);
          setProblem(found);
          if (found === null) onBind(keys);
        }}
      />
      {isOwn ? (
        <IconButton
          label={`Usual keys for “${action.words}”`}
          onClick={() => {
            setProblem(null);
            onBind(null);
          }}
        >
          <RotateCcw aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      ) : (
        <span className="size-8 max-tablet:hidden" />
      )}
      {problem === null ? null : (
        <p role="alert" className="w-full pe-2 text-bad">
          {problemText(problem)}
        </p>
      )}
    </li>
  );
}

function problemText(problem: KeyProblem<ActionId>): string {
  switch (problem.kind) {
    case 'taken':
      return `“${actionOf(problem.by).words}” has these keys. Change those first.`;
    case 'in_sequence':
      return `That gets in the way of “${actionOf(problem.by).words}”. Choose others.`;
    case 'reserved':
      return 'The browser needs these keys itself. Choose others.';
    case 'too_long':
      return 'Two keys one after the other are the most.';
  }
}

/** Shows keys, and listens for others once it was pressed: one press, or two right after each other. */
function KeyRecorder({
  words,
  keys,
  onRecord,
}: {
  words: string;
  keys: string;
  onRecord(keys: string): void;
}) {
  const [pressed, setPressed] = useState<readonly string[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(onRecord);
  useEffect(() => {
    latest.current = onRecord;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  const isRecording = pressed !== null;

  function finish(all: readonly string[]) {
    clearTimeout(timer.current);
    setPressed(null);
    latest.current(all.join('+'));
  }
  function onKeyDown(event: KeyboardEvent<HTMLButtonElement>) {
    if (pressed === null || event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') {
      clearTimeout(timer.current);
      setPressed(null);
      return;
    }
    if (event.key === 'Backspace' || event.key === 'Delete') {
      finish([]);
      return;
    }
    const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
    const isAltGraph = event.getModifierState('AltGraph');
    const press = keysOfPress({ key, code, ctrlKey, metaKey, altKey, shiftKey, isAltGraph });
    if (press === null || event.repeat) return;
    const all = [...pressed, press];
    clearTimeout(timer.current);
    // A key with Ctrl or ⌘ begins no sequence; a second press ends one.
    if (press.startsWith('mod+') || all.length === 2) finish(all);
    else {
      setPressed(all);
      timer.current = setTimeout(() => finish(all), sequenceMs);
    }
  }

  return (
    <button
      type="button"
      data-own-keys=""
      aria-pressed={isRecording}
      onClick={() => setPressed(isRecording ? null : [])}
      onBlur={() => setPressed(null)}
      onKeyDown={onKeyDown}
      className="flex h-8 min-w-24 items-center justify-center gap-1 rounded-control border border-line-strong px-2 text-12 text-text-muted hover:bg-bg-hover aria-pressed:border-accent-ink aria-pressed:text-text max-tablet:h-11"
    >
      <span className="sr-only">
        {isRecording
          ? `New keys for “${words}”: press them now. Escape leaves them, Backspace takes them away.`
          : `Keys for “${words}”: ${keys === '' ? 'none' : spokenKeys(keys)}. Change`}
      </span>
      <span aria-hidden="true" className="flex">
        {isRecording ? (
          pressed.length === 0 ? (
            'Press keys…'
          ) : (
            <Kbd keys={pressed.join('+')} />
          )
        ) : keys === '' ? (
          'None'
        ) : (
          <Kbd keys={keys} />
        )}
      </span>
    </button>
  );
}
