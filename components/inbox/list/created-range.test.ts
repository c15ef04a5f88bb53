import { expect, test } from 'vitest';
import { dayAgo, daysOf, rangeFilter } from '#/components/inbox/list/created-range.ts';

const zone = 'America/New_York';

test('a range of days begins and ends at midnight where the agent is, also when the clocks change', () => {
  expect(rangeFilter({ first: '2026-10-31', last: '2026-11-01' }, zone)).toEqual({
    createdFrom: '2026-10-31T04:00:00.000Z',
    createdTo: '2026-11-02T05:00:00.000Z',
  });
});

test('what a filter holds is shown as the days that made it', () => {
  const days = { first: '2026-02-27', last: '2026-03-08' };
  expect(daysOf(rangeFilter(days, zone), zone)).toEqual(days);
  expect(daysOf({}, zone)).toEqual({ first: '', last: '' });
});

test('an end that is no date is open', () => {
  expect(rangeFilter({ first: '', last: '2026-03-08' }, 'UTC')).toEqual({
    createdTo: '2026-03-09T00:00:00.000Z',
  });
  expect(rangeFilter({ first: '0-0-0', last: '' }, 'UTC')).toEqual({});
});

test('today is the day of the zone, not of the server', () => {
  const now = Date.parse('2026-03-01T02:00:00Z');
  expect(dayAgo(0, now, zone)).toBe('2026-02-28');
  expect(dayAgo(1, now, 'UTC')).toBe('2026-02-28');
});
