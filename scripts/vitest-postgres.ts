import { startTestPostgres } from './embedded-postgres.ts';

/** One PostgreSQL for the whole run; `db/testing.ts` gives each test file a database of its own in it. */
export async function setup(): Promise<() => Promise<void>> {
  const given = process.env.PARLEY_TEST_POSTGRES;
  if (given !== undefined && given !== '') return async () => {};
  const postgres = await startTestPostgres();
  process.env.PARLEY_TEST_POSTGRES = postgres.superUrl;
  return postgres.stop;
}
