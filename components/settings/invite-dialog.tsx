'use client';

import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { CopyButton } from '#/components/ui/copy-button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextField } from '#/components/ui/field.tsx';
import { momentText } from '#/components/ui/time-text.ts';
import { agentRoles, type Department, type PersonRole } from '#/lib/agents/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type InviteLink = { url: string; expiresAt: string };
type Made = { email: string; link: InviteLink };

const roleWords: Record<PersonRole, string> = {
  agent: 'Agent: answers customers',
  admin: 'Admin: also looks after these settings',
};
export const roleChoices = agentRoles.map((value) => ({ value, label: roleWords[value] }));
export const departmentChoices = (departments: readonly Department[]) => [
  { value: '', label: 'No department' },
  ...departments.map((department) => ({ value: department.id, label: department.name })),
];

/** Makes an invitation's link, and shows it once. `made` shows the link of one that there is already. */
export function InviteDialog({
  departments,
  made,
  invite,
  onMade,
  onClose,
}: {
  departments: readonly Department[];
  made: Made | null;
  invite(input: {
    email: string;
    role: PersonRole;
    departmentId: string | null;
  }): Promise<Result<InviteLink>>;
  onMade(): void;
  onClose(): void;
}) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<PersonRole>('agent');
  const [departmentId, setDepartmentId] = useState('');
  const [shown, setShown] = useState(made);
  const { failure, isBusy, save } = useSave(
    () => invite({ email, role, departmentId: departmentId === '' ? null : departmentId }),
    (link) => {
      setShown({ email, link });
      onMade();
    },
  );
  if (shown !== null) return <LinkDialog {...shown} onClose={onClose} />;
  return (
    <FormDialog
      title="Invite a colleague"
      description="You get a link to send them. It opens once."
      verb="Make the link"
      isDirty={email !== ''}
      isBusy={isBusy}
      failure={failure}
      fields={['email']}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="off"
        required
        value={email}
        onChange={setEmail}
        problem={fieldProblem(failure, 'email')}
      />
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
    </FormDialog>
  );
}

function LinkDialog({ email, link, onClose }: Made & { onClose(): void }) {
  return (
    <Dialog
      title="The link is ready"
      description="It is shown only now. A new one can be made at any time."
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <div className="flex flex-col gap-3">
        <p className="text-14">
          Send this link to <bdi className="font-medium">{email}</bdi>. It works until{' '}
          <Moment at={link.expiresAt} say={momentText} />.
        </p>
        <code className="wrap-anywhere select-all rounded-control border border-line bg-bg-sunken px-3 py-2 font-mono text-12">
          {link.url}
        </code>
        <div className="flex justify-between">
          <CopyButton text={link.url} label="Copy the link" />
          <Button onClick={onClose}>Done</Button>
        </div>
      </div>
    </Dialog>
  );
}
