import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { entryColumns, entryJoins, logEntryOf, type RawEntry } from '#/db/messages.ts';
import { conversations, messages, tickets } from '#/db/schema.ts';
import { messageScope } from '#/db/scope.ts';
import type { Asked, Found } from '#/lib/api/query.ts';
import type { MessageRecord } from '#/lib/api/records/messages.ts';
import { type LogEntry, publicEntry, staffEntry } from '#/lib/messages/rules.ts';
import type { Entry } from '#/lib/messages/schema.ts';
import type { Actor } from '#/lib/permissions/actor.ts';

/** What lists of messages are narrowed and ordered by. Orders are those of whoever asks. */
function columnsFor(actor: Actor): FieldColumns {
  return {
    id: { sql: sql`${messages.id}`, type: 'id' },
    order: {
      sql: actor.kind === 'customer' ? sql`${messages.publicSeq}` : sql`${messages.seq}`,
      type: 'integer',
    },
    kind: { sql: sql`${messages.kind}`, type: 'choice' },
    customerId: { sql: sql`${messages.customerId}`, type: 'id' },
    agentId: { sql: sql`${messages.agentId}`, type: 'id' },
    text: { sql: sql`${messages.text}`, type: 'text' },
    sentAt: { sql: sql`${messages.sentAt}`, type: 'time' },
  };
}

/** Whether a mark of the other side lies at the entry or after it: of agents in `seq`, of the customer in `public_seq`. */
const isRead = sql`exists (select from participants reader
  where reader.conversation_id = ${messages.conversationId} and case
    when ${messages.customerId} is not null then reader.agent_id is not null and reader.read_seq >= ${messages.seq}
    when ${messages.publicSeq} is not null
      then reader.customer_id is not null and reader.read_seq >= ${messages.publicSeq}
    else reader.agent_id is not null and reader.agent_id is distinct from ${messages.agentId}
      and reader.read_seq >= ${messages.seq}
  end)`;

type RawMessage = RawEntry & { is_read: boolean };
const recordColumns = sql`${entryColumns}, ${isRead} as is_read`;
const source = sql`${messages} join ${conversations} on ${conversations.id} = ${messages.conversationId}
  join ${tickets} on ${tickets.id} = ${conversations.ticketId} ${entryJoins}`;

/** What the customer sees of it, or staff; null for what is staff's own. */
function recordOf(row: RawMessage, actor: Actor): MessageRecord | null {
  const log = logEntryOf(row);
  const entry = actor.kind === 'customer' ? publicEntry(log) : staffEntry(log);
  return entry === null ? null : messageRecordOf(log.conversationId, entry, row.is_read);
}

/** An entry as the public API answers it. */
export function messageRecordOf(
  conversationId: LogEntry['conversationId'],
  entry: Entry,
  isEntryRead: boolean,
): MessageRecord {
  const { sender } = entry;
  return {
    id: entry.id,
    conversationId,
    kind: entry.kind,
    order: entry.order,
    publicOrder: entry.publicOrder,
    customerId: sender.kind === 'customer' ? sender.id : null,
    agentId: sender.kind === 'agent' ? sender.id : null,
    senderName: sender.kind === 'system' ? null : sender.name,
    text: entry.text,
    change: entry.change,
    mentions: entry.mentions ?? [],
    files: entry.files ?? [],
    read: isEntryRead,
    sentAt: entry.sentAt,
  };
}

/** One page of a conversation's log as the actor may read it, with one row more when there are more. */
export async function listMessageRecords(
  tx: Tx,
  actor: Actor,
  conversationId: string,
  asked: Asked,
): Promise<Found<MessageRecord>[]> {
  const columns = columnsFor(actor);
  const { bound, orderBy, limit, sortKey } = keysetOf(asked, columns, sql`${messages.id}`);
  const rows = await tx.execute<RawMessage & { sort_key: string }>(sql`
    select ${recordColumns}, ${sortKey} as sort_key from ${source}
    where ${messages.conversationId} = ${conversationId} and ${messageScope(actor)}
      and ${conditionsSql(asked.where, columns)} and ${bound}
    order by ${orderBy} limit ${limit}`);
  return rows.flatMap((row) => {
    const item = recordOf(row, actor);
    return item === null ? [] : [{ item, id: row.id, sortKey: row.sort_key }];
  });
}

export async function countMessageRecords(
  tx: Tx,
  actor: Actor,
  conversationId: string,
  asked: Pick<Asked, 'where'>,
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${source}
    where ${messages.conversationId} = ${conversationId} and ${messageScope(actor)}
      and ${conditionsSql(asked.where, columnsFor(actor))}`);
  return row?.count ?? 0;
}

/** One entry of a conversation; null when it is not there or not for the actor. */
export async function findMessageRecord(
  tx: Tx,
  actor: Actor,
  conversationId: string,
  messageId: string,
): Promise<MessageRecord | null> {
  const [row] = await tx.execute<RawMessage>(sql`
    select ${recordColumns} from ${source}
    where ${messages.conversationId} = ${conversationId} and ${messages.id} = ${messageId}
      and ${messageScope(actor)}`);
  return row === undefined ? null : recordOf(row, actor);
}

export type MessagePlace = { conversationId: string; seq: number };

/** By `placeKey`, those of them that the actor may read. */
export async function findMessagesAt(
  tx: Tx,
  actor: Actor,
  places: readonly MessagePlace[],
): Promise<Map<string, MessageRecord>> {
  if (places.length === 0) return new Map();
  const rows = await tx.execute<RawMessage>(sql`
    select ${recordColumns} from ${source}
    where (${messages.conversationId}, ${messages.seq}) in (${placesSql(places)}) and ${messageScope(actor)}`);
  const found = new Map<string, MessageRecord>();
  for (const row of rows) {
    const record = recordOf(row, actor);
    if (record !== null) found.set(placeKey({ conversationId: row.conversation_id, seq: row.seq }), record);
  }
  return found;
}

/** The place of an entry as a key of a map. */
export function placeKey({ conversationId, seq }: MessagePlace): string {
  return `${conversationId}/${seq}`;
}

/** One parameter for any number of places. */
function placesSql(places: readonly MessagePlace[]): SQL {
  const listed = places.map(({ conversationId, seq }) => ({ conversation_id: conversationId, seq }));
  return sql`select place.conversation_id, place.seq
    from json_to_recordset(${JSON.stringify(listed)}::text::json) as place(conversation_id uuid, seq bigint)`;
}
