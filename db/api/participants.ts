import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { iso, number } from '#/db/expressions.ts';
import { agents, customers, participants } from '#/db/schema.ts';
import type { Asked, Found } from '#/lib/api/query.ts';
import type { ParticipantRecord } from '#/lib/api/records/participants.ts';

/** Whose view of a conversation: see `listReadMarks`, whose rules these queries share. */
export type Audience = 'staff' | 'customer';

const kind = sql`(case when ${participants.agentId} is null then 'customer' else 'agent' end)`;
const columns: FieldColumns = {
  id: { sql: sql`${participants.id}`, type: 'id' },
  kind: { sql: kind, type: 'choice' },
  customerId: { sql: sql`${participants.customerId}`, type: 'id' },
  agentId: { sql: sql`${participants.agentId}`, type: 'id' },
};

type RawParticipant = {
  id: string;
  conversation_id: string;
  kind: ParticipantRecord['kind'];
  customer_id: string | null;
  agent_id: string | null;
  name: string | null;
  read_through: number;
  read_at: string | null;
  joined_at: string | null;
};

/**
 * To the customer an agent's place is the last public entry before it, and its time that of the last public reading:
 * their own order and time would tell of notes.
 */
function recordColumns(audience: Audience): SQL {
  const through = audience === 'staff' ? sql`${participants.readSeq}` : publicThrough;
  const at =
    audience === 'staff'
      ? sql`${participants.readAt}`
      : sql`case when ${participants.agentId} is null then ${participants.readAt}
          else ${participants.publicReadAt} end`;
  return sql`${participants.id} as id, ${participants.conversationId} as conversation_id, ${kind} as kind,
    ${participants.customerId} as customer_id, ${participants.agentId} as agent_id,
    coalesce(${agents.name}, ${customers.name}) as name, ${number(through)} as read_through,
    ${iso(at)} as read_at, ${iso(participants.joinedAt)} as joined_at`;
}

const publicThrough = sql`(case when ${participants.agentId} is null then ${participants.readSeq} else coalesce((
  select max(passed.public_seq) from messages passed
  where passed.conversation_id = ${participants.conversationId} and passed.public_seq is not null
    and passed.seq <= ${participants.readSeq}), 0) end)`;

const joins = sql`left join ${agents} on ${agents.id} = ${participants.agentId}
  left join ${customers} on ${customers.id} = ${participants.customerId}`;

/** Who only opened it has no part in it; who only wrote notes has none that the customer may know of. */
function takesPart(audience: Audience): SQL {
  if (audience === 'staff')
    return sql`(${participants.readAt} is not null or ${participants.joinedAt} is not null)`;
  return sql`(${participants.agentId} is null or ${participants.joinedAt} is not null or ${publicThrough} > 0)`;
}

function recordOf(row: RawParticipant): ParticipantRecord {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    kind: row.kind,
    customerId: row.customer_id,
    agentId: row.agent_id,
    name: row.name,
    readThrough: row.read_through,
    readAt: row.read_at,
    joinedAt: row.joined_at,
  };
}

/** One page of those who take part in a conversation, with one row more when there are more. */
export async function listParticipantRecords(
  tx: Tx,
  conversationId: string,
  audience: Audience,
  asked: Asked,
): Promise<Found<ParticipantRecord>[]> {
  const { bound, orderBy, limit, sortKey } = keysetOf(asked, columns, sql`${participants.id}`);
  const rows = await tx.execute<RawParticipant & { sort_key: string }>(sql`
    select ${recordColumns(audience)}, ${sortKey} as sort_key from ${participants} ${joins}
    where ${participants.conversationId} = ${conversationId} and ${takesPart(audience)}
      and ${conditionsSql(asked.where, columns)} and ${bound}
    order by ${orderBy} limit ${limit}`);
  return rows.map((row) => ({ item: recordOf(row), id: row.id, sortKey: row.sort_key }));
}

export async function countParticipantRecords(
  tx: Tx,
  conversationId: string,
  audience: Audience,
  asked: Pick<Asked, 'where'>,
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${participants}
    where ${participants.conversationId} = ${conversationId} and ${takesPart(audience)}
      and ${conditionsSql(asked.where, columns)}`);
  return row?.count ?? 0;
}

export async function findParticipantRecord(
  tx: Tx,
  conversationId: string,
  audience: Audience,
  participantId: string,
): Promise<ParticipantRecord | null> {
  const [row] = await tx.execute<RawParticipant>(sql`
    select ${recordColumns(audience)} from ${participants} ${joins}
    where ${participants.conversationId} = ${conversationId} and ${takesPart(audience)}
      and ${participants.id} = ${participantId}`);
  return row === undefined ? null : recordOf(row);
}
