import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { rateLimits } from '#/db/schema.ts';

export type CountedWindow = { key: string; windowStartMs: number; count: number };

/** Adds counts to their windows and answers each window's new total, over all processes. */
export async function addToWindows(tx: Tx, counted: readonly CountedWindow[]): Promise<CountedWindow[]> {
  const rows = await tx.execute<{ key: string; start_ms: number; count: number }>(sql`
    insert into ${rateLimits} (key, window_start, count)
    select key, to_timestamp(start_ms / 1000), count
    from json_to_recordset(${JSON.stringify(
      counted.map(({ key, windowStartMs, count }) => ({ key, start_ms: windowStartMs, count })),
    )}::text::json) as given(key text, start_ms float8, count int)
    order by key
    on conflict (key, window_start) do update set count = ${rateLimits.count} + excluded.count
    returning key, (extract(epoch from window_start) * 1000)::float8 as start_ms, count`);
  return rows.map((row) => ({ key: row.key, windowStartMs: row.start_ms, count: row.count }));
}

/** Forgets windows that began before this long ago. */
export async function deleteOldWindows(tx: Tx, olderThanMs: number): Promise<void> {
  await tx.execute(sql`
    delete from ${rateLimits}
    where ${rateLimits.windowStart} < now() - make_interval(secs => ${olderThanMs / 1000}::float8)`);
}
