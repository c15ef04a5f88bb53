'use client';

import { useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { ConfirmDialog } from '#/components/settings/form-dialog.tsx';
import { windowOf, windowText, windowUnits } from '#/components/settings/reopening-window.ts';
import { SaveBar } from '#/components/settings/save-bar.tsx';
import { AdminsOnly } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { useLeaveGuard, useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { failureText, fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextField } from '#/components/ui/field.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { Result } from '#/lib/errors.ts';
import type { SaveWorkspaceInput } from '#/lib/workspace/schema.ts';

export type WorkspaceActs = {
  saveWorkspace(input: SaveWorkspaceInput): Promise<Result<unknown>>;
  removeExampleData(): Promise<Result<unknown>>;
};

/** The company's name, for how long a reply reopens a ticket, and the example data. */
export function WorkspaceSettings({
  workspace,
  hasExampleData,
  isAdmin,
  acts,
  onChanged,
}: {
  workspace: SaveWorkspaceInput;
  hasExampleData: boolean;
  isAdmin: boolean;
  acts: WorkspaceActs;
  onChanged(): void;
}) {
  return (
    <SettingsPage title="Workspace" lead="What belongs to all of you.">
      {isAdmin ? (
        <WorkspaceForm workspace={workspace} saveWorkspace={acts.saveWorkspace} onChanged={onChanged} />
      ) : (
        <>
          <AdminsOnly>Your admins look after this.</AdminsOnly>
          <SettingsBlock title="Name" lead="Customers see it in the chat.">
            <p dir="auto" className="font-medium text-14">
              {workspace.name}
            </p>
          </SettingsBlock>
          <SettingsBlock title="Reopening" lead={windowText(workspace.reopeningHours)} />
        </>
      )}
      <ExampleData
        hasExampleData={hasExampleData}
        isAdmin={isAdmin}
        removeExampleData={acts.removeExampleData}
        onChanged={onChanged}
      />
    </SettingsPage>
  );
}

function WorkspaceForm({
  workspace,
  saveWorkspace,
  onChanged,
}: {
  workspace: SaveWorkspaceInput;
  saveWorkspace: WorkspaceActs['saveWorkspace'];
  onChanged(): void;
}) {
  const before = windowOf(workspace.reopeningHours);
  const [name, setName] = useState(workspace.name);
  const [count, setCount] = useState(before.count);
  const [unit, setUnit] = useState(before.unit);
  const reopeningHours = count.trim() === '' ? Number.NaN : Number(count) * windowUnits[unit].hours;
  const isDirty = name !== workspace.name || reopeningHours !== workspace.reopeningHours;
  useLeaveGuard(isDirty);
  const { failure, isBusy, save } = useSave(
    // What is no number is none of the wire's either: the server names the field.
    () => saveWorkspace({ name, reopeningHours: Number.isFinite(reopeningHours) ? reopeningHours : -1 }),
    () => {
      showToast('Saved.');
      onChanged();
    },
  );
  return (
    <form
      noValidate
      className="flex flex-col gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <TextField
        label="Name"
        name="name"
        autoComplete="organization"
        required
        hint="Customers see it in the chat, colleagues in the corner."
        value={name}
        onChange={setName}
        problem={fieldProblem(failure, 'name')}
      />
      <SettingsBlock
        title="Reopening"
        lead="For this long, a customer’s reply opens a resolved ticket again. Later, it starts a follow-up: a new conversation on the same ticket."
      >
        <div className="grid grid-cols-[120px_160px] items-start gap-2">
          <TextField
            label="Window"
            name="reopeningHours"
            inputMode="numeric"
            autoComplete="off"
            value={count}
            onChange={setCount}
            problem={fieldProblem(failure, 'reopeningHours')}
          />
          <ChoiceField
            label="Unit"
            name="unit"
            value={unit}
            choices={(['hours', 'days'] as const).map((value) => ({
              value,
              label: windowUnits[value].label,
            }))}
            onChange={(value) => setUnit(value === 'days' ? 'days' : 'hours')}
          />
        </div>
      </SettingsBlock>
      <FormProblem failure={failure} fields={['name', 'reopeningHours']} />
      <SaveBar isDirty={isDirty} isBusy={isBusy} />
    </form>
  );
}

function ExampleData({
  hasExampleData,
  isAdmin,
  removeExampleData,
  onChanged,
}: {
  hasExampleData: boolean;
  isAdmin: boolean;
  removeExampleData(): Promise<Result<unknown>>;
  onChanged(): void;
}) {
  const [isAsking, setIsAsking] = useState(false);
  const [isBusy, setIsBusy] = useState(false);

  async function remove() {
    setIsBusy(true);
    const result = await removeExampleData();
    setIsBusy(false);
    setIsAsking(false);
    if (!result.ok) {
      showToast(failureText(result.error), 'bad');
      return;
    }
    showToast('The example data is gone.');
    onChanged();
  }

  return (
    <>
      <SettingsBlock
        title="Example data"
        lead={
          hasExampleData
            ? 'Example customers, colleagues and tickets are in this workspace.'
            : 'There is no example data in this workspace.'
        }
        actions={
          hasExampleData && isAdmin ? (
            <Button tone="bad" onClick={() => setIsAsking(true)}>
              Remove…
            </Button>
          ) : undefined
        }
      />
      <ConfirmDialog
        title="Remove the example data?"
        verb="Remove"
        isOpen={isAsking}
        isBusy={isBusy}
        onConfirm={() => void remove()}
        onClose={() => setIsAsking(false)}
      >
        <p>
          Every example customer, colleague, department and ticket goes, with what was written to them. Your
          own conversations stay. This cannot be undone.
        </p>
      </ConfirmDialog>
    </>
  );
}
