'use client';

import { Check, Search } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { type Choice, foundChoices } from '#/components/inbox/list/choices.ts';

export type GlyphChoice = Choice & { glyph?: ReactNode };

/**
 * A list to pick from, with a field above it that narrows it: letters search, arrows move, Enter picks. The focus
 * stays in the field; screen readers follow the active option.
 */
export function ChoiceList({
  label,
  choices,
  chosen,
  isMultiple = false,
  placeholder = 'Search',
  emptyText = 'Nothing is called that',
  choicesFor,
  onText,
  onChoose,
}: {
  label: string;
  choices: readonly GlyphChoice[];
  chosen: ReadonlySet<string>;
  isMultiple?: boolean;
  placeholder?: string;
  emptyText?: string;
  /** Choices that depend on what is typed, in place of searching the given ones. */
  choicesFor?: (text: string) => readonly GlyphChoice[];
  /** What is typed, for choices that have to be asked for. */
  onText?: (text: string) => void;
  onChoose(id: string): void;
}) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const shown = choicesFor === undefined ? foundChoices(choices, text) : choicesFor(text);
  const at = Math.min(active, shown.length - 1);
  const activeChoice = shown[at];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another active option is another element.
  useEffect(() => {
    list.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [at, text]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const next = nextActive(event.key, at, shown.length);
    if (next !== null) {
      event.preventDefault();
      setActive(next);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (activeChoice !== undefined) onChoose(activeChoice.id);
    }
  }

  return (
    <div className="flex min-h-0 flex-col">
      <div className="flex items-center gap-2 border-line border-b px-3">
        <Search className="size-4 shrink-0 text-text-faint" strokeWidth={1.75} aria-hidden="true" />
        <input
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={activeChoice === undefined ? undefined : `${id}-${at}`}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={placeholder}
          onChange={(event) => {
            setText(event.target.value);
            onText?.(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-10 min-w-0 flex-1 bg-transparent text-13 outline-none max-tablet:h-12 max-tablet:text-16"
        />
      </div>
      <ul
        ref={list}
        id={`${id}-list`}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a list box of the field above it.
        role="listbox"
        aria-label={label}
        aria-multiselectable={isMultiple}
        className="max-h-[min(288px,40dvh)] overflow-y-auto p-1 [scrollbar-width:thin]"
      >
        {shown.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled in the field, which keeps the focus.
          <li
            key={choice.id}
            id={`${id}-${index}`}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: an option of the list box.
            role="option"
            tabIndex={-1}
            aria-selected={chosen.has(choice.id)}
            data-active={index === at ? '' : undefined}
            onPointerMove={() => setActive(index)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(choice.id)}
            className="flex min-h-8 cursor-default select-none items-center gap-2 rounded-control px-2 py-1 text-13 data-active:bg-bg-hover max-tablet:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0"
          >
            {choice.glyph}
            <span dir="auto" className="min-w-0 truncate text-start">
              {choice.label}
            </span>
            {choice.hint === undefined ? null : (
              // Where there is not room for both, the name stays whole.
              <span className="min-w-0 flex-1 truncate text-end text-12 text-text-muted">{choice.hint}</span>
            )}
            <span className="ms-auto flex w-4 shrink-0 justify-end text-accent-ink">
              {chosen.has(choice.id) ? <Check aria-hidden="true" /> : null}
            </span>
          </li>
        ))}
      </ul>
      <p role="status" className={shown.length === 0 ? 'px-3 pb-3 text-13 text-text-muted' : 'sr-only'}>
        {shown.length === 0 ? emptyText : ''}
      </p>
    </div>
  );
}

function nextActive(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at - 1 + count) % count;
    case 'PageDown':
      return Math.min(count - 1, at + 8);
    case 'PageUp':
      return Math.max(0, at - 8);
    default:
      return null;
  }
}
