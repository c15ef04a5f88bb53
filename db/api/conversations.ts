import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { iso, number } from '#/db/expressions.ts';
import { conversations, tickets } from '#/db/schema.ts';
import { ticketScope } from '#/db/scope.ts';
import { idList } from '#/db/tickets.ts';
import type { Asked, Found } from '#/lib/api/query.ts';
import type { ConversationRecord } from '#/lib/api/records/conversations.ts';
import type { Actor } from '#/lib/permissions/actor.ts';
import { statusForCustomer } from '#/lib/tickets/rules.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

/** `statusForCustomer`, for conditions. */
const customerStatus = sql`(case when ${tickets.status} in ('resolved', 'closed') then ${tickets.status} else 'open' end)`;

/** What lists of conversations are narrowed and ordered by. */
function columnsFor(actor: Actor): FieldColumns {
  return {
    id: { sql: sql`${conversations.id}`, type: 'id' },
    ticketId: { sql: sql`${conversations.ticketId}`, type: 'id' },
    customerId: { sql: sql`${tickets.customerId}`, type: 'id' },
    status: { sql: actor.kind === 'customer' ? customerStatus : sql`${tickets.status}`, type: 'choice' },
    lastMessageAt: { sql: sql`${conversations.lastMessageAt}`, type: 'time' },
    createdAt: { sql: sql`${conversations.createdAt}`, type: 'time' },
  };
}

type RawConversation = {
  id: string;
  ticket_id: string;
  customer_id: string;
  number: number;
  subject: string;
  status: TicketStatus;
  last_seq: number;
  last_public_seq: number;
  last_message: string | null;
  last_message_at: string | null;
  created_at: string;
};

const recordColumns = sql`${conversations.id} as id, ${conversations.ticketId} as ticket_id,
  ${tickets.customerId} as customer_id, ${tickets.number} as number, ${tickets.subject} as subject,
  ${tickets.status} as status, ${number(conversations.lastSeq)} as last_seq,
  ${number(conversations.lastPublicSeq)} as last_public_seq, ${conversations.lastMessage} as last_message,
  ${iso(conversations.lastMessageAt)} as last_message_at, ${iso(conversations.createdAt)} as created_at`;

const source = sql`${conversations} join ${tickets} on ${tickets.id} = ${conversations.ticketId}`;

function recordOf(row: RawConversation, actor: Actor): ConversationRecord {
  const isCustomer = actor.kind === 'customer';
  return {
    id: row.id,
    ticketId: row.ticket_id,
    customerId: row.customer_id,
    number: row.number,
    subject: row.subject,
    status: isCustomer ? statusForCustomer(row.status) : row.status,
    head: isCustomer ? row.last_public_seq : row.last_seq,
    publicHead: isCustomer ? null : row.last_public_seq,
    lastMessage: row.last_message,
    lastMessageAt: row.last_message_at,
    createdAt: row.created_at,
  };
}

/** To its customer a conversation in which only staff wrote is none. */
function visible(actor: Actor): SQL {
  const scope = ticketScope(actor, 'conversation.read');
  return actor.kind === 'customer' ? sql`(${scope} and ${conversations.lastPublicSeq} > 0)` : scope;
}

/** One page of those that the actor may read, with one row more when there are more. */
export async function listConversationRecords(
  tx: Tx,
  actor: Actor,
  asked: Asked,
): Promise<Found<ConversationRecord>[]> {
  const columns = columnsFor(actor);
  const { bound, orderBy, limit, sortKey } = keysetOf(asked, columns, sql`${conversations.id}`);
  const rows = await tx.execute<RawConversation & { sort_key: string }>(sql`
    select ${recordColumns}, ${sortKey} as sort_key from ${source}
    where ${visible(actor)} and ${conditionsSql(asked.where, columns)} and ${bound}
    order by ${orderBy} limit ${limit}`);
  return rows.map((row) => ({ item: recordOf(row, actor), id: row.id, sortKey: row.sort_key }));
}

export async function countConversationRecords(
  tx: Tx,
  actor: Actor,
  asked: Pick<Asked, 'where'>,
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${source}
    where ${visible(actor)} and ${conditionsSql(asked.where, columnsFor(actor))}`);
  return row?.count ?? 0;
}

/** By id, those of them that the actor may read. */
export async function findConversationsById(
  tx: Tx,
  actor: Actor,
  ids: readonly string[],
): Promise<Map<string, ConversationRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<RawConversation>(sql`
    select ${recordColumns} from ${source}
    where ${conversations.id} = any(${idList(ids)}) and ${visible(actor)}`);
  return new Map(rows.map((row) => [row.id, recordOf(row, actor)]));
}

/** Those of these tickets that the actor may read, oldest first; a ticket without any is missing. */
export async function listConversationsOfTickets(
  tx: Tx,
  actor: Actor,
  ticketIds: readonly string[],
): Promise<Map<string, ConversationRecord[]>> {
  const byTicket = new Map<string, ConversationRecord[]>();
  if (ticketIds.length === 0) return byTicket;
  const rows = await tx.execute<RawConversation>(sql`
    select ${recordColumns} from ${source}
    where ${conversations.ticketId} = any(${idList(ticketIds)}) and ${visible(actor)}
    order by ${conversations.createdAt}, ${conversations.id}`);
  for (const row of rows) {
    byTicket.set(row.ticket_id, [...(byTicket.get(row.ticket_id) ?? []), recordOf(row, actor)]);
  }
  return byTicket;
}
