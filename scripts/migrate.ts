import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { z } from 'zod';
import { databaseRefusal } from './database-refusal.ts';
import { Refusal } from './refusal.ts';

const folder = fileURLToPath(new URL('../db/migrations', import.meta.url));
const journalSchema = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });
/** Any number, as long as every instance uses the same one: "parley" on a phone's keys. */
const lockKey = 727539;

/** Brings the database to this version's schema. Of several instances one migrates and the others wait for it. */
export async function migrate(databaseUrl: string): Promise<void> {
  const entries = readJournal();
  if (entries.length === 0) return;
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${lockKey})`;
    await refuseNewerSchema(sql, entries);
    await applyMigrations(drizzle(sql), { migrationsFolder: folder });
  } catch (error) {
    throw databaseRefusal(error, databaseUrl) ?? migrationRefusal(error);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

type Entries = z.infer<typeof journalSchema>['entries'];

function readJournal(): Entries {
  const path = join(folder, 'meta', '_journal.json');
  if (!existsSync(path)) return [];
  return journalSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).entries;
}

async function refuseNewerSchema(sql: postgres.Sql, entries: Entries): Promise<void> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`;
  if (table?.isThere !== true) return;
  const [row] = await sql`select max(created_at)::text as latest from drizzle.__drizzle_migrations`;
  const known = Math.max(...entries.map((entry) => entry.when));
  if (Number(row?.latest ?? 0) <= known) return;
  throw new Refusal(
    'The database was migrated by a newer version of Parley: start that version again. Nothing was changed.',
  );
}

function migrationRefusal(error: unknown): Error {
  if (error instanceof Refusal) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Refusal(`The database could not be brought up to date and was left as it was: ${reason}.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const url = process.env.DATABASE_URL;
  if (url === undefined || url === '') {
    console.error('DATABASE_URL is not set: expected postgres://user:password@host:5432/database.');
    process.exit(1);
  }
  await migrate(url);
}
