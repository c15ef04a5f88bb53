import type { Scope } from '#/lib/api/scopes.ts';
import { type ApiEventType, apiEvents, apiEventTypes, subjectScopes } from '#/lib/events/schema.ts';
import { deliveryHoursMax } from '#/lib/webhooks/schema.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
export const deliveryMsMax = deliveryHoursMax * hour;
/** After the first, second, … attempt that failed; the last one for all that follow. */
const retriesAfterMs = [5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, hour];
/** A receiver may ask for more time, but not for all of it. */
const askedMsMax = hour;
const pauseMsMax = minute;
/** Attempts come an hour apart at most, so a delivery that used up its time has seen at least this much of it fail. */
const failingMsMax = deliveryMsMax - hour;

/** How long to wait after the attempt that was the `tries`-th in a row; `random` (0 to 1) spreads them by a tenth. */
export function retryAfterMs(tries: number, askedMs: number, random: number): number {
  const usual = retriesAfterMs[Math.min(tries, retriesAfterMs.length) - 1] ?? second;
  return Math.round(Math.max(usual * (0.9 + 0.2 * random), Math.min(askedMs, askedMsMax)));
}

/** How long a webhook rests when so many attempts in a row failed, whichever events they were about. */
export function pauseMsAfter(failuresInRow: number): number {
  return failuresInRow < 3 ? 0 : Math.min(pauseMsMax, second * 2 ** (failuresInRow - 3));
}

export type AttemptOutcome =
  | { kind: 'delivered' }
  /** The receiver wants no more of them, ever. */
  | { kind: 'gone' }
  | { kind: 'retry'; afterMs: number }
  /** Its time is up. */
  | { kind: 'failed' };

/** What an answer, or that there was none, means for a delivery. The last attempt is when its time is up, not before. */
export function outcomeOf(attempt: {
  status: number | null;
  isWhole: boolean;
  tries: number;
  askedMs: number;
  /** Until its time is up; negative when it is. */
  leftMs: number;
  random: number;
}): AttemptOutcome {
  const { status, isWhole, tries, askedMs, leftMs, random } = attempt;
  if (isWhole && status !== null && status >= 200 && status < 300) return { kind: 'delivered' };
  if (isWhole && status === 410) return { kind: 'gone' };
  if (leftMs <= 0) return { kind: 'failed' };
  return { kind: 'retry', afterMs: Math.min(retryAfterMs(tries, askedMs, random), leftMs) };
}

/** Whether a webhook that failed for so long is switched off, now that a delivery of it used up all of its time. */
export function isLastingFailure(failingMs: number): boolean {
  return failingMs >= failingMsMax;
}

/** What a receiver that is busy asks for, in its `Retry-After`; 0 where it asks for nothing. */
export function askedMsOf(status: number, retryAfter: string | undefined, nowMs: number): number {
  if ((status !== 429 && status !== 503) || retryAfter === undefined) return 0;
  const text = retryAfter.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * second;
  // The dates of HTTP begin with a day; by itself Date.parse reads a date out of "-1".
  const ms = /^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) - nowMs : 0;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** What a key has to be able to GET to have a webhook of these types told, and what such a webhook is told with. */
export function scopesOfTypes(types: readonly ApiEventType[]): Scope[] {
  const known = apiEventTypes.filter((type) => types.includes(type));
  return [...new Set(known.map((type) => subjectScopes[apiEvents[type].about]))];
}
