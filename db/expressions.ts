import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { agentRoles } from '#/lib/agents/schema.ts';

/** A moment as ISO 8601 in UTC with milliseconds, as it goes over the wire and into cursors. */
export function iso(moment: SQLWrapper): SQL<string> {
  return sql<string>`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/**
 * Names what this database holds: another one after a restore. Read in the statement that it is about, it is of the
 * same moment. The random end of the whole id, since it travels with every event.
 */
export const currentEpoch: SQL<string> = sql<string>`coalesce((select right(epoch::text, 8) from workspace), '')`;

/** A bigint that fits a JavaScript number (orders do, for longer than anybody writes). */
export function number(value: SQLWrapper): SQL<number> {
  return sql<number>`${value}::float8`;
}

/** An account of a person, where `agents` is in the FROM: what lists, counts or chooses colleagues leaves api keys out. */
export const isPerson: SQL = sql`agents.role in (${sql.join(
  agentRoles.map((role) => sql`${role}`),
  sql`, `,
)})`;
