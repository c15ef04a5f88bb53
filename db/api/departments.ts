import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { iso, isPerson } from '#/db/expressions.ts';
import { agents, departments, tickets } from '#/db/schema.ts';
import { departmentScope } from '#/db/scope.ts';
import { idList } from '#/db/tickets.ts';
import type { Asked, Found } from '#/lib/api/query.ts';
import type { DepartmentRecord } from '#/lib/api/records/departments.ts';
import type { Actor } from '#/lib/permissions/actor.ts';

/** What lists of departments are narrowed and ordered by. */
const columns: FieldColumns = {
  id: { sql: sql`${departments.id}`, type: 'id' },
  name: { sql: sql`${departments.name}`, type: 'text' },
  isRestricted: { sql: sql`${departments.isRestricted}`, type: 'boolean' },
  createdAt: { sql: sql`${departments.createdAt}`, type: 'time' },
};

type RawDepartment = {
  id: string;
  name: string;
  is_restricted: boolean;
  timezone: string;
  business_hours: DepartmentRecord['businessHours'];
  member_ids: string[];
  open_tickets: number;
  created_at: string;
};

const recordColumns = sql`${departments.id} as id, ${departments.name} as name,
  ${departments.isRestricted} as is_restricted, ${departments.timezone} as timezone,
  ${departments.businessHours} as business_hours,
  coalesce((select json_agg(${agents.id} order by ${agents.id}) from ${agents}
    where ${agents.departmentId} = ${departments.id} and ${agents.deactivatedAt} is null and ${isPerson}), '[]')
    as member_ids,
  (select count(*)::int from ${tickets} where ${tickets.departmentId} = ${departments.id}
    and ${tickets.status} in ('open', 'pending', 'snoozed')) as open_tickets,
  ${iso(departments.createdAt)} as created_at`;

function recordOf(row: RawDepartment): DepartmentRecord {
  return {
    id: row.id,
    name: row.name,
    isRestricted: row.is_restricted,
    timezone: row.timezone,
    businessHours: row.business_hours,
    memberIds: row.member_ids,
    openTickets: row.open_tickets,
    createdAt: row.created_at,
  };
}

/** One that is being closed is gone for everybody who asks. */
function visible(actor: Actor): SQL {
  return sql`${departments.closedAt} is null and ${departmentScope(actor)}`;
}

/** One page of those that the actor may read, with one row more when there are more. */
export async function listDepartmentRecords(
  tx: Tx,
  actor: Actor,
  asked: Asked,
): Promise<Found<DepartmentRecord>[]> {
  const { bound, orderBy, limit, sortKey } = keysetOf(asked, columns, sql`${departments.id}`);
  const rows = await tx.execute<RawDepartment & { sort_key: string }>(sql`
    select ${recordColumns}, ${sortKey} as sort_key from ${departments}
    where ${visible(actor)} and ${conditionsSql(asked.where, columns)} and ${bound}
    order by ${orderBy} limit ${limit}`);
  return rows.map((row) => ({ item: recordOf(row), id: row.id, sortKey: row.sort_key }));
}

export async function countDepartmentRecords(
  tx: Tx,
  actor: Actor,
  asked: Pick<Asked, 'where'>,
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${departments}
    where ${visible(actor)} and ${conditionsSql(asked.where, columns)}`);
  return row?.count ?? 0;
}

/** By id, those of them that the actor may read. */
export async function findDepartmentsById(
  tx: Tx,
  actor: Actor,
  ids: readonly string[],
): Promise<Map<string, DepartmentRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<RawDepartment>(sql`
    select ${recordColumns} from ${departments}
    where ${departments.id} = any(${idList(ids)}) and ${visible(actor)}`);
  return new Map(rows.map((row) => [row.id, recordOf(row)]));
}
