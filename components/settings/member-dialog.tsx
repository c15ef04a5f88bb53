'use client';

import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { departmentChoices, roleChoices } from '#/components/settings/invite-dialog.tsx';
import type { TeamMember } from '#/components/settings/team-member.ts';
import { useSave } from '#/components/settings/use-save.ts';
import { ChoiceField } from '#/components/ui/field.tsx';
import { agentRoles, type ChangeAgentInput, type Department } from '#/lib/agents/schema.ts';
import type { Result } from '#/lib/errors.ts';

/** Another role or department for somebody, with what that means for them. */
export function MemberDialog({
  member,
  isMe,
  departments,
  change,
  onDone,
  onClose,
}: {
  member: TeamMember;
  isMe: boolean;
  departments: readonly Department[];
  change(input: ChangeAgentInput): Promise<Result<unknown>>;
  onDone(): void;
  onClose(): void;
}) {
  const [role, setRole] = useState(member.role);
  const [departmentId, setDepartmentId] = useState(member.departmentId ?? '');
  const isOtherRole = role !== member.role;
  const isMoved = departmentId !== (member.departmentId ?? '');
  const { failure, isBusy, save } = useSave(
    () =>
      change({
        agentId: member.id,
        ...(isOtherRole ? { role } : {}),
        ...(isMoved ? { departmentId: departmentId === '' ? null : departmentId } : {}),
      }),
    onDone,
  );
  const left = departments.find(({ id }) => id === member.departmentId);
  return (
    <FormDialog
      title={isMe ? 'Your place' : member.name}
      verb="Save"
      isDirty={isOtherRole || isMoved}
      isBusy={isBusy}
      canSave={isOtherRole || isMoved}
      failure={failure}
      fields={[]}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <ChoiceField
        label="Role"
        name="role"
        value={role}
        choices={roleChoices}
        onChange={(value) => setRole(agentRoles.find((each) => each === value) ?? 'agent')}
      />
      <ChoiceField
        label="Department"
        name="departmentId"
        value={departmentId}
        choices={departmentChoices(departments)}
        onChange={setDepartmentId}
      />
      {isOtherRole || (isMoved && left?.isRestricted === true) ? (
        <p className="text-pretty text-text-muted" role="status">
          {isOtherRole
            ? `${isMe ? 'You are' : `${member.name} is`} signed out everywhere, and the new role holds from the next sign-in. `
            : ''}
          {isMoved && left?.isRestricted === true && role !== 'admin'
            ? `${left.name} is restricted: its tickets leave ${isMe ? 'your' : 'their'} inbox at once, except those assigned to ${isMe ? 'you' : 'them'}.`
            : ''}
        </p>
      ) : null}
    </FormDialog>
  );
}
