'use client';

import { useState } from 'react';
import { EntryCard } from '#/components/entry/entry-card.tsx';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { useFormAction } from '#/components/entry/use-form-action.ts';
import { Button } from '#/components/ui/button.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { TextField } from '#/components/ui/field.tsx';
import type { Result } from '#/lib/errors.ts';

const fields = ['email', 'password'];

/** E-mail and password. A wrong pair says the same whether the account exists or not. */
export function SignInForm({
  workspaceName,
  next,
  signIn,
}: {
  workspaceName: string | null;
  /** Where to go afterwards: a path of ours. */
  next: string;
  signIn(input: { email: string; password: string }): Promise<Result<unknown>>;
}) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { failure, isBusy, onSubmit } = useFormAction(
    () => signIn({ email, password }),
    () => window.location.assign(next),
  );
  return (
    <EntryCard
      title={workspaceName === null ? 'Sign in' : `Sign in to ${workspaceName}`}
      lead="For the people who answer. Customers need no account."
    >
      <form onSubmit={onSubmit} noValidate className="flex flex-col gap-4">
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          autoFocus
          required
          value={email}
          onChange={setEmail}
          problem={fieldProblem(failure, 'email')}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={setPassword}
          problem={fieldProblem(failure, 'password')}
        />
        <FormProblem failure={failure} fields={fields} />
        <Button type="submit" tone="primary" size="large" isWide isBusy={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </EntryCard>
  );
}
