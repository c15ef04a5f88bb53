'use client';

import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { ShownOnceDialog } from '#/components/settings/shown-once-dialog.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { typeGroups } from '#/components/settings/webhooks-words.ts';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextField } from '#/components/ui/field.tsx';
import type { Department } from '#/lib/agents/schema.ts';
import type { WebhookRecord, WebhookWithSecretRecord } from '#/lib/api/records/webhooks.ts';
import type { Result } from '#/lib/errors.ts';
import { type ApiEventType, apiEvents } from '#/lib/events/schema.ts';
import { newId } from '#/lib/ids.ts';
import { outboundUrlCharsMax } from '#/lib/outbound/schema.ts';
import { type ChangeWebhookInput, type CreateWebhookInput, webhookNameMax } from '#/lib/webhooks/schema.ts';

/** Where a new webhook leads, and what it is told. */
export function NewWebhookDialog({
  departments,
  create,
  onMade,
  onClose,
}: {
  departments: readonly Department[];
  create(input: CreateWebhookInput): Promise<Result<WebhookWithSecretRecord>>;
  onMade(made: WebhookWithSecretRecord): void;
  onClose(): void;
}) {
  // One id for all attempts: an answer that was lost does not leave two webhooks.
  const [id] = useState(newId);
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<readonly ApiEventType[]>([]);
  const [departmentId, setDepartmentId] = useState('');
  const { failure, isBusy, save } = useSave(
    () =>
      create({
        ...{ id, name, url, types: [...types] },
        departmentId: departmentId === '' ? null : departmentId,
      }),
    onMade,
  );
  return (
    <FormDialog
      title="New webhook"
      width="wide"
      verb="Make the webhook"
      isDirty={name !== '' || url !== '' || types.length > 0}
      isBusy={isBusy}
      failure={failure}
      fields={['name', 'url', 'types']}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <NameAndUrl
        {...{ name, setName, url, setUrl }}
        nameProblem={fieldProblem(failure, 'name')}
        urlProblem={fieldProblem(failure, 'url')}
      />
      {departments.length === 0 ? null : (
        <ChoiceField
          label="Of which tickets"
          name="departmentId"
          value={departmentId}
          choices={[
            { value: '', label: 'Of all departments' },
            ...departments.map((each) => ({ value: each.id, label: `Only of ${each.name}` })),
          ]}
          onChange={setDepartmentId}
        />
      )}
      <TypesField types={types} onChange={setTypes} problem={fieldProblem(failure, 'types')} />
    </FormDialog>
  );
}

/** What can be changed of a webhook. */
export function EditWebhookDialog({
  webhook,
  change,
  onDone,
  onClose,
}: {
  webhook: WebhookRecord;
  change(input: ChangeWebhookInput): Promise<Result<unknown>>;
  onDone(): void;
  onClose(): void;
}) {
  const [name, setName] = useState(webhook.name);
  const [url, setUrl] = useState(webhook.url);
  const [types, setTypes] = useState<readonly ApiEventType[]>(webhook.types);
  const isDirty =
    name !== webhook.name ||
    url !== webhook.url ||
    types.toSorted().join() !== webhook.types.toSorted().join();
  const { failure, isBusy, save } = useSave(
    () => change({ id: webhook.id, name, url, types: [...types] }),
    onDone,
  );
  return (
    <FormDialog
      title={`Edit “${webhook.name}”`}
      width="wide"
      verb="Save"
      isDirty={isDirty}
      isBusy={isBusy}
      canSave={isDirty}
      failure={failure}
      fields={['name', 'url', 'types']}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <NameAndUrl
        {...{ name, setName, url, setUrl }}
        nameProblem={fieldProblem(failure, 'name')}
        urlProblem={fieldProblem(failure, 'url')}
      />
      <TypesField types={types} onChange={setTypes} problem={fieldProblem(failure, 'types')} />
    </FormDialog>
  );
}

function NameAndUrl({
  name,
  setName,
  nameProblem,
  url,
  setUrl,
  urlProblem,
}: {
  name: string;
  setName(name: string): void;
  nameProblem: string | null;
  url: string;
  setUrl(url: string): void;
  urlProblem: string | null;
}) {
  return (
    <>
      <TextField
        label="Name"
        name="name"
        autoComplete="off"
        required
        maxLength={webhookNameMax}
        hint="After the program that it tells."
        value={name}
        onChange={setName}
        problem={nameProblem}
      />
      <TextField
        label="Address"
        name="url"
        type="url"
        dir="ltr"
        autoComplete="off"
        required
        maxLength={outboundUrlCharsMax}
        placeholder="https://orders.example.com/parley"
        value={url}
        onChange={setUrl}
        problem={urlProblem}
      />
    </>
  );
}

function TypesField({
  types,
  onChange,
  problem,
}: {
  types: readonly ApiEventType[];
  onChange(types: readonly ApiEventType[]): void;
  problem: string | null;
}) {
  const toggle = (type: ApiEventType, isWanted: boolean) =>
    onChange(isWanted ? [...types, type] : types.filter((each) => each !== type));
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="pb-2 font-medium text-13">What it is told</legend>
      {typeGroups.map((group) => (
        <div key={group.name} className="flex flex-col gap-1">
          <p className="font-medium text-12 text-text-muted">{group.name}</p>
          {group.types.map((type) => (
            <label key={type} className="flex cursor-pointer items-start gap-3 py-1 max-tablet:min-h-11">
              <input
                type="checkbox"
                name="types"
                aria-label={type}
                checked={types.includes(type)}
                onChange={(event) => toggle(type, event.target.checked)}
                className="mt-0.5 size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0">
                <span className="block font-mono text-13" dir="ltr">
                  {type}
                </span>
                <span className="block text-text-muted">{apiEvents[type].words}</span>
              </span>
            </label>
          ))}
        </div>
      ))}
      {problem === null ? null : (
        <p role="alert" className="text-bad text-13">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

/** The secret of a webhook, this once. */
export function WebhookSecretDialog({ secret, onClose }: { secret: string; onClose(): void }) {
  return (
    <ShownOnceDialog
      title="The secret"
      whereTo="Your program checks with it that what comes is from here; it never goes into a page or an app."
      secret={secret}
      copyLabel="Copy the secret"
      ifLost="your program needs another one"
      onClose={onClose}
    />
  );
}
