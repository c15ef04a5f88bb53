import { clockText, dateText } from '#/components/ui/time-text.ts';

/** One time that a ticket can sleep until. `at` is ISO 8601 in UTC. */
export type SnoozePreset = { name: string; at: string };

const hourMs = 3_600_000;
const morningHour = 9;
const lastLaterHour = 20;

type Day = { year: number; month: number; day: number };

/**
 * What one usually means, in the agent's own zone: later today (while there is enough of it left), tomorrow and Monday
 * at 9:00. `zone` undefined is the browser's.
 */
export function snoozePresets(nowMs: number, zone: string | undefined): SnoozePreset[] {
  const now = partsOf(nowMs, zone);
  const inThreeHours = Math.ceil((nowMs + 3 * hourMs) / (hourMs / 2)) * (hourMs / 2);
  const later = partsOf(inThreeHours, zone);
  const presets: SnoozePreset[] = [];
  if (later.day === now.day && later.hour < lastLaterHour) presets.push(preset('Later today', inThreeHours));
  const tomorrow = instantOf({ ...now, day: now.day + 1 }, morningHour, 0, zone);
  presets.push(preset('Tomorrow', tomorrow));
  const weekday = new Date(Date.UTC(now.year, now.month - 1, now.day)).getUTCDay();
  // On a Sunday tomorrow is Monday already: then the one after it.
  const toMonday = (8 - weekday) % 7 || 7;
  const days = toMonday === 1 ? 8 : toMonday;
  presets.push(preset('Next week', instantOf({ ...now, day: now.day + days }, morningHour, 0, zone)));
  return presets;
}

/** Date and time fields as `<input>` writes them, read in a zone; null for what is not a moment. */
export function momentOf(date: string, time: string, zone: string | undefined): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  const [, hour, minute] = /^(\d{2}):(\d{2})/.exec(time) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined) return null;
  const asked = { year: Number(year), month: Number(month), day: Number(day) };
  const at = instantOf(asked, Number(hour), Number(minute), zone);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** The other way: what the fields show for a moment. */
export function fieldsOf(atMs: number, zone: string | undefined): { date: string; time: string } {
  const { year, month, day, hour, minute } = partsOf(atMs, zone);
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    date: `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`,
    time: `${two(hour)}:${two(minute)}`,
  };
}

/** A moment to come as people say it: "today 16:00", "tomorrow 09:00", "Monday 09:00", "11 May, 09:00". */
export function snoozeText(at: string, nowMs: number, zone: string | undefined): string {
  const days = dayNumber(Date.parse(at), zone) - dayNumber(nowMs, zone);
  const clock = clockText(at, zone);
  if (days === 0) return `today ${clock}`;
  if (days === 1) return `tomorrow ${clock}`;
  if (days > 1 && days < 7) return `${weekdayText(at, zone, 'long')} ${clock}`;
  return `${dateText(at, nowMs, 'long', zone)}, ${clock}`;
}

/** Beside a preset's own name: "13:30", "Thu 09:00", "Mon, 11 May, 09:00". */
export function presetText(at: string, nowMs: number, zone: string | undefined): string {
  const days = dayNumber(Date.parse(at), zone) - dayNumber(nowMs, zone);
  const clock = clockText(at, zone);
  if (days === 0) return clock;
  const day = weekdayText(at, zone, 'short');
  return days < 7 ? `${day} ${clock}` : `${day}, ${dateText(at, nowMs, 'short', zone)}, ${clock}`;
}

function dayNumber(atMs: number, zone: string | undefined): number {
  const { year, month, day } = partsOf(atMs, zone);
  return Date.UTC(year, month - 1, day) / (24 * hourMs);
}

function weekdayText(at: string, zone: string | undefined, weekday: 'long' | 'short'): string {
  const options = { weekday, ...(zone === undefined ? {} : { timeZone: zone }) } as const;
  return new Intl.DateTimeFormat(zone === undefined ? undefined : 'en-GB', options).format(new Date(at));
}

function preset(name: string, atMs: number): SnoozePreset {
  return { name, at: new Date(atMs).toISOString() };
}

// A wall clock names an instant only together with the offset at that instant, which is looked up twice: the first
// guess may stand on the other side of a change of the clocks.
function instantOf(
  { year, month, day }: Day,
  hour: number,
  minute: number,
  zone: string | undefined,
): number {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  if (Number.isNaN(wall)) return Number.NaN;
  const guess = wall - offsetAt(wall, zone);
  return wall - offsetAt(guess, zone);
}

function offsetAt(atMs: number, zone: string | undefined): number {
  const { year, month, day, hour, minute } = partsOf(atMs, zone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(atMs / 60_000) * 60_000;
}

function partsOf(atMs: number, zone: string | undefined) {
  const parts = new Map(
    new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(zone === undefined ? {} : { timeZone: zone }),
    })
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
  };
}
