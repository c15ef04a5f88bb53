import * as z from 'zod/mini';
import { fieldKey, fieldSubjects } from '#/lib/custom-fields/schema.ts';
import { cleanName } from '#/lib/text.ts';

/** Who is asked: nobody, those who write for the first time, or everybody before each new conversation. */
export const askedOfChoices = ['nobody', 'newcomers', 'everybody'] as const;
export type AskedOf = (typeof askedOfChoices)[number];

export const preChatFieldsMax = 12;
export const consentCharsMax = 300;
const offeredDepartmentsMax = 50;

const shown = (charsMax: number) =>
  z.string().check(
    z.maxLength(charsMax, 'text_too_long_here'),
    z.refine((text) => !text.includes('\0'), 'text_has_nul'),
    z.overwrite(cleanName),
    z.minLength(1, 'text_empty_here'),
  );
const webAddress = z.string().check(
  z.maxLength(500, 'link_not_valid'),
  z.overwrite((text) => text.trim()),
  z.refine((text) => URL.canParse(text) && /^https?:\/\//i.test(text), 'link_not_valid'),
);

/** One thing that is asked; `custom` names one of the workspace's own fields. */
export const preChatFieldSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['name', 'email', 'phone', 'subject']), isRequired: z.boolean() }),
  z.strictObject({
    kind: z.literal('department'),
    isRequired: z.boolean(),
    /** Only these are offered: not every department is for everybody's eyes. */
    departmentIds: z.array(z.uuid()).check(z.maxLength(offeredDepartmentsMax)),
  }),
  z.strictObject({
    kind: z.literal('custom'),
    isRequired: z.boolean(),
    subject: z.enum(fieldSubjects),
    key: fieldKey,
  }),
  z.strictObject({
    kind: z.literal('consent'),
    isRequired: z.boolean(),
    text: shown(consentCharsMax),
    /** Where it can be read; null for none. */
    link: z.nullable(z.strictObject({ label: shown(80), url: webAddress })),
  }),
]);
export type PreChatField = z.infer<typeof preChatFieldSchema>;

/** A widget's form as its settings keep it, in the order in which it is asked. */
export const preChatSchema = z.strictObject({
  askedOf: z.enum(askedOfChoices),
  fields: z.array(preChatFieldSchema).check(
    z.maxLength(preChatFieldsMax, 'too_many_fields'),
    z.refine((fields) => new Set(fields.map(fieldIdOf)).size === fields.length, 'field_twice'),
  ),
});
export type PreChat = z.infer<typeof preChatSchema>;

/** Under this name an answer travels: `email`, `department`, `customer.plan`. */
export function fieldIdOf(field: PreChatField): string {
  return field.kind === 'custom' ? `${field.subject}.${field.key}` : field.kind;
}

export const savePreChatInputSchema = z.strictObject({
  widgetId: z.uuid(),
  preChat: preChatSchema,
  asksRating: z.boolean(),
});
export type SavePreChatInput = z.infer<typeof savePreChatInputSchema>;

export type AnswerValue = string | number | boolean;
/** By the id of the field. What is not answered is absent. */
export type Answers = Record<string, AnswerValue>;

/** What may arrive as answers at all; whether they fit the widget's form is for `takeAnswers`. */
export const answersSchema = z
  .record(
    z.string().check(z.maxLength(60)),
    z.union([z.string().check(z.maxLength(10_000)), z.number(), z.boolean()]),
  )
  .check(z.refine((answers) => Object.keys(answers).length <= preChatFieldsMax * 2, 'too_many_answers'));

/** An address that somebody leaves outside hours. */
export const leaveAddressInputSchema = z.strictObject({ email: z.string().check(z.maxLength(10_000)) });
