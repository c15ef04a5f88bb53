import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseEnv } from '#/lib/env.ts';
import { ensureAppDatabase } from './app-database.ts';
import { buildIfNeeded } from './build.ts';
import {
  checkFormat,
  loadSecrets,
  lockDataFolder,
  openDataFolder,
  type Place,
  readState,
  type Secrets,
  writeAtomically,
} from './data-folder.ts';
import { reasonOf, spawnDatabasePreparation } from './database-preparation.ts';
import { checkDatabase } from './database-refusal.ts';
import { choosePort, startPostgres, stopOrphan } from './embedded-postgres.ts';
import { findNginx, startNginx } from './nginx.ts';
import { embeddedUrl } from './own-environment.ts';
import { Refusal } from './refusal.ts';
import { type ServerProcess, type SpawnOptions, spawnServer } from './server-process.ts';

// npm run cluster: two instances behind nginx, worker and realtime server apart, one PostgreSQL, one port.
const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const stateSchema = z.object({ postgresPort: z.number() });
const restartMsMax = 5_000;
const healthyMsMin = 30_000;

/** What has to be undone at the end, last first. */
const undo: (() => Promise<void> | void)[] = [];
const orphans = new Set<number>();
const children = new Set<number>();
let isStopping = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'stop' in message) void stop(0);
});
process.on('disconnect', () => void stop(0));
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await start();
} catch (error) {
  if (!isStopping) {
    console.error(reasonOf(error));
    await stop(1);
  }
}

async function start(): Promise<void> {
  const nginx = findNginx();
  const port = parsePort(process.env.PORT);
  const givenUrl = process.env.DATABASE_URL || undefined;
  const place = openDataFolder(projectDir, process.env.PARLEY_DATA, givenUrl === undefined);
  const lock = await lockDataFolder(place.dataDir);
  undo.push(() => lock.release());
  checkFormat(place.dataDir);
  if (place.notice !== undefined) say(place.notice);
  const secrets = loadSecrets(place.dataDir);
  if (givenUrl !== undefined) await checkDatabase(givenUrl);
  if ((await choosePort(port)) !== port) {
    throw new Refusal(
      `Port ${port} is taken by another program: choose another one, such as PORT=${port + 10}.`,
    );
  }
  const instances = [await choosePort(port + 1), await choosePort(port + 2)] as const;
  const realtimePort = await choosePort(6001);
  const base = environmentOf(secrets, {
    PARLEY_DATA: place.dataDir,
    PORT: String(port),
    TRUSTED_PROXIES: '127.0.0.1',
    REALTIME_URL: `http://127.0.0.1:${realtimePort}`,
    REALTIME_PORT: String(realtimePort),
    REALTIME_HOST: '127.0.0.1',
    WORKERS: 'apart',
  });
  parseEnv({ ...base, DATABASE_URL: givenUrl ?? 'postgres://127.0.0.1/parley' });
  await buildIfNeeded(projectDir, { env: base, say, onChild: (pid) => children.add(pid) });
  children.clear();
  if (isStopping) return;
  const env = { ...base, DATABASE_URL: givenUrl ?? (await openDatabase(place, secrets)) };
  if (isStopping) return;
  const preparation = spawnDatabasePreparation(projectDir, env);
  children.add(preparation.pid);
  const { signInUrl } = await preparation.run(givenUrl === undefined);
  children.clear();
  if (isStopping) return;
  await supervise('The realtime server', env, { entry: 'scripts/realtime.ts' });
  // Together, so that stopping takes as long as the slowest of them.
  const beside: (() => Promise<void>)[] = [];
  undo.push(async () => void (await Promise.all(beside.map((end) => end()))));
  await Promise.all([
    supervise('The worker', env, { entry: 'scripts/worker.ts' }, beside),
    ...instances.map((own, index) =>
      supervise(`Instance ${index + 1}`, { ...env, PORT: String(own), HOST: '127.0.0.1' }, {}, beside),
    ),
  ]);
  if (isStopping) return;
  const proxy = await startNginx(nginx, join(place.dataDir, 'nginx'), {
    listen: port,
    host: process.env.HOST || undefined,
    instances,
    realtime: realtimePort,
  });
  ownOrphan(proxy.pid);
  undo.push(() => proxy.stop());
  void proxy.exited.then(() => failWhileRunning('nginx ended by itself; its reason is printed above.'));
  announce(port, instances, signInUrl);
}

function announce(port: number, instances: readonly number[], signInUrl: string | null): void {
  const url = (process.env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/$/, '');
  say(`\nParley is ready: nginx on port ${port} before two instances (ports ${instances.join(' and ')}),`);
  say('the worker and the realtime server apart, one PostgreSQL.');
  say(`  Shop with the chat   ${url}/demo\n  Inbox for agents     ${url}/inbox`);
  if (signInUrl !== null) say(`\nSet up Parley and sign in (this address works once):\n  ${signInUrl}`);
  say('\nCtrl-C stops all of it.');
}

async function openDatabase(place: Place, secrets: Secrets): Promise<string> {
  await stopOrphan(join(place.dataDir, 'postgres'));
  const known = readState(place.dataDir, 'postgres.json', stateSchema)?.postgresPort;
  const port = await choosePort(known);
  if (port !== known) {
    writeAtomically(
      join(place.dataDir, 'postgres.json'),
      `${JSON.stringify({ postgresPort: port })}\n`,
      0o644,
    );
  }
  const running = await startPostgres({
    dataDir: place.dataDir,
    superPassword: secrets.POSTGRES_SUPER_PASSWORD,
    port,
    ...(place.owner === undefined ? {} : { owner: place.owner }),
    ...(place.nativeDir === undefined ? {} : { nativeDir: place.nativeDir }),
    onChange(change, pid) {
      if (change === 'restarted') ownOrphan(pid);
      else orphans.delete(pid);
      say(
        change === 'restarted'
          ? 'The database is back.'
          : 'The database stopped by itself; starting it again …',
      );
    },
  });
  ownOrphan(running.pid());
  undo.push(() => running.stop());
  await ensureAppDatabase(running.superUrl, 'parley', 'parley', secrets.POSTGRES_APP_PASSWORD);
  return embeddedUrl(secrets, port);
}

/** Starts a process and starts it again whenever it ends; rejects when it never becomes ready. */
async function supervise(
  name: string,
  env: NodeJS.ProcessEnv,
  options: SpawnOptions,
  ends: (() => Promise<void> | void)[] = undo,
): Promise<void> {
  let current: ServerProcess = spawnServer(projectDir, env, options);
  ends.push(() => current.stop());
  await current.ready.catch((error: unknown) => {
    throw new Refusal(`${name} does not start: ${error instanceof Error ? error.message : error}.`);
  });
  const keepRunning = async () => {
    for (let failures = 0; ; ) {
      const startedAt = Date.now();
      const { code, signal } = await current.exited;
      if (isStopping) return;
      failures = Date.now() - startedAt > healthyMsMin ? 0 : failures + 1;
      say(`${name} ended by itself (${signal ?? `code ${code}`}); starting it again …`);
      await new Promise((next) => setTimeout(next, Math.min(restartMsMax, 100 * 2 ** failures)));
      if (isStopping) return;
      current = spawnServer(projectDir, env, options);
      current.ready.then(
        () => say(`${name} is back.`),
        () => {},
      );
    }
  };
  void keepRunning();
}

async function failWhileRunning(reason: string): Promise<void> {
  if (isStopping) return;
  console.error(reason);
  await stop(1);
}

/** Stops everything that was started, last first, and ends this process. */
async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  if (code === 0) say('\nStopping …');
  for (const pid of children) killQuietly(pid);
  for (const step of undo.toReversed()) {
    try {
      await step();
    } catch (error) {
      console.error(reasonOf(error));
    }
  }
  if (code === 0) say('Stopped.');
  process.exit(code);
}

/** Tells cluster.mjs which processes it has to end should this one be killed. */
function ownOrphan(pid: number): void {
  orphans.add(pid);
  if (process.connected) process.send?.({ orphans: [...orphans] });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended, which is what was wanted.
  }
}

/** What is given wins over the folder's secrets; how the parts find each other is decided here. */
function environmentOf(secrets: Secrets, own: Record<string, string>): NodeJS.ProcessEnv {
  const { POSTGRES_SUPER_PASSWORD: _super, POSTGRES_APP_PASSWORD: _app, ...shared } = secrets;
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  if (given.PUSHER_APP_ID !== undefined) {
    throw new Refusal('This example runs its own realtime server: unset PUSHER_APP_ID to try it.');
  }
  return { ...shared, ...given, ...own, NODE_ENV: 'production' };
}

function parsePort(text: string | undefined): number {
  const port = Number(text === undefined || text === '' ? 3000 : text);
  if (Number.isInteger(port) && port > 0 && port < 65_534) return port;
  throw new Refusal(`PORT is not valid: expected a number from 1 to 65533, not "${text}".`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
