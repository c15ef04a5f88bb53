import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openingAt, promiseOf } from '#/lib/availability/opening.ts';
import { openSpansFrom } from '#/lib/availability/rules.ts';
import { isOpenAt } from '#/lib/departments/rules.ts';
import type { OpeningSpan } from '#/lib/departments/schema.ts';

const on = (days: readonly number[], opens: string, closes: string): OpeningSpan[] =>
  days.map((day) => ({ day, opens, closes }));
const office = on([1, 2, 3, 4, 5], '09:00', '17:00');
const at = (iso: string) => Date.parse(iso);
const iso = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());
const openingOf = (hours: readonly OpeningSpan[] | null, zone: string, moment: string) => {
  const { isOpen, opensAt } = openingAt(openSpansFrom(hours, zone, at(moment)), at(moment));
  return [isOpen, iso(opensAt)];
};

describe('when it opens next', () => {
  test('is Monday morning in the department’s own zone after a Friday evening', () => {
    expect(openingOf(office, 'Europe/Berlin', '2026-01-09T18:00:00Z')).toEqual([
      false,
      '2026-01-12T08:00:00.000Z',
    ]);
    expect(openingOf(office, 'America/New_York', '2026-01-09T23:00:00Z')).toEqual([
      false,
      '2026-01-12T14:00:00.000Z',
    ]);
  });

  test('follows the clocks as they change over the weekend', () => {
    // Berlin goes to summer time on 29 March 2026, back on 25 October.
    expect(openingOf(office, 'Europe/Berlin', '2026-03-27T18:00:00Z')[1]).toBe('2026-03-30T07:00:00.000Z');
    expect(openingOf(office, 'Europe/Berlin', '2026-10-23T18:00:00Z')[1]).toBe('2026-10-26T08:00:00.000Z');
  });

  test('is the moment of the change where the clocks skip it, and the first of two where they show it twice', () => {
    const night = on([7], '02:30', '12:00');
    expect(openingOf(night, 'Europe/Berlin', '2026-03-28T12:00:00Z')[1]).toBe('2026-03-29T01:00:00.000Z');
    expect(openingOf(night, 'Europe/Berlin', '2026-10-24T12:00:00Z')[1]).toBe('2026-10-25T00:30:00.000Z');
  });

  test('is never where there are no hours, and now where there is no restriction', () => {
    expect(openingOf([], 'UTC', '2026-01-09T18:00:00Z')).toEqual([false, null]);
    expect(openingOf(null, 'UTC', '2026-01-09T18:00:00Z')).toEqual([true, null]);
  });

  test('hours that go on over midnight are one span', () => {
    const through = [...on([5], '20:00', '24:00'), ...on([6], '00:00', '04:00')];
    expect(openSpansFrom(through, 'UTC', at('2026-01-09T22:00:00Z'))?.[0]?.map(iso)).toEqual([
      '2026-01-09T20:00:00.000Z',
      '2026-01-10T04:00:00.000Z',
    ]);
    const always = on([1, 2, 3, 4, 5, 6, 7], '00:00', '24:00');
    expect(openSpansFrom(always, 'Europe/Berlin', at('2026-01-09T22:00:00Z'))).toHaveLength(1);
  });

  test('a page that stays open closes and opens by itself', () => {
    const spans = openSpansFrom(office, 'UTC', at('2026-01-09T16:59:00Z'));
    expect(openingAt(spans, at('2026-01-09T16:59:59.999Z')).isOpen).toBe(true);
    expect(openingAt(spans, at('2026-01-09T17:00:00Z'))).toMatchObject({
      isOpen: false,
      opensAt: at('2026-01-12T09:00:00Z'),
    });
    expect(openingAt(spans, at('2026-01-12T09:00:00Z')).isOpen).toBe(true);
  });

  test('any hours, zone and moment say the same as the wall clock', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
    ];
    const quarter = (count: number) =>
      `${String(Math.floor(count / 4)).padStart(2, '0')}:${String((count % 4) * 15).padStart(2, '0')}`;
    const span = fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 96 }))
      .filter(([, opens, closes]) => opens < closes)
      .map(([day, opens, closes]) => ({ day, opens: quarter(opens), closes: quarter(closes) }));
    const hours = fc.array(span, { maxLength: 8 });
    const moment = fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') });
    fc.assert(
      fc.property(hours, fc.constantFrom(...zones), moment, (given, zone, now) => {
        const { isOpen, opensAt, changesAt } = openingAt(openSpansFrom(given, zone, now), now);
        // In the hour that the clocks show twice a span may be told as going on through both.
        if (isOpen !== isOpenAt(given, zone, now)) return isTwice(zone, now);
        if (opensAt !== null) {
          expect(opensAt).toBeGreaterThan(now);
          expect(isOpenAt(given, zone, opensAt)).toBe(true);
          expect(isOpenAt(given, zone, opensAt - 1)).toBe(false);
        }
        return changesAt === null || changesAt > now;
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Whether the clocks of a zone show this time a second time within some hours. */
function isTwice(zone: string, now: number): boolean {
  const shown = (moment: number) => new Date(moment).toLocaleString('en-GB', { timeZone: zone });
  return [30, 60, -30, -60].some((minutes) => shown(now) === shown(now + minutes * 60_000));
}

test('a reply time is said as a number that one says, and never shorter than it was', () => {
  const minute = 60_000;
  expect(promiseOf(4_000)).toEqual({ count: 1, unit: 'minutes' });
  expect(promiseOf(6 * minute)).toEqual({ count: 10, unit: 'minutes' });
  expect(promiseOf(46 * minute)).toEqual({ count: 1, unit: 'hours' });
  expect(promiseOf(61 * minute)).toEqual({ count: 2, unit: 'hours' });
  expect(promiseOf(13 * 60 * minute)).toEqual({ count: 1, unit: 'days' });
  expect(promiseOf(25 * 60 * minute)).toEqual({ count: 2, unit: 'days' });
  expect(promiseOf(10 * 1440 * minute)).toBeNull();
  const unitMs = { minutes: minute, hours: 60 * minute, days: 1440 * minute };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 * 86_400_000 }), (ms) => {
      const promise = promiseOf(ms);
      return promise === null || promise.count * unitMs[promise.unit] >= ms;
    }),
  );
});
