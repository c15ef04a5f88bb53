'use client';

import { useState } from 'react';
import {
  isLevel,
  keptLife,
  type Levels,
  levelChoices,
  lifeChoices,
  lifeDaysOf,
  noLevels,
  nounNames,
  scopesOf,
} from '#/components/settings/api-key-words.ts';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { ShownOnceDialog } from '#/components/settings/shown-once-dialog.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, RadioField, TextField } from '#/components/ui/field.tsx';
import { type Department, nameCharsMax } from '#/lib/agents/schema.ts';
import { scopeNouns } from '#/lib/api/scopes.ts';
import {
  type ApiKeyInfo,
  type CreateKeyInput,
  keyPrefix,
  type NewKeyToken,
  type RotateKeyInput,
} from '#/lib/api-keys/schema.ts';
import type { Result } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';

/** What a new key is called, what it may, where, and how long. */
export function NewKeyDialog({
  departments,
  create,
  onMade,
  onClose,
}: {
  departments: readonly Department[];
  create(input: CreateKeyInput): Promise<Result<NewKeyToken>>;
  onMade(made: NewKeyToken): void;
  onClose(): void;
}) {
  // One id for all attempts: an answer that was lost does not leave two keys.
  const [id] = useState(newId);
  const [name, setName] = useState('');
  const [departmentId, setDepartmentId] = useState('');
  const [life, setLife] = useState('365');
  const [levels, setLevels] = useState<Levels>(noLevels);
  const scopes = scopesOf(levels);
  const { failure, isBusy, save } = useSave(
    () =>
      create({
        ...{ id, name, scopes, departmentId: departmentId === '' ? null : departmentId },
        lifeDays: lifeDaysOf(life) ?? null,
      }),
    onMade,
  );
  return (
    <FormDialog
      title="New key"
      width="wide"
      verb="Make the key"
      isDirty={name !== '' || scopes.length > 0}
      isBusy={isBusy}
      failure={failure}
      fields={['name']}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <TextField
        label="Name"
        name="name"
        autoComplete="off"
        required
        maxLength={nameCharsMax}
        hint="After the program that uses it. It stands beside what the key does, and customers see it under messages that it sends."
        value={name}
        onChange={setName}
        problem={fieldProblem(failure, 'name')}
      />
      <div className="grid gap-4 tablet:grid-cols-2">
        <ChoiceField
          label="Department"
          name="departmentId"
          value={departmentId}
          choices={[
            { value: '', label: 'All departments' },
            ...departments.map((department) => ({ value: department.id, label: department.name })),
          ]}
          onChange={setDepartmentId}
        />
        <ChoiceField label="Ends" name="lifeDays" value={life} choices={lifeChoices} onChange={setLife} />
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="pb-1 font-medium text-14">What it may do</legend>
        <p className="text-pretty text-text-muted">
          {departmentId === ''
            ? 'In every department, restricted ones too.'
            : 'With this department’s tickets, their customers and its people; it sees and administers nothing else.'}
        </p>
        <div className="grid grid-cols-2 gap-3 tablet:grid-cols-3">
          {scopeNouns.map((noun) => (
            <ChoiceField
              key={noun}
              label={nounNames[noun]}
              name={noun}
              value={levels[noun]}
              choices={levelChoices(noun)}
              onChange={(level) => {
                if (isLevel(level)) setLevels((before) => ({ ...before, [noun]: level }));
              }}
            />
          ))}
        </div>
      </fieldset>
    </FormDialog>
  );
}

/** Another token for a key, and what becomes of the one in use. */
export function RotateKeyDialog({
  info,
  rotate,
  onMade,
  onClose,
}: {
  info: ApiKeyInfo;
  rotate(input: RotateKeyInput): Promise<Result<NewKeyToken>>;
  onMade(made: NewKeyToken): void;
  onClose(): void;
}) {
  const isExpired = info.problem === 'key_expired';
  const [overlap, setOverlap] = useState<RotateKeyInput['overlap']>('day');
  const [life, setLife] = useState<string>(isExpired ? '365' : keptLife.value);
  const lifeDays = lifeDaysOf(life);
  const { failure, isBusy, save } = useSave(
    () => rotate({ id: info.id, overlap, ...(lifeDays === undefined ? {} : { lifeDays }) }),
    onMade,
  );
  return (
    <FormDialog
      title={`New token for ${info.name}`}
      verb="Make the token"
      isDirty={false}
      isBusy={isBusy}
      failure={failure}
      fields={[]}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      {isExpired ? (
        <p className="text-pretty text-text-muted">
          The key ended. With a new token it goes on; those it had stay ended.
        </p>
      ) : (
        <RadioField<RotateKeyInput['overlap']>
          label={`The one in use (${keyPrefix}…${info.tokens[0]?.hint ?? ''})`}
          name="overlap"
          value={overlap}
          choices={[
            { value: 'day', label: 'Goes on for a day', hint: 'Time to give your program the new one.' },
            { value: 'none', label: 'Ends now', hint: 'If somebody got hold of it.' },
          ]}
          onChange={setOverlap}
        />
      )}
      <ChoiceField
        label="The key ends"
        name="lifeDays"
        value={life}
        choices={isExpired ? lifeChoices : [keptLife, ...lifeChoices]}
        onChange={setLife}
      />
    </FormDialog>
  );
}

/** The token of a key, this once. */
export function KeyTokenDialog({ token, onClose }: { token: string; onClose(): void }) {
  return (
    <ShownOnceDialog
      title="The key’s token"
      whereTo="Put it where your program keeps its secrets, never into a page or an app."
      secret={token}
      copyLabel="Copy the token"
      ifLost="the program needs another one"
      onClose={onClose}
    />
  );
}
