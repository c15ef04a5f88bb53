'use client';

import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { DeleteDepartmentDialog } from '#/components/settings/delete-department-dialog.tsx';
import { dayProblem, daysOf, hoursOf, officeHours } from '#/components/settings/hours-days.ts';
import { HoursEditor } from '#/components/settings/hours-editor.tsx';
import { MembersPicker, type Pickable } from '#/components/settings/members-picker.tsx';
import { SaveBar } from '#/components/settings/save-bar.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { ticketsText } from '#/components/settings/tickets-text.ts';
import { TimezoneField } from '#/components/settings/timezone-field.tsx';
import { useLeaveGuard, useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { CheckField, RadioField, TextField } from '#/components/ui/field.tsx';
import type {
  DeleteDepartmentInput,
  DepartmentDetail,
  SaveDepartmentInput,
} from '#/lib/departments/schema.ts';
import { weekdays } from '#/lib/departments/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type DepartmentActs = {
  saveDepartment(input: SaveDepartmentInput): Promise<Result<unknown>>;
  deleteDepartment(input: DeleteDepartmentInput): Promise<Result<unknown>>;
};

const restrictedWords =
  'Only its members, whoever a ticket is assigned to, and admins see its tickets: in lists, search, counts and live. Everybody else loses them from their screen the moment you save.';
const openWords = 'Every agent sees its tickets.';

/** One department: its name, who is in it, when they are there, and who may see its tickets. */
export function DepartmentForm({
  department,
  isNew,
  agents,
  others,
  acts,
  onSaved,
  onDeleted,
}: {
  department: DepartmentDetail;
  isNew: boolean;
  agents: readonly Pickable[];
  /** Where its tickets could go when it is taken away. */
  others: readonly { id: string; name: string; isRestricted: boolean }[];
  acts: DepartmentActs;
  onSaved(): void;
  onDeleted(): void;
}) {
  const [name, setName] = useState(department.name);
  const [isRestricted, setIsRestricted] = useState(department.isRestricted);
  const [memberIds, setMemberIds] = useState<readonly string[]>(department.memberIds);
  const [timezone, setTimezone] = useState(department.timezone);
  const [isAlways, setIsAlways] = useState(department.businessHours === null);
  const [days, setDays] = useState(() => daysOf(department.businessHours ?? officeHours));
  const [isDeleting, setIsDeleting] = useState(false);

  const wanted: SaveDepartmentInput = {
    id: department.id,
    name,
    isRestricted,
    timezone,
    businessHours: isAlways ? null : hoursOf(days),
    memberIds: [...memberIds],
  };
  const keyOf = (input: Omit<SaveDepartmentInput, 'id'>) =>
    JSON.stringify([
      input.name,
      input.isRestricted,
      input.timezone,
      input.businessHours,
      input.memberIds.toSorted(),
    ]);
  const [saved, setSaved] = useState(() => keyOf({ ...department, businessHours: department.businessHours }));
  const isDirty = keyOf(wanted) !== saved;
  useLeaveGuard(isDirty);
  const { failure, isBusy, save } = useSave(
    () => acts.saveDepartment(wanted),
    () => {
      setSaved(keyOf(wanted));
      onSaved();
    },
  );
  const hasBadDay = !isAlways && weekdays.some((day) => dayProblem(days[day]) !== null);

  return (
    <SettingsPage
      back={{ name: 'Departments', href: '/settings/departments' }}
      title={isNew ? 'New department' : department.name}
    >
      <form
        noValidate
        className="flex flex-col gap-8"
        onSubmit={(event) => {
          event.preventDefault();
          if (!hasBadDay) void save(event.currentTarget);
        }}
      >
        <TextField
          label="Name"
          name="name"
          autoComplete="off"
          required
          autoFocus={isNew}
          value={name}
          onChange={setName}
          problem={fieldProblem(failure, 'name')}
        />
        <SettingsBlock title="Members" lead="An agent is in one department at most.">
          <MembersPicker
            agents={agents}
            departmentId={department.id}
            memberIds={memberIds}
            onChange={setMemberIds}
          />
        </SettingsBlock>
        <SettingsBlock title="Who sees its tickets">
          <CheckField
            label="Restricted"
            hint={isRestricted ? restrictedWords : openWords}
            isChecked={isRestricted}
            onChange={setIsRestricted}
          />
          {isRestricted !== department.isRestricted && department.openTickets > 0 ? (
            <p role="status" className="text-pretty text-text-muted">
              {isRestricted
                ? `Its ${ticketsText(department.openTickets)} will be hidden from everybody else.`
                : `Every agent will see its ${ticketsText(department.openTickets)}, notes included.`}
            </p>
          ) : null}
        </SettingsBlock>
        <SettingsBlock title="Hours" lead="When somebody is there to answer.">
          <RadioField
            label="Open"
            name="open"
            value={isAlways ? 'always' : 'hours'}
            choices={[
              { value: 'always', label: 'Always' },
              { value: 'hours', label: 'At certain hours' },
            ]}
            onChange={(value) => setIsAlways(value === 'always')}
          />
          {isAlways ? null : (
            <>
              <TimezoneField
                value={timezone}
                onChange={setTimezone}
                problem={fieldProblem(failure, 'timezone')}
              />
              <HoursEditor days={days} onChange={setDays} />
            </>
          )}
        </SettingsBlock>
        <FormProblem failure={failure} fields={['name', 'timezone']} />
        <SaveBar
          verb={isNew ? 'Make the department' : 'Save'}
          isDirty={isDirty}
          isBusy={isBusy}
          problem={hasBadDay ? 'Look at the hours marked above first.' : null}
          extra={
            isNew ? undefined : (
              <Button tone="bad" onClick={() => setIsDeleting(true)}>
                <Trash2 className="size-4" aria-hidden="true" />
                Delete…
              </Button>
            )
          }
        />
      </form>
      {isDeleting ? (
        <DeleteDepartmentDialog
          department={department}
          others={others}
          deleteDepartment={acts.deleteDepartment}
          onDone={() => {
            setSaved(keyOf(wanted));
            onDeleted();
          }}
          onClose={() => setIsDeleting(false)}
        />
      ) : null}
    </SettingsPage>
  );
}
