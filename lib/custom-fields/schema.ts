import * as z from 'zod/mini';
import { cleanName } from '#/lib/text.ts';

/** What a field belongs to. */
export const fieldSubjects = ['customer', 'ticket'] as const;
export type FieldSubject = (typeof fieldSubjects)[number];
export const fieldTypes = ['text', 'number', 'boolean', 'date', 'choice'] as const;
export type FieldType = (typeof fieldTypes)[number];

export const fieldTextMax = 500;
export const fieldOptionsMax = 100;
/** Of each subject. */
export const fieldsMax = 50;

/** Letters, digits and underscores, as in JSON and in filters. */
export const fieldKey = z.string().check(z.regex(/^[a-zA-Z][a-zA-Z0-9_]{0,39}$/, 'key_not_valid'));
/** A date is `YYYY-MM-DD`. Whether a value fits its field is for `valueProblem`. */
export const fieldValue = z.union([
  z.string().check(
    z.maxLength(fieldTextMax, 'value_too_long'),
    z.refine((text) => !text.includes('\0'), 'value_has_nul'),
  ),
  z.number(),
  z.boolean(),
]);
export type FieldValue = z.infer<typeof fieldValue>;

const label = z.string().check(
  z.maxLength(80, 'label_too_long'),
  z.refine((text) => !text.includes('\0'), 'label_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'label_empty'),
);
const options = z.array(label).check(z.maxLength(fieldOptionsMax, 'too_many_options'));

export type CustomField = {
  id: string;
  subject: FieldSubject;
  key: string;
  label: string;
  type: FieldType;
  /** What a `choice` offers; empty for the other types. */
  options: string[];
  /** For new records; null is none. */
  defaultValue: FieldValue | null;
  position: number;
  /** Its values stay; it is no longer offered. */
  isArchived: boolean;
};

/** `id` is made by the client. Key, subject and type stay for good: values are stored under them. */
export const createFieldInputSchema = z.strictObject({
  id: z.uuid(),
  subject: z.enum(fieldSubjects),
  key: fieldKey,
  label,
  type: z.enum(fieldTypes),
  options,
  defaultValue: z.nullable(fieldValue),
});
export type CreateFieldInput = z.infer<typeof createFieldInputSchema>;
export const changeFieldInputSchema = z.strictObject({
  id: z.uuid(),
  label: z.optional(label),
  options: z.optional(options),
  defaultValue: z.optional(z.nullable(fieldValue)),
  isArchived: z.optional(z.boolean()),
});
export type ChangeFieldInput = z.infer<typeof changeFieldInputSchema>;
/** All fields of the subject, in their new order. */
export const orderFieldsInputSchema = z.strictObject({
  subject: z.enum(fieldSubjects),
  ids: z.array(z.uuid()).check(z.maxLength(fieldsMax * 2)),
});
export type OrderFieldsInput = z.infer<typeof orderFieldsInputSchema>;
