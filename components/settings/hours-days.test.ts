import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayProblem, daysOf, hoursOf, nextSpan, officeHours } from '#/components/settings/hours-days.ts';
import { areOpeningSpans } from '#/lib/departments/schema.ts';

const span = (opens: string, closes: string) => ({ opens, closes });

describe('the hours of a week being edited', () => {
  test('come back as they were, midnight at the end of a day too', () => {
    const hours = [...officeHours, { day: 6, opens: '22:00', closes: '24:00' }];
    expect(hoursOf(daysOf(hours))).toEqual(hours);
    expect(hoursOf({ ...daysOf([]), 1: [span('20:00', '00:00')] })).toEqual([
      { day: 1, opens: '20:00', closes: '24:00' },
    ]);
  });

  test('say what is wrong with a day', () => {
    expect(dayProblem([])).toBeNull();
    expect(dayProblem([span('13:00', '17:00'), span('09:00', '13:00')])).toBeNull();
    expect(dayProblem([span('', '17:00')])).toMatch(/both/);
    expect(dayProblem([span('17:00', '09:00')])).toMatch(/ends before it begins/);
    expect(dayProblem([span('09:00', '13:00'), span('12:30', '17:00')])).toBe(
      '09:00–13:00 and 12:30–17:00 overlap.',
    );
  });

  test('offer a next span that fits, or none', () => {
    expect(nextSpan([])).toEqual(span('09:00', '17:00'));
    expect(nextSpan([span('09:00', '12:00')])).toEqual(span('13:00', '16:00'));
    expect(nextSpan([span('09:00', '23:00')])).toBeNull();
    expect(nextSpan([span('20:00', '00:00')])).toBeNull();
  });

  test('are never called good where the server refuses them', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30'))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
    const day = fc.array(fc.record({ opens: time, closes: time }), { maxLength: 5 });
    fc.assert(
      fc.property(day, (spans) => {
        const isTaken = areOpeningSpans(hoursOf({ ...daysOf([]), 1: spans }));
        expect(dayProblem(spans) === null).toBe(isTaken);
      }),
    );
  });
});
