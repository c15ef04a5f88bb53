'use client';

import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { ticketsText } from '#/components/settings/tickets-text.ts';
import { useSave } from '#/components/settings/use-save.ts';
import { ChoiceField } from '#/components/ui/field.tsx';
import type { DeleteDepartmentInput, DepartmentDetail } from '#/lib/departments/schema.ts';
import type { Result } from '#/lib/errors.ts';

/** Takes a department away, and asks where what is in it goes. */
export function DeleteDepartmentDialog({
  department,
  others,
  deleteDepartment,
  onDone,
  onClose,
}: {
  department: DepartmentDetail;
  others: readonly { id: string; name: string; isRestricted: boolean }[];
  deleteDepartment(input: DeleteDepartmentInput): Promise<Result<unknown>>;
  onDone(): void;
  onClose(): void;
}) {
  const [moveTo, setMoveTo] = useState('');
  const { failure, isBusy, save } = useSave(
    () => deleteDepartment({ id: department.id, moveTo: moveTo === '' ? null : moveTo }),
    onDone,
  );
  const { openTickets, memberIds, widgetIds, isRestricted } = department;
  const becomesOpen = isRestricted && others.find(({ id }) => id === moveTo)?.isRestricted !== true;
  return (
    <FormDialog
      title={`Delete ${department.name}?`}
      verb="Delete the department"
      tone="bad"
      isDirty={false}
      isBusy={isBusy}
      failure={failure}
      fields={[]}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <p className="text-pretty text-14 text-text-muted">
        It holds {ticketsText(openTickets)},{' '}
        {memberIds.length === 1 ? '1 agent' : `${memberIds.length} agents`}
        {widgetIds.length === 0 ? '' : ', and new tickets from your site arrive in it'}. Tickets that are over
        move too, and each ticket’s history says so.
      </p>
      <ChoiceField
        label="Everything in it moves to"
        name="moveTo"
        value={moveTo}
        choices={[
          { value: '', label: 'No department' },
          ...others.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={setMoveTo}
      />
      {becomesOpen ? (
        <p role="status" className="rounded-control bg-warn-bg px-3 py-2 text-pretty text-warn">
          It is restricted. Where its tickets go, every agent will see them, notes included.
        </p>
      ) : null}
    </FormDialog>
  );
}
