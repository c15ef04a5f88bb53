import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { iso, isPerson } from '#/db/expressions.ts';
import { agents } from '#/db/schema.ts';
import { agentScope } from '#/db/scope.ts';
import { idList } from '#/db/tickets.ts';
import type { AgentAvailability, PersonRole } from '#/lib/agents/schema.ts';
import type { Asked, Found } from '#/lib/api/query.ts';
import type { AgentRecord } from '#/lib/api/records/agents.ts';
import type { Actor } from '#/lib/permissions/actor.ts';

/** What lists of agents are narrowed and ordered by. */
const columns: FieldColumns = {
  id: { sql: sql`${agents.id}`, type: 'id' },
  name: { sql: sql`${agents.name}`, type: 'text' },
  email: { sql: sql`${agents.email}`, type: 'text', cast: sql`citext` },
  role: { sql: sql`${agents.role}`, type: 'choice' },
  departmentId: { sql: sql`${agents.departmentId}`, type: 'id' },
  availability: { sql: sql`${agents.availability}`, type: 'choice' },
  isActive: { sql: sql`(${agents.deactivatedAt} is null)`, type: 'boolean' },
  createdAt: { sql: sql`${agents.createdAt}`, type: 'time' },
};

type RawAgent = {
  id: string;
  name: string;
  email: string;
  role: PersonRole;
  department_id: string | null;
  availability: AgentAvailability;
  is_active: boolean;
  created_at: string;
};

const recordColumns = sql`${agents.id} as id, ${agents.name} as name, ${agents.email} as email,
  ${agents.role} as role, ${agents.departmentId} as department_id, ${agents.availability} as availability,
  ${agents.deactivatedAt} is null as is_active, ${iso(agents.createdAt)} as created_at`;

function recordOf(row: RawAgent): AgentRecord {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    departmentId: row.department_id,
    availability: row.availability,
    isActive: row.is_active,
    createdAt: row.created_at,
  };
}

function visible(actor: Actor): SQL {
  return sql`${isPerson} and ${agentScope(actor)}`;
}

/** One page of the people whom the actor may read, with one row more when there are more. */
export async function listAgentRecords(tx: Tx, actor: Actor, asked: Asked): Promise<Found<AgentRecord>[]> {
  const { bound, orderBy, limit, sortKey } = keysetOf(asked, columns, sql`${agents.id}`);
  const rows = await tx.execute<RawAgent & { sort_key: string }>(sql`
    select ${recordColumns}, ${sortKey} as sort_key from ${agents}
    where ${visible(actor)} and ${conditionsSql(asked.where, columns)} and ${bound}
    order by ${orderBy} limit ${limit}`);
  return rows.map((row) => ({ item: recordOf(row), id: row.id, sortKey: row.sort_key }));
}

export async function countAgentRecords(tx: Tx, actor: Actor, asked: Pick<Asked, 'where'>): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${agents}
    where ${visible(actor)} and ${conditionsSql(asked.where, columns)}`);
  return row?.count ?? 0;
}

/** By id, the people of them whom the actor may read. */
export async function findAgentsById(
  tx: Tx,
  actor: Actor,
  ids: readonly string[],
): Promise<Map<string, AgentRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<RawAgent>(sql`
    select ${recordColumns} from ${agents}
    where ${agents.id} = any(${idList(ids)}) and ${visible(actor)}`);
  return new Map(rows.map((row) => [row.id, recordOf(row)]));
}
