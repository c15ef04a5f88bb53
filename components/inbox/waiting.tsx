'use client';

import { useClock } from '#/components/ui/clock.tsx';
import { ageSpoken, ageText, agoText, fullMomentText } from '#/components/ui/time-text.ts';

const minuteMs = 60_000;
// Until departments carry targets of their own: noticed at 5 minutes, late at 30, too late at 2 hours.
const steps = [
  { fromMs: 120 * minuteMs, look: 'font-medium text-bad' },
  { fromMs: 30 * minuteMs, look: 'font-medium text-warn' },
  { fromMs: 5 * minuteMs, look: 'text-text' },
];

/** How long the customer has been waiting, louder with age; the last activity where nobody waits. */
export function Waiting({ since, lastAt }: { since: string | null; lastAt: string }) {
  const { now, zone } = useClock();
  if (since === null) {
    return (
      <time
        dateTime={lastAt}
        title={fullMomentText(lastAt, zone)}
        className="tabular shrink-0 text-12 text-text-faint"
      >
        <span className="sr-only">Last activity </span>
        {agoText(lastAt, now)}
      </time>
    );
  }
  const ageMs = now - Date.parse(since);
  const look = steps.find((step) => ageMs >= step.fromMs)?.look ?? 'text-text-muted';
  return (
    <time
      dateTime={since}
      title={`Waiting since ${fullMomentText(since, zone)}`}
      className={`tabular shrink-0 text-12 ${look}`}
    >
      <span className="sr-only">Waiting for {ageSpoken(since, now)}</span>
      <span aria-hidden="true">{ageText(since, now)}</span>
    </time>
  );
}
