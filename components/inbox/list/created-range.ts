import { fieldsOf, momentOf } from '#/components/inbox/ticket/snooze-times.ts';
import type { TicketFilter } from '#/lib/tickets/schema.ts';

/** First and last day of a range as `<input type="date">` writes them; empty where it is open. */
export type Days = { first: string; last: string };

const dayMs = 86_400_000;

export const rangePresets = [
  { name: 'Today', from: 0, to: 0 },
  { name: 'Yesterday', from: 1, to: 1 },
  { name: 'Last 7 days', from: 6, to: 0 },
  { name: 'Last 30 days', from: 29, to: 0 },
] as const;

/** The day so many days ago, by the calendar of the zone. */
export function dayAgo(days: number, nowMs: number, zone: string | undefined): string {
  return shifted(fieldsOf(nowMs, zone).date, -days);
}

/** The conditions of a range of days, both included; what is no date is left open. */
export function rangeFilter(days: Days, zone: string | undefined): TicketFilter {
  const from = momentOf(days.first, '00:00', zone);
  const to = days.last === '' ? null : momentOf(shifted(days.last, 1), '00:00', zone);
  return { ...(from === null ? {} : { createdFrom: from }), ...(to === null ? {} : { createdTo: to }) };
}

/** The other way: which days a filter's range begins and ends with. */
export function daysOf(filter: TicketFilter, zone: string | undefined): Days {
  return {
    first: filter.createdFrom == null ? '' : fieldsOf(Date.parse(filter.createdFrom), zone).date,
    // The end is the first moment that no longer counts.
    last: filter.createdTo == null ? '' : fieldsOf(Date.parse(filter.createdTo) - 1, zone).date,
  };
}

function shifted(day: string, by: number): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? '' : new Date(at + by * dayMs).toISOString().slice(0, 10);
}
