import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { agents, apiKeys } from '#/db/schema.ts';

/** Keys as the realtime connection sees them. A key's id is that of the account that it acts as. */

/** Which tickets a live key may be told of at this moment: all, or those of some departments. */
export type HearingKeys = { hasAll: boolean; departmentIds: ReadonlySet<string> };

export async function findHearingKeys(tx: Tx): Promise<HearingKeys> {
  const rows = await tx.execute<{ role: string; department_id: string | null }>(sql`
    select distinct ${agents.role} as role, ${agents.departmentId} as department_id
    from ${apiKeys} join ${agents} on ${agents.id} = ${apiKeys.id}
    where ${isOpen} and ${apiKeys.scopes} && '{realtime:read,realtime:write}'::text[]
      and ${apiKeys.scopes} && '{tickets:read,tickets:write}'::text[]`);
  const departmentIds = rows.flatMap(({ role, department_id: id }) =>
    role === 'department_robot' && id !== null ? [id] : [],
  );
  return { hasAll: rows.some(({ role }) => role === 'robot'), departmentIds: new Set(departmentIds) };
}

const isOpen = sql`${apiKeys.revokedAt} is null and (${apiKeys.expiresAt} is null or ${apiKeys.expiresAt} > now())
  and ${agents.deactivatedAt} is null`;

/** Keys whose time ended within the last so many milliseconds. */
export async function listJustExpiredKeys(tx: Tx, withinMs: number): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select ${apiKeys.id} as id from ${apiKeys}
    where ${apiKeys.expiresAt} <= now()
      and ${apiKeys.expiresAt} > now() - make_interval(secs => ${withinMs / 1000}::float8)`);
  return rows.map(({ id }) => id);
}
