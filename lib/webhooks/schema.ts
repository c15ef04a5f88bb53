import * as z from 'zod/mini';
import { apiId } from '#/lib/api/query.ts';
import { apiEventTypes } from '#/lib/events/schema.ts';
import { outboundUrlCharsMax } from '#/lib/outbound/schema.ts';
import { cleanName } from '#/lib/text.ts';

export const webhookNameMax = 80;
/** In the whole workspace. */
export const webhooksMax = 50;
/** How long an event is tried, and how long the old secret signs beside a new one. */
export const deliveryHoursMax = 24;
/** Deliveries that are over are kept this long. */
export const deliveryDaysKept = 14;

const webhookName = z.string().check(
  z.maxLength(webhookNameMax, 'name_too_long'),
  z.refine((name) => !name.includes('\0'), 'name_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'name_empty'),
);
/** Where it may lead is decided by whoever fetches; see `lib/outbound/fetch.ts`. */
const webhookUrl = z.string().check(
  z.maxLength(outboundUrlCharsMax, 'url_not_valid'),
  z.trim(),
  z.minLength(1, 'url_empty'),
  z.refine((url) => URL.canParse(url), 'url_not_valid'),
);
const webhookTypes = z.array(z.enum(apiEventTypes, 'type_unknown')).check(
  z.minLength(1, 'types_empty'),
  z.maxLength(apiEventTypes.length, 'types_repeat'),
  z.refine((types) => new Set(types).size === types.length, 'types_repeat'),
);

/** `id` is made by the client: the same one again answers the stored webhook. */
export const createWebhookInputSchema = z.strictObject({
  id: apiId,
  name: webhookName,
  url: webhookUrl,
  types: webhookTypes,
  departmentId: z.optional(z.nullable(apiId)),
});
export type CreateWebhookInput = z.infer<typeof createWebhookInputSchema>;

const changeable = {
  name: z.optional(webhookName),
  url: z.optional(webhookUrl),
  types: z.optional(webhookTypes),
  isEnabled: z.optional(z.boolean()),
};
/** What can be changed of a webhook. Of which department it is stays: a wider one would be another. */
export const webhookChangeSchema = z.strictObject(changeable);
export const changeWebhookInputSchema = z.strictObject({ id: apiId, ...changeable });
export type ChangeWebhookInput = z.infer<typeof changeWebhookInputSchema>;
export const webhookRefSchema = z.strictObject({ id: apiId });
export const deliveryRefSchema = z.strictObject({ webhookId: apiId, deliveryId: apiId });
export type DeliveryRef = z.infer<typeof deliveryRefSchema>;
