import * as z from 'zod/mini';
import { type Department, nameCharsMax } from '#/lib/agents/schema.ts';
import { idSchema } from '#/lib/messages/schema.ts';
import { cleanName } from '#/lib/text.ts';

/** ISO weekdays: 1 is Monday. */
export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;
export type Weekday = (typeof weekdays)[number];

/** One span of a weekday, `09:00` to `17:00`; `closes` may be `24:00`, and none goes past midnight. */
export type OpeningSpan = { day: number; opens: string; closes: string };

/** A department as its settings show it. `businessHours` null is always open; no span at all is never. */
export type DepartmentDetail = Department & {
  /** IANA name. */
  timezone: string;
  businessHours: OpeningSpan[] | null;
  /** Of its active members. */
  memberIds: string[];
  /** Tickets in it that are not over. */
  openTickets: number;
  /** Widgets whose new tickets come here. */
  widgetIds: string[];
};

export const spansPerDayMax = 5;
const timeOfDay = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;

/** Well formed, in order within each day, and none over another. */
export function areOpeningSpans(spans: readonly OpeningSpan[]): boolean {
  return weekdays.every((day) => {
    const own = spans.filter((span) => span.day === day).toSorted((a, b) => (a.opens < b.opens ? -1 : 1));
    return (
      own.length <= spansPerDayMax &&
      own.every(({ opens, closes }, index) => opens < closes && opens >= (own[index - 1]?.closes ?? ''))
    );
  });
}

/** An IANA name that this machine knows. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const openingSpan = z.strictObject({
  day: z.int().check(z.gte(1), z.lte(7)),
  opens: z.string().check(z.regex(timeOfDay, 'hours_invalid')),
  closes: z.string().check(z.refine((text) => timeOfDay.test(text) || text === '24:00', 'hours_invalid')),
});

/** In the letters that PostgreSQL answers it in: ids are compared with those that it stores. */
const storedId = idSchema.check(z.toLowerCase());

const departmentFields = {
  name: z.string().check(
    z.maxLength(nameCharsMax, 'name_too_long'),
    z.refine((text) => !text.includes('\0'), 'name_has_nul'),
    z.overwrite(cleanName),
    z.minLength(1, 'name_empty'),
  ),
  isRestricted: z.boolean(),
  timezone: z.string().check(z.maxLength(64, 'timezone_unknown'), z.refine(isTimezone, 'timezone_unknown')),
  businessHours: z.nullable(
    z
      .array(openingSpan)
      .check(z.maxLength(7 * spansPerDayMax, 'hours_invalid'), z.refine(areOpeningSpans, 'hours_invalid')),
  ),
  memberIds: z.array(storedId).check(z.maxLength(1_000)),
};

/** `id` is made by the client: the first save makes the department, each later one changes it. */
export const saveDepartmentInputSchema = z.strictObject({ id: storedId, ...departmentFields });
export type SaveDepartmentInput = z.infer<typeof saveDepartmentInputSchema>;

/** What is left out stays as it is. */
export const editDepartmentInputSchema = z.partial(z.strictObject(departmentFields));
export type EditDepartmentInput = z.infer<typeof editDepartmentInputSchema>;
/** What is left out is unrestricted, always open, in UTC, and without members. */
export const createDepartmentInputSchema = z.extend(editDepartmentInputSchema, {
  name: departmentFields.name,
});

/** What is in it goes to `moveTo`, null being no department. */
export const deleteDepartmentInputSchema = z.strictObject({ id: storedId, moveTo: z.nullable(storedId) });
export type DeleteDepartmentInput = z.infer<typeof deleteDepartmentInputSchema>;
