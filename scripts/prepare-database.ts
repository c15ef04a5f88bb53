import { closeDatabase } from '#/db/client.ts';
import { env } from '#/lib/env.ts';
import {
  checkSecrets,
  replaceSecrets,
  SecretsDifferError,
  sharedSecretsOf,
} from '#/lib/instances/secrets.ts';
import { reasonOf } from './database-preparation.ts';
import { firstRun } from './first-run.ts';
import { migrate } from './migrate.ts';

// Run by the launcher as a child that loads while PostgreSQL starts, and waits for the word.
process.once('disconnect', () => process.exit(1));
process.once('message', async (message) => {
  const isOwn =
    typeof message === 'object' && message !== null && 'isOwn' in message && message.isOwn === true;
  process.send?.(await prepare(isOwn));
  process.disconnect();
});

async function prepare(isOwn: boolean): Promise<{ signInUrl: string | null } | { failed: string }> {
  try {
    await migrate(process.env.DATABASE_URL ?? '');
    // An embedded database starts with its instance: whoever holds its folder decides on the secrets.
    await (isOwn ? replaceSecrets : checkSecrets)(sharedSecretsOf(env()));
    const { signInUrl } = await firstRun();
    return { signInUrl };
  } catch (error) {
    return { failed: error instanceof SecretsDifferError ? error.message : reasonOf(error) };
  } finally {
    await closeDatabase();
  }
}
