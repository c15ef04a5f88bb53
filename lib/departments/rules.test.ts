import { describe, expect, test } from 'vitest';
import { hoursText, isOpenAt } from '#/lib/departments/rules.ts';
import type { OpeningSpan } from '#/lib/departments/schema.ts';

const on = (days: readonly number[], opens: string, closes: string): OpeningSpan[] =>
  days.map((day) => ({ day, opens, closes }));
const office = on([1, 2, 3, 4, 5], '09:00', '17:00');

describe('business hours in words', () => {
  test('put days with the same hours together, and leave closed ones out', () => {
    expect(hoursText(null)).toBe('Always open');
    expect(hoursText([])).toBe('Always closed');
    expect(hoursText(office)).toBe('Mon–Fri 09:00–17:00');
    expect(hoursText(on([1, 2, 3, 4, 5, 6, 7], '00:00', '24:00'))).toBe('Every day 00:00–24:00');
    expect(
      hoursText([
        ...on([1, 2], '09:00', '12:00'),
        ...on([1, 2], '13:00', '17:00'),
        ...on([6], '10:00', '14:00'),
      ]),
    ).toBe('Mon–Tue 09:00–12:00, 13:00–17:00; Sat 10:00–14:00');
    expect(hoursText(on([1, 3], '09:00', '17:00'))).toBe('Mon 09:00–17:00; Wed 09:00–17:00');
  });
});

describe('being open', () => {
  const at = (iso: string) => Date.parse(iso);

  test('follows the clock on the department’s wall, also when summer time begins', () => {
    // Monday 5 January 2026 in Berlin is UTC+1, Monday 6 July UTC+2.
    expect(isOpenAt(office, 'Europe/Berlin', at('2026-01-05T08:00:00Z'))).toBe(true);
    expect(isOpenAt(office, 'Europe/Berlin', at('2026-01-05T07:59:59Z'))).toBe(false);
    expect(isOpenAt(office, 'Europe/Berlin', at('2026-07-06T07:00:00Z'))).toBe(true);
    expect(isOpenAt(office, 'Europe/Berlin', at('2026-07-06T15:00:00Z'))).toBe(false);
  });

  test('is of the department’s day, not of the server’s', () => {
    const monday = on([1], '00:00', '24:00');
    // Sunday evening in UTC is Monday morning in Auckland.
    expect(isOpenAt(monday, 'Pacific/Auckland', at('2026-01-04T20:00:00Z'))).toBe(true);
    expect(isOpenAt(monday, 'UTC', at('2026-01-04T20:00:00Z'))).toBe(false);
  });

  test('is always without hours, and never with none', () => {
    expect([isOpenAt(null, 'UTC', 0), isOpenAt([], 'UTC', 0)]).toEqual([true, false]);
  });
});
