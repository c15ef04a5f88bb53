'use client';

import { useState } from 'react';
import type { ProfileActs } from '#/components/settings/profile/profile-settings.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { failureText, fieldProblem } from '#/components/ui/failure-text.ts';
import { TextField } from '#/components/ui/field.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import { passwordCharsMin } from '#/lib/agents/schema.ts';

/** Another password, given the present one. Every other session ends. */
export function PasswordSettings({ acts }: { acts: Pick<ProfileActs, 'changePassword'> }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const { failure, isBusy, save } = useSave(
    () => acts.changePassword({ current, next }),
    () => {
      setCurrent('');
      setNext('');
      showToast('Your password is changed. You are signed out everywhere else.');
    },
  );
  return (
    <SettingsBlock title="Password" lead="Changing it signs you out on every other device.">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <TextField
          label="Present password"
          name="current"
          type="password"
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
          problem={fieldProblem(failure, 'current')}
        />
        <TextField
          label="New password"
          name="next"
          type="password"
          autoComplete="new-password"
          hint={`At least ${passwordCharsMin} characters.`}
          value={next}
          onChange={setNext}
          problem={fieldProblem(failure, 'next')}
        />
        <div className="flex items-center gap-3">
          <Button type="submit" isBusy={isBusy} disabled={current === '' || next === ''}>
            Change the password
          </Button>
          {failure !== null && failure.field === undefined ? (
            <p role="alert" className="text-bad">
              {failureText(failure)}
            </p>
          ) : null}
        </div>
      </form>
    </SettingsBlock>
  );
}
