import type { LogEntry } from '#/lib/messages/rules.ts';

export const changeTypes = [
  'ticket.created',
  'message.created',
  'ticket.changed',
  'ticket_link.created',
  'ticket_link.revoked',
  'agent.invited',
  'agent.joined',
  'agent.deactivated',
  'agent.reactivated',
  'agent.changed',
  'agent.password_changed',
  'session.revoked',
  'customer.changed',
  'customer.blocked',
  'customer.unblocked',
  'customer.identified',
  'customer.merged',
  'workspace.created',
  'widget.changed',
  'tag.changed',
  'field.changed',
  'view.changed',
  'saved_reply.changed',
  'department.changed',
  'department.access_changed',
  'agent.moved',
  'agent.role_changed',
  'invite.revoked',
  'workspace.changed',
  'webhook.changed',
  'key.created',
  'key.rotated',
  'key.revoked',
  'customer.created',
] as const;
export type ChangeType = (typeof changeTypes)[number];

/** Who could read a ticket, as far as its own columns decide it. */
export type Readership = {
  departmentId: string | null;
  departmentIsRestricted: boolean;
  assigneeId: string | null;
};

/** One row of `events` on its way out, as the service returns it and as the relay reads it back. */
export type ChangeEvent = {
  /** Id of its row in `events`. */
  id: string;
  type: ChangeType;
  ticketId: string | null;
  conversationId: string | null;
  /** The log entry that belongs to it. */
  entry: LogEntry | null;
  /** Who could read the ticket before this change; null when the change does not move that. */
  readersBefore: Readership | null;
  /** An agent's id, a customer session's, a key's: what it is about when that is no ticket. */
  subjectId: string | null;
};

/** What a verb promises its caller: the answer, and what to publish now that it is committed. */
export type Done<Value> = { value: Value; events: ChangeEvent[] };

/** User ids on the realtime connection, in the characters every Pusher server takes in a path. */
export const realtimeUserId = {
  agent: (agentId: string) => `agent-${agentId}`,
  customer: (sessionId: string) => `customer-${sessionId}`,
} as const;

/** A read mark that moved, in both audiences' orders. `staffThrough` is the reader's own order. */
export type RaisedMark = {
  conversationId: string;
  reader: { kind: 'customer' | 'agent'; id: string };
  staffThrough: number;
  publicThrough: number;
  /** Whether it passed anything public: what an agent reads or writes among staff is no news to the customer. */
  isPublic: boolean;
  at: string;
  epoch: string;
};
