'use client';

import { useId, useState } from 'react';
import {
  fieldsOf,
  momentOf,
  presetText,
  snoozePresets,
  snoozeText,
} from '#/components/inbox/ticket/snooze-times.ts';
import { Button } from '#/components/ui/button.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { fullMomentText } from '#/components/ui/time-text.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

/** Until when a ticket sleeps: what one usually means, or a date and a time, in the agent's zone and in words. */
export function SnoozeChoices({
  row,
  zone,
  onChoose,
}: {
  row: Pick<TicketRow, 'status' | 'snoozedUntil' | 'snoozedBy'>;
  zone: string | undefined;
  /** Null wakes it. */
  onChoose(until: string | null): void;
}) {
  const { now } = useClock();
  const isAsleep = row.status === 'snoozed' && row.snoozedUntil !== null;
  return (
    <div className="flex flex-col p-1">
      {isAsleep ? (
        <div className="border-line border-b px-2 pt-1 pb-2">
          <p className="pb-2 text-text-muted">
            Snoozed until {snoozeText(row.snoozedUntil ?? '', now, zone)}
            {row.snoozedBy === null ? '' : ` by ${row.snoozedBy.name}`}.
          </p>
          <Button size="small" onClick={() => onChoose(null)}>
            Wake it now
          </Button>
        </div>
      ) : null}
      <ul className="flex flex-col py-1">
        {snoozePresets(now, zone).map((preset) => (
          <li key={preset.name}>
            <button
              type="button"
              onClick={() => onChoose(preset.at)}
              className="flex min-h-8 w-full items-center gap-2 rounded-control px-2 text-start hover:bg-bg-hover max-tablet:min-h-11"
            >
              <StatusGlyph status="snoozed" />
              <span className="flex-1">{preset.name}</span>
              <span className="tabular text-12 text-text-muted">{presetText(preset.at, now, zone)}</span>
            </button>
          </li>
        ))}
      </ul>
      <OwnTime zone={zone} now={now} onChoose={onChoose} />
    </div>
  );
}

function OwnTime({
  zone,
  now,
  onChoose,
}: {
  zone: string | undefined;
  now: number;
  onChoose(until: string): void;
}) {
  const [start] = useState(() => fieldsOf(now + 24 * 3_600_000, zone));
  const [date, setDate] = useState(start.date);
  const [time, setTime] = useState('09:00');
  const [isTried, setIsTried] = useState(false);
  const noteId = useId();
  const at = momentOf(date, time, zone);
  const problem =
    at === null
      ? 'Choose a date and a time.'
      : Date.parse(at) <= now
        ? 'Choose a time that is still to come.'
        : null;
  const field =
    'h-8 min-w-0 rounded-control border border-line-strong bg-bg-raised px-2 text-13 max-tablet:h-11 max-tablet:text-16';
  return (
    <form
      noValidate
      className="flex flex-col gap-2 border-line border-t px-2 pt-3 pb-2"
      onSubmit={(event) => {
        event.preventDefault();
        setIsTried(true);
        if (at !== null && problem === null) onChoose(at);
      }}
    >
      <div className="flex gap-2">
        <input
          type="date"
          aria-label="Date"
          aria-describedby={noteId}
          aria-invalid={isTried && problem !== null}
          value={date}
          min={fieldsOf(now, zone).date}
          onChange={(event) => setDate(event.target.value)}
          className={`${field} flex-1`}
        />
        <input
          type="time"
          aria-label="Time"
          aria-describedby={noteId}
          value={time}
          onChange={(event) => setTime(event.target.value)}
          className={`${field} w-[118px]`}
        />
      </div>
      <p id={noteId} role="status" className="text-12 text-text-muted">
        {problem === null && at !== null ? (
          <span title={fullMomentText(at, zone)}>
            Wakes {snoozeText(at, now, zone)}
            {zone === undefined ? '' : ` (${zone.replaceAll('_', ' ')})`}
          </span>
        ) : (
          <span className={isTried ? 'text-bad' : ''}>{problem}</span>
        )}
      </p>
      <Button type="submit" size="small" isWide>
        Snooze
      </Button>
    </form>
  );
}
