'use client';

import { useState } from 'react';
import { useLeaveGuard } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { CopyButton } from '#/components/ui/copy-button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';

/** A secret, this once: closing it by a slip asks first, since nobody can show it again. */
export function ShownOnceDialog({
  title,
  whereTo,
  secret,
  copyLabel,
  ifLost,
  onClose,
}: {
  title: string;
  /** Where it belongs, and where never. */
  whereTo: string;
  secret: string;
  copyLabel: string;
  /** What has to be done by whom did not keep it. */
  ifLost: string;
  onClose(): void;
}) {
  const [isAsking, setIsAsking] = useState(false);
  useLeaveGuard(true);
  return (
    <Dialog
      title={title}
      description={`It is shown this once. ${whereTo}`}
      isOpen
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        if (isAsking) onClose();
        else setIsAsking(true);
      }}
    >
      <div className="flex flex-col gap-4">
        <code
          dir="ltr"
          className="wrap-anywhere select-all rounded-control border border-line bg-bg-sunken p-3 font-mono text-13"
        >
          {secret}
        </code>
        {isAsking ? (
          <p role="alert" className="text-pretty rounded-control bg-warn-bg px-3 py-2 text-warn">
            Once this is closed nobody can see it again, and {ifLost}.
          </p>
        ) : null}
        <div className="flex flex-wrap justify-end gap-2">
          <CopyButton text={secret} label={copyLabel} size="medium" />
          <Button tone="primary" onClick={onClose}>
            I have kept it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
