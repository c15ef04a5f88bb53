import { Field as BaseField } from '@base-ui/react/field';
import { ChevronDown, Search } from 'lucide-react';
import { type ComponentProps, type ReactNode, useEffectEvent, useLayoutEffect, useRef } from 'react';

const control =
  'w-full rounded-control border border-line-strong bg-bg-raised px-3 text-14 text-text text-ellipsis placeholder:text-text-faint hover:border-text-faint disabled:opacity-60 data-invalid:border-bad max-tablet:text-16';

/**
 * What was typed or chosen while the page was still coming to life is taken over: React leaves it in the browser's
 * field, knows nothing of it, and would put its own value back at the next change.
 */
function useGivenEarly<Control extends HTMLElement>(read: (control: Control) => void) {
  const control = useRef<Control>(null);
  const report = useEffectEvent(read);
  useLayoutEffect(() => {
    if (control.current !== null) report(control.current);
  }, []);
  return control;
}

type TextControl = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
function useTextControl<Control extends TextControl>(value: string, onChange: (value: string) => void) {
  return useGivenEarly<Control>((control) => {
    if (control.value !== value) onChange(control.value);
  });
}

type FieldProps = Omit<ComponentProps<'input'>, 'className' | 'defaultValue' | 'value' | 'onChange'> & {
  label: string;
  name: string;
  hint?: ReactNode;
  /** Why the value was not accepted, in the person's words. */
  problem?: string | null;
  value: string;
  onChange(value: string): void;
};

/** A labelled one-line text field; hint and problem are tied to it for screen readers. */
export function TextField({ label, name, hint, problem = null, value, onChange, ...rest }: FieldProps) {
  const given = useTextControl<TextControl>(value, onChange);
  return (
    <BaseField.Root name={name} invalid={problem !== null} className="flex flex-col gap-1">
      <BaseField.Label className="font-medium text-13">{label}</BaseField.Label>
      <BaseField.Control
        {...rest}
        ref={given}
        value={value}
        onValueChange={(next: string) => onChange(next)}
        className={`${control} h-10 max-tablet:h-11`}
      />
      <FieldNotes hint={hint} problem={problem} />
    </BaseField.Root>
  );
}

/** Narrows a list while one types. Its name is for screen readers; the glass tells everybody else. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange(value: string): void;
}) {
  const given = useTextControl<HTMLInputElement>(value, onChange);
  return (
    <span className="relative flex">
      <Search
        className="pointer-events-none absolute start-3 top-1/2 size-4 -translate-y-1/2 text-text-faint"
        strokeWidth={1.75}
        aria-hidden="true"
      />
      <input
        ref={given}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={`${control} h-8 ps-9 max-tablet:h-11`}
      />
    </span>
  );
}

/** A labelled text field of several lines. */
export function TextArea({
  label,
  name,
  hint,
  problem = null,
  value,
  onChange,
  rows = 3,
  placeholder,
}: {
  label: string;
  name: string;
  hint?: ReactNode;
  problem?: string | null;
  value: string;
  onChange(value: string): void;
  rows?: number;
  placeholder?: string;
}) {
  const given = useTextControl<TextControl>(value, onChange);
  return (
    <BaseField.Root name={name} invalid={problem !== null} className="flex flex-col gap-1">
      <BaseField.Label className="font-medium text-13">{label}</BaseField.Label>
      <BaseField.Control
        render={<textarea rows={rows} />}
        ref={given}
        placeholder={placeholder}
        value={value}
        onValueChange={(next: string) => onChange(next)}
        className={`${control} resize-y py-2`}
      />
      <FieldNotes hint={hint} problem={problem} />
    </BaseField.Root>
  );
}

/** A choice from a short list, by the browser's own control. */
export function ChoiceField({
  label,
  name,
  value,
  choices,
  onChange,
}: {
  label: string;
  name: string;
  value: string;
  choices: readonly { value: string; label: string }[];
  onChange(value: string): void;
}) {
  const given = useTextControl<TextControl>(value, onChange);
  return (
    <BaseField.Root name={name} className="flex flex-col gap-1">
      <BaseField.Label className="font-medium text-13">{label}</BaseField.Label>
      <span className="relative flex">
        <BaseField.Control
          render={
            <select>
              {choices.map((choice) => (
                <option key={choice.value} value={choice.value}>
                  {choice.label}
                </option>
              ))}
            </select>
          }
          ref={given}
          value={value}
          onValueChange={(next: string) => onChange(next)}
          className={`${control} h-10 appearance-none truncate pe-9 max-tablet:h-11`}
        />
        <ChevronDown
          className="pointer-events-none absolute end-3 top-1/2 size-4 -translate-y-1/2 text-text-muted"
          strokeWidth={1.75}
          aria-hidden="true"
        />
      </span>
    </BaseField.Root>
  );
}

/** One of a few, each with a word on what it means. */
export function RadioField<Value extends string>({
  label,
  name,
  value,
  choices,
  onChange,
}: {
  label: string;
  name: string;
  value: Value;
  choices: readonly { value: Value; label: string; hint?: string }[];
  onChange(value: Value): void;
}) {
  const isShort = choices.every(({ hint }) => hint === undefined);
  return (
    <fieldset
      className={choices.length === 2 && isShort ? 'grid gap-1 tablet:grid-cols-2' : 'flex flex-col gap-1'}
    >
      <legend className="pb-1 font-medium text-13">{label}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="flex cursor-pointer items-start gap-3 rounded-control border border-line bg-bg-raised px-3 py-2 hover:border-line-strong has-checked:border-accent-ink max-tablet:min-h-11"
        >
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span className="flex flex-col">
            <span>{choice.label}</span>
            {choice.hint === undefined ? null : <span className="text-text-muted">{choice.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A yes or no with its explanation. */
export function CheckField({
  label,
  hint,
  isChecked,
  onChange,
}: {
  label: string;
  hint?: string;
  isChecked: boolean;
  onChange(isChecked: boolean): void;
}) {
  const given = useGivenEarly<HTMLInputElement>((control) => {
    if (control.checked !== isChecked) onChange(control.checked);
  });
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-control border border-line bg-bg-raised p-3 hover:border-line-strong">
      <input
        ref={given}
        type="checkbox"
        checked={isChecked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="flex flex-col">
        <span className="font-medium text-13">{label}</span>
        {hint === undefined ? null : <span className="text-text-muted text-13">{hint}</span>}
      </span>
    </label>
  );
}

function FieldNotes({ hint, problem }: { hint: ReactNode; problem: string | null }) {
  return (
    <>
      {hint === undefined || problem !== null ? null : (
        <BaseField.Description className="text-text-muted text-13">{hint}</BaseField.Description>
      )}
      <BaseField.Error match={problem !== null} className="text-bad text-13">
        {problem}
      </BaseField.Error>
    </>
  );
}
