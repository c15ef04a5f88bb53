'use client';

import { Copy, Plus, X } from 'lucide-react';
import { Fragment } from 'react';
import { dayProblem, nextSpan, type TypedDays, type TypedSpan } from '#/components/settings/hours-days.ts';
import { Button } from '#/components/ui/button.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { weekdayNames } from '#/lib/departments/rules.ts';
import { type Weekday, weekdays } from '#/lib/departments/schema.ts';

/** Seven days, each closed or with one span or more; one day can be copied to all. */
export function HoursEditor({ days, onChange }: { days: TypedDays; onChange(next: TypedDays): void }) {
  const set = (day: Weekday, spans: readonly TypedSpan[]) => onChange({ ...days, [day]: spans });
  return (
    <div className="overflow-hidden rounded-card border border-line bg-bg-raised">
      {weekdays.map((day) => (
        <Day
          key={day}
          day={day}
          spans={days[day]}
          onChange={(spans) => set(day, spans)}
          onCopy={() => {
            const spans = days[day];
            onChange({ 1: spans, 2: spans, 3: spans, 4: spans, 5: spans, 6: spans, 7: spans });
          }}
        />
      ))}
    </div>
  );
}

const timeLook =
  'h-8 w-[124px] min-w-0 rounded-control border border-line-strong bg-bg-raised px-2 text-13 hover:border-text-faint aria-invalid:border-bad max-tablet:h-11 max-tablet:w-auto max-tablet:flex-1 max-tablet:text-16';

function Day({
  day,
  spans,
  onChange,
  onCopy,
}: {
  day: Weekday;
  spans: readonly TypedSpan[];
  onChange(spans: readonly TypedSpan[]): void;
  onCopy(): void;
}) {
  const name = weekdayNames[day];
  const problem = dayProblem(spans);
  const problemId = `hours-${day}-problem`;
  const added = nextSpan(spans);
  const change = (index: number, part: Partial<TypedSpan>) =>
    onChange(spans.map((span, each) => (each === index ? { ...span, ...part } : span)));
  return (
    <fieldset className="flex min-h-12 items-start gap-x-3 gap-y-2 border-line border-b px-4 py-2 last:border-b-0 max-tablet:flex-wrap max-tablet:items-center">
      <legend className="sr-only">{name}</legend>
      <label className="flex h-8 w-32 shrink-0 cursor-pointer items-center gap-2.5 max-tablet:h-11 max-tablet:flex-1">
        <input
          type="checkbox"
          checked={spans.length > 0}
          onChange={(event) => onChange(event.target.checked && added !== null ? [added] : [])}
          className="size-4 accent-accent"
        />
        <span className={spans.length > 0 ? 'font-medium' : 'text-text-muted'}>{name}</span>
      </label>
      <div className="flex min-w-0 flex-1 flex-col gap-2 max-tablet:order-last max-tablet:basis-full max-tablet:empty:hidden">
        {spans.length === 0 ? (
          <span className="flex h-8 items-center text-text-muted max-tablet:hidden">Closed</span>
        ) : (
          spans.map((span, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: spans have no other identity while they are typed.
            <Fragment key={index}>
              <div className="flex items-center gap-2">
                <TimeField
                  label={`${name}, opens${ordinal(index, spans)}`}
                  value={span.opens}
                  describedBy={problem === null ? undefined : problemId}
                  onChange={(opens) => change(index, { opens })}
                />
                <span className="text-text-muted">to</span>
                <TimeField
                  label={`${name}, closes${ordinal(index, spans)}`}
                  value={span.closes === '24:00' ? '00:00' : span.closes}
                  describedBy={problem === null ? undefined : problemId}
                  onChange={(closes) => change(index, { closes })}
                />
                {spans.length > 1 ? (
                  <IconButton
                    label={`Remove ${span.opens} to ${span.closes} on ${name}`}
                    onClick={() => onChange(spans.filter((_, each) => each !== index))}
                  >
                    <X aria-hidden="true" />
                  </IconButton>
                ) : null}
              </div>
            </Fragment>
          ))
        )}
        {problem === null ? null : (
          <p id={problemId} className="text-bad">
            {problem}
          </p>
        )}
      </div>
      {spans.length === 0 ? null : (
        <div className="flex shrink-0 gap-1">
          <IconButton
            label={`Add hours on ${name}`}
            disabled={added === null}
            onClick={() => {
              if (added !== null) onChange([...spans, added]);
            }}
          >
            <Plus aria-hidden="true" />
          </IconButton>
          <Button tone="quiet" onClick={onCopy} aria-label={`Copy ${name} to all days`}>
            <Copy className="size-4" aria-hidden="true" />
            <span className="max-tablet:sr-only">Copy to all</span>
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function ordinal(index: number, spans: readonly unknown[]): string {
  return spans.length === 1 ? '' : ` (${index + 1} of ${spans.length})`;
}

function TimeField({
  label,
  value,
  describedBy,
  onChange,
}: {
  label: string;
  value: string;
  describedBy: string | undefined;
  onChange(value: string): void;
}) {
  return (
    <input
      type="time"
      aria-label={label}
      aria-invalid={describedBy === undefined ? undefined : true}
      aria-describedby={describedBy}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={`tabular ${timeLook}`}
    />
  );
}
