import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { events } from '#/db/schema.ts';

/** Throws unless the database answers. */
export async function checkRead(tx: Tx): Promise<void> {
  await tx.execute(sql`select 1`);
}

/**
 * Throws unless the database can take a message now: it is no standby and not read-only, its disk has room for a few
 * hundred kilobytes (a sort that spills), and a commit reaches the log on disk. Leaves nothing behind.
 */
export async function checkWrite(tx: Tx): Promise<void> {
  await tx.execute(sql`select set_config('work_mem', '64kB', true)`);
  await tx.execute(sql`select count(*) from generate_series(1, 20000)`);
  const [row] = await tx.execute<{ is_writable: boolean }>(sql`
    select current_setting('transaction_read_only') = 'off' and not pg_is_in_recovery()
      and pg_logical_emit_message(true, 'parley', '') is not null as is_writable`);
  if (row?.is_writable !== true) throw new Error('the database is read-only');
}

/** How the database's schema stands to this build. `newer`: it holds migrations that this build does not know. */
export async function compareSchema(tx: Tx): Promise<'same' | 'older' | 'newer'> {
  const [table] = await tx.execute<{ is_there: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as is_there`,
  );
  if (table?.is_there !== true) return 'older';
  const rows = await tx.execute<{ made_at: number }>(
    sql`select created_at::float8 as made_at from drizzle.__drizzle_migrations`,
  );
  const ours = knownMigrations();
  const applied = new Set(rows.map((row) => Number(row.made_at)));
  if ([...applied].some((madeAt) => !ours.has(madeAt))) return 'newer';
  return [...ours].every((madeAt) => applied.has(madeAt)) ? 'same' : 'older';
}

export type Backlog = { count: number; oldestSeconds: number };

const backlogCountMax = 10_000;

/** Events that are still to be told, counted up to 10,000, and the age of the oldest. */
export async function measureBacklog(tx: Tx): Promise<Backlog> {
  const [row] = await tx.execute<{ count: number; oldest_seconds: number | null }>(sql`
    select count(*)::int as count, extract(epoch from now() - min(created_at))::float8 as oldest_seconds
    from (
      select created_at from ${events} where ${events.publishedAt} is null
      order by created_at limit ${backlogCountMax}
    ) waiting`);
  return { count: row?.count ?? 0, oldestSeconds: Math.max(0, row?.oldest_seconds ?? 0) };
}

let known: ReadonlySet<number> | undefined;

/** When each migration of this build was made: what drizzle tells them apart by. */
function knownMigrations(): ReadonlySet<number> {
  known ??= readJournal();
  return known;
}

function readJournal(): ReadonlySet<number> {
  const journal: unknown = JSON.parse(
    readFileSync(new URL('./migrations/meta/_journal.json', import.meta.url), 'utf8'),
  );
  const entries: unknown =
    typeof journal === 'object' && journal !== null ? Reflect.get(journal, 'entries') : [];
  if (!Array.isArray(entries)) return new Set();
  return new Set(entries.map((entry: unknown) => Number(Object(entry).when)));
}
