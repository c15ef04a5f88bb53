import type { PublishedTicket } from '#/db/tickets.ts';
import { type LogEntry, publicEntry, staffEntry } from '#/lib/messages/rules.ts';
import type { Entry, Sender } from '#/lib/messages/schema.ts';
import type { ChangeEvent, RaisedMark, Readership } from '#/lib/realtime/changes.ts';
import {
  channels,
  type EventName,
  type EventPayload,
  eventChannels,
  eventPayloads,
  parseChannel,
  payloadBytesMax,
} from '#/lib/realtime/events.ts';

/** One event for one channel, ready to be sent. */
export type Delivery = { channel: string; name: EventName; data: string };

/**
 * What one entry tells each audience: staff everything, the customer what is public and nothing at all otherwise.
 * Never above `payloadBytesMax`: a larger entry goes as a pointer.
 */
export function deliveriesOfEntry(entry: LogEntry): Delivery[] {
  const { conversationId } = entry;
  const forStaff = entryDelivery(channels.staffConversation(conversationId), entry, staffEntry(entry));
  const seen = publicEntry(entry);
  if (seen === null) return [forStaff];
  return [forStaff, entryDelivery(channels.conversation(conversationId), entry, seen)];
}

function entryDelivery(channel: string, { conversationId, epoch }: LogEntry, entry: Entry): Delivery {
  const after = entry.order - 1;
  const whole = deliveryOf(channel, 'message.created', { conversationId, after, entry, epoch });
  if (Buffer.byteLength(whole.data) <= payloadBytesMax) return whole;
  return deliveryOf(channel, 'message.available', { conversationId, head: entry.order, epoch });
}

/** What a ticket's newest state tells the lists of those who may read it now. */
export function deliveriesOfTicket(ticket: PublishedTicket, isPublic: boolean): Delivery[] {
  const { row, readers, customerId, conversation, epoch } = ticket;
  const forStaff = listChannels(readers).map((channel) =>
    deliveryOf(channel, 'ticket.changed', { ticket: row, epoch }),
  );
  if (!isPublic) return forStaff;
  const forCustomer = deliveryOf(channels.customer(customerId), 'conversation.changed', {
    conversation,
    epoch,
  });
  return [...forStaff, forCustomer];
}

/** Tells the lists that showed the ticket before and do not now. Comes before the new state, which some also get. */
export function deliveriesOfLostAccess(
  ticketId: string,
  before: Readership,
  now: Readership | null,
): Delivery[] {
  const still = new Set(now === null ? [] : listChannels(now));
  return listChannels(before)
    .filter((channel) => !still.has(channel))
    .map((channel) => deliveryOf(channel, 'ticket.removed', { ticketId }));
}

/** The list channels that carry a ticket: everybody's, or of a restricted department its members' and the assignee's. */
export function listChannels(readers: Readership): string[] {
  if (!readers.departmentIsRestricted) return [channels.staff()];
  const department = readers.departmentId === null ? [] : [channels.department(readers.departmentId)];
  const assignee = readers.assigneeId === null ? [] : [channels.agent(readers.assigneeId)];
  return [...department, ...assignee];
}

/** Staff hear of every mark, the customer of one that passed something public. */
export function deliveriesOfMark(mark: RaisedMark): Delivery[] {
  const { conversationId, reader, at, epoch } = mark;
  const through = reader.kind === 'customer' ? mark.publicThrough : mark.staffThrough;
  const forStaff = deliveryOf(channels.staffConversation(conversationId), 'read.changed', {
    conversationId,
    reader,
    through,
    at,
    epoch,
  });
  if (!mark.isPublic) return [forStaff];
  return [
    forStaff,
    deliveryOf(channels.conversation(conversationId), 'read.changed', {
      conversationId,
      reader,
      through: mark.publicThrough,
      at,
      epoch,
    }),
  ];
}

export function deliveriesOfTyping(typing: {
  conversationId: string;
  sender: Sender;
  isTyping: boolean;
  forMs: number;
}): Delivery[] {
  const { conversationId } = typing;
  return [channels.staffConversation(conversationId), channels.conversation(conversationId)].map((channel) =>
    deliveryOf(channel, 'typing.changed', typing),
  );
}

export function deliveriesOfAccess(agentId: string): Delivery[] {
  return [deliveryOf(channels.agent(agentId), 'access.changed', { agentId })];
}

/** Says only that something in the catalogue is new: who fetches it is shown what they may see. */
export function deliveriesOfCatalogue(): Delivery[] {
  return [deliveryOf(channels.staff(), 'catalogue.changed', {})];
}

/** Whether the customer's list shows what this change did. Told of anything else, it would betray that there was one. */
export function isPublicChangeEvent(change: ChangeEvent): boolean {
  if (change.type === 'ticket.created') return true;
  const { entry } = change;
  if (entry === null) return false;
  const field = entry.change?.field;
  return entry.publicSeq !== null || field === 'subject' || field === 'assignee';
}

/** Named fields only: the catalogue's schema drops whatever else an object carries, and refuses what is missing. */
export function deliveryOf<Name extends EventName>(
  channel: string,
  name: Name,
  payload: EventPayload<Name>,
): Delivery {
  const kind = parseChannel(channel)?.kind;
  if (kind === undefined || !eventChannels[name].includes(kind)) {
    throw new Error(`${name} does not belong on this channel`);
  }
  return { channel, name, data: JSON.stringify(eventPayloads[name].parse(payload)) };
}
