import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { currentEpoch, iso, number } from '#/db/expressions.ts';
import { conversations, participants, tickets } from '#/db/schema.ts';
import type { AgentRole } from '#/lib/agents/schema.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import { statusForCustomer } from '#/lib/tickets/rules.ts';
import type { ReadMark, TicketStatus } from '#/lib/tickets/schema.ts';

const unreadMax = 100;

/**
 * The customer's conversations, newest activity first; one in which only staff wrote is none. Meant for `asCustomer`: row-level security narrows it to the
 * customer whose id is given as well.
 */
export async function listConversationsOfCustomer(
  tx: Tx,
  customerId: string,
  limit: number,
): Promise<CustomerConversation[]> {
  const rows = await tx.execute<{
    id: string;
    ticket_id: string;
    number: number;
    subject: string;
    status: TicketStatus;
    last_message: string | null;
    last_message_at: string | null;
    head: number;
    read_through: number;
    unread_count: number;
    assignee_id: string | null;
    assignee_name: string | null;
  }>(sql`
    select ${conversations.id} as id, ${tickets.id} as ticket_id, ${tickets.number} as number,
      ${tickets.subject} as subject, ${tickets.status} as status, ${conversations.lastMessage} as last_message,
      ${iso(conversations.lastMessageAt)} as last_message_at, ${number(conversations.lastPublicSeq)} as head,
      coalesce(mark.read_seq, 0)::float8 as read_through,
      (select count(*)::int from (
        select 1 from messages where messages.conversation_id = ${conversations.id} and messages.kind = 'reply'
          and messages.public_seq > coalesce(mark.read_seq, 0) and messages.customer_id is null limit ${unreadMax}
      ) unread) as unread_count,
      assignee.id as assignee_id, assignee.name as assignee_name
    from ${tickets} join ${conversations} on ${conversations.ticketId} = ${tickets.id}
    left join ${participants} mark on mark.conversation_id = ${conversations.id} and mark.customer_id = ${customerId}
    left join agents assignee on assignee.id = ${tickets.assigneeId}
    where ${tickets.customerId} = ${customerId} and ${conversations.lastPublicSeq} > 0
    order by ${conversations.lastMessageAt} desc nulls last, ${conversations.id} desc limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    ticketId: row.ticket_id,
    number: row.number,
    subject: row.subject,
    status: statusForCustomer(row.status),
    lastMessage: row.last_message,
    lastMessageAt: row.last_message_at,
    head: row.head,
    readThrough: row.read_through,
    unreadCount: row.unread_count,
    assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name ?? '' },
  }));
}

/** Replies to the customer that came after the customer's mark, over all conversations, bounded at 100. */
export async function countUnreadOfCustomer(tx: Tx, customerId: string): Promise<number> {
  const [row] = await tx.execute<{ unread: number }>(sql`
    select count(*)::int as unread from (
      select 1 from ${tickets} join ${conversations} on ${conversations.ticketId} = ${tickets.id}
      left join ${participants} mark
        on mark.conversation_id = ${conversations.id} and mark.customer_id = ${customerId}
      join messages on messages.conversation_id = ${conversations.id} and messages.kind = 'reply'
        and messages.customer_id is null and messages.public_seq > coalesce(mark.read_seq, 0)
      where ${tickets.customerId} = ${customerId} limit ${unreadMax}) unread`);
  return row?.unread ?? 0;
}

type RawMark = { customer_id: string | null; agent_id: string | null; through: number; at: string | null };

/**
 * How far everybody has read. For staff each in the reader's own order; for the customer all in public order and as of
 * when something public was read: an agent's own order and time would tell of notes, as would who only wrote those.
 */
export async function listReadMarks(
  tx: Tx,
  conversationId: string,
  audience: 'staff' | 'customer',
): Promise<ReadMark[]> {
  const through =
    audience === 'staff'
      ? sql`${participants.readSeq}`
      : sql`case when ${participants.agentId} is null then ${participants.readSeq} else coalesce((
          select max(messages.public_seq) from messages where messages.conversation_id = ${conversationId}
            and messages.public_seq is not null and messages.seq <= ${participants.readSeq}), 0) end`;
  const at =
    audience === 'staff'
      ? participants.readAt
      : sql`case when ${participants.agentId} is null then ${participants.readAt} else ${participants.publicReadAt} end`;
  const rows = await tx.execute<RawMark>(sql`
    select ${participants.customerId} as customer_id, ${participants.agentId} as agent_id,
      ${number(through)} as through, ${iso(at)} as at
    from ${participants}
    where ${participants.conversationId} = ${conversationId} and ${participants.readAt} is not null`);
  return rows.flatMap((row): ReadMark[] => {
    const { through: order, at } = row;
    if (row.customer_id !== null)
      return [{ reader: { kind: 'customer', id: row.customer_id }, through: order, at }];
    if (audience === 'customer' && order === 0) return [];
    if (row.agent_id !== null) return [{ reader: { kind: 'agent', id: row.agent_id }, through: order, at }];
    return [];
  });
}

/**
 * Raises a reader's mark, never above the head and never down. Null when it did not move; `publicThrough` is the same
 * place in public order, `isPublic` whether anything public came to lie before it.
 */
export async function raiseReadMark(
  tx: Tx,
  mark: {
    id: string;
    conversationId: string;
    reader: { kind: 'customer' | 'agent'; id: string };
    through: number;
  },
): Promise<{ through: number; publicThrough: number; isPublic: boolean; at: string; epoch: string } | null> {
  const isAgent = mark.reader.kind === 'agent';
  const head = isAgent ? conversations.lastSeq : conversations.lastPublicSeq;
  const target = sql.identifier(isAgent ? 'agent_id' : 'customer_id');
  const publicThrough = isAgent
    ? sql`coalesce((select max(messages.public_seq) from messages
        where messages.conversation_id = ${mark.conversationId} and messages.public_seq is not null
          and messages.seq <= raised.read_seq), 0)::float8`
    : sql`raised.read_seq::float8`;
  const through = sql`least(${mark.through}::bigint, ${head})`;
  // A customer's mark is public altogether and keeps no second moment.
  const passes = (from: SQL, to: SQL) => (isAgent ? passesPublic(mark.conversationId, from, to) : sql`false`);
  const laterPublicAt = sql`case when ${passes(sql`participant.read_seq`, sql`excluded.read_seq`)}
    then excluded.read_at else participant.public_read_at end`;
  const isPublic = isAgent ? sql`raised.public_read_at is not distinct from raised.read_at` : sql`true`;
  const [row] = await tx.execute<{
    through: number;
    public_through: number;
    is_public: boolean;
    at: string;
    epoch: string;
  }>(sql`
    with moment as materialized (select date_trunc('milliseconds', clock_timestamp()) as at)
    , raised as (
      insert into ${participants} as participant (id, conversation_id, ${target}, read_seq, read_at, public_read_at)
      select ${mark.id}::uuid, ${conversations.id}, ${mark.reader.id}::uuid,
        ${through}, moment.at,
        case when ${passes(sql`0`, through)} then moment.at end
      from ${conversations}, moment where ${conversations.id} = ${mark.conversationId}
      on conflict (conversation_id, ${target}) do update
        set read_seq = excluded.read_seq, read_at = excluded.read_at
          ${isAgent ? sql`, public_read_at = ${laterPublicAt}` : sql``}
        where participant.read_seq < excluded.read_seq
      returning read_seq, read_at, public_read_at)
    select raised.read_seq::float8 as through, ${publicThrough} as public_through, ${isPublic} as is_public,
      ${iso(sql`raised.read_at`)} as at, ${currentEpoch} as epoch from raised`);
  if (row === undefined) return null;
  return {
    through: row.through,
    publicThrough: row.public_through,
    isPublic: row.is_public,
    at: row.at,
    epoch: row.epoch,
  };
}

/** Whether an agent's mark that moves from one place to another passes anything that the customer sees. */
export function passesPublic(conversationId: string, from: SQL | AnyColumn, to: SQL): SQL {
  return sql`exists (select from messages passed where passed.conversation_id = ${conversationId}
    and passed.public_seq is not null and passed.seq > ${from} and passed.seq <= ${to})`;
}

/** Records that an agent has looked, so that losing access knows whom to tell. */
export async function insertOnlooker(
  tx: Tx,
  onlooker: { id: string; conversationId: string; agentId: string },
): Promise<void> {
  await tx.execute(sql`
    insert into ${participants} (id, conversation_id, agent_id)
    values (${onlooker.id}, ${onlooker.conversationId}, ${onlooker.agentId}) on conflict do nothing`);
}

/** Agents who have looked at or written in the ticket's conversations, with what decides their access. */
export async function listOnlookers(
  tx: Tx,
  ticketId: string,
): Promise<{ id: string; role: AgentRole; departmentId: string | null }[]> {
  const rows = await tx.execute<{ id: string; role: AgentRole; department_id: string | null }>(sql`
    select distinct agents.id as id, agents.role as role, agents.department_id as department_id
    from ${participants} join ${conversations} on ${conversations.id} = ${participants.conversationId}
    join agents on agents.id = ${participants.agentId}
    where ${conversations.ticketId} = ${ticketId} and agents.deactivated_at is null`);
  return rows.map((row) => ({ id: row.id, role: row.role, departmentId: row.department_id }));
}

/** A further conversation on a ticket. A used id surfaces as a unique violation. */
export async function insertConversation(tx: Tx, id: string, ticketId: string): Promise<void> {
  await tx.execute(sql`insert into ${conversations} (id, ticket_id) values (${id}, ${ticketId})`);
}
