/** A choice between a few views of one thing; nothing that is saved. */
export function ChoiceButtons<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: Value;
  choices: readonly { value: NoInfer<Value>; label: string }[];
  onChange(value: Value): void;
}) {
  return (
    <fieldset className="flex items-center gap-1">
      <legend className="sr-only">{label}</legend>
      <span aria-hidden="true" className="pe-1 text-text-muted">
        {label}
      </span>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
          className="h-7 rounded-control px-2 text-text-muted hover:text-text aria-pressed:bg-bg-selected aria-pressed:text-text max-tablet:h-11"
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}
