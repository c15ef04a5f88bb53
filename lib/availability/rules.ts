import type { OpenSpan } from '#/lib/availability/schema.ts';
import { type OpeningSpan, weekdays } from '#/lib/departments/schema.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Enough for now and the next opening, however the days of a week are cut up. */
const spansMax = 10;

/**
 * When it is open from now on, as moments that need no time zone: the span that goes on now and those to come, in order
 * and apart. Null is always open, none is never. Where the clocks change, a span begins and ends with what they show.
 */
export function openSpansFrom(
  hours: readonly OpeningSpan[] | null,
  timezone: string,
  atMs: number,
): OpenSpan[] | null {
  if (hours === null) return null;
  const today = Math.floor(wallClock(timezone, atMs) / dayMs) * dayMs;
  const spans: OpenSpan[] = [];
  for (let offset = -1; offset <= weekdays.length + 1; offset++) {
    const day = today + offset * dayMs;
    const weekday = new Date(day).getUTCDay() || 7;
    for (const span of hours) {
      if (span.day !== weekday) continue;
      const from = momentOf(timezone, day + minutesOf(span.opens) * minuteMs, 'first');
      const to = momentOf(timezone, day + minutesOf(span.closes) * minuteMs, 'last');
      if (to > atMs && to > from) spans.push([from, to]);
    }
  }
  return joined(spans.sort(([a], [b]) => a - b)).slice(0, spansMax);
}

/** Hours that follow each other without a break are one span, over midnight too. */
function joined(sorted: readonly OpenSpan[]): OpenSpan[] {
  const spans: OpenSpan[] = [];
  for (const [from, to] of sorted) {
    const last = spans.at(-1);
    if (last !== undefined && from <= last[1]) spans[spans.length - 1] = [last[0], Math.max(last[1], to)];
    else spans.push([from, to]);
  }
  return spans;
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

/**
 * The moment at which a zone's clocks show `wall` (a wall clock's reading as if it were UTC). Of two such moments the
 * first or the last; where the clocks skip it, the moment at which they do.
 */
function momentOf(timezone: string, wall: number, which: 'first' | 'last'): number {
  const offsetAt = (moment: number) => wallClock(timezone, moment) - moment;
  const candidates = [wall - offsetAt(wall - dayMs), wall - offsetAt(wall + dayMs)].sort((a, b) => a - b);
  const [early = wall, late = wall] = candidates;
  const right = candidates.filter((moment) => wallClock(timezone, moment) === wall);
  const found = which === 'first' ? right[0] : right.at(-1);
  if (found !== undefined) return found;
  let [before, after] = [early, late];
  while (after - before > minuteMs) {
    const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs;
    if (wallClock(timezone, middle) < wall) before = middle;
    else after = middle;
  }
  return after;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a zone's clocks show at a moment, to the minute, as if it were UTC. */
function wallClock(timezone: string, atMs: number): number {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
    formats.set(timezone, format);
  }
  const parts = format.formatToParts(atMs);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}
