import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { passesPublic } from '#/db/conversations.ts';
import { currentEpoch, iso, isPerson, number } from '#/db/expressions.ts';
import { agents, conversations, customers, events, messages, participants, tickets } from '#/db/schema.ts';
import type { FileRef } from '#/lib/files/schema.ts';
import type { LogEntry } from '#/lib/messages/rules.ts';
import type {
  Change,
  EntryPage,
  MessageKind,
  MessageMeta,
  PageQuery,
  Sender,
} from '#/lib/messages/schema.ts';
import type { Readership } from '#/lib/realtime/changes.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

export type RawEntry = {
  conversation_id: string;
  seq: number;
  public_seq: number | null;
  id: string;
  kind: MessageKind;
  customer_id: string | null;
  agent_id: string | null;
  text: string;
  change: Change | null;
  mentions: { id: string; name: string }[] | null;
  files: FileRef[] | null;
  sent_at: string;
  agent_name: string | null;
  customer_name: string | null;
  epoch: string;
};

/** Whom an entry mentions, by the names they have now. Most have no `meta`, and nothing is read for those. */
const mentioned = sql`case when ${messages.meta} is not null then (
  select json_agg(json_build_object('id', mentioned.id, 'name', mentioned.name) order by mentioned.name)
  from agents mentioned where ${messages.meta} -> 'mentions' ? mentioned.id::text) end`;

/** The files of an entry, in its writer's order. Most have none, and nothing is read for those. */
const filesOfEntry = sql`case when ${messages.fileCount} > 0 then (
  select json_agg(json_strip_nulls(json_build_object('id', held.id, 'name', held.name, 'type', held.type,
    'bytes', held.bytes, 'width', held.width, 'height', held.height,
    'hasThumbnail', held.thumbnail in ('waiting', 'ready'))) order by held.position)
  from files held
  where held.conversation_id = ${messages.conversationId} and held.message_id = ${messages.id}) end`;

/** What every query of log entries selects; needs `messages` with `agents` and `customers` left-joined to it. */
export const entryColumns = sql`${messages.conversationId} as conversation_id, ${number(messages.seq)} as seq,
  ${number(messages.publicSeq)} as public_seq, ${messages.id} as id, ${messages.kind} as kind,
  ${messages.customerId} as customer_id, ${messages.agentId} as agent_id, ${messages.text} as text,
  ${messages.change} as change, ${mentioned} as mentions, ${filesOfEntry} as files, ${iso(messages.sentAt)} as sent_at, ${agents.name} as agent_name,
  ${customers.name} as customer_name, ${currentEpoch} as epoch`;
export const entryJoins = sql`left join ${agents} on ${agents.id} = ${messages.agentId}
  left join ${customers} on ${customers.id} = ${messages.customerId}`;

export function logEntryOf(row: RawEntry): LogEntry {
  return {
    conversationId: row.conversation_id,
    seq: row.seq,
    publicSeq: row.public_seq,
    id: row.id,
    kind: row.kind,
    sender: senderOf(row),
    text: row.text,
    change: row.change,
    mentions: row.mentions ?? [],
    ...(row.files === null ? {} : { files: row.files }),
    sentAt: row.sent_at,
    epoch: row.epoch,
  };
}

function senderOf(row: RawEntry): Sender {
  if (row.customer_id !== null) return { kind: 'customer', id: row.customer_id, name: row.customer_name };
  if (row.agent_id !== null) return { kind: 'agent', id: row.agent_id, name: row.agent_name ?? '' };
  return { kind: 'system' };
}

export type LockedConversation = Readership & {
  id: string;
  ticketId: string;
  customerId: string;
  status: TicketStatus;
  resolvedForMs: number | null;
  isWaiting: boolean;
  lastSeq: number;
  lastPublicSeq: number;
  reopeningHours: number;
  /** Name of the asking sender, for the entry it is about to write. */
  senderName: string | null;
};

type RawLocked = {
  id: string;
  ticket_id: string;
  customer_id: string;
  assignee_id: string | null;
  department_id: string | null;
  is_restricted: boolean;
  status: TicketStatus;
  resolved_for_ms: number | null;
  is_waiting: boolean;
  last_seq: number;
  last_public_seq: number;
  reopening_hours: number;
  sender_name: string | null;
};

/**
 * Locks the conversation and its ticket until the end of the transaction, which makes everything that appends to this
 * log take turns. Null when there is none (or none that row-level security shows).
 */
export async function lockConversation(
  tx: Tx,
  conversationId: string,
  sender: { kind: 'customer' | 'agent'; id: string } | null,
): Promise<LockedConversation | null> {
  const [row] = await tx.execute<RawLocked>(sql`
    select ${conversations.id} as id, ${tickets.id} as ticket_id, ${tickets.customerId} as customer_id,
      ${tickets.assigneeId} as assignee_id, ${tickets.departmentId} as department_id,
      coalesce((select is_restricted from departments where departments.id = ${tickets.departmentId}), false)
        as is_restricted,
      ${tickets.status} as status,
      (extract(epoch from clock_timestamp() - ${tickets.resolvedAt}) * 1000)::float8 as resolved_for_ms,
      ${tickets.waitingSince} is not null as is_waiting,
      ${number(conversations.lastSeq)} as last_seq, ${number(conversations.lastPublicSeq)} as last_public_seq,
      coalesce((select reopening_hours from workspace), 168) as reopening_hours,
      ${senderName(sender)} as sender_name
    from ${conversations} join ${tickets} on ${tickets.id} = ${conversations.ticketId}
    where ${conversations.id} = ${conversationId}
    for no key update of ${sql.identifier('conversations')}, ${sql.identifier('tickets')}`);
  if (row === undefined) return null;
  return {
    id: row.id,
    ticketId: row.ticket_id,
    customerId: row.customer_id,
    assigneeId: row.assignee_id,
    departmentId: row.department_id,
    departmentIsRestricted: row.is_restricted,
    status: row.status,
    resolvedForMs: row.resolved_for_ms,
    isWaiting: row.is_waiting,
    lastSeq: row.last_seq,
    lastPublicSeq: row.last_public_seq,
    reopeningHours: row.reopening_hours,
    senderName: row.sender_name,
  };
}

function senderName(sender: { kind: 'customer' | 'agent'; id: string } | null): SQL {
  if (sender === null) return sql`null::text`;
  return sender.kind === 'agent'
    ? sql`(select name from agents where agents.id = ${sender.id})`
    : sql`(select name from customers where customers.id = ${sender.id})`;
}

/** The name that a sender's entries and typing carry. */
export async function findSenderName(
  tx: Tx,
  sender: { kind: 'customer' | 'agent'; id: string },
): Promise<string | null> {
  const [row] = await tx.execute<{ name: string | null }>(sql`select ${senderName(sender)} as name`);
  return row?.name ?? null;
}

/** The stored entry with the client's id in this conversation, if any. */
export async function findEntry(tx: Tx, conversationId: string, id: string): Promise<LogEntry | null> {
  const [row] = await tx.execute<RawEntry>(sql`
    select ${entryColumns} from ${messages} ${entryJoins}
    where ${messages.conversationId} = ${conversationId} and ${messages.id} = ${id}`);
  return row === undefined ? null : logEntryOf(row);
}

/** One page of a log in the reader's own order, ascending, with the newest order there is and the epoch of both. */
export async function listEntries(
  tx: Tx,
  conversationId: string,
  audience: 'staff' | 'customer',
  query: PageQuery,
): Promise<{ entries: LogEntry[]; head: number; epoch: string }> {
  const order = audience === 'staff' ? messages.seq : messages.publicSeq;
  const last = audience === 'staff' ? conversations.lastSeq : conversations.lastPublicSeq;
  const isAscending = query.after !== undefined;
  const bound =
    query.after !== undefined
      ? sql`${order} > ${query.after}`
      : query.before !== undefined
        ? sql`${order} < ${query.before}`
        : audience === 'staff'
          ? sql`true`
          : sql`${order} is not null`;
  const direction = isAscending ? sql`asc` : sql`desc`;
  // The head rides along on every row, so that a page is one statement and one snapshot.
  const rows = await tx.execute<RawEntry & { head: number; is_empty: boolean; page_epoch: string }>(sql`
    select ${number(last)} as head, ${currentEpoch} as page_epoch, page.id is null as is_empty, page.*
    from ${conversations} left join lateral (
      select ${entryColumns} from ${messages} ${entryJoins}
      where ${messages.conversationId} = ${conversationId} and ${bound}
      order by ${order} ${direction} limit ${query.limit}
    ) page on true
    where ${conversations.id} = ${conversationId}`);
  const entries = rows.filter((row) => !row.is_empty).map(logEntryOf);
  if (!isAscending) entries.reverse();
  return { entries, head: rows[0]?.head ?? 0, epoch: rows[0]?.page_epoch ?? '' };
}

/** `through` is where a reader who applied this page may put its cursor: all of the page was included. */
export function pageOf(
  entries: EntryPage['entries'],
  found: { head: number; epoch: string },
  query: PageQuery,
): EntryPage {
  const newest = entries.at(-1)?.order;
  const { head, epoch } = found;
  return { entries, through: newest ?? Math.min(query.after ?? head, head), head, epoch };
}

export type NewEntry = {
  id: string;
  seq: number;
  publicSeq: number | null;
  kind: MessageKind;
  customerId: string | null;
  agentId: string | null;
  text: string;
  change: Change | null;
  meta?: MessageMeta | null;
  fileCount?: number;
  event: {
    id: string;
    type: string;
    actorKind: 'customer' | 'agent' | 'system';
    actorId: string | null;
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
  };
};

/** What appending does to the conversation and its ticket beside the entries themselves. */
export type AppendEffects = {
  snippet: string | null;
  status: TicketStatus | null;
  waiting: 'starts' | 'ends' | 'stays';
  isFirstReplyCandidate: boolean;
  /** The customer's word ends a snooze. */
  wakes?: boolean;
  /** The writer reads what he writes: his mark goes to his own order. Null for system changes. */
  reader: { kind: 'customer' | 'agent'; id: string; through: number; joins: boolean; markId: string } | null;
  ticket?: SQL;
};

/**
 * Appends entries to a log whose conversation is locked by this transaction, with everything that follows from it, in
 * one statement, and ends the writer's typing signal. Answers the entries' moment and epoch. Nothing is returned from
 * the insert itself: a customer's reply may add an entry that row-level security then hides from the customer.
 */
export async function appendEntries(
  tx: Tx,
  conversation: { id: string; ticketId: string },
  entries: readonly NewEntry[],
  effects: AppendEffects,
): Promise<{ sentAt: string; epoch: string }> {
  const newest = entries.at(-1);
  const newestPublic = entries.findLast((entry) => entry.publicSeq !== null)?.publicSeq ?? null;
  if (newest === undefined) throw new Error('nothing to append');
  const rows = sql.join(
    entries.map(
      (entry) =>
        sql`(${conversation.id}::uuid, ${entry.seq}::bigint, ${entry.publicSeq}::bigint, ${entry.id}::uuid,
          ${entry.kind}, ${entry.customerId}::uuid, ${entry.agentId}::uuid,
          ${entry.customerId === null && entry.agentId === null}, ${entry.text},
          ${jsonParam(entry.change)}, ${jsonParam(entry.meta)}, ${entry.fileCount ?? 0}::smallint,
          (select at from moment))`,
    ),
    sql`, `,
  );
  const eventRows = sql.join(
    entries.map(
      ({ event, seq }) =>
        sql`(${event.id}::uuid, ${event.type}, ${conversation.ticketId}::uuid, ${conversation.id}::uuid,
          ${seq}::bigint, ${event.actorKind}, ${event.actorId}::uuid, ${jsonParam(event.before)},
          ${jsonParam(event.after)})`,
    ),
    sql`, `,
  );
  const { reader } = effects;
  // Staff's own entries move the writer's mark too; the customer learns of it only when it passed something public.
  const publicReadAt = (from: SQL | AnyColumn, otherwise: SQL | AnyColumn) => {
    if (reader === null || reader.kind === 'customer') return sql`null::timestamptz`;
    if (newestPublic !== null) return sql`(select at from moment)`;
    const passes = passesPublic(conversation.id, from, sql`${reader.through}::bigint`);
    return sql`case when ${passes} then (select at from moment) else ${otherwise} end`;
  };
  const mark =
    reader === null
      ? sql``
      : sql`, mark as (
        insert into ${participants}
          (id, conversation_id, customer_id, agent_id, read_seq, read_at, public_read_at, joined_at)
        values (${reader.markId}::uuid, ${conversation.id}::uuid,
          ${reader.kind === 'customer' ? reader.id : null}::uuid,
          ${reader.kind === 'agent' ? reader.id : null}::uuid, ${reader.through}::bigint, (select at from moment),
          ${publicReadAt(sql`0`, sql`null`)},
          ${reader.joins ? sql`clock_timestamp()` : sql`null`})
        on conflict (conversation_id, ${sql.identifier(reader.kind === 'customer' ? 'customer_id' : 'agent_id')})
        do update set read_seq = greatest(${participants.readSeq}, excluded.read_seq), read_at = excluded.read_at,
          ${reader.kind === 'agent' ? sql`public_read_at = ${publicReadAt(participants.readSeq, participants.publicReadAt)},` : sql``}
          joined_at = coalesce(${participants.joinedAt}, excluded.joined_at))
      , stopped as (
        delete from typing_status where conversation_id = ${conversation.id} and sender_id = ${reader.id})`;
  const [row] = await tx.execute<{ sent_at: string; epoch: string }>(sql`
    with moment as materialized (select date_trunc('milliseconds', clock_timestamp()) as at)
    , entry as (
      insert into ${messages}
        (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, is_system, text, change, meta, file_count,
          sent_at)
      values ${rows})
    , conversation as (
      update ${conversations} set last_seq = ${newest.seq}
        ${newestPublic === null ? sql`` : sql`, last_public_seq = ${newestPublic}`}
        ${effects.snippet === null ? sql`` : sql`, last_message = ${effects.snippet}, last_message_at = clock_timestamp()`}
      where id = ${conversation.id})
    , ticket as (
      update ${tickets} set version = version + 1, last_activity_at = clock_timestamp()
        ${statusAssignments(effects.status)}
        ${waitingAssignments(effects)}
        ${effects.wakes === true ? sql`, snoozed_until = null, woke_at = clock_timestamp()` : sql``}
        ${effects.ticket === undefined ? sql`` : sql`, ${effects.ticket}`}
      where id = ${conversation.ticketId})
    , event as (
      insert into ${events} (id, type, ticket_id, conversation_id, seq, actor_kind, actor_id, before, after)
      values ${eventRows})
    ${mark}
    select ${iso(sql`moment.at`)} as sent_at, ${currentEpoch} as epoch from moment`);
  if (row === undefined) throw new Error('the entry was not stored');
  return { sentAt: row.sent_at, epoch: row.epoch };
}

type DirectEntry = {
  conversationId: string;
  id: string;
  kind: 'reply' | 'note';
  text: string;
  snippet: string | null;
  sender: { kind: 'customer' | 'agent'; id: string };
  /** What the caller decided on; a ticket that is another by now takes nothing. Of a customer it is the sender's. */
  readers: Readership | null;
  statuses: readonly TicketStatus[];
  /** The newest `seq` that an agent's screen showed; null: whatever came is fine. */
  expected: number | null;
  eventId: string;
  markId: string;
};

/**
 * Appends one entry in one statement, with all that `appendEntries` does beside it. Null, with nothing changed, when
 * the ticket is not the one that was decided on, the id is taken, or somebody else's entry stands after `expected`: then a
 * transaction finds out what there is.
 */
export async function appendDirectly(
  tx: Tx,
  entry: DirectEntry,
): Promise<{
  ticketId: string;
  seq: number;
  publicSeq: number | null;
  senderName: string | null;
  sentAt: string;
  epoch: string;
} | null> {
  const { sender, readers } = entry;
  const [row] = await tx.execute<{
    ticket_id: string;
    seq: number;
    public_seq: number | null;
    sender_name: string | null;
    sent_at: string;
    epoch: string;
  }>(sql`
    select appended.*, ${currentEpoch} as epoch from append_entry(${entry.conversationId}, ${entry.id}, ${entry.kind}, ${entry.text}, ${entry.snippet},
      ${sender.kind === 'customer' ? sender.id : null}, ${sender.kind === 'agent' ? sender.id : null},
      ${readers?.departmentId ?? null}, ${readers?.departmentIsRestricted ?? null}, ${readers?.assigneeId ?? null},
      ${`{${entry.statuses.join(',')}}`}::text[], ${entry.eventId}, ${entry.markId},
      ${entry.expected})
      appended`);
  if (row === undefined) return null;
  return {
    ticketId: row.ticket_id,
    seq: row.seq,
    publicSeq: row.public_seq,
    senderName: row.sender_name,
    sentAt: row.sent_at,
    epoch: row.epoch,
  };
}

/** Those of the ids that are agents who still work here. */
export async function findMentioned(tx: Tx, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  const rows = await tx.execute<{ id: string; name: string }>(sql`
    select ${agents.id} as id, ${agents.name} as name from ${agents}
    where ${agents.id} = any(${`{${ids.join(',')}}`}::uuid[]) and ${agents.deactivatedAt} is null and ${isPerson}
    order by ${agents.name}`);
  return rows.map(({ id, name }) => ({ id, name }));
}

/** Whether somebody else's reply or note stands after `expected`, in a conversation that this transaction has locked. */
export async function hasNewerEntries(
  tx: Tx,
  conversationId: string,
  agentId: string,
  expected: number,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${messages} where ${messages.conversationId} = ${conversationId} and ${messages.seq} > ${expected}
      and ${messages.kind} <> 'event' and ${messages.agentId} is distinct from ${agentId} limit 1`);
  return rows.length > 0;
}

export function jsonParam(value: unknown): SQL {
  return value === null || value === undefined
    ? sql`null::jsonb`
    : sql`${JSON.stringify(value)}::text::jsonb`;
}

function statusAssignments(status: TicketStatus | null): SQL {
  if (status === null) return sql``;
  const resolvedAt = status === 'resolved' ? sql`clock_timestamp()` : sql`null`;
  // An ended ticket keeps nobody waiting, and of a pending one it is the customer who is waited for.
  const endsWait = status === 'pending' || status === 'resolved' || status === 'closed';
  const waiting = endsWait ? sql`, waiting_since = null` : sql``;
  return sql`, status = ${status}, resolved_at = ${resolvedAt} ${waiting}`;
}

function waitingAssignments(effects: AppendEffects): SQL {
  const firstReply = effects.isFirstReplyCandidate
    ? sql`, first_replied_at = coalesce(first_replied_at, clock_timestamp())`
    : sql``;
  switch (effects.waiting) {
    case 'starts':
      return sql`, waiting_since = coalesce(waiting_since, clock_timestamp()) ${firstReply}`;
    case 'ends':
      return sql`, waiting_since = null, woke_at = null ${firstReply}`;
    case 'stays':
      return firstReply;
  }
}
