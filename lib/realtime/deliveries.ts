import type { PublishedTicket } from '#/db/tickets.ts';
import type { BulkJob } from '#/lib/bulk/schema.ts';
import type { Draft } from '#/lib/drafts/schema.ts';
import { type LogEntry, publicEntry, staffEntry } from '#/lib/messages/rules.ts';
import type { Entry, Sender } from '#/lib/messages/schema.ts';
import type { NotificationItem } from '#/lib/notifications/schema.ts';
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
import type { ViewingState } from '#/lib/viewing/schema.ts';

/** That an agent looks at a ticket, types in it or left it, and who may know. */
export type Seen = {
  ticketId: string;
  agent: { id: string; name: string };
  state: ViewingState;
  readers: Readership;
};

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
  const { row, readers, customerId, conversations, epoch } = ticket;
  const forStaff = listChannels(readers).map((channel) => {
    const whole = deliveryOf(channel, 'ticket.changed', { ticket: row, epoch });
    if (Buffer.byteLength(whole.data) <= payloadBytesMax) return whole;
    return deliveryOf(channel, 'ticket.available', { ticketId: row.id, epoch });
  });
  if (!isPublic) return forStaff;
  // A status belongs to the ticket: each of its conversations shows it.
  const forCustomer = conversations.map((conversation) =>
    deliveryOf(channels.customer(customerId), 'conversation.changed', { conversation, epoch }),
  );
  return [...forStaff, ...forCustomer];
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

/** Staff hear of every mark, the customer of one that passed something public, an agent's other pages of their own. */
export function deliveriesOfMark(mark: RaisedMark): Delivery[] {
  const { conversationId, reader, at, epoch } = mark;
  const through = reader.kind === 'customer' ? mark.publicThrough : mark.staffThrough;
  const read = { conversationId, reader, through, at, epoch };
  const forStaff = deliveryOf(channels.staffConversation(conversationId), 'read.changed', read);
  const own = reader.kind === 'agent' ? [deliveryOf(channels.agent(reader.id), 'read.changed', read)] : [];
  if (!mark.isPublic) return [forStaff, ...own];
  const forCustomer = deliveryOf(channels.conversation(conversationId), 'read.changed', {
    ...read,
    through: mark.publicThrough,
  });
  return [forStaff, ...own, forCustomer];
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

/** Who looks at a ticket is told where its changes go: to those who may read it now. */
export function deliveriesOfViewing(viewing: Seen): Delivery[] {
  const { ticketId, agent, state } = viewing;
  return listChannels(viewing.readers).map((channel) =>
    deliveryOf(channel, 'viewing.changed', { ticketId, agent, state }),
  );
}

export function deliveriesOfAccess(agentId: string): Delivery[] {
  return [deliveryOf(channels.agent(agentId), 'access.changed', { agentId })];
}

/** Says only that something in the catalogue is new: who fetches it is shown what they may see. */
export function deliveriesOfCatalogue(): Delivery[] {
  return [deliveryOf(channels.staff(), 'catalogue.changed', {})];
}

/** The agent's other tabs hear of a draft; one that is too large for an event goes without its text, to be fetched. */
export function deliveryOfDraft(agentId: string, ticketId: string, draft: Draft): Delivery {
  const whole = deliveryOf(channels.agent(agentId), 'draft.changed', { ticketId, draft });
  if (Buffer.byteLength(whole.data) <= payloadBytesMax) return whole;
  return deliveryOf(channels.agent(agentId), 'draft.changed', { ticketId, draft: { ...draft, text: null } });
}

/** Tells a person what the change was about that told of them. */
export function deliveryOfNotification(agentId: string, notification: NotificationItem): Delivery {
  return deliveryOf(channels.agent(agentId), 'notification.created', { notification });
}

export function deliveryOfNotificationsRead(
  agentId: string,
  read: { ids: string[] | null; unread: number },
): Delivery {
  return deliveryOf(channels.agent(agentId), 'notification.read', read);
}

export function deliveryOfBulkJob(agentId: string, job: BulkJob): Delivery {
  return deliveryOf(channels.agent(agentId), 'bulk.changed', { job });
}

/** Whether anybody may have been told by name of what this change did. */
export function mayNotify({ entry }: ChangeEvent): boolean {
  if (entry === null) return false;
  if (entry.kind === 'note') return (entry.mentions?.length ?? 0) > 0;
  const { change } = entry;
  return change?.field === 'assignee' || (change?.field === 'status' && change.reason === 'snooze_ended');
}

/** Not in the log that customers read, and still seen in their list: a merge moves conversations to another number. */
const publicFields = ['subject', 'assignee', 'merge'] as const;

/** Whether the customer's list shows what this change did. Told of anything else, it would betray that there was one. */
export function isPublicChangeEvent(change: ChangeEvent): boolean {
  if (change.type === 'ticket.created') return true;
  const { entry } = change;
  if (entry === null) return false;
  const field = entry.change?.field;
  return entry.publicSeq !== null || publicFields.some((each) => each === field);
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
