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
const table = { schema: 'drizzle', name: '__drizzle_migrations' } as const;
/** Any constant will do, as long as no other program on this database takes the same one. */
const lockKey = 7_275_539_01;

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
    await client`select pg_advisory_lock(${lockKey})`;
    const applied = await listApplied(client);
    const hashes = new Set(known.map((migration) => migration.hash));
    const unknown = applied.filter((hash) => !hashes.has(hash));
    if (unknown.length > 0) throw new SchemaNewerError(unknown.length);
    const pending = known.length - applied.length;
    options.onProgress?.({ applied: 0, pending });
    if (pending > 0) await runMigrations(drizzle(client), { migrationsFolder: folder });
    options.onProgress?.({ applied: pending, pending: 0 });
    return { applied: pending };
  } finally {
    await client.end({ timeout: 5 });
  }
}

async function listApplied(client: postgres.Sql): Promise<string[]> {
  try {
    const rows = await client<
      { hash: string }[]
    >`select hash from ${client(table.schema)}.${client(table.name)}`;
    return rows.map((row) => row.hash);
  } catch (error) {
    const isMissing = ['42P01', '3F000'].includes(sqlStateOf(error) ?? '');
    if (isMissing) return [];
    throw error;
  }
}
