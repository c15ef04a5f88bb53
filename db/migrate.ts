import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { sqlStateOf } from '#/db/errors.ts';

/** The database was migrated by a newer build, which this one must not write to. */
export class SchemaNewerError extends Error {
  readonly code = 'schema_newer';
  constructor(unknownCount: number) {
    super(
      `The database belongs to a newer version of Parley (${unknownCount} migrations that this one does not know).`,
    );
    this.name = 'SchemaNewerError';
  }
}

export type MigrateOptions = {
  onProgress?: (step: { applied: number; pending: number }) => void;
  /** Another folder than the build's own, for tests. */
  folder?: string;
};

const ownFolder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any constant will do, as long as no other program on this database takes the same one. */
export const migrationLockKey = 7_275_539_01;
const deadlocksMax = 20;

/**
 * Brings the database up to this build, all of it or nothing, and answers how many migrations were applied. Instances
 * that start together take turns. Throws `schema_newer` without touching anything when the database is ahead.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<{ applied: number }> {
  const folder = options.folder ?? ownFolder;
  const known = readMigrationFiles({ migrationsFolder: folder });
  // One connection, so that the session-level lock and the migrations share it.
  const client = postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    idle_timeout: 0,
    max_lifetime: null,
  });
  try {
    await client`select pg_advisory_lock(${migrationLockKey})`;
    const applied = await listApplied(client);
    const ours = new Set(known.map((migration) => migration.folderMillis));
    const unknown = applied.filter((madeAt) => !ours.has(madeAt));
    if (unknown.length > 0) throw new SchemaNewerError(unknown.length);
    const pending = known.length - applied.length;
    options.onProgress?.({ applied: 0, pending });
    if (pending > 0) await runWhole(client, folder);
    options.onProgress?.({ applied: pending, pending: 0 });
    return { applied: pending };
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** Instances that serve meanwhile may hold a table and want the next: whoever is given up as the knot is cut tries again. */
async function runWhole(client: postgres.Sql, migrationsFolder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await runMigrations(drizzle(client), { migrationsFolder });
    } catch (error) {
      // All of it was rolled back, so another try begins where this one did.
      if (sqlStateOf(error) !== '40P01' || tries === deadlocksMax) throw error;
    }
  }
}

/** Every migration of this build, in order. `madeAt` names it, as in `listApplied`. */
export function listMigrations(): { madeAt: number; hash: string; statements: string[] }[] {
  return readMigrationFiles({ migrationsFolder: ownFolder }).map(({ folderMillis, hash, sql }) => ({
    madeAt: folderMillis,
    hash,
    statements: sql,
  }));
}

/** What identifies each migration of this build, in order. */
export function migrationHashes(): string[] {
  return readMigrationFiles({ migrationsFolder: ownFolder }).map((migration) => migration.hash);
}

/** When each applied migration was made: what drizzle tells them apart by. In that order. */
export async function listApplied(client: postgres.Sql): Promise<number[]> {
  const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as is_there`;
  if (table?.is_there !== true) return [];
  const rows = await client`
    select created_at::float8 as made_at from drizzle.__drizzle_migrations order by created_at`;
  return rows.map((row) => Number(row.made_at));
}
