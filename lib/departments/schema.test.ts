import { describe, expect, test } from 'vitest';
import { areOpeningSpans, saveDepartmentInputSchema } from '#/lib/departments/schema.ts';

const span = (opens: string, closes: string, day = 1) => ({ day, opens, closes });

describe('business hours', () => {
  test('are spans of a day that do not overlap; they may touch, and end at midnight', () => {
    expect(areOpeningSpans([span('09:00', '12:00'), span('12:00', '24:00')])).toBe(true);
    expect(areOpeningSpans([span('13:00', '17:00'), span('09:00', '12:00')])).toBe(true);
    expect(areOpeningSpans([span('09:00', '12:00'), span('09:00', '12:00', 2)])).toBe(true);
    expect(areOpeningSpans([])).toBe(true);
    expect(areOpeningSpans([span('09:00', '12:00'), span('11:59', '17:00')])).toBe(false);
    expect(areOpeningSpans([span('17:00', '09:00')])).toBe(false);
    expect(areOpeningSpans([span('09:00', '09:00')])).toBe(false);
  });

  test('are refused where they are no times, no days or no zone', () => {
    const input = {
      id: '01a2065c-3186-7cd5-af38-5f95f60ae087',
      name: 'Support',
      isRestricted: false,
      timezone: 'Europe/Berlin',
      businessHours: [span('09:00', '24:00')],
      memberIds: [],
    };
    expect(saveDepartmentInputSchema.safeParse(input).success).toBe(true);
    for (const wrong of [
      span('24:00', '24:00'),
      span('9:00', '10:00'),
      span('09:60', '10:00'),
      span('09:00', '10:00', 8),
    ]) {
      expect(saveDepartmentInputSchema.safeParse({ ...input, businessHours: [wrong] }).success).toBe(false);
    }
    expect(saveDepartmentInputSchema.safeParse({ ...input, timezone: 'Mars/Base' }).success).toBe(false);
  });
});
