/** Times as people say them. `zone` undefined is the reader's own, with their language and clock. */
type Zone = string | undefined;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
// The language's own short form: 9:05 AM, 09:05. Told by parts, British hours would lose their zero.
const clock = { timeStyle: 'short' } as const;

/** How long ago in the fewest words: "now", "4 min", "3 h", "2 d", "5 wk". */
export function ageText(at: string, now: number): string {
  const ageMs = Math.max(0, now - Date.parse(at));
  if (ageMs < minuteMs) return 'now';
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)} min`;
  if (ageMs < dayMs) return `${Math.floor(ageMs / hourMs)} h`;
  if (ageMs < 14 * dayMs) return `${Math.floor(ageMs / dayMs)} d`;
  return `${Math.floor(ageMs / (7 * dayMs))} wk`;
}

/** The same as a moment in the past: "Just now", "4 min ago". */
export function agoText(at: string, now: number): string {
  const age = ageText(at, now);
  return age === 'now' ? 'Just now' : `${age} ago`;
}

/** The same spelled out for screen readers: "4 minutes". */
export function ageSpoken(at: string, now: number): string {
  const ageMs = Math.max(0, now - Date.parse(at));
  if (ageMs < minuteMs) return 'less than a minute';
  if (ageMs < hourMs) return counted(Math.floor(ageMs / minuteMs), 'minute');
  if (ageMs < dayMs) return counted(Math.floor(ageMs / hourMs), 'hour');
  return counted(Math.floor(ageMs / dayMs), 'day');
}

/** A moment as people say it: "16:02", "Tomorrow 09:00", "Mon 16:02", "12 Nov, 16:02", "12 Nov 2025". */
export function momentText(at: string, now: number, zone?: Zone): string {
  const days = daysBetween(at, now, zone);
  if (days === 0) return clockText(at, zone);
  if (days === 1) return `Yesterday ${clockText(at, zone)}`;
  if (days === -1) return `Tomorrow ${clockText(at, zone)}`;
  if (Math.abs(days) < 7) return `${formatted(at, zone, { weekday: 'short' })} ${clockText(at, zone)}`;
  const date = dateText(at, now, 'short', zone);
  return isYearOf(at, now, zone) ? `${date}, ${clockText(at, zone)}` : date;
}

/** The day of a moment: "Today", "Yesterday", "Friday" within a week, then "20 November", with the year if another. */
export function dayText(at: string, now: number, zone?: Zone): string {
  const days = daysBetween(at, now, zone);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return formatted(at, zone, { weekday: 'long' });
  return dateText(at, now, 'long', zone);
}

/** A date without its time: "12 Nov", "12 Nov 2025". */
export function dateText(at: string, now: number, month: 'short' | 'long', zone?: Zone): string {
  const day = { day: 'numeric', month } as const;
  return formatted(at, zone, isYearOf(at, now, zone) ? day : { ...day, year: 'numeric' });
}

/** The time of day alone: "16:02", or "4:02 PM" where people write it so. */
export function clockText(at: string, zone?: Zone): string {
  return formatted(at, zone, clock);
}

/** The exact moment, for hovering. */
export function fullMomentText(at: string, zone?: Zone): string {
  return formatted(at, zone, { dateStyle: 'full', timeStyle: 'long' });
}

/** The reader's calendar day, for telling where a new day begins. */
export function dayKey(at: string): string {
  return new Date(at).toDateString();
}

/** What the clock shows now in somebody else's zone, as the reader writes it; null for an unknown zone. */
export function timeThere(zone: string, now: number): string | null {
  try {
    return new Date(now).toLocaleTimeString(undefined, { ...clock, timeZone: zone });
  } catch {
    return null;
  }
}

function isYearOf(at: string, now: number, zone: Zone): boolean {
  const year = (moment: string) => formatted(moment, zone, { year: 'numeric' });
  return year(at) === year(new Date(now).toISOString());
}

function daysBetween(at: string, now: number, zone: Zone): number {
  return Math.round((dayStart(new Date(now).toISOString(), zone) - dayStart(at, zone)) / dayMs);
}

function dayStart(at: string, zone: Zone): number {
  const [day = '1', month = '1', year = '1970'] = inNumbers(at, zone).split('/');
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

// Day, month and year in an order that can be taken apart again.
function inNumbers(at: string, zone: Zone): string {
  return formatted(at, zone, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-GB');
}

const formats = new Map<string, Intl.DateTimeFormat>();

// In the reader's own language and clock; British English while the zone is a given one, so that server and browser
// draw the same.
function formatted(at: string, zone: Zone, options: Intl.DateTimeFormatOptions, locale?: string): string {
  const language = locale ?? (zone === undefined ? undefined : 'en-GB');
  const key = `${language ?? ''}|${zone ?? ''}|${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, {
      ...options,
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
    formats.set(key, format);
  }
  return format.format(new Date(at));
}
