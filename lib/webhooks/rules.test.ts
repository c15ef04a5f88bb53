import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  askedMsOf,
  deliveryMsMax,
  isLastingFailure,
  outcomeOf,
  pauseMsAfter,
  retryAfterMs,
  scopesOfTypes,
} from '#/lib/webhooks/rules.ts';

const hourMs = 3_600_000;
const answered = (status: number | null, more: Partial<Parameters<typeof outcomeOf>[0]> = {}) =>
  outcomeOf({ status, isWhole: true, tries: 1, askedMs: 0, leftMs: deliveryMsMax, random: 0.5, ...more });

test('only a whole answer of 2xx is taken', () => {
  for (const status of [200, 201, 204, 299]) expect(answered(status)).toEqual({ kind: 'delivered' });
  for (const status of [100, 199, 301, 400, 404, 429, 500, 503]) expect(answered(status).kind).toBe('retry');
  expect(answered(200, { isWhole: false }).kind).toBe('retry');
  expect(answered(null, { isWhole: false }).kind).toBe('retry');
});

test('410 ends a webhook, at any time', () => {
  expect(answered(410)).toEqual({ kind: 'gone' });
  expect(answered(410, { leftMs: -1 })).toEqual({ kind: 'gone' });
});

test('a delivery that nobody takes is tried for a day, the last time when the day is over', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 60, maxLength: 60 }),
      (randoms) => {
        let atMs = 0;
        let tries = 0;
        for (;;) {
          const random = randoms[tries] ?? 0.5;
          const outcome = answered(500, { tries: ++tries, leftMs: deliveryMsMax - atMs, random });
          if (outcome.kind !== 'retry') {
            expect(outcome.kind).toBe('failed');
            break;
          }
          expect(outcome.afterMs).toBeGreaterThan(0);
          // From the fifth on about once an hour, and never so that the webhook would not be known to fail lastingly.
          expect(outcome.afterMs).toBeLessThanOrEqual(1.1 * hourMs);
          atMs += outcome.afterMs;
        }
        expect(atMs).toBe(deliveryMsMax);
        expect(tries).toBeGreaterThan(20);
        expect(isLastingFailure(atMs)).toBe(true);
      },
    ),
  );
});

test('attempts come further and further apart, from seconds to an hour', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 100].map((tries) => retryAfterMs(tries, 0, 0.5));
  expect(waits).toEqual([5_000, 30_000, 120_000, 600_000, 1_800_000, hourMs, hourMs, hourMs]);
});

test('a receiver that is busy gets the time it asks for, up to an hour', () => {
  expect(askedMsOf(503, '120', 0)).toBe(120_000);
  expect(askedMsOf(429, 'Thu, 01 Jan 1970 00:01:00 GMT', 0)).toBe(60_000);
  expect(askedMsOf(500, '120', 0)).toBe(0);
  for (const text of [undefined, '', '-1', 'soon', '1e9']) expect(askedMsOf(503, text, 0)).toBe(0);
  expect(retryAfterMs(1, 120_000, 0.5)).toBe(120_000);
  expect(retryAfterMs(1, 99 * hourMs, 0.5)).toBe(hourMs);
});

test('two failures may be chance; from the third on a webhook rests, a minute at most', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(pauseMsAfter)).toEqual([0, 0, 0, 1_000, 2_000, 4_000, 60_000]);
});

test('a webhook is told with what its types are about and nothing more', () => {
  expect(scopesOfTypes(['ticket.changed', 'ticket.created', 'message.created']).toSorted()).toEqual([
    'messages:read',
    'tickets:read',
  ]);
  expect(scopesOfTypes([])).toEqual([]);
});
