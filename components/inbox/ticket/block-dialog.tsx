'use client';

import { Button } from '#/components/ui/button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';

/** Asks before a customer is blocked, and says what that does. */
export function BlockDialog({
  name,
  isBusy,
  isOpen,
  onOpenChange,
  onBlock,
}: {
  name: string;
  isBusy: boolean;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  onBlock(): void;
}) {
  return (
    <Dialog title={`Block ${name}?`} isOpen={isOpen} onOpenChange={onOpenChange}>
      <p className="pb-5 text-text-muted">
        They cannot write in the chat any more, in none of their conversations. What they wrote stays, and you
        can unblock them at any time.
      </p>
      <div className="flex justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>Cancel</Button>
        <Button tone="bad" isBusy={isBusy} onClick={onBlock}>
          Block
        </Button>
      </div>
    </Dialog>
  );
}
