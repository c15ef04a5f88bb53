import type { TimelineChange } from '#/components/inbox/ports.ts';
import { timelineWords } from '#/components/inbox/ticket/timeline-words.ts';
import { Moment, useClock } from '#/components/ui/clock.tsx';
import { momentText } from '#/components/ui/time-text.ts';

/** Every change of a ticket, newest first: who, what, from, to, when. */
export function TicketTimeline({
  changes,
  zone,
}: {
  changes: readonly TimelineChange[];
  zone: string | undefined;
}) {
  const { now } = useClock();
  return (
    <ol className="flex flex-col gap-2.5">
      {changes.map((change) => {
        const words = timelineWords(change, now, zone);
        if (words === null) return null;
        return (
          <li key={change.id} className="relative ps-4">
            <span
              aria-hidden="true"
              className="absolute start-0 top-[7px] size-1.5 rounded-full bg-line-strong"
            />
            <p className="wrap-anywhere">
              <bdi className="font-medium">{actorName(change.actor)}</bdi> <bdi>{words.what}</bdi>
              {words.from === null ? null : (
                <span className="text-text-muted">
                  {' from '}
                  <bdi>{words.from}</bdi>
                </span>
              )}
              {words.to === null ? null : (
                <>
                  {' to '}
                  <bdi>{words.to}</bdi>
                </>
              )}
            </p>
            <Moment at={change.at} say={momentText} className="tabular text-12 text-text-muted" />
          </li>
        );
      })}
    </ol>
  );
}

function actorName(actor: TimelineChange['actor']): string {
  if (actor.name !== null) return actor.name;
  switch (actor.kind) {
    case 'visitor':
    case 'customer':
      return 'The customer';
    case 'agent':
      return 'A former colleague';
    case 'system':
      return 'Parley';
  }
}
