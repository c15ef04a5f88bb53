import { type OpeningSpan, type Weekday, weekdays } from '#/lib/departments/schema.ts';

export const weekdayNames: Record<Weekday, string> = {
  1: 'Monday',
  2: 'Tuesday',
  3: 'Wednesday',
  4: 'Thursday',
  5: 'Friday',
  6: 'Saturday',
  7: 'Sunday',
};

/** The spans of one day, in order. */
export function spansOn(hours: readonly OpeningSpan[], day: number): OpeningSpan[] {
  return hours.filter((span) => span.day === day).toSorted((a, b) => (a.opens < b.opens ? -1 : 1));
}

/** `Mon–Fri 09:00–17:00, Sat 10:00–14:00`: days that follow each other with the same hours in one piece. */
export function hoursText(hours: readonly OpeningSpan[] | null): string {
  if (hours === null) return 'Always open';
  const runs: { first: Weekday; last: Weekday; text: string }[] = [];
  for (const day of weekdays) {
    const text = spansOn(hours, day)
      .map(({ opens, closes }) => `${opens}–${closes}`)
      .join(', ');
    const run = runs.at(-1);
    if (run !== undefined && run.text === text && run.last === day - 1) run.last = day;
    else runs.push({ first: day, last: day, text });
  }
  const open = runs.filter(({ text }) => text !== '');
  if (open.length === 0) return 'Always closed';
  return open.map(({ first, last, text }) => `${daysText(first, last)} ${text}`).join('; ');
}

function daysText(first: Weekday, last: Weekday): string {
  const short = (day: Weekday) => weekdayNames[day].slice(0, 3);
  if (first === 1 && last === 7) return 'Every day';
  return first === last ? short(first) : `${short(first)}–${short(last)}`;
}

/** Whether it is open at this moment; `timezone` is an IANA name. */
export function isOpenAt(hours: readonly OpeningSpan[] | null, timezone: string, atMs: number): boolean {
  if (hours === null) return true;
  const { day, time } = wallClock(timezone, atMs);
  return hours.some((span) => span.day === day && span.opens <= time && time < span.closes);
}

function wallClock(timezone: string, atMs: number): { day: number; time: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  const day = weekdays.find((each) => weekdayNames[each].startsWith(part('weekday'))) ?? 1;
  return { day, time: `${part('hour')}:${part('minute')}` };
}
