import * as z from 'zod/mini';
import { fieldKey, fieldValue } from '#/lib/custom-fields/schema.ts';
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
