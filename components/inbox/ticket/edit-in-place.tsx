'use client';

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { TypedValue, ValueKind } from '#/components/inbox/ticket/typed-value.ts';
import { failureText } from '#/components/ui/failure-text.ts';
import { Menu, MenuChoices, MenuHeading } from '#/components/ui/menu.tsx';
import type { FieldValue } from '#/lib/custom-fields/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type EditInPlaceProps = {
  /** What it is called: "E-mail". */
  name: string;
  kind: ValueKind;
  /** What its editor begins with. */
  text: string;
  /** Stands where there is no value: "Add a phone". */
  emptyWords?: string;
  /** How the value is shown while nobody edits it; null: it has none. */
  children: ReactNode;
  isLocked?: boolean;
  inputMode?: 'email' | 'tel' | 'text' | 'decimal';
  /** Asked for from outside: begins to edit. */
  startsOn?: unknown;
  parse(text: string): TypedValue;
  /** Keeps it; a refusal is said below the field, with what was typed still in it. */
  onKeep(value: FieldValue | null): Promise<Result<unknown>>;
};

const valueLook =
  'group/value -mx-1.5 flex min-h-7 w-[calc(100%+12px)] min-w-0 items-center rounded-control px-1.5 py-0.5 text-start transition-colors duration-120 hover:bg-bg-hover max-tablet:min-h-11';

/** A value that turns into its editor when pressed. Enter and leaving keep what was typed, Escape leaves it as it was. */
export function EditInPlace(props: EditInPlaceProps) {
  const { kind } = props;
  if (props.isLocked === true) {
    return <div className="flex min-h-7 min-w-0 items-center">{props.children ?? <Empty />}</div>;
  }
  if (kind.type === 'choice' || kind.type === 'boolean') return <Choice {...props} />;
  return <Line {...props} />;
}

function Choice({ name, kind, text, children, parse, onKeep }: EditInPlaceProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const options =
    kind.type === 'boolean'
      ? [
          { value: 'true', label: 'Yes' },
          { value: 'false', label: 'No' },
        ]
      : kind.options.map((option) => ({ value: option, label: option }));
  return (
    <div>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={`${name}: ${text === '' ? 'empty' : text}. Change`}
            className={valueLook}
          >
            <span className="min-w-0 flex-1 truncate">{children ?? <Empty />}</span>
          </button>
        }
      >
        <MenuHeading>{name}</MenuHeading>
        <MenuChoices
          label={name}
          value={text}
          choices={[...options, { value: '', label: 'Empty' }]}
          onChoose={(chosen) => {
            const typed = parse(chosen);
            if (!typed.ok || chosen === text) return;
            void onKeep(typed.value).then((result) =>
              setProblem(result.ok ? null : failureText(result.error)),
            );
          }}
        />
      </Menu>
      <Problem words={problem} />
    </div>
  );
}

function Line(props: EditInPlaceProps) {
  const { name, text, parse, onKeep, startsOn } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const shown = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(startsOn);
  const problemId = useId();
  /** Left by a key: the focus goes to what is shown in the editor's place. */
  const focusesNext = useRef(false);
  const isEditing = typed !== null;

  useEffect(() => {
    if (isEditing) field.current?.select();
    else if (focusesNext.current) shown.current?.focus();
    focusesNext.current = false;
  }, [isEditing]);
  useEffect(() => {
    if (wasAsked.current === startsOn) return;
    wasAsked.current = startsOn;
    setTyped(text);
  }, [startsOn, text]);

  function leave(isByKey: boolean) {
    focusesNext.current = isByKey;
    setTyped(null);
    setProblem(null);
  }

  async function keep(isByKey: boolean) {
    if (typed === null || isBusy) return;
    if (typed.trim() === text.trim()) {
      leave(isByKey);
      return;
    }
    const value = parse(typed);
    if (!value.ok) {
      setProblem(value.problem);
      return;
    }
    setIsBusy(true);
    const result = await onKeep(value.value);
    setIsBusy(false);
    if (result.ok) leave(isByKey);
    else setProblem(failureText(result.error));
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') void keep(true);
    else if (event.key === 'Escape') leave(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  if (!isEditing) {
    return (
      <button
        ref={shown}
        type="button"
        onClick={() => setTyped(text)}
        className={valueLook}
        title={`Change: ${name}`}
      >
        <span className="min-w-0 flex-1 truncate">
          {props.children ?? <Empty words={props.emptyWords} />}
        </span>
        {props.children === null && props.emptyWords !== undefined ? null : (
          <span className="sr-only">, change</span>
        )}
      </button>
    );
  }
  return (
    <div>
      <input
        ref={field}
        type={props.kind.type === 'date' ? 'date' : 'text'}
        inputMode={props.inputMode ?? (props.kind.type === 'number' ? 'decimal' : 'text')}
        aria-label={name}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : problemId}
        aria-busy={isBusy}
        autoComplete="off"
        dir="auto"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setProblem(null);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => void keep(false)}
        className={`-mx-1.5 h-7 w-[calc(100%+12px)] min-w-0 rounded-control border bg-bg-raised px-[5px] outline-none max-tablet:h-11 max-tablet:text-16 ${problem === null ? 'border-accent-ink' : 'border-bad'}`}
      />
      <Problem id={problemId} words={problem} />
    </div>
  );
}

function Problem({ id, words }: { id?: string; words: string | null }) {
  return (
    <p id={id} role="status" className="pt-1 text-12 text-bad empty:hidden">
      {words}
    </p>
  );
}

function Empty({ words = 'Empty' }: { words?: string | undefined }) {
  return <span className="text-text-faint">{words}</span>;
}
