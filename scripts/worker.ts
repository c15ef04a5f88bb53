import { fileURLToPath } from 'node:url';
import { closeDatabase, read } from '#/db/client.ts';
import { compareSchema } from '#/db/health.ts';
import { env } from '#/lib/env.ts';
import { announceInstance } from '#/lib/instances/registry.ts';
import { checkSecrets, SecretsDifferError, sharedSecretsOf } from '#/lib/instances/secrets.ts';
import { logger } from '#/lib/logger.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { startWorkers } from '#/lib/workers.ts';
import { builtId } from './build.ts';
import { reasonOf } from './database-preparation.ts';
import { checkDatabase } from './database-refusal.ts';
import { environmentWithDatabase } from './own-environment.ts';
import { Refusal } from './refusal.ts';

// npm run worker: relay, end of typing signals and sweeps in a process of their own. Any number may run.
const projectDir = fileURLToPath(new URL('..', import.meta.url));
const stopMsMax = 2_500;
const schemaRefusals = {
  older:
    'The database is older than this worker: start the app of this version first, or run "npm run migrate".',
  newer: 'The database belongs to a newer version of Parley: update this worker to it.',
};
const log = logger();
let timers: { stop(): Promise<void> }[] = [];
let isStopping = false;

process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.on('uncaughtException', (error) => crash('uncaught exception', error));
process.on('unhandledRejection', (error) => crash('unhandled rejection', error));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
// Whoever started us with a channel and is gone cannot stop us any more.
process.once('disconnect', () => void stop());

try {
  await start();
} catch (error) {
  const reason = error instanceof SecretsDifferError ? error.message : reasonOf(error);
  process.send?.({ failed: reason });
  console.error(reason);
  process.exit(1);
}

async function start(): Promise<void> {
  Object.assign(process.env, environmentWithDatabase());
  process.env.PARLEY_BUILD_ID ??= builtId(projectDir) ?? '';
  const settings = env();
  await checkDatabase(settings.databaseUrl);
  const schema = await read(compareSchema);
  if (schema !== 'same') throw new Refusal(schemaRefusals[schema]);
  await checkSecrets(sharedSecretsOf(settings));
  timers = [announceInstance('worker'), startWorkers()];
  process.send?.({ ready: true });
  if (!process.connected) console.log('The worker is running. Ctrl-C stops it.');
}

/** Lets the turns under way and what they publish finish, and ends. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  const hurry = setTimeout(() => process.exit(0), stopMsMax);
  await Promise.allSettled(timers.map((timer) => timer.stop()));
  await drainPublishing();
  await closeDatabase(500);
  clearTimeout(hurry);
  process.exit(0);
}

/** After a surprise nothing in memory can be trusted; whoever supervises this process starts it again. */
function crash(what: string, error: unknown): void {
  log.error(what, { error });
  process.exit(1);
}
