'use client';

import { useState } from 'react';
import { EntryCard } from '#/components/entry/entry-card.tsx';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { LinkMissing } from '#/components/entry/link-missing.tsx';
import { useFormAction } from '#/components/entry/use-form-action.ts';
import { forgetFragmentToken, useFragmentToken } from '#/components/entry/use-fragment-token.ts';
import { Button } from '#/components/ui/button.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { TextField } from '#/components/ui/field.tsx';
import { passwordCharsMin } from '#/lib/agents/schema.ts';
import type { Result } from '#/lib/errors.ts';

const fields = ['name', 'password'];

/** A new colleague takes the invitation: a name and a password; the address is in the invitation. */
export function InviteForm({
  workspaceName,
  acceptInvite,
}: {
  workspaceName: string | null;
  acceptInvite(input: { token: string; name: string; password: string }): Promise<Result<unknown>>;
}) {
  const token = useFragmentToken('invite');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { failure, isBusy, onSubmit } = useFormAction(
    () => acceptInvite({ token: token ?? '', name, password }),
    () => {
      forgetFragmentToken('invite');
      window.location.assign('/inbox');
    },
  );
  if (token === null) {
    return (
      <LinkMissing title="This invitation is incomplete">
        Part of the address is missing. Copy the whole link, or ask for a new one.
      </LinkMissing>
    );
  }
  return (
    <EntryCard
      title={workspaceName === null ? 'Join the team' : `Join ${workspaceName}`}
      lead="Choose how colleagues and customers see you, and a password."
    >
      <form onSubmit={onSubmit} noValidate className="flex flex-col gap-4">
        <TextField
          label="Your name"
          name="name"
          autoComplete="name"
          autoFocus
          required
          value={name}
          onChange={setName}
          problem={fieldProblem(failure, 'name')}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${passwordCharsMin} characters.`}
          required
          value={password}
          onChange={setPassword}
          problem={fieldProblem(failure, 'password')}
        />
        <FormProblem failure={failure} fields={fields} />
        <Button type="submit" tone="primary" size="large" isWide isBusy={isBusy || token === undefined}>
          {isBusy ? 'Joining…' : 'Join'}
        </Button>
      </form>
    </EntryCard>
  );
}
