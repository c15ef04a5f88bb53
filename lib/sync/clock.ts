import type { Failure, Result } from '#/lib/errors.ts';
import { fail } from '#/lib/errors.ts';
import type { Clock } from '#/lib/sync/transport.ts';

/** The browser's own time and chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (handle) => clearTimeout(asTimer(handle)),
  random: () => Math.random(),
};

/** Safe: the only handles a clock is given back are those it handed out. */
function asTimer(handle: unknown) {
  return handle as ReturnType<typeof setTimeout> | undefined;
}

/**
 * Always answers, and never throws: silence for `deadlineMs` or a throw is `unavailable`, since the other side may or
 * may not have acted.
 */
export function ask<Value>(
  clock: Clock,
  deadlineMs: number,
  request: () => Promise<Result<Value>>,
): Promise<Result<Value>> {
  return new Promise((resolve) => {
    const lost = (reason: string) => resolve(fail({ code: 'unavailable', reason }));
    const timer = clock.setTimeout(() => lost('no_answer'), deadlineMs);
    (async () => request())()
      .then(resolve, () => lost('no_connection'))
      .finally(() => clock.clearTimeout(timer));
  });
}

/**
 * Milliseconds before the attempt after `failures` failed ones: doubling from 0.5 s, half of it left to chance. Never
 * sooner than the server asked for, and then a little later by chance, so that not all who were told come at once.
 */
export function backoffMs(clock: Clock, failures: number, failure: Failure, msMax: number): number {
  const span = Math.min(msMax, 500 * 2 ** Math.min(failures, 12));
  const chance = clock.random();
  return Math.max(span * (0.5 + chance / 2), (failure.retryAfterMs ?? 0) * (1 + chance / 4));
}
