'use client';

import { type FormEvent, useState } from 'react';
import { momentOf, snoozePresets } from '#/components/inbox/ticket/snooze-times.ts';
import { Button } from '#/components/ui/button.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { momentText } from '#/components/ui/time-text.ts';

const field =
  'h-9 w-full min-w-0 rounded-control border border-line-strong bg-bg-raised px-2 text-13 text-text max-tablet:h-11 max-tablet:text-16';

/** Until when many tickets sleep: what one usually means, or a day and time in the agent's own zone. */
export function SnoozePicker({
  zone,
  onChoose,
}: {
  zone: string | null;
  onChoose(until: string | null): void;
}) {
  const { now } = useClock();
  const [date, setDate] = useState('');
  const [time, setTime] = useState('09:00');
  const theirs = zone ?? undefined;
  const at = momentOf(date, time, theirs);
  const isAhead = at !== null && Date.parse(at) > now;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isAhead) onChoose(at);
  }
  return (
    <div className="flex flex-col">
      <ul className="p-1">
        {snoozePresets(now, theirs).map((preset) => (
          <li key={preset.name}>
            <button
              type="button"
              onClick={() => onChoose(preset.at)}
              className="flex min-h-8 w-full items-center gap-2 rounded-control px-2 text-start text-13 hover:bg-bg-hover max-tablet:min-h-11"
            >
              <span className="flex-1">{preset.name}</span>
              <span className="tabular text-12 text-text-muted">{momentText(preset.at, now, theirs)}</span>
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex flex-col gap-2 border-line border-t p-3">
        <div className="grid grid-cols-2 gap-2">
          <label className="flex min-w-0 flex-col gap-1 text-12 text-text-muted">
            Day
            <input
              type="date"
              value={date}
              onChange={(event) => setDate(event.target.value)}
              className={field}
            />
          </label>
          <label className="flex min-w-0 flex-col gap-1 text-12 text-text-muted">
            Time
            <input
              type="time"
              value={time}
              onChange={(event) => setTime(event.target.value)}
              className={field}
            />
          </label>
        </div>
        {at !== null && !isAhead ? (
          <p role="alert" className="text-12 text-bad">
            That is over already.
          </p>
        ) : null}
        <Button type="submit" size="small" tone="primary" disabled={!isAhead}>
          Snooze until then
        </Button>
      </form>
    </div>
  );
}
