import * as z from 'zod/mini';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { ticketFields } from '#/lib/api/records/ticket-fields.ts';
import { ticketStatuses } from '#/lib/tickets/schema.ts';

const told = <Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema =>
  schema.register(z.globalRegistry, { description });

const conversationFields = {
  id: z.uuid(),
  ticketId: z.uuid(),
  customerId: z.uuid(),
  number: told(z.int(), 'The ticket’s.'),
  subject: told(z.string(), 'The ticket’s.'),
  status: told(z.enum(ticketStatuses), 'The ticket’s. To its customer pending and snoozed are open.'),
  head: told(z.int(), 'The order of the newest message, as whoever asks counts them; 0 is none.'),
  publicHead: told(
    z.nullable(z.int()),
    'The newest order among what the customer sees; null to the customer, whose `head` it is.',
  ),
  lastMessage: told(z.nullable(z.string()), 'The beginning of the newest message that the customer sees.'),
  lastMessageAt: z.nullable(z.string()),
  createdAt: z.string(),
};

/** A conversation as it is answered among others of its ticket. */
export const plainConversation = z.strictObject(conversationFields);
/** A conversation as the public API answers it. */
export const conversationRecord = z.strictObject({
  ...conversationFields,
  /** With `include=ticket`; null to the customer. */
  ticket: z.optional(z.nullable(z.strictObject(ticketFields))),
  /** With `include=customer`; null to the customer. */
  customer: z.optional(z.nullable(customerRecord)),
});
export type ConversationRecord = z.infer<typeof conversationRecord>;
