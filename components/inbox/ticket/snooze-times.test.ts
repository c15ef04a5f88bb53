import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fieldsOf,
  momentOf,
  presetText,
  snoozePresets,
  snoozeText,
} from '#/components/inbox/ticket/snooze-times.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];
const named = (at: string, zone: string) =>
  Object.fromEntries(
    snoozePresets(Date.parse(at), zone).map((preset) => {
      const { date, time } = fieldsOf(Date.parse(preset.at), zone);
      return [preset.name, `${date} ${time}`];
    }),
  );

test('presets are read off the agent’s own clock', () => {
  // A Wednesday.
  expect(named('2026-05-06T08:10:00Z', 'Europe/Berlin')).toEqual({
    'Later today': '2026-05-06 13:30',
    Tomorrow: '2026-05-07 09:00',
    'Next week': '2026-05-11 09:00',
  });
  expect(named('2026-05-06T23:10:00Z', 'America/New_York')).toEqual({
    Tomorrow: '2026-05-07 09:00',
    'Next week': '2026-05-11 09:00',
  });
});

test('on a Sunday next week is not the same as tomorrow, on a Monday it is the next one', () => {
  expect(named('2026-05-10T10:00:00Z', 'UTC')).toMatchObject({
    Tomorrow: '2026-05-11 09:00',
    'Next week': '2026-05-18 09:00',
  });
  expect(named('2026-05-11T10:00:00Z', 'UTC')).toMatchObject({ 'Next week': '2026-05-18 09:00' });
});

test('tomorrow at nine is at nine also when the clocks change in the night', () => {
  expect(named('2026-03-28T10:00:00Z', 'Europe/Berlin').Tomorrow).toBe('2026-03-29 09:00');
  expect(named('2026-10-24T10:00:00Z', 'Europe/Berlin').Tomorrow).toBe('2026-10-25 09:00');
  expect(named('2026-12-31T10:00:00Z', 'Europe/Berlin').Tomorrow).toBe('2027-01-01 09:00');
});

test('what the fields show is read back as the same minute, in every zone, but for the hour that comes twice', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) }),
      (zone, ms) => {
        const { date, time } = fieldsOf(ms, zone);
        const back = Date.parse(momentOf(date, time, zone) ?? '');
        expect(fieldsOf(back, zone)).toEqual({ date, time });
      },
    ),
  );
});

test('what is not a date or a time is none', () => {
  expect(momentOf('', '09:00', 'UTC')).toBeNull();
  expect(momentOf('2026-05-06', '', 'UTC')).toBeNull();
});

test('a moment to come is told by the agent’s own calendar', () => {
  const now = Date.parse('2026-05-06T23:30:00Z');
  expect(snoozeText('2026-05-07T07:00:00Z', now, 'Europe/Berlin')).toBe('today 09:00');
  expect(snoozeText('2026-05-07T07:00:00Z', now, 'UTC')).toBe('tomorrow 07:00');
  expect(snoozeText('2026-05-11T09:00:00Z', now, 'UTC')).toBe('Monday 09:00');
  expect(snoozeText('2026-06-11T09:00:00Z', now, 'UTC')).toBe('11 June, 09:00');
  expect(presetText('2026-05-11T09:00:00Z', now, 'UTC')).toBe('Mon 09:00');
  expect(presetText('2026-05-18T09:00:00Z', now, 'UTC')).toBe('Mon, 18 May, 09:00');
});
