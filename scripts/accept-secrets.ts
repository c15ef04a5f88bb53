import { closeDatabase } from '#/db/client.ts';
import { env } from '#/lib/env.ts';
import { acceptSecrets, SecretsDifferError, sharedSecretsOf } from '#/lib/instances/secrets.ts';
import { reasonOf } from './database-preparation.ts';
import { checkDatabase } from './database-refusal.ts';
import { environmentWithDatabase } from './own-environment.ts';

/** `npm run accept-secrets`: the secrets of this environment are those to hold from now on. With nothing running. */
try {
  Object.assign(process.env, environmentWithDatabase());
  const settings = env();
  await checkDatabase(settings.databaseUrl);
  await acceptSecrets(sharedSecretsOf(settings));
  console.log(
    'Accepted. Start every instance with these secrets; agents sign in again if AUTH_SECRET is new.',
  );
} catch (error) {
  console.error(error instanceof SecretsDifferError ? error.message : reasonOf(error));
  process.exitCode = 1;
} finally {
  await closeDatabase();
}
