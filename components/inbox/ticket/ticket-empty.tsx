import { ShieldX, Unplug } from 'lucide-react';
import { Button } from '#/components/ui/button.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import type { Failure } from '#/lib/errors.ts';

/** Why there is no ticket to show, and the way out: on a phone this is the whole page. */
export function TicketRefused({
  failure,
  onRetry,
  onBack,
}: {
  failure: Failure;
  onRetry?: () => void;
  onBack(): void;
}) {
  const back = <Button onClick={onBack}>Back to the list</Button>;
  if (failure.code === 'not_found' || failure.code === 'invalid') {
    return (
      <EmptyState icon={<Unplug aria-hidden="true" />} title="This ticket is not here" actions={back}>
        The address may have a typo, or it moved to a department that only its members see.
      </EmptyState>
    );
  }
  if (failure.code === 'forbidden') {
    return (
      <EmptyState icon={<ShieldX aria-hidden="true" />} title="You may not see this ticket" actions={back}>
        It belongs to a department that only its members can open. Ask an admin to add you.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Unplug aria-hidden="true" />}
      title="This ticket could not be loaded"
      actions={onRetry === undefined ? back : <Button onClick={onRetry}>Try again</Button>}
    >
      {failureText(failure)}
    </EmptyState>
  );
}

/** The shape of a ticket while not even its row is known. */
export function TicketSkeleton() {
  return (
    <section
      aria-label="Loading the ticket"
      aria-busy="true"
      className="flex min-h-0 min-w-0 flex-1 flex-col"
    >
      <div className="flex h-12 items-center border-line border-b px-4">
        <SkeletonLine width="40%" height={16} />
      </div>
      <div className="flex h-10 items-center border-line border-b px-4 max-tablet:h-11">
        <SkeletonLine width="60%" />
      </div>
    </section>
  );
}
