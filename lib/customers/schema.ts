import * as z from 'zod/mini';
import { fieldKey, fieldValue } from '#/lib/custom-fields/schema.ts';
import { isTimezone } from '#/lib/departments/schema.ts';
import { attributesMax, externalIdCharsMax } from '#/lib/identity/schema.ts';
import { cleanName } from '#/lib/text.ts';
import type { TicketDetail } from '#/lib/tickets/schema.ts';

export type CustomerCard = TicketDetail['customer'];

const name = z.string().check(
  z.maxLength(100, 'name_too_long'),
  z.refine((text) => !text.includes('\0'), 'name_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'name_empty'),
);
const email = z
  .string()
  .check(
    z.maxLength(254, 'email_too_long'),
    z.trim(),
    z.regex(/^[^\s@\0]+@[^\s@\0]+\.[^\s@\0]+$/, 'email_not_valid'),
  );
/** As people write it, kept as E.164. */
const phone = z.string().check(
  z.maxLength(40, 'phone_not_valid'),
  z.overwrite((text) => text.replace(/[\s().\-/]/g, '').replace(/^00/, '+')),
  z.regex(/^\+[1-9][0-9]{6,14}$/, 'phone_not_valid'),
);

/** How one reaches a customer, each as it is stored. */
export const contactSchemas = { name, email, phone } as const;

/** One thing about a customer; null empties it. An attribute that is a custom field takes only what fits its type. */
export const customerChangeSchema = z.discriminatedUnion('field', [
  z.strictObject({ field: z.literal('name'), to: z.nullable(name) }),
  z.strictObject({ field: z.literal('email'), to: z.nullable(email) }),
  z.strictObject({ field: z.literal('phone'), to: z.nullable(phone) }),
  z.strictObject({ field: z.literal('attributes'), key: fieldKey, to: z.nullable(fieldValue) }),
]);
export type CustomerChange = z.infer<typeof customerChangeSchema>;
export const changeCustomerInputSchema = z.strictObject({
  customerId: z.uuid(),
  change: customerChangeSchema,
  /** As with tickets: what the agent's screen showed. */
  from: z.optional(z.nullable(fieldValue)),
});
export type ChangeCustomerInput = z.infer<typeof changeCustomerInputSchema>;

/** Blocked: every session ends, and nothing more can be sent with its token. */
export const blockCustomerInputSchema = z.strictObject({ customerId: z.uuid(), isBlocked: z.boolean() });
export type BlockCustomerInput = z.infer<typeof blockCustomerInputSchema>;

/** Two encodings of one id would make two people. */
const externalId = z.string().check(
  z.maxLength(externalIdCharsMax, 'external_id_too_long'),
  z.refine((text) => !text.includes('\0') && text.isWellFormed(), 'external_id_not_text'),
  z.refine((text) => text.trim() !== '', 'external_id_empty'),
);
const locale = z.string().check(z.maxLength(35, 'locale_not_valid'), z.refine(isLocale, 'locale_not_valid'));
const timezone = z
  .string()
  .check(z.maxLength(64, 'timezone_unknown'), z.refine(isTimezone, 'timezone_unknown'));

/** A BCP 47 tag such as `de` or `pt-BR`. */
function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

const contactKeys: readonly string[] = ['name', 'email', 'phone'];
/** By key; null takes one away. A key that a custom field defines takes what fits that field. */
const attributes = z.record(fieldKey, z.nullable(fieldValue)).check(
  z.refine((given) => Object.keys(given).length <= attributesMax, 'attributes_too_many'),
  z.refine((given) => !contactKeys.some((key) => Object.hasOwn(given, key)), 'attribute_key_wrong'),
);

/** Somebody who has not written yet. With the site's own id and its widget's key, they are who signs in with that id. */
export const createCustomerInputSchema = z
  .strictObject({
    name: z.optional(z.nullable(name)),
    email: z.optional(z.nullable(email)),
    phone: z.optional(z.nullable(phone)),
    externalId: z.optional(externalId),
    widgetKey: z.optional(z.string().check(z.regex(/^wk_[A-Za-z0-9_-]{8,64}$/, 'widget_unknown'))),
    locale: z.optional(z.nullable(locale)),
    timezone: z.optional(z.nullable(timezone)),
    attributes: z.optional(attributes),
  })
  .check(
    z.refine((input) => (input.externalId === undefined) === (input.widgetKey === undefined), {
      error: 'widget_key_with_external_id',
      path: ['widgetKey'],
    }),
  );
export type CreateCustomerInput = z.infer<typeof createCustomerInputSchema>;

/** What is left out stays as it is. */
export const editCustomerInputSchema = z.strictObject({
  name: z.optional(z.nullable(name)),
  email: z.optional(z.nullable(email)),
  phone: z.optional(z.nullable(phone)),
  attributes: z.optional(attributes),
  isBlocked: z.optional(z.boolean()),
});
export type EditCustomerInput = z.infer<typeof editCustomerInputSchema>;
