'use client';

import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '#/components/ui/button.tsx';
import { Moment, useClock } from '#/components/ui/clock.tsx';
import { agoText } from '#/components/ui/time-text.ts';
import type { Result } from '#/lib/errors.ts';
import type { WidgetSighting } from '#/lib/widgets/schema.ts';

const lookEveryMs = 5_000;
const freshMs = 3_600_000;

/** On which sites the line was seen, looked for again while one waits; what to do where it was not. */
export function InstalledCheck({
  sightings: known,
  fetchSightings,
  onAllow,
}: {
  sightings: readonly WidgetSighting[];
  fetchSightings(): Promise<Result<readonly WidgetSighting[]>>;
  /** Adds a site that has the line and is not allowed yet. */
  onAllow(origin: string): void;
}) {
  const sightings = useLatest(known, fetchSightings);
  const { now } = useClock();
  if (sightings.length === 0) {
    return (
      <div className="flex items-start gap-3 rounded-card border border-line bg-bg-raised px-4 py-3">
        <CircleDashed className="mt-0.5 size-4 shrink-0 text-text-faint" aria-hidden="true" />
        <div role="status">
          <p className="font-medium">Not seen yet</p>
          <p className="text-pretty text-text-muted">
            Put the line on a page, allow its site below, and open the page once in your browser. It shows
            here within a minute.
          </p>
        </div>
      </div>
    );
  }
  return (
    <ul aria-label="Seen on" className="overflow-hidden rounded-card border border-line bg-bg-raised">
      {sightings.map(({ origin, lastSeenAt, isAllowed }) => {
        const isFresh = now - Date.parse(lastSeenAt) < freshMs;
        return (
          <li
            key={origin}
            className="flex min-h-11 items-center gap-3 border-line border-b px-4 py-2 last:border-b-0"
          >
            {isAllowed ? (
              <CircleCheck
                className={`size-4 shrink-0 ${isFresh ? 'text-good' : 'text-text-faint'}`}
                aria-hidden="true"
              />
            ) : (
              <CircleAlert className="size-4 shrink-0 text-warn" aria-hidden="true" />
            )}
            <span className="min-w-0 flex-1 wrap-anywhere">
              {isAllowed ? 'Seen on ' : 'Seen, but not allowed, on '}
              <bdi className="font-medium">{origin}</bdi>{' '}
              <Moment
                at={lastSeenAt}
                say={(at, time) => agoText(at, time).toLowerCase()}
                className="text-text-muted"
              />
            </span>
            {isAllowed ? null : (
              <Button size="small" onClick={() => onAllow(origin)}>
                Allow it
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The newest answer, asked for again as long as the page is looked at. */
function useLatest(
  known: readonly WidgetSighting[],
  fetchSightings: () => Promise<Result<readonly WidgetSighting[]>>,
): readonly WidgetSighting[] {
  const [sightings, setSightings] = useState(known);
  useEffect(() => {
    let isOver = false;
    const look = async () => {
      if (document.visibilityState === 'hidden') return;
      const result = await fetchSightings();
      if (!isOver && result.ok) setSightings(result.value);
    };
    const handle = setInterval(() => void look(), lookEveryMs);
    const lookNow = () => void look();
    document.addEventListener('visibilitychange', lookNow);
    return () => {
      isOver = true;
      clearInterval(handle);
      document.removeEventListener('visibilitychange', lookNow);
    };
  }, [fetchSightings]);
  return sightings;
}
