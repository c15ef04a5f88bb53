'use client';

import { useEffect, useState } from 'react';
import type { Failure, Result } from '#/lib/errors.ts';

/**
 * Runs an action of a form, one at a time, and keeps why it was refused. What was typed stays; the focus goes to the
 * field that has the problem.
 */
export function useSave<Value>(
  act: () => Promise<Result<Value>>,
  onDone: (value: Value) => void,
): {
  failure: Failure | null;
  isBusy: boolean;
  save(form: HTMLFormElement): Promise<void>;
  forget(): void;
} {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  return {
    failure,
    isBusy,
    async save(form) {
      if (isBusy) return;
      setIsBusy(true);
      const result = await act();
      setIsBusy(false);
      setFailure(result.ok ? null : result.error);
      if (result.ok) {
        onDone(result.value);
        return;
      }
      const { field } = result.error;
      const control = field === undefined ? null : form.elements.namedItem(field.split('.').at(-1) ?? '');
      if (control instanceof HTMLElement) control.focus();
    },
    forget: () => setFailure(null),
  };
}

/** While something is not saved, leaving the page asks first. */
export function useLeaveGuard(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isDirty]);
}
