/** Moments as people say them in one language. Everything but two texts comes from Intl. */
export type Times = {
  /** The time of day alone: "16:02", or "4:02 PM" where people write it so. */
  clock(at: string): string;
  /** How long ago: "Just now", "4 min ago", "vor 3 Std.". */
  ago(at: string, now: number): string;
  /** The day of a moment: "Today", "Yesterday", "Friday" within a week, then "20 November", with the year if another. */
  day(at: string, now: number): string;
  /** The same within a sentence: "yesterday", "lundi". */
  dayInside(at: string, now: number): string;
  /** A moment to come or gone, to the minute: "16:02", "Tomorrow 09:00", "Monday 09:00", "12 November 09:00". */
  moment(at: string, now: number): string;
  /** The exact moment, for hovering. */
  full(at: string): string;
};

type Texts = (key: 'time.now') => string;
type DayAt = (key: 'time.dayAt', values: { day: string; time: string }) => string;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `locale` undefined is the reader's own language and clock. */
export function openTimes(locale: string | undefined, say: Texts & DayAt): Times {
  const format = (options: Intl.DateTimeFormatOptions) => {
    let made: Intl.DateTimeFormat | undefined;
    return (at: string) => {
      made ??= new Intl.DateTimeFormat(locale, options);
      return made.format(new Date(at));
    };
  };
  // The language's own short form: told by parts, British hours would lose their zero.
  const clock = format({ timeStyle: 'short' });
  const weekday = format({ weekday: 'long' });
  const date = format({ day: 'numeric', month: 'long' });
  const dateAndYear = format({ day: 'numeric', month: 'long', year: 'numeric' });
  let relative: Intl.RelativeTimeFormat | undefined;
  const since = (count: number, unit: Intl.RelativeTimeFormatUnit) => {
    relative ??= new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    return relative.format(-count, unit);
  };

  const day = (at: string, now: number) => capitalised(dayInside(at, now));

  function dayInside(at: string, now: number): string {
    const days = daysBetween(at, now);
    if (Math.abs(days) < 2) return since(days, 'day');
    if (Math.abs(days) < 7) return weekday(at);
    return new Date(at).getFullYear() === new Date(now).getFullYear() ? date(at) : dateAndYear(at);
  }

  function capitalised(words: string): string {
    const [first = ''] = words;
    return first.toLocaleUpperCase(locale) + words.slice(first.length);
  }

  return {
    clock,
    ago(at, now) {
      const ageMs = Math.max(0, now - Date.parse(at));
      if (ageMs < minuteMs) return say('time.now');
      if (ageMs < hourMs) return since(Math.floor(ageMs / minuteMs), 'minute');
      if (ageMs < dayMs) return since(Math.floor(ageMs / hourMs), 'hour');
      if (ageMs < 14 * dayMs) return since(Math.floor(ageMs / dayMs), 'day');
      return since(Math.floor(ageMs / (7 * dayMs)), 'week');
    },
    day,
    dayInside,
    moment: (at, now) =>
      daysBetween(at, now) === 0 ? clock(at) : say('time.dayAt', { day: day(at, now), time: clock(at) }),
    full: (at) => fullMoment(at, locale),
  };
}

/** The exact moment, as the reader's own browser writes it unless a locale is given. */
export function fullMoment(at: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(new Date(at));
}

/** Days from `at` to now in the reader's own zone; less than 0 for what is to come. */
function daysBetween(at: string, now: number): number {
  const start = (moment: Date) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((start(new Date(now)) - start(new Date(at))) / dayMs);
}
