import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, type Keyset, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { ticketMerges, tickets, ticketTags } from '#/db/schema.ts';
import { ticketScope } from '#/db/scope.ts';
import { idList } from '#/db/tickets.ts';
import type { Asked, Found } from '#/lib/api/query.ts';
import type { TicketRecord } from '#/lib/api/records/tickets.ts';
import type { Actor } from '#/lib/permissions/actor.ts';
import {
  type FieldValues,
  type TicketPriority,
  type TicketStatus,
  ticketStatuses,
} from '#/lib/tickets/schema.ts';

/** What lists of tickets are narrowed and ordered by. */
const columns: FieldColumns = {
  id: { sql: sql`${tickets.id}`, type: 'id' },
  number: { sql: sql`${tickets.number}`, type: 'integer' },
  subject: { sql: sql`${tickets.subject}`, type: 'text' },
  status: { sql: sql`${tickets.status}`, type: 'choice' },
  priority: { sql: sql`${tickets.priority}`, type: 'choice' },
  customerId: { sql: sql`${tickets.customerId}`, type: 'id' },
  widgetId: { sql: sql`${tickets.widgetId}`, type: 'id' },
  departmentId: { sql: sql`${tickets.departmentId}`, type: 'id' },
  assigneeId: { sql: sql`${tickets.assigneeId}`, type: 'id' },
  waitingSince: { sql: sql`${tickets.waitingSince}`, type: 'time' },
  resolvedAt: { sql: sql`${tickets.resolvedAt}`, type: 'time' },
  lastActivityAt: { sql: sql`${tickets.lastActivityAt}`, type: 'time', isIndexedDescending: true },
  createdAt: { sql: sql`${tickets.createdAt}`, type: 'time' },
  version: { sql: sql`${tickets.version}`, type: 'integer' },
};

type RawTicket = {
  id: string;
  number: number;
  subject: string;
  description: string | null;
  status: TicketStatus;
  priority: TicketPriority;
  customer_id: string;
  widget_id: string | null;
  department_id: string | null;
  assignee_id: string | null;
  tag_ids: string[];
  fields: FieldValues;
  snoozed_until: string | null;
  waiting_since: string | null;
  first_replied_at: string | null;
  resolved_at: string | null;
  last_activity_at: string;
  created_at: string;
  merged_into_id: string | null;
  version: number;
};

const recordColumns = sql`${tickets.id} as id, ${tickets.number} as number, ${tickets.subject} as subject,
  ${tickets.description} as description, ${tickets.status} as status, ${tickets.priority} as priority,
  ${tickets.customerId} as customer_id, ${tickets.widgetId} as widget_id, ${tickets.departmentId} as department_id,
  ${tickets.assigneeId} as assignee_id,
  (select coalesce(jsonb_agg(${ticketTags.tagId} order by ${ticketTags.tagId}), '[]') from ${ticketTags}
    where ${ticketTags.ticketId} = ${tickets.id}) as tag_ids,
  ${tickets.fields} as fields,
  case when ${tickets.status} = 'snoozed' then ${iso(tickets.snoozedUntil)} end as snoozed_until,
  ${iso(tickets.waitingSince)} as waiting_since, ${iso(tickets.firstRepliedAt)} as first_replied_at,
  ${iso(tickets.resolvedAt)} as resolved_at, ${iso(tickets.lastActivityAt)} as last_activity_at,
  ${iso(tickets.createdAt)} as created_at,
  (select ${ticketMerges.targetId} from ${ticketMerges}
    where ${ticketMerges.sourceId} = ${tickets.id} and ${ticketMerges.undoneAt} is null) as merged_into_id,
  ${tickets.version} as version`;

function recordOf(row: RawTicket): TicketRecord {
  return {
    id: row.id,
    number: row.number,
    subject: row.subject,
    description: row.description,
    status: row.status,
    priority: row.priority,
    customerId: row.customer_id,
    widgetId: row.widget_id,
    departmentId: row.department_id,
    assigneeId: row.assignee_id,
    tagIds: row.tag_ids,
    fields: row.fields,
    snoozedUntil: row.snoozed_until,
    waitingSince: row.waiting_since,
    firstRepliedAt: row.first_replied_at,
    resolvedAt: row.resolved_at,
    lastActivityAt: row.last_activity_at,
    createdAt: row.created_at,
    mergedIntoId: row.merged_into_id,
    version: row.version,
  };
}

/** One page of those that the actor may read, with one row more when there are more. */
export async function listTicketRecords(tx: Tx, actor: Actor, asked: Asked): Promise<Found<TicketRecord>[]> {
  const keyset = keysetOf(asked, columns, sql`${tickets.id}`);
  const { bound, orderBy, limit, sortKey } = keyset;
  const wanted = sql`${ticketScope(actor)} and ${conditionsSql(asked.where, columns)} and ${bound}`;
  const isByActivity = asked.order.field === 'lastActivityAt';
  const rows = await tx.execute<RawTicket & { sort_key: string }>(sql`
    select ${recordColumns}, ${sortKey} as sort_key from ${tickets}
    where ${isByActivity ? sql`${tickets.id} in (${firstOfEachStatus(wanted, keyset)})` : wanted}
    order by ${orderBy} limit ${limit}`);
  return rows.map((row) => ({ item: recordOf(row), id: row.id, sortKey: row.sort_key }));
}

/** Activity is indexed within a status. Another index would be written by every message: a page of each costs less. */
function firstOfEachStatus(wanted: SQL, { orderBy, limit }: Keyset): SQL {
  return sql`select first.id from unnest(${`{${ticketStatuses.join(',')}}`}::text[]) as each_of(status)
    cross join lateral (select ${tickets.id} as id from ${tickets}
      where ${tickets.status} = each_of.status and ${wanted} order by ${orderBy} limit ${limit}) first`;
}

export async function countTicketRecords(tx: Tx, actor: Actor, asked: Pick<Asked, 'where'>): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${tickets}
    where ${ticketScope(actor)} and ${conditionsSql(asked.where, columns)}`);
  return row?.count ?? 0;
}

/** By id, those of them that the actor may read. */
export async function findTicketsById(
  tx: Tx,
  actor: Actor,
  ids: readonly string[],
): Promise<Map<string, TicketRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<RawTicket>(sql`
    select ${recordColumns} from ${tickets} where ${tickets.id} = any(${idList(ids)}) and ${ticketScope(actor)}`);
  return new Map(rows.map((row) => [row.id, recordOf(row)]));
}

/** One ticket within a scope; null when the scope hides it. */
export async function findTicketRecord(tx: Tx, ticketId: string, scope: SQL): Promise<TicketRecord | null> {
  const [row] = await tx.execute<RawTicket>(
    sql`select ${recordColumns} from ${tickets} where ${tickets.id} = ${ticketId} and ${scope}`,
  );
  return row === undefined ? null : recordOf(row);
}

/** The version of a ticket that this transaction has locked. */
export async function findTicketVersion(tx: Tx, ticketId: string): Promise<number | null> {
  const [row] = await tx.execute<{ version: number }>(
    sql`select ${tickets.version} as version from ${tickets} where ${tickets.id} = ${ticketId}`,
  );
  return row?.version ?? null;
}
