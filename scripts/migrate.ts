import { fileURLToPath } from 'node:url';
import { migrate as applyMigrations, type MigrateOptions, SchemaNewerError } from '#/db/migrate.ts';
import { databaseRefusal } from './database-refusal.ts';
import { Refusal } from './refusal.ts';

/** Brings the database up to this version. Throws a Refusal that says why it cannot; nothing is half done then. */
export async function migrate(
  databaseUrl: string,
  options: MigrateOptions = {},
): Promise<{ applied: number }> {
  try {
    return await applyMigrations(databaseUrl, options);
  } catch (error) {
    throw databaseRefusal(error, databaseUrl) ?? migrationRefusal(error);
  }
}

function migrationRefusal(error: unknown): Refusal {
  if (error instanceof SchemaNewerError) {
    return new Refusal(`${error.message} Start that version again; nothing was changed.`);
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Refusal(`The database could not be brought up to date and was left as it was: ${reason}.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await migrate(process.env.DATABASE_URL ?? '');
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exit(1);
  }
}
