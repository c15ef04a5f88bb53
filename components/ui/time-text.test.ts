import { expect, test } from 'vitest';
import { ageText, agoText, dayText, momentText, timeThere } from '#/components/ui/time-text.ts';

const now = Date.parse('2026-11-22T16:02:00Z');
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

test('an age takes the fewest words and never goes below zero', () => {
  expect([0.5, 4, 59, 60, 24 * 60, 14 * 24 * 60].map((minutes) => ageText(before(minutes), now))).toEqual([
    'now',
    '4 min',
    '59 min',
    '1 h',
    '1 d',
    '2 wk',
  ]);
  expect(ageText(before(-10), now)).toBe('now');
  expect(agoText(before(4), now)).toBe('4 min ago');
  expect(agoText(before(0.5), now)).toBe('Just now');
});

test('a moment is told by the calendar day of the zone it is shown in', () => {
  expect(momentText('2026-11-22T09:05:00Z', now, 'UTC')).toBe('09:05');
  expect(momentText('2026-11-21T23:59:00Z', now, 'UTC')).toBe('Yesterday 23:59');
  expect(momentText('2026-11-21T23:59:00Z', now, 'Asia/Tokyo')).toBe('Yesterday 08:59');
  expect(momentText('2026-11-18T10:00:00Z', now, 'UTC')).toBe('Wed 10:00');
  expect(momentText('2026-11-23T09:00:00Z', now, 'UTC')).toBe('Tomorrow 09:00');
  expect(momentText('2026-11-26T09:00:00Z', now, 'UTC')).toBe('Thu 09:00');
  expect(momentText('2026-03-01T10:00:00Z', now, 'UTC')).toBe('1 Mar, 10:00');
  expect(momentText('2025-03-01T10:00:00Z', now, 'UTC')).toBe('1 Mar 2025');
});

test('a day goes by the calendar, not by spans of hours', () => {
  const at = (day: string) => dayText(`${day}T23:00:00Z`, Date.parse('2026-11-22T23:30:00Z'), 'UTC');
  expect(at('2026-11-22')).toBe('Today');
  expect(dayText('2026-11-21T23:59:00Z', Date.parse('2026-11-22T00:01:00Z'), 'UTC')).toBe('Yesterday');
  expect(at('2026-11-18')).toBe('Wednesday');
  expect(at('2026-11-02')).toBe('2 November');
  expect(at('2024-02-03')).toBe('3 February 2024');
});

test('a zone that nobody knows has no time', () => {
  expect(timeThere('Mars/Olympus', now)).toBeNull();
});
