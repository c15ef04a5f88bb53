import * as z from 'zod/mini';
import { customerConversationSchema } from '#/lib/conversations/schema.ts';
import { entrySchema, epochSchema, idSchema, senderSchema } from '#/lib/messages/schema.ts';
import type { ChannelKind } from '#/lib/realtime/channels.ts';
import { staffEventChannels, staffEventPayloads } from '#/lib/realtime/staff-events.ts';
import { ticketRowSchema } from '#/lib/tickets/schema.ts';

/** THE catalogue: every event that is ever pushed, its payload, and the channels that may carry it. */

export { type ChannelKind, channels, parseChannel } from '#/lib/realtime/channels.ts';

/**
 * An entry was added. `after` is the previous order in this audience's own numbering: apply it if the cursor is there
 * already, else fetch the gap. `entry.order` is always `after + 1`. An event of another epoch than one's own says only
 * that it is time to ask.
 */
export const messageCreated = z.object({
  conversationId: idSchema,
  after: z.int(),
  entry: entrySchema,
  epoch: epochSchema,
});
/** The same for an entry too large for one event: fetch it. */
export const messageAvailable = z.object({ conversationId: idSchema, head: z.int(), epoch: epochSchema });
/** A reader's mark grew; merge by max. `through` is in the order of the audience that receives it. */
export const readChanged = z.object({
  conversationId: idSchema,
  reader: z.object({ kind: z.enum(['customer', 'agent']), id: idSchema }),
  through: z.int(),
  at: z.string(),
  epoch: epochSchema,
});
/** `forMs` is how long to show it without a further signal. */
export const typingChanged = z.object({
  conversationId: idSchema,
  sender: senderSchema,
  isTyping: z.boolean(),
  forMs: z.int(),
});
export const conversationChanged = z.object({ conversation: customerConversationSchema, epoch: epochSchema });
export const ticketChanged = z.object({ ticket: ticketRowSchema, epoch: epochSchema });
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
  ...staffEventPayloads,
} as const;
export type EventName = keyof typeof eventPayloads;
export type EventPayload<Name extends EventName> = z.infer<(typeof eventPayloads)[Name]>;

/** Which channel kinds may carry which events. Publishing anything else throws. */
export const eventChannels: Record<EventName, readonly ChannelKind[]> = {
  'message.created': ['conversation', 'staffConversation'],
  'message.available': ['conversation', 'staffConversation'],
  'read.changed': ['conversation', 'staffConversation', 'agent'],
  'typing.changed': ['conversation', 'staffConversation'],
  'conversation.changed': ['customer'],
  'ticket.changed': ['staff', 'department', 'agent'],
  'ticket.removed': ['staff', 'department', 'agent'],
  'access.changed': ['agent'],
  ...staffEventChannels,
};

/** The hosted service refuses events above 10 KB; ours stay below this, in UTF-8 bytes of the JSON. */
export const payloadBytesMax = 8_000;
