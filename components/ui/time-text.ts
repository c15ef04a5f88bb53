type Zone = string | undefined;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** How long ago in the fewest words: "now", "4 min", "3 h", "2 d", "5 wk". */
export function ageText(at: string, now: number): string {
  const ageMs = Math.max(0, now - Date.parse(at));
  if (ageMs < minuteMs) return 'now';
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)} min`;
  if (ageMs < dayMs) return `${Math.floor(ageMs / hourMs)} h`;
  if (ageMs < 14 * dayMs) return `${Math.floor(ageMs / dayMs)} d`;
  return `${Math.floor(ageMs / (7 * dayMs))} wk`;
}

/** The same spelled out for screen readers: "4 minutes". */
export function ageSpoken(at: string, now: number): string {
  const ageMs = Math.max(0, now - Date.parse(at));
  if (ageMs < minuteMs) return 'less than a minute';
  if (ageMs < hourMs) return counted(Math.floor(ageMs / minuteMs), 'minute');
  if (ageMs < dayMs) return counted(Math.floor(ageMs / hourMs), 'hour');
  return counted(Math.floor(ageMs / dayMs), 'day');
}

/** A moment as people say it: "16:02", "Yesterday 16:02", "Mon 16:02", "12 Nov 16:02", "12 Nov 2025". */
export function momentText(at: string, now: number, zone?: Zone): string {
  const days = daysBetween(at, now, zone);
  if (days === 0) return clockText(at, zone);
  if (days === 1) return `Yesterday ${clockText(at, zone)}`;
  if (days > 1 && days < 7) return `${formatted(at, zone, { weekday: 'short' })} ${clockText(at, zone)}`;
  const isThisYear =
    formatted(at, zone, { year: 'numeric' }) ===
    formatted(new Date(now).toISOString(), zone, { year: 'numeric' });
  if (!isThisYear) return formatted(at, zone, { day: 'numeric', month: 'short', year: 'numeric' });
  return `${formatted(at, zone, { day: 'numeric', month: 'short' })} ${clockText(at, zone)}`;
}

/** The day over a group of messages: "Today", "Yesterday", "Monday 9 November", with the year when it is another. */
export function dayText(at: string, now: number, zone?: Zone): string {
  const days = daysBetween(at, now, zone);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const isThisYear =
    formatted(at, zone, { year: 'numeric' }) ===
    formatted(new Date(now).toISOString(), zone, { year: 'numeric' });
  return formatted(at, zone, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' as const }),
  });
}

/** The calendar day in the reader's zone, for comparing. */
export function dayKey(at: string, zone?: Zone): string {
  return formatted(at, zone, { year: 'numeric', month: '2-digit', day: '2-digit' });
}

export function clockText(at: string, zone?: Zone): string {
  return formatted(at, zone, { hour: '2-digit', minute: '2-digit' });
}

/** The exact moment, for hovering. */
export function fullMomentText(at: string, zone?: Zone): string {
  return formatted(at, zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
}

/** What the clock shows now in somebody else's zone; null for a zone that this machine does not know. */
export function timeThere(zone: string, now: number): string | null {
  try {
    return clockText(new Date(now).toISOString(), zone);
  } catch {
    return null;
  }
}

function daysBetween(at: string, now: number, zone: Zone): number {
  return Math.round((dayStart(new Date(now).toISOString(), zone) - dayStart(at, zone)) / dayMs);
}

function dayStart(at: string, zone: Zone): number {
  const [day = '1', month = '1', year = '1970'] = dayKey(at, zone).split('/');
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(at: string, zone: Zone, options: Intl.DateTimeFormatOptions): string {
  const key = `${zone ?? ''}|${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    // British English for 24-hour clocks and day before month, whatever the machine that draws it prefers.
    format = new Intl.DateTimeFormat('en-GB', {
      ...options,
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
    formats.set(key, format);
  }
  return format.format(new Date(at));
}
