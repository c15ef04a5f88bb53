import type { Availability, Opening } from '#/lib/availability/schema.ts';

/** The frame's part: it reads moments and spans, and knows nothing of zones. */

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** What these spans say of one moment. */
export function openingAt(spans: Availability['spans'], atMs: number): Opening {
  if (spans === null) return { isOpen: true, opensAt: null, changesAt: null };
  for (const [from, to] of spans) {
    if (atMs < from) return { isOpen: false, opensAt: from, changesAt: from };
    if (atMs < to) return { isOpen: true, opensAt: null, changesAt: to };
  }
  return { isOpen: false, opensAt: null, changesAt: null };
}

const minuteSteps = [1, 2, 5, 10, 15, 20, 30, 45] as const;
const hourSteps = [1, 2, 3, 4, 6, 8, 12] as const;
const daysMax = 3;

/** A span as people promise it: rounded up to a number that one says. Null for what nobody would call a promise. */
export function promiseOf(replyMs: number): { count: number; unit: 'minutes' | 'hours' | 'days' } | null {
  const minutes = minuteSteps.find((step) => replyMs <= step * minuteMs);
  if (minutes !== undefined) return { count: minutes, unit: 'minutes' };
  const hours = hourSteps.find((step) => replyMs <= step * 60 * minuteMs);
  if (hours !== undefined) return { count: hours, unit: 'hours' };
  const days = Math.ceil(replyMs / dayMs);
  return days <= daysMax ? { count: days, unit: 'days' } : null;
}
