'use client';

import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import type { TeamMember } from '#/components/settings/team-member.ts';
import { useSave } from '#/components/settings/use-save.ts';
import { ChoiceField, RadioField } from '#/components/ui/field.tsx';
import type { Department, HandOverTarget } from '#/lib/agents/schema.ts';
import type { Result } from '#/lib/errors.ts';

type To = HandOverTarget['to'];

/** Switches somebody off, and asks to whom their open tickets go. */
export function SwitchOffDialog({
  member,
  heirs,
  departments,
  deactivate,
  onDone,
  onClose,
}: {
  member: TeamMember;
  heirs: readonly { id: string; name: string }[];
  departments: readonly Department[];
  deactivate(input: { agentId: string; handOver: HandOverTarget }): Promise<Result<unknown>>;
  onDone(): void;
  onClose(): void;
}) {
  const [to, setTo] = useState<To>('nobody');
  const [heirId, setHeirId] = useState(heirs[0]?.id ?? '');
  const [departmentId, setDepartmentId] = useState(member.departmentId ?? departments[0]?.id ?? '');
  const { failure, isBusy, save } = useSave(
    () => deactivate({ agentId: member.id, handOver: targetOf(to, heirId, departmentId) }),
    onDone,
  );
  const count = member.openTickets;
  return (
    <FormDialog
      title={`Switch off ${member.name}?`}
      verb="Switch off"
      tone="bad"
      isDirty={false}
      isBusy={isBusy}
      failure={failure}
      fields={[]}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <p className="text-pretty text-14 text-text-muted">
        They are signed out everywhere at once. What they wrote stays, and the account can be switched on
        again.
      </p>
      {count === 0 ? (
        <p className="text-14 text-text-muted">They hold no open tickets.</p>
      ) : (
        <>
          <RadioField<To>
            label={
              count === 1
                ? 'Who takes over their open ticket?'
                : `Who takes over their ${count.toLocaleString('en')} open tickets?`
            }
            name="to"
            value={to}
            choices={[
              { value: 'nobody', label: 'Nobody yet', hint: 'They become unassigned, for anybody to take.' },
              ...(heirs.length === 0 ? [] : [{ value: 'agent' as const, label: 'A colleague' }]),
              ...(departments.length === 0
                ? []
                : [
                    {
                      value: 'department' as const,
                      label: 'A department',
                      hint: 'They move there, unassigned.',
                    },
                  ]),
            ]}
            onChange={setTo}
          />
          {to === 'agent' ? (
            <ChoiceField
              label="Colleague"
              name="heirId"
              value={heirId}
              choices={heirs.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={setHeirId}
            />
          ) : null}
          {to === 'department' ? (
            <ChoiceField
              label="Department"
              name="departmentId"
              value={departmentId}
              choices={departments.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={setDepartmentId}
            />
          ) : null}
        </>
      )}
    </FormDialog>
  );
}

function targetOf(to: To, agentId: string, departmentId: string): HandOverTarget {
  switch (to) {
    case 'agent':
      return { to, agentId };
    case 'department':
      return { to, departmentId };
    case 'nobody':
      return { to };
  }
}
