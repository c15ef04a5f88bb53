'use client';

import { type FormEvent, useState } from 'react';
import type { Failure, Result } from '#/lib/errors.ts';
import { answered } from '#/lib/sync/outdated.ts';

/**
 * Runs an action at submit, once at a time, and keeps why it was refused. What was typed stays; focus goes to the
 * first field that has a problem.
 */
export function useFormAction<Value>(
  act: () => Promise<Result<Value>>,
  onDone: (value: Value) => void,
): { failure: Failure | null; isBusy: boolean; onSubmit(event: FormEvent<HTMLFormElement>): void } {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  async function run(form: HTMLFormElement) {
    setIsBusy(true);
    const result = await answered(act);
    if (result.ok) {
      setFailure(null);
      // It stays busy: the next page is on its way.
      onDone(result.value);
      return;
    }
    setFailure(result.error);
    setIsBusy(false);
    const field = result.error.field === undefined ? null : form.elements.namedItem(result.error.field);
    if (field instanceof HTMLElement) field.focus();
  }

  return {
    failure,
    isBusy,
    onSubmit(event) {
      event.preventDefault();
      if (!isBusy) void run(event.currentTarget);
    },
  };
}
