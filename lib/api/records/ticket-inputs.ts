import * as z from 'zod/mini';
import { apiId } from '#/lib/api/query.ts';
import { fieldKey, fieldValue } from '#/lib/custom-fields/schema.ts';
import { messageText } from '#/lib/messages/schema.ts';
import { choosableStatuses, subjectText, tagsPerTicketMax, ticketPriorities } from '#/lib/tickets/schema.ts';

/** What programs send about tickets, all at once instead of one change after the other. */

const descriptionCharsMax = 10_000;
const description = z.string().check(
  z.maxLength(descriptionCharsMax, 'description_too_long'),
  z.refine((text) => !text.includes('\0'), 'text_has_nul'),
);
/** The first message of a conversation. The id is made by the client. */
export const firstMessage = z.strictObject({ id: apiId, text: messageText });

/** A ticket that staff opens for a customer. Its ids are made by the client: the same ones again answer what is there. */
export const createTicketInputSchema = z.strictObject({
  id: apiId,
  conversationId: apiId,
  customerId: apiId,
  subject: subjectText,
  description: z.optional(z.nullable(description)),
  priority: z.optional(z.enum(ticketPriorities)),
  departmentId: z.optional(z.nullable(apiId)),
  assigneeId: z.optional(z.nullable(apiId)),
  message: z.optional(firstMessage).register(z.globalRegistry, {
    description: 'A reply to the customer, with which the conversation opens.',
  }),
});
export type CreateTicketInput = z.infer<typeof createTicketInputSchema>;

const fieldsPerEditMax = 50;
/** What staff changes about a ticket at once; what is left out stays as it is. */
export const editTicketInputSchema = z.strictObject({
  subject: z.optional(subjectText),
  status: z.optional(z.enum(choosableStatuses)),
  snoozedUntil: z
    .optional(z.nullable(z.iso.datetime({ offset: true, error: 'moment_unknown' })))
    .register(z.globalRegistry, { description: 'Null wakes it.' }),
  priority: z.optional(z.enum(ticketPriorities)),
  assigneeId: z.optional(z.nullable(apiId)),
  departmentId: z.optional(z.nullable(apiId)),
  tagIds: z
    .optional(z.array(apiId).check(z.maxLength(tagsPerTicketMax, 'too_many_tags')))
    .register(z.globalRegistry, { description: 'All of its tags: others are taken away.' }),
  fields: z
    .optional(
      z
        .record(fieldKey, z.nullable(fieldValue))
        .check(z.refine((fields) => Object.keys(fields).length <= fieldsPerEditMax, 'too_many_fields')),
    )
    .register(z.globalRegistry, { description: 'Values of custom fields by key; null takes one away.' }),
});
export type EditTicketInput = z.infer<typeof editTicketInputSchema>;
