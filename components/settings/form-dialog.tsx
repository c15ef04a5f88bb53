'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { useLeaveGuard } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import type { Failure } from '#/lib/errors.ts';

/** A form in a dialog. Closing it with something unsaved asks; a refusal keeps everything in place. */
export function FormDialog({
  title,
  description,
  width,
  verb,
  tone = 'primary',
  isDirty,
  isBusy,
  canSave = true,
  failure,
  fields,
  onSave,
  onClose,
  extra,
  children,
}: {
  title: string;
  description?: string;
  width?: 'narrow' | 'wide';
  /** On the button that saves. */
  verb: string;
  tone?: 'primary' | 'bad';
  isDirty: boolean;
  isBusy: boolean;
  canSave?: boolean;
  failure: Failure | null;
  /** Whose problems are shown at the field itself. */
  fields: readonly string[];
  onSave(form: HTMLFormElement): void;
  onClose(): void;
  /** Beside the buttons, at the other end. */
  extra?: ReactNode;
  children: ReactNode;
}) {
  const [isAsking, setIsAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  useLeaveGuard(isDirty);
  useEffect(() => {
    if (isAsking) keep.current?.focus();
  }, [isAsking]);

  return (
    <Dialog
      title={title}
      {...(description === undefined ? {} : { description })}
      {...(width === undefined ? {} : { width })}
      isOpen
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        if (isDirty && !isAsking) setIsAsking(true);
        else onClose();
      }}
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(event.currentTarget);
        }}
      >
        {children}
        <FormProblem failure={failure} fields={fields} />
        {isAsking ? (
          <div
            role="alert"
            className="sticky bottom-0 flex flex-wrap items-center justify-between gap-2 rounded-control border border-line bg-bg-sunken px-3 py-2"
          >
            <span>What you changed is not saved.</span>
            <span className="flex gap-2">
              <Button ref={keep} onClick={() => setIsAsking(false)}>
                Go on
              </Button>
              <Button tone="bad" onClick={onClose}>
                Discard
              </Button>
            </span>
          </div>
        ) : (
          <div className="flex flex-wrap items-center justify-end gap-2">
            {extra === undefined ? null : <span className="me-auto">{extra}</span>}
            <Button onClick={() => (isDirty ? setIsAsking(true) : onClose())}>Cancel</Button>
            <Button type="submit" tone={tone} isBusy={isBusy} disabled={!canSave}>
              {verb}
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  );
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({
  title,
  verb,
  keep = 'Keep',
  isOpen,
  isBusy = false,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  verb: string;
  keep?: string;
  isOpen: boolean;
  isBusy?: boolean;
  onConfirm(): void;
  onClose(): void;
  children: ReactNode;
}) {
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <div className="flex flex-col gap-3 text-pretty text-14 text-text-muted">{children}</div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>{keep}</Button>
        <Button tone="bad" isBusy={isBusy} onClick={onConfirm}>
          {verb}
        </Button>
      </div>
    </Dialog>
  );
}
