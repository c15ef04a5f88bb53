'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { Badge, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { TextField } from '#/components/ui/field.tsx';
import type { Result } from '#/lib/errors.ts';
import type { CreateWidgetInput } from '#/lib/widgets/schema.ts';

export type WidgetSummary = {
  id: string;
  name: string;
  allowedOrigins: readonly string[];
  accent: string;
  isSeen: boolean;
};

/** The sites that have a chat of their own. */
export function WidgetRows({ widgets }: { widgets: readonly WidgetSummary[] }) {
  return (
    <Rows label="Sites">
      {widgets.map(({ id, name, allowedOrigins, accent, isSeen }) => (
        <Row
          key={id}
          face={
            <span
              aria-hidden="true"
              style={{ background: accent }}
              className="size-8 shrink-0 rounded-full border border-line"
            />
          }
          title={name}
          href={`/settings/widget/${id}`}
          badges={isSeen ? <Badge tone="good">installed</Badge> : <Badge>not seen yet</Badge>}
          detail={allowedOrigins.length === 0 ? 'No site may show it yet' : allowedOrigins.join(', ')}
        />
      ))}
    </Rows>
  );
}

/** A chat for one more site, with a look and key of its own. */
export function AddWidget({
  newId,
  createWidget,
  onMade,
}: {
  newId(): string;
  createWidget(input: CreateWidgetInput): Promise<Result<{ id: string }>>;
  onMade(id: string): void;
}) {
  const [id, setId] = useState<string | null>(null);
  return (
    <>
      <Button onClick={() => setId(newId())}>
        <Plus className="size-4" aria-hidden="true" />
        Add a site
      </Button>
      {id === null ? null : (
        <AddDialog id={id} createWidget={createWidget} onMade={onMade} onClose={() => setId(null)} />
      )}
    </>
  );
}

function AddDialog({
  id,
  createWidget,
  onMade,
  onClose,
}: {
  id: string;
  createWidget(input: CreateWidgetInput): Promise<Result<{ id: string }>>;
  onMade(id: string): void;
  onClose(): void;
}) {
  const [name, setName] = useState('');
  const { failure, isBusy, save } = useSave(
    () => createWidget({ id, name }),
    () => onMade(id),
  );
  return (
    <FormDialog
      title="Add a site"
      description="It gets a key, a look and allowed sites of its own."
      verb="Add"
      isDirty={name !== ''}
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
        maxLength={80}
        placeholder="Outlet shop"
        hint="To tell your sites apart here; customers do not see it."
        value={name}
        onChange={setName}
        problem={fieldProblem(failure, 'name')}
      />
    </FormDialog>
  );
}
