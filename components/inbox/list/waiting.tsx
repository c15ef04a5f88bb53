'use client';

import { useClock } from '#/components/ui/clock.tsx';
import { ageSpoken, ageText, agoText, fullMomentText, momentText } from '#/components/ui/time-text.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
// Until departments carry targets of their own: noticed at 10 minutes, late after an hour, too late after a working
// day. A list in which everything is red tells nobody where to begin.
const steps = [
  { fromMs: 8 * hourMs, look: 'font-medium text-bad' },
  { fromMs: hourMs, look: 'font-medium text-warn' },
  { fromMs: 10 * minuteMs, look: 'text-text' },
];

/**
 * How long the customer has been waiting, louder with age; until when a ticket sleeps; else the last activity.
 */
export function Waiting({
  since,
  lastAt,
  until,
}: {
  since: string | null;
  lastAt: string;
  /** When a snoozed ticket wakes. */
  until: string | null;
}) {
  const { now, zone } = useClock();
  if (until !== null) {
    return (
      <time
        dir="auto"
        dateTime={until}
        title={`Wakes ${fullMomentText(until, zone)}`}
        className="tabular shrink-0 text-12 text-text-muted"
      >
        <span className="sr-only">Snoozed </span>
        until {momentText(until, now, zone)}
      </time>
    );
  }
  if (since === null) {
    return (
      <time
        dir="auto"
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
      dir="auto"
      dateTime={since}
      title={`Waiting since ${fullMomentText(since, zone)}`}
      className={`tabular shrink-0 text-12 ${look}`}
    >
      <span className="sr-only">Waiting for {ageSpoken(since, now)}</span>
      <span aria-hidden="true">{ageText(since, now)}</span>
    </time>
  );
}
