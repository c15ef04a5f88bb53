'use client';

import { Dialog } from '@base-ui/react/dialog';
import { Check, ChevronRight, Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { spokenKeys } from '#/components/inbox/shell/keys.ts';
import {
  type EntryGlyph,
  type PaletteEntry,
  type PaletteWorld,
  paletteEntries,
  type Step,
  stepNames,
  targetWords,
} from '#/components/inbox/shell/palette-entries.ts';
import { keepRecent, readRecent } from '#/components/inbox/shell/recent.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import { PriorityGlyph, StatusGlyph } from '#/components/ui/status-glyph.tsx';

export type PaletteProps = {
  world: PaletteWorld;
  /** Where it begins: null at everything. */
  startAt: Step | null;
  onClose(): void;
};

/** Everything by its words: what one does, whom one chooses, where one goes; each with the keys that do the same. */
export function Palette({ world, startAt, onClose }: PaletteProps) {
  const [step, setStep] = useState(startAt);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [recent] = useState(readRecent);
  const [isOpen, setIsOpen] = useState(true);
  const before = useRef<Element | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const entries = useMemo(() => paletteEntries(world, step, typed, recent), [world, step, typed, recent]);
  const current = entries[Math.min(at, entries.length - 1)];
  const optionId = (entry: PaletteEntry) => `${listId}-${entries.indexOf(entry)}`;

  useEffect(() => {
    if (current === undefined) return;
    document.getElementById(`${listId}-${entries.indexOf(current)}`)?.scrollIntoView({ block: 'nearest' });
  }, [current, entries, listId]);

  function close() {
    // The page has the focus again before anything is done, so that what is done may move it.
    flushSync(() => setIsOpen(false));
    if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    onClose();
  }
  function choose(entry: PaletteEntry) {
    if (entry.recent !== undefined) keepRecent(entry.recent);
    if ('step' in entry) {
      setStep(entry.step);
      setTyped('');
      setAt(0);
      return;
    }
    close();
    entry.run();
  }
  function goBack() {
    setStep(null);
    setAt(0);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing) return;
    const isCommand = event.metaKey || event.ctrlKey;
    const by =
      { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? (event.ctrlKey ? { n: 1, p: -1 }[event.key] : undefined);
    if (by !== undefined && entries.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, entries.length - 1) + by + entries.length) % entries.length);
    } else if (event.key === 'Enter' && current !== undefined) {
      event.preventDefault();
      choose(current);
    } else if (event.key === 'Backspace' && typed === '' && step !== null && startAt === null) {
      event.preventDefault();
      goBack();
    } else if (isCommand && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      close();
    }
  }

  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(next, details) => {
        if (next) return;
        // Escape goes one step back before it leaves.
        if (details.reason === 'escape-key' && step !== null && startAt === null) {
          details.cancel();
          goBack();
        } else close();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup
          ref={(popup) => {
            if (popup !== null) before.current ??= document.activeElement;
          }}
          initialFocus={input}
          finalFocus={false}
          aria-label="Run anything"
          className="floating fixed z-50 flex flex-col overflow-clip border border-line bg-bg-overlay shadow-float outline-none max-tablet:inset-x-0 max-tablet:bottom-0 max-tablet:max-h-[80dvh] max-tablet:rounded-t-panel tablet:top-[12vh] tablet:left-1/2 tablet:max-h-[min(480px,76vh)] tablet:w-[600px] tablet:-translate-x-1/2 tablet:rounded-card"
        >
          <p dir="auto" className="shrink-0 truncate px-4 pt-3 text-12 text-text-muted">
            {step === null ? targetWords(world.scene) : `${stepNames[step]} · ${targetWords(world.scene)}`}
          </p>
          <div className="flex shrink-0 items-center gap-2.5 border-line border-b px-4">
            <Search className="size-4 shrink-0 text-text-muted" strokeWidth={1.75} aria-hidden="true" />
            <input
              ref={input}
              type="text"
              role="combobox"
              aria-label={step === null ? 'Find an action, a view or a ticket' : stepNames[step]}
              aria-expanded="true"
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={current === undefined ? undefined : optionId(current)}
              autoComplete="off"
              spellCheck={false}
              enterKeyHint="go"
              placeholder={step === null ? 'What do you want to do?' : 'Choose'}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
              className="h-11 min-w-0 flex-1 bg-transparent text-15 outline-none max-tablet:text-16"
            />
          </div>
          <div
            id={listId}
            role="listbox"
            aria-label={step === null ? 'Actions' : stepNames[step]}
            tabIndex={-1}
            hidden={entries.length === 0}
            className="min-h-0 flex-1 overflow-y-auto p-1.5 outline-none [scrollbar-width:thin]"
          >
            {groupsOf(entries, typed).map(({ name, members }) => (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a list of options.
              <div key={name} role="group" aria-label={name}>
                {name === 'Choose' || typed.trim() !== '' ? null : (
                  <p aria-hidden="true" className="px-2.5 pt-2 pb-1 text-12 text-text-muted">
                    {name}
                  </p>
                )}
                {members.map((entry) => (
                  <EntryLine
                    key={entry.id}
                    id={optionId(entry)}
                    entry={entry}
                    isCurrent={entry === current}
                    onPoint={() => setAt(entries.indexOf(entry))}
                    onChoose={() => choose(entry)}
                  />
                ))}
              </div>
            ))}
          </div>
          {entries.length === 0 ? (
            <p className="px-2.5 py-6 text-center text-text-muted">
              {typed === '' ? 'There is nothing to choose from yet.' : 'Nothing matches. Try another word.'}
            </p>
          ) : null}
          <p role="status" className="sr-only">
            {entries.length === 1 ? '1 match' : `${entries.length} matches`}
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** In the order of the entries; what was typed mixes the groups, so then all are one. */
function groupsOf(
  entries: readonly PaletteEntry[],
  typed: string,
): { name: string; members: PaletteEntry[] }[] {
  if (typed.trim() !== '') return entries.length === 0 ? [] : [{ name: 'Matches', members: [...entries] }];
  const groups = new Map<string, PaletteEntry[]>();
  for (const entry of entries) {
    const members = groups.get(entry.group);
    if (members === undefined) groups.set(entry.group, [entry]);
    else members.push(entry);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

function EntryLine({
  id,
  entry,
  isCurrent,
  onPoint,
  onChoose,
}: {
  id: string;
  entry: PaletteEntry;
  isCurrent: boolean;
  onPoint(): void;
  onChoose(): void;
}) {
  return (
    // The field keeps the focus; its arrows and Enter reach every line.
    // biome-ignore lint/a11y/useFocusableInteractive: the combobox points at it by aria-activedescendant.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      onPointerMove={onPoint}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
      className={`flex min-h-9 cursor-default select-none items-center gap-2.5 rounded-control px-2.5 text-14 max-tablet:min-h-11 ${isCurrent ? 'bg-bg-selected' : ''}`}
    >
      {entry.glyph === undefined ? null : <Glyph glyph={entry.glyph} />}
      <span dir="auto" className="min-w-0 truncate">
        {entry.words}
      </span>
      {entry.hint === undefined ? null : (
        <span className="shrink-0 truncate text-12 text-text-muted">{entry.hint}</span>
      )}
      <span className="flex-1" />
      {entry.isTicked === true ? (
        <>
          <Check className="size-4 shrink-0 text-accent-ink" aria-hidden="true" />
          <span className="sr-only">, so already</span>
        </>
      ) : null}
      {entry.keys === '' ? null : (
        <>
          <span className="sr-only">, keys {spokenKeys(entry.keys)}</span>
          <Kbd keys={entry.keys} />
        </>
      )}
      {'step' in entry ? (
        <ChevronRight className="size-4 shrink-0 text-text-muted" aria-hidden="true" />
      ) : null}
    </div>
  );
}

function Glyph({ glyph }: { glyph: EntryGlyph }) {
  switch (glyph.kind) {
    case 'status':
      return <StatusGlyph status={glyph.status} />;
    case 'priority':
      return <PriorityGlyph priority={glyph.priority} />;
    case 'person':
      return <Avatar name={glyph.name} size={20} />;
    case 'tag':
      return (
        <span aria-hidden="true" className={`tag-${glyph.color} tag-dot size-2.5 shrink-0 rounded-full`} />
      );
  }
}
