'use client';

import { useState } from 'react';
import { keyFor, linesOf, typedDefault } from '#/components/settings/field-words.ts';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextArea, TextField } from '#/components/ui/field.tsx';
import {
  type ChangeFieldInput,
  type CreateFieldInput,
  type CustomField,
  type FieldSubject,
  type FieldType,
  fieldTypes,
} from '#/lib/custom-fields/schema.ts';
import type { Result } from '#/lib/errors.ts';

export const typeNames: Record<FieldType, string> = {
  text: 'Text',
  number: 'Number',
  boolean: 'Yes or no',
  date: 'Date',
  choice: 'Choice',
};

/** A field's name, key, type, choices and default. Key and type stay once it is made: values are kept under them. */
export function FieldDialog({
  subject,
  field,
  newId,
  createField,
  changeField,
  onDone,
  onClose,
}: {
  subject: FieldSubject;
  /** Null for a new one. */
  field: CustomField | null;
  newId(): string;
  createField(input: CreateFieldInput): Promise<Result<unknown>>;
  changeField(input: ChangeFieldInput): Promise<Result<unknown>>;
  onDone(label: string): void;
  onClose(): void;
}) {
  const [id] = useState(() => field?.id ?? newId());
  const [label, setLabel] = useState(field?.label ?? '');
  const [typedKey, setTypedKey] = useState<string | null>(null);
  const [type, setType] = useState<FieldType>(field?.type ?? 'text');
  const [options, setOptions] = useState(field?.options.join('\n') ?? '');
  const [usual, setUsual] = useState(field?.defaultValue?.toString() ?? '');
  const key = field?.key ?? typedKey ?? keyFor(label);
  const offered = type === 'choice' ? linesOf(options) : [];
  const { failure, isBusy, save } = useSave(
    () => {
      const defaultValue = typedDefault(type, usual);
      return field === null
        ? createField({ id, subject, key, label, type, options: offered, defaultValue })
        : changeField({ id, label, options: offered, defaultValue });
    },
    () => onDone(label.trim()),
  );
  const isDirty =
    label !== (field?.label ?? '') ||
    options !== (field?.options.join('\n') ?? '') ||
    usual !== (field?.defaultValue?.toString() ?? '') ||
    type !== (field?.type ?? 'text');
  return (
    <FormDialog
      title={field === null ? `New field of ${subject}s` : `Edit “${field.label}”`}
      verb={field === null ? 'Make the field' : 'Save'}
      isDirty={isDirty}
      isBusy={isBusy}
      canSave={isDirty}
      failure={failure}
      fields={['label', 'key', 'options', 'defaultValue']}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <TextField
        label="Name"
        name="label"
        autoComplete="off"
        required
        maxLength={80}
        value={label}
        onChange={setLabel}
        problem={fieldProblem(failure, 'label')}
      />
      {field === null ? (
        <>
          <TextField
            label="Key"
            name="key"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            hint="Under this name your site and saved replies know it. It stays for good."
            value={key}
            onChange={setTypedKey}
            problem={fieldProblem(failure, 'key')}
          />
          <ChoiceField
            label="Type"
            name="type"
            value={type}
            choices={fieldTypes.map((value) => ({ value, label: typeNames[value] }))}
            onChange={(value) => {
              setType(fieldTypes.find((each) => each === value) ?? 'text');
              setUsual('');
            }}
          />
        </>
      ) : (
        <p className="text-text-muted">
          {typeNames[field.type]}, kept as <code className="font-mono text-12">{field.key}</code>. Both stay:
          values are kept under them.
        </p>
      )}
      {type === 'choice' ? (
        <TextArea
          label="Choices, one per line"
          name="options"
          rows={4}
          {...(field === null ? {} : { hint: 'A choice that you take away stays where it was chosen.' })}
          value={options}
          onChange={setOptions}
          problem={fieldProblem(failure, 'options')}
        />
      ) : null}
      <DefaultField
        type={type}
        offered={offered}
        subject={subject}
        value={usual}
        onChange={setUsual}
        problem={fieldProblem(failure, 'defaultValue')}
      />
    </FormDialog>
  );
}

function DefaultField({
  type,
  offered,
  subject,
  value,
  onChange,
  problem,
}: {
  type: FieldType;
  offered: readonly string[];
  subject: FieldSubject;
  value: string;
  onChange(value: string): void;
  problem: string | null;
}) {
  const label = `New ${subject}s begin with`;
  const none = { value: '', label: 'Nothing' };
  if (type === 'boolean' || type === 'choice') {
    const choices =
      type === 'boolean'
        ? [
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]
        : offered.map((option) => ({ value: option, label: option }));
    return (
      <ChoiceField
        label={label}
        name="defaultValue"
        value={value}
        choices={[none, ...choices]}
        onChange={onChange}
      />
    );
  }
  return (
    <TextField
      key={type}
      label={label}
      name="defaultValue"
      type={type === 'date' ? 'date' : 'text'}
      {...(type === 'number' ? { inputMode: 'decimal' as const } : {})}
      autoComplete="off"
      placeholder="Nothing"
      value={value}
      onChange={onChange}
      problem={problem}
    />
  );
}
