'use client';

import { useId, useRef, useState } from 'react';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import {
  type AnswerProblem,
  type AskedField,
  type PreChatForm,
  problemOf,
  problemsOf,
} from '#/lib/pre-chat/form.ts';
import type { Answers, AnswerValue } from '#/lib/pre-chat/schema.ts';
import type { Say } from '#/lib/texts/words.ts';

/** Also what is not asked of an answer: the browser fills in what it knows. */
const kinds: Partial<Record<AskedField['kind'], { type: string; autoComplete: string }>> = {
  name: { type: 'text', autoComplete: 'name' },
  email: { type: 'email', autoComplete: 'email' },
  phone: { type: 'tel', autoComplete: 'tel' },
  date: { type: 'date', autoComplete: 'off' },
};

/**
 * What a site asks before a conversation. Nothing is refused while somebody types: an answer is looked at when its field
 * is left with something in it, and all of them when the form is sent; the first that is not right takes the focus.
 */
export function PreChatFields({
  form,
  initial,
  refused = null,
  isPicture = false,
  onDone,
}: {
  form: PreChatForm;
  initial: Answers;
  /** What the server did not take. */
  refused?: { id: string; problem: AnswerProblem } | null;
  /** In the settings' preview: there is a form around it, and nothing is sent. */
  isPicture?: boolean;
  onDone(answers: Answers): void;
}) {
  const { say } = useWords();
  const [answers, setAnswers] = useState<Answers>(initial);
  const [problems, setProblems] = useState<ReadonlyMap<string, AnswerProblem>>(
    () => new Map(refused === null ? [] : [[refused.id, refused.problem]]),
  );
  const box = useRef<HTMLFormElement>(null);
  const prefix = useId();

  function set(field: AskedField, value: AnswerValue | null) {
    const { [field.id]: _, ...others } = answers;
    const next = value === null ? others : { ...others, [field.id]: value };
    setAnswers(next);
    // What was wrong is right from the moment that it is.
    if (problems.has(field.id) && problemOf(field, next[field.id]) === null) mark(field.id, null);
  }

  function mark(id: string, problem: AnswerProblem | null) {
    // Upon what is known by then: a field is left while the form's own problems are being told.
    setProblems((all) => {
      const others = [...all].filter(([known]) => known !== id);
      return new Map(problem === null ? others : [...others, [id, problem]]);
    });
  }

  function leave(field: AskedField) {
    const value = answers[field.id];
    if (value === undefined || value === '' || value === false) return;
    mark(field.id, problemOf(field, value));
  }

  function submit() {
    const found = problemsOf(form, answers);
    setProblems(found);
    const [first] = found.keys();
    if (first === undefined) {
      onDone(answers);
      return;
    }
    const control = box.current?.elements.namedItem(first);
    if (control instanceof HTMLElement) control.focus();
  }

  const content = (
    <>
      {form.fields.map((field) => (
        <Field
          key={field.id}
          field={field}
          id={`${prefix}${field.id}`}
          value={answers[field.id]}
          problem={problems.get(field.id) ?? null}
          onChange={(value) => set(field, value)}
          onLeave={() => leave(field)}
        />
      ))}
      <button
        type="submit"
        // The field keeps the focus: a problem told on leaving it would move the button from under the press.
        onMouseDown={(event) => event.preventDefault()}
        className="mt-2 min-h-12 rounded-card bg-accent px-4 text-15 font-medium text-accent-text transition-shadow hover:shadow-float"
      >
        {say('form.start')}
      </button>
    </>
  );
  if (isPicture) return <div className={boxLook}>{content}</div>;
  return (
    <form
      ref={box}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className={boxLook}
    >
      {content}
    </form>
  );
}

const boxLook = 'flex flex-col gap-4';

type FieldProps = {
  field: AskedField;
  id: string;
  value: AnswerValue | undefined;
  problem: AnswerProblem | null;
  onChange(value: AnswerValue | null): void;
  onLeave(): void;
};

function Field(props: FieldProps) {
  const { field, id, problem } = props;
  const { say } = useWords();
  const isTick = field.kind === 'consent' || field.kind === 'boolean';
  return (
    <div className="flex flex-col gap-1">
      {isTick ? (
        <Tick {...props} />
      ) : (
        <>
          <label htmlFor={id} className="flex items-baseline gap-2 text-13 font-medium">
            <bdi className="min-w-0 wrap-anywhere">{labelOf(field, say)}</bdi>
            {field.isRequired ? null : (
              <span className="font-normal text-text-muted">{say('form.optional')}</span>
            )}
          </label>
          {field.kind === 'choice' || field.kind === 'department' ? (
            <Choice {...props} />
          ) : (
            <Input {...props} />
          )}
        </>
      )}
      {problem === null ? null : (
        <p id={`${id}-problem`} className="text-13 text-bad">
          {say(`form.${problem}`)}
        </p>
      )}
    </div>
  );
}

function labelOf(field: AskedField, say: Say): string {
  switch (field.kind) {
    case 'name':
    case 'email':
    case 'phone':
    case 'subject':
    case 'department':
      return say(`form.${field.kind}`);
    case 'consent':
      return field.text;
    default:
      return field.label;
  }
}

const controlLook =
  'h-11 w-full min-w-0 rounded-card border border-line-strong bg-bg-raised px-3 text-15 text-text hover:border-text-faint aria-invalid:border-bad pointer-coarse:text-16';

function stateOf({ field, id, problem }: FieldProps) {
  return {
    id,
    name: field.id,
    'aria-required': field.isRequired,
    'aria-invalid': problem === null ? undefined : true,
    'aria-describedby': problem === null ? undefined : `${id}-problem`,
  };
}

function Input(props: FieldProps) {
  const { field, value, onChange, onLeave } = props;
  const { type, autoComplete } = kinds[field.kind] ?? { type: 'text', autoComplete: 'off' };
  return (
    <input
      {...stateOf(props)}
      type={type}
      autoComplete={autoComplete}
      inputMode={field.kind === 'number' ? 'decimal' : undefined}
      dir={type === 'text' && value !== undefined ? 'auto' : undefined}
      value={typeof value === 'boolean' || value === undefined ? '' : value}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      onBlur={onLeave}
      className={controlLook}
    />
  );
}

function Choice(props: FieldProps) {
  const { field, value, onChange } = props;
  const { say } = useWords();
  const choices =
    field.kind === 'department'
      ? field.choices.map(({ id, name }) => ({ value: id, label: name }))
      : field.kind === 'choice'
        ? field.choices.map((choice) => ({ value: choice, label: choice }))
        : [];
  return (
    <span className="relative flex items-center">
      <select
        {...stateOf(props)}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
        className={`${controlLook} appearance-none truncate pe-10 font-[inherit]`}
      >
        <option value="">{say('form.choose')}</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <span className="pointer-events-none absolute end-3 rotate-90 text-text-muted">
        <Glyph shape="forward" size={16} />
      </span>
    </span>
  );
}

function Tick(props: FieldProps) {
  const { field, value, onChange, id } = props;
  const { say } = useWords();
  const link = field.kind === 'consent' ? field.link : null;
  return (
    <div className="-ms-3 flex items-start">
      <label htmlFor={id} className="flex size-11 shrink-0 items-center justify-center">
        <input
          {...stateOf(props)}
          aria-labelledby={`${id}-text`}
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
          className="size-5 accent-accent"
        />
      </label>
      <span className="min-w-0 flex-1 py-3 text-14">
        <label id={`${id}-text`} htmlFor={id} className="wrap-anywhere">
          <bdi>{labelOf(field, say)}</bdi>
        </label>
        {link === null ? null : (
          <>
            {' '}
            <a
              href={link.url}
              target="_blank"
              rel="noopener noreferrer nofollow"
              className="font-medium text-accent-ink underline underline-offset-2 wrap-anywhere"
            >
              <bdi>{link.label}</bdi>
            </a>
          </>
        )}
      </span>
    </div>
  );
}
