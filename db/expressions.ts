import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/** A moment as ISO 8601 in UTC with milliseconds, as it goes over the wire and into cursors. */
export function iso(moment: SQLWrapper): SQL<string> {
  return sql<string>`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A bigint that fits a JavaScript number (orders do, for longer than anybody writes). */
export function number(value: SQLWrapper): SQL<number> {
  return sql<number>`${value}::float8`;
}
