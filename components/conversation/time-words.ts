/** Times as people say them, in the reader's own zone and language. `locale` is for tests; people get their browser's. */

/** `14:02`, or `2:02 PM` where people write it so. */
export function clockTime(at: string, locale?: string): string {
  return new Date(at).toLocaleTimeString(locale, { timeStyle: 'short' });
}

/** `Today`, `Yesterday`, `Friday` within a week, then `20 November`, with the year when it is another one. */
export function dayWords(at: string, now: Date, locale?: string): string {
  const day = new Date(at);
  const days = daysBetween(day, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return day.toLocaleDateString(locale, { weekday: 'long' });
  const sameYear = day.getFullYear() === now.getFullYear();
  return day.toLocaleDateString(locale, {
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

/** `Just now`, `4 min`, `3 h`, then the day. For lists, where the exact moment is in the title. */
export function agoWords(at: string, now: Date, locale?: string): string {
  const minutes = Math.floor((now.getTime() - new Date(at).getTime()) / 60_000);
  if (minutes < 1) return 'Just now';
  if (minutes < 60) return `${minutes} min`;
  if (daysBetween(new Date(at), now) === 0) return `${Math.floor(minutes / 60)} h`;
  return dayWords(at, now, locale);
}

/** The exact moment, for titles. */
export function exactMoment(at: string, locale?: string): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'full', timeStyle: 'short' });
}

/** The reader's calendar day of a moment, for telling where a new day begins. */
export function dayKey(at: string): string {
  return new Date(at).toDateString();
}

// Calendar days, not spans of 24 hours; rounding absorbs the hour of a clock change.
function daysBetween(earlier: Date, later: Date): number {
  const from = new Date(earlier.getFullYear(), earlier.getMonth(), earlier.getDate());
  const to = new Date(later.getFullYear(), later.getMonth(), later.getDate());
  return Math.round((to.getTime() - from.getTime()) / 86_400_000);
}
