'use client';

import { useState } from 'react';
import { EntryCard } from '#/components/entry/entry-card.tsx';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { LinkMissing } from '#/components/entry/link-missing.tsx';
import { useFormAction } from '#/components/entry/use-form-action.ts';
import { forgetFragmentToken, useFragmentToken } from '#/components/entry/use-fragment-token.ts';
import { Button } from '#/components/ui/button.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { CheckField, TextField } from '#/components/ui/field.tsx';
import { passwordCharsMin } from '#/lib/agents/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type SetupInput = {
  token: string;
  workspaceName: string;
  name: string;
  email: string;
  password: string;
  withExampleData: boolean;
};
const fields = ['workspaceName', 'name', 'email', 'password'];

/** The first run: the company, the first admin, and whether to start with something to look at. */
export function SetupForm({ completeSetup }: { completeSetup(input: SetupInput): Promise<Result<unknown>> }) {
  const token = useFragmentToken('setup');
  const [workspaceName, setWorkspaceName] = useState('');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [withExampleData, setWithExampleData] = useState(true);
  const { failure, isBusy, onSubmit } = useFormAction(
    () => completeSetup({ token: token ?? '', workspaceName, name, email, password, withExampleData }),
    () => {
      forgetFragmentToken('setup');
      window.location.assign('/inbox');
    },
  );
  if (token === null) {
    return (
      <LinkMissing title="Open the link from your terminal">
        Parley prints a one-time address when it starts for the first time. Open that one to set it up.
      </LinkMissing>
    );
  }
  return (
    <EntryCard title="Set up Parley" lead="A minute, once. Everything stays on this machine.">
      <form onSubmit={onSubmit} noValidate className="flex flex-col gap-4">
        <TextField
          label="Company or team"
          name="workspaceName"
          autoComplete="organization"
          hint="Customers see this name in the chat."
          autoFocus
          required
          value={workspaceName}
          onChange={setWorkspaceName}
          problem={fieldProblem(failure, 'workspaceName')}
        />
        <TextField
          label="Your name"
          name="name"
          autoComplete="name"
          required
          value={name}
          onChange={setName}
          problem={fieldProblem(failure, 'name')}
        />
        <TextField
          label="Your e-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={setEmail}
          problem={fieldProblem(failure, 'email')}
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
        <CheckField
          label="Start with an example workspace"
          hint="A dozen customers and about sixty tickets to try things on. Removable with one click."
          isChecked={withExampleData}
          onChange={setWithExampleData}
        />
        <FormProblem failure={failure} fields={fields} />
        <Button type="submit" tone="primary" size="large" isWide isBusy={isBusy || token === undefined}>
          {isBusy ? 'Setting up…' : 'Create the workspace'}
        </Button>
      </form>
    </EntryCard>
  );
}
