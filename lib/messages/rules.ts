import type { FileRef } from '#/lib/files/schema.ts';
import type { Change, Entry, MessageKind, Sender } from '#/lib/messages/schema.ts';
import { statusForCustomer } from '#/lib/tickets/rules.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

/** One stored entry of a log with both of its orders; never leaves the server, see `staffEntry` and `publicEntry`. */
export type LogEntry = {
  conversationId: string;
  seq: number;
  /** Null for what only staff may see. */
  publicSeq: number | null;
  id: string;
  kind: MessageKind;
  sender: Sender;
  text: string;
  change: Change | null;
  /** Agents whom a note mentions. */
  mentions?: { id: string; name: string }[];
  files?: readonly FileRef[];
  /** ISO 8601 in UTC. */
  sentAt: string;
  /** Of the database that it was read from, or written to, in that moment. */
  epoch: string;
};

/** The entry as agents see it. */
export function staffEntry(entry: LogEntry): Entry {
  return {
    id: entry.id,
    order: entry.seq,
    publicOrder: entry.publicSeq,
    kind: entry.kind,
    sender: entry.sender,
    text: entry.text,
    change: entry.change,
    sentAt: entry.sentAt,
    ...(entry.mentions === undefined || entry.mentions.length === 0 ? {} : { mentions: entry.mentions }),
    ...filesOf(entry),
  };
}

/** The entry as its customer sees it; null for everything that is staff's own, notes above all. */
export function publicEntry(entry: LogEntry): Entry | null {
  if (entry.publicSeq === null || entry.kind === 'note') return null;
  if (entry.kind === 'event' && (entry.change === null || !isPublicChange(entry.change))) return null;
  return {
    id: entry.id,
    order: entry.publicSeq,
    publicOrder: null,
    kind: entry.kind,
    sender: entry.sender,
    text: entry.text,
    change: entry.change === null ? null : changeForCustomer(entry.change),
    sentAt: entry.sentAt,
    ...filesOf(entry),
  };
}

function filesOf({ files }: LogEntry): { files?: FileRef[] } {
  return files === undefined || files.length === 0 ? {} : { files: [...files] };
}

function changeForCustomer(change: Change): Change {
  if (change.field !== 'status') return change;
  return { field: 'status', from: statusForCustomer(change.from), to: statusForCustomer(change.to) };
}

/** Customers learn that their ticket was resolved, closed or reopened, and nothing else of its handling. */
export function isPublicChange(change: Change): boolean {
  return change.field === 'status' && (isEnded(change.from) || isEnded(change.to));
}

export function isEnded(status: TicketStatus): boolean {
  return status === 'resolved' || status === 'closed';
}

/**
 * What a customer's reply does to the status: `reply` and keep it, `reopen`, or `followUp` when the reopening window
 * is over and the log of this conversation is closed to the customer.
 */
export function effectOfCustomerReply(ticket: {
  status: TicketStatus;
  /** Milliseconds since it was resolved; null when it is not. */
  resolvedForMs: number | null;
  reopeningHours: number;
}): 'reply' | 'reopen' | 'followUp' {
  switch (ticket.status) {
    case 'open':
      return 'reply';
    case 'pending':
    case 'snoozed':
      return 'reopen';
    case 'resolved':
      return (ticket.resolvedForMs ?? 0) <= ticket.reopeningHours * 3_600_000 ? 'reopen' : 'followUp';
    case 'closed':
      return 'followUp';
  }
}
