import { spansOn } from '#/lib/departments/rules.ts';
import { type OpeningSpan, spansPerDayMax, type Weekday, weekdays } from '#/lib/departments/schema.ts';

/** The editor's own state: the times of each day as they are typed, also where they make no sense yet. */
export type TypedSpan = { opens: string; closes: string };
export type TypedDays = Record<Weekday, readonly TypedSpan[]>;

/** What a new department is offered: office hours on weekdays. */
export const officeHours: OpeningSpan[] = ([1, 2, 3, 4, 5] as const).map((day) => ({
  day,
  opens: '09:00',
  closes: '17:00',
}));

export function daysOf(hours: readonly OpeningSpan[]): TypedDays {
  const on = (day: Weekday) => spansOn(hours, day).map(({ opens, closes }) => ({ opens, closes }));
  return { 1: on(1), 2: on(2), 3: on(3), 4: on(4), 5: on(5), 6: on(6), 7: on(7) };
}

/** A time field cannot say midnight at the end of a day: `00:00` there is meant as `24:00`. */
export function hoursOf(days: TypedDays): OpeningSpan[] {
  return weekdays.flatMap((day) =>
    days[day].map(({ opens, closes }) => ({ day, opens, closes: closes === '00:00' ? '24:00' : closes })),
  );
}

/** What is wrong with a day, in words; null for a good one. */
export function dayProblem(spans: readonly TypedSpan[]): string | null {
  const known = spans
    .map(({ opens, closes }) => ({ opens, closes: closes === '00:00' ? '24:00' : closes }))
    .toSorted((a, b) => (a.opens < b.opens ? -1 : 1));
  for (const [index, { opens, closes }] of known.entries()) {
    if (opens === '' || closes === '') return 'Enter both times.';
    if (opens >= closes) {
      return `${opens} to ${closes} ends before it begins. For a night, close at 00:00 and open the next day at 00:00.`;
    }
    const before = known[index - 1];
    if (before !== undefined && opens < before.closes) {
      return `${before.opens}–${before.closes} and ${opens}–${closes} overlap.`;
    }
  }
  return null;
}

/** One more span after the last one of the day, or office hours on a closed day; null where no more fit. */
export function nextSpan(spans: readonly TypedSpan[]): TypedSpan | null {
  if (spans.length >= spansPerDayMax) return null;
  const last = spans
    .map(({ closes }) => closes)
    .toSorted()
    .at(-1);
  if (last === undefined) return { opens: '09:00', closes: '17:00' };
  const hour = Number(last.slice(0, 2));
  if (spans.some(({ closes }) => closes === '00:00') || hour >= 22) return null;
  const clock = (at: number) => `${String(at).padStart(2, '0')}:00`;
  return { opens: clock(hour + 1), closes: clock(Math.min(hour + 4, 23)) };
}
