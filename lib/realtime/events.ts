import * as z from 'zod/mini';
import { customerConversationSchema } from '#/lib/conversations/schema.ts';
import { entrySchema, idSchema, senderSchema } from '#/lib/messages/schema.ts';
import { ticketRowSchema } from '#/lib/tickets/schema.ts';

/** THE catalogue: every event that is ever pushed, its payload, and the channels that may carry it. */

/** Names of channels. One audience each: staff and customers never share one. */
export const channels = {
  customer: (customerId: string) => `private-customer-${customerId}`,
  conversation: (conversationId: string) => `private-conversation-${conversationId}`,
  staffConversation: (conversationId: string) => `private-staff-conversation-${conversationId}`,
  ticketPresence: (ticketId: string) => `presence-ticket-${ticketId}`,
  staff: () => 'private-staff',
  department: (departmentId: string) => `private-department-${departmentId}`,
  agent: (agentId: string) => `private-agent-${agentId}`,
} as const;
export type ChannelKind = keyof typeof channels;

const uuid = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})';
const grammar: [ChannelKind, RegExp][] = [
  ['customer', new RegExp(`^private-customer-${uuid}$`)],
  ['conversation', new RegExp(`^private-conversation-${uuid}$`)],
  ['staffConversation', new RegExp(`^private-staff-conversation-${uuid}$`)],
  ['ticketPresence', new RegExp(`^presence-ticket-${uuid}$`)],
  ['department', new RegExp(`^private-department-${uuid}$`)],
  ['agent', new RegExp(`^private-agent-${uuid}$`)],
];

/** Null for anything that is not exactly one of our channels. `id` is empty for `staff`. */
export function parseChannel(name: string): { kind: ChannelKind; id: string } | null {
  if (name === 'private-staff') return { kind: 'staff', id: '' };
  for (const [kind, pattern] of grammar) {
    const match = pattern.exec(name);
    if (match?.[1] !== undefined) return { kind, id: match[1] };
  }
  return null;
}

/**
 * An entry was added. `after` is the previous order in this audience's own numbering: apply it if the cursor is there
 * already, else fetch the gap. `entry.order` is always `after + 1`.
 */
export const messageCreated = z.object({ conversationId: idSchema, after: z.int(), entry: entrySchema });
/** The same for an entry too large for one event: fetch it. */
export const messageAvailable = z.object({ conversationId: idSchema, head: z.int() });
/** A reader's mark grew; merge by max. `through` is in the order of the audience that receives it. */
export const readChanged = z.object({
  conversationId: idSchema,
  reader: z.object({ kind: z.enum(['customer', 'agent']), id: idSchema }),
  through: z.int(),
  at: z.string(),
});
/** `forMs` is how long to show it without a further signal. */
export const typingChanged = z.object({
  conversationId: idSchema,
  sender: senderSchema,
  isTyping: z.boolean(),
  forMs: z.int(),
});
export const conversationChanged = z.object({ conversation: customerConversationSchema });
export const ticketChanged = z.object({ ticket: ticketRowSchema });
/** The listener may no longer see this ticket, or it is gone. */
export const ticketRemoved = z.object({ ticketId: idSchema });
/** Role, department, name or activity of the agent changed: reload what depends on it. */
export const accessChanged = z.object({ agentId: idSchema });

export const eventPayloads = {
  'message.created': messageCreated,
  'message.available': messageAvailable,
  'read.changed': readChanged,
  'typing.changed': typingChanged,
  'conversation.changed': conversationChanged,
  'ticket.changed': ticketChanged,
  'ticket.removed': ticketRemoved,
  'access.changed': accessChanged,
} as const;
export type EventName = keyof typeof eventPayloads;
export type EventPayload<Name extends EventName> = z.infer<(typeof eventPayloads)[Name]>;

/** Which channel kinds may carry which events. Publishing anything else throws. */
export const eventChannels: Record<EventName, readonly ChannelKind[]> = {
  'message.created': ['conversation', 'staffConversation'],
  'message.available': ['conversation', 'staffConversation'],
  'read.changed': ['conversation', 'staffConversation'],
  'typing.changed': ['conversation', 'staffConversation'],
  'conversation.changed': ['customer'],
  'ticket.changed': ['staff', 'department', 'agent'],
  'ticket.removed': ['staff', 'department', 'agent'],
  'access.changed': ['agent'],
};

/** The hosted service refuses events above 10 KB; ours stay below this, in UTF-8 bytes of the JSON. */
export const payloadBytesMax = 8_000;
