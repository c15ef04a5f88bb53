import * as z from 'zod/mini';
import { agentRecord } from '#/lib/api/records/agents.ts';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { changeSchema, messageKinds } from '#/lib/messages/schema.ts';

/** A file of a message. */
const fileRecord = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
  width: z.optional(z.int()),
  height: z.optional(z.int()),
  hasThumbnail: z.boolean(),
});

/** An entry of a conversation's log as the public API answers it. */
export const messageRecord = z.strictObject({
  id: z.uuid(),
  conversationId: z.uuid(),
  kind: z.enum(messageKinds).register(z.globalRegistry, {
    description: 'A reply is for everybody, a note for staff; an event says what was done to the ticket.',
  }),
  order: z.int().register(z.globalRegistry, {
    description: 'Its place in the log as whoever asks counts it: 1, 2, 3, without gaps.',
  }),
  publicOrder: z.nullable(z.int()).register(z.globalRegistry, {
    description: 'Its place among what the customer sees; null for staff’s own, and to the customer.',
  }),
  customerId: z.nullable(z.uuid()).register(z.globalRegistry, {
    description: 'The writer; null with `agentId` null: nobody, as when a snooze ends.',
  }),
  agentId: z.nullable(z.uuid()).register(z.globalRegistry, {
    description: 'The writer. A key writes under an id of its own.',
  }),
  senderName: z.nullable(z.string()),
  text: z.string(),
  change: z.nullable(changeSchema).register(z.globalRegistry, {
    description: 'What an event says.',
  }),
  mentions: z.array(z.strictObject({ id: z.uuid(), name: z.string() })).register(z.globalRegistry, {
    description: 'Agents whom a note mentions.',
  }),
  files: z.array(fileRecord),
  read: z.boolean().register(z.globalRegistry, {
    description:
      'Whether the other side has read it: an agent what a customer wrote, the customer a reply, a colleague a note.',
  }),
  sentAt: z.string(),
  /** With `include=customer`; null to the customer. */
  customer: z.optional(z.nullable(customerRecord)),
  /** With `include=agent`; null to the customer. */
  agent: z.optional(z.nullable(agentRecord)),
});
export type MessageRecord = z.infer<typeof messageRecord>;
