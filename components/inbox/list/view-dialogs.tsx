'use client';

import { type FormEvent, type ReactNode, useState } from 'react';
import type { ViewActs } from '#/components/inbox/list/list-props.ts';
import { Button } from '#/components/ui/button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { CheckField, TextField } from '#/components/ui/field.tsx';
import type { Failure, Result } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { TicketFilter, TicketSort } from '#/lib/tickets/schema.ts';
import { type SavedView, viewNameCharsMax } from '#/lib/views/schema.ts';

type DialogState = { isOpen: boolean; onOpenChange(isOpen: boolean): void };

/** Names the present filter and keeps it, for oneself or for everybody. */
export function SaveViewDialog({
  filter,
  sort,
  summary,
  acts,
  onSaved,
  ...dialog
}: DialogState & {
  /** View and what was set on top, in one. */
  filter: TicketFilter;
  sort: TicketSort;
  /** What it will show, in words. */
  summary: string;
  acts: ViewActs;
  onSaved(viewId: string): void;
}) {
  return (
    <Dialog title="Save as a view" description={summary} {...dialog}>
      <SaveForm
        onCancel={() => dialog.onOpenChange(false)}
        onSave={async (id, name, isShared) => {
          const result = await acts.save({ id, name, filter, sort, isShared });
          if (result.ok) {
            dialog.onOpenChange(false);
            onSaved(id);
          }
          return result;
        }}
      />
    </Dialog>
  );
}

function SaveForm({
  onCancel,
  onSave,
}: {
  onCancel(): void;
  onSave(id: string, name: string, isShared: boolean): Promise<Result<unknown>>;
}) {
  // One id for every try: a repeat of a lost answer makes no second view.
  const [id] = useState(newId);
  const [isShared, setIsShared] = useState(false);
  return (
    <NameForm
      initial=""
      verb="Save"
      onCancel={onCancel}
      onSubmit={(name) => onSave(id, name, isShared)}
      more={
        <CheckField
          label="Share with everybody"
          hint="The whole team sees this view in the sidebar. What it lists is still what each may see."
          isChecked={isShared}
          onChange={setIsShared}
        />
      }
    />
  );
}

/** Gives a view another name. */
export function RenameViewDialog({
  view,
  acts,
  ...dialog
}: DialogState & { view: SavedView; acts: ViewActs }) {
  return (
    <Dialog title="Rename the view" {...dialog}>
      <NameForm
        initial={view.name}
        verb="Rename"
        onCancel={() => dialog.onOpenChange(false)}
        onSubmit={async (name) => {
          const result = await acts.change({ id: view.id, name });
          if (result.ok) dialog.onOpenChange(false);
          return result;
        }}
      />
    </Dialog>
  );
}

function NameForm({
  initial,
  verb,
  more,
  onCancel,
  onSubmit,
}: {
  initial: string;
  verb: string;
  more?: ReactNode;
  onCancel(): void;
  onSubmit(name: string): Promise<Result<unknown>>;
}) {
  const [name, setName] = useState(initial);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    const result = await onSubmit(name.trim());
    setIsBusy(false);
    setFailure(result.ok ? null : result.error);
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <TextField
        label="Name"
        name="name"
        value={name}
        maxLength={viewNameCharsMax}
        required
        autoComplete="off"
        problem={failure === null ? null : failureText(failure)}
        onChange={setName}
      />
      {more}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" tone="primary" isBusy={isBusy} disabled={name.trim() === ''}>
          {verb}
        </Button>
      </div>
    </form>
  );
}

/** Asks before something that reaches far. */
export function ConfirmDialog({
  title,
  verb,
  tone = 'primary',
  children,
  onConfirm,
  ...dialog
}: DialogState & {
  title: string;
  verb: string;
  tone?: 'primary' | 'bad';
  children: ReactNode;
  /** Null: done; else why not. */
  onConfirm(): Promise<Failure | null>;
}) {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  async function confirm() {
    setIsBusy(true);
    const problem = await onConfirm();
    setIsBusy(false);
    setFailure(problem);
    if (problem === null) dialog.onOpenChange(false);
  }
  return (
    <Dialog title={title} {...dialog}>
      <div className="flex flex-col gap-4">
        <div className="text-13 text-text-muted">{children}</div>
        {failure === null ? null : (
          <p role="alert" className="text-13 text-bad">
            {failureText(failure)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={() => dialog.onOpenChange(false)}>Cancel</Button>
          <Button tone={tone} isBusy={isBusy} onClick={() => void confirm()}>
            {verb}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
