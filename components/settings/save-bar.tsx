import type { ReactNode } from 'react';
import { Button } from '#/components/ui/button.tsx';

/** The end of a page's form, always in reach: what is unsaved, what is in the way, and the button. */
export function SaveBar({
  verb = 'Save',
  isDirty,
  isBusy,
  problem,
  extra,
}: {
  verb?: string;
  isDirty: boolean;
  isBusy: boolean;
  /** Why it cannot be saved yet. */
  problem?: string | null;
  /** At the other end. */
  extra?: ReactNode;
}) {
  return (
    <div className="sticky bottom-0 z-10 -mx-6 flex min-h-14 flex-wrap items-center gap-3 border-line border-t bg-bg px-6 py-3 max-tablet:-mx-4 max-tablet:px-4">
      {extra}
      <span role="status" className={`ms-auto ${problem ? 'text-bad' : 'text-text-muted'}`}>
        {problem ?? (isDirty && !isBusy ? 'Not saved yet' : '')}
      </span>
      <Button type="submit" tone="primary" isBusy={isBusy} disabled={!isDirty}>
        {verb}
      </Button>
    </div>
  );
}
