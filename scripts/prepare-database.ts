import { closeDatabase } from '#/db/client.ts';
import { reasonOf } from './database-preparation.ts';
import { firstRun } from './first-run.ts';
import { migrate } from './migrate.ts';

// Run by the launcher as a child that loads while PostgreSQL starts, and waits for the word.
process.once('disconnect', () => process.exit(1));
process.once('message', async () => {
  process.send?.(await prepare());
  process.disconnect();
});

async function prepare(): Promise<{ signInUrl: string | null } | { failed: string }> {
  try {
    await migrate(process.env.DATABASE_URL ?? '');
    const { signInUrl } = await firstRun();
    return { signInUrl };
  } catch (error) {
    return { failed: reasonOf(error) };
  } finally {
    await closeDatabase();
  }
}
