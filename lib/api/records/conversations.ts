import * as z from 'zod/mini';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { ticketFields } from '#/lib/api/records/ticket-fields.ts';
import { ticketStatuses } from '#/lib/tickets/schema.ts';

const conversationFields = {
  id: z.uuid(),
  ticketId: z.uuid(),
  customerId: z.uuid(),
  number: z.int().register(z.globalRegistry, {
    description: 'The ticket’s.',
  }),
  subject: z.string().register(z.globalRegistry, {
    description: 'The ticket’s.',
  }),
  status: z.enum(ticketStatuses).register(z.globalRegistry, {
    description: 'The ticket’s. To its customer pending and snoozed are open.',
  }),
  head: z.int().register(z.globalRegistry, {
    description: 'The order of the newest message, as whoever asks counts them; 0 is none.',
  }),
  publicHead: z.nullable(z.int()).register(z.globalRegistry, {
    description: 'The newest order among what the customer sees; null to the customer, whose `head` it is.',
  }),
  lastMessage: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'The beginning of the newest message that the customer sees.',
  }),
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
