import { useId } from 'react';

/** One of a few, each with a word on what it means. */
export function ChoiceCards<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: Value;
  choices: readonly { value: Value; name: string; hint?: string }[];
  onChange(value: Value): void;
}) {
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{label}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="flex min-h-11 cursor-pointer items-center gap-3 rounded-control border border-line bg-bg-raised px-3 py-2 hover:border-line-strong has-checked:border-accent-ink"
        >
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="flex flex-col">
            <span className="font-medium">{choice.name}</span>
            {choice.hint === undefined ? null : <span className="text-text-muted">{choice.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
