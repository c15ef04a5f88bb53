import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseEnv } from '#/lib/env.ts';
import { ensureAppDatabase } from './app-database.ts';
import { buildIfNeeded } from './build.ts';
import {
  checkFormat,
  type HeldLock,
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
import { choosePort, type EmbeddedPostgres, startPostgres, stopOrphan } from './embedded-postgres.ts';
import { Refusal } from './refusal.ts';
import { type ServerProcess, spawnServer } from './server-process.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const stateSchema = z.object({ postgresPort: z.number() });
const restartMsMax = 10_000;
const healthyMsMin = 30_000;
const failuresMax = 5;

/** What has to be undone at the end, last first. */
const undo: (() => Promise<void> | void)[] = [];
const orphans = new Set<number>();
/** Of those that end by themselves; whoever ended is taken out, since its number will be another's. */
const children = new Set<number>();
let isStopping = false;
let lock: HeldLock | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'stop' in message) void stop(0);
});
// start.mjs was killed: nobody is left who could stop us.
process.on('disconnect', () => void stop(0));
// A closed terminal must not keep the rest from being stopped in order.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await start();
} catch (error) {
  // Children that were ended by Ctrl-C look like failures; they are not.
  if (!isStopping) {
    console.error(reasonOf(error));
    await stop(1);
  }
}

async function start(): Promise<void> {
  const port = parsePort(process.env.PORT);
  const givenUrl = process.env.DATABASE_URL || undefined;
  const place = openDataFolder(projectDir, process.env.PARLEY_DATA, givenUrl === undefined);
  lock = await lockDataFolder(place.dataDir);
  undo.push(() => lock?.release());
  checkFormat(place.dataDir);
  if (place.notice !== undefined) say(place.notice);
  const secrets = loadSecrets(place.dataDir);
  await refuseTakenPort(port, process.env.HOST || undefined, lock.wasKilled);
  if (givenUrl !== undefined) await checkDatabase(givenUrl);
  const base = { ...environmentFrom(secrets), PARLEY_DATA: place.dataDir, PORT: String(port) };
  // Everything but the database is known now, so that a mistake in it does not cost a build first.
  parseEnv({ ...base, DATABASE_URL: givenUrl ?? 'postgres://127.0.0.1/parley' });
  await buildIfNeeded(projectDir, { env: base, say, onChild: ownChild });
  if (isStopping) return;
  children.clear();
  const database = givenUrl === undefined ? await planDatabase(place, secrets) : undefined;
  const databaseUrl = database?.url ?? givenUrl ?? '';
  const env = { ...base, DATABASE_URL: databaseUrl };
  // The server loads while the database gets ready: together they take half the time.
  const server = superviseServer(env);
  const preparation = spawnDatabasePreparation(projectDir, env);
  ownChild(preparation.pid);
  await database?.start();
  if (isStopping) return;
  const { signInUrl } = await preparation.run(givenUrl === undefined);
  if (isStopping) return;
  children.clear();
  server.release();
  await server.ready;
  if (isStopping) return;
  const url = (process.env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/$/, '');
  say(`\nParley is ready.\n  Shop with the chat   ${url}/demo\n  Inbox for agents     ${url}/inbox`);
  if (signInUrl !== null) {
    say(`\nSet up Parley and sign in (this address works once):\n  ${signInUrl}`);
  }
  say('\nCtrl-C stops it.');
}

/** The embedded database's address, known before it runs, so that the server can load meanwhile. */
async function planDatabase(
  place: Place,
  secrets: Secrets,
): Promise<{ url: string; start: () => Promise<void> }> {
  await stopOrphan(join(place.dataDir, 'postgres'));
  const known = readState(place.dataDir, 'postgres.json', stateSchema)?.postgresPort;
  const port = await choosePort(known);
  if (port !== known) {
    const text = `${JSON.stringify({ postgresPort: port })}\n`;
    writeAtomically(join(place.dataDir, 'postgres.json'), text, 0o644);
  }
  let running: EmbeddedPostgres | undefined;
  // Pushed before the server's own step, so that it runs after it.
  undo.push(() => running?.stop());
  return {
    url: `postgres://parley:${secrets.POSTGRES_APP_PASSWORD}@127.0.0.1:${port}/parley`,
    async start() {
      running = await startPostgres({
        dataDir: place.dataDir,
        superPassword: secrets.POSTGRES_SUPER_PASSWORD,
        port,
        ...(place.owner === undefined ? {} : { owner: place.owner }),
        ...(place.nativeDir === undefined ? {} : { nativeDir: place.nativeDir }),
        onChange: noteDatabase,
      });
      ownOrphan(running.pid());
      await ensureAppDatabase(running.superUrl, 'parley', 'parley', secrets.POSTGRES_APP_PASSWORD);
    },
  };
}

function noteDatabase(change: 'crashed' | 'restarted' | 'full', pid: number): void {
  if (change === 'full') {
    say(
      'The disk of the database is full: free some space. The database starts by itself as soon as there is.',
    );
  } else if (change === 'restarted') {
    ownOrphan(pid);
    say('The database is back.');
  } else {
    orphans.delete(pid);
    say('The database stopped by itself; starting it again …');
  }
}

/** Starts `server.ts`, held until `release`, and again whenever it crashes. `ready` rejects when it never answers. */
function superviseServer(env: NodeJS.ProcessEnv): { ready: Promise<void>; release: () => void } {
  let isHeld = true;
  let failures = 0;
  let current = launchServer(env, isHeld);
  undo.push(() => current.stop());
  const again = async (reason: string): Promise<boolean> => {
    orphans.delete(current.pid);
    if (isStopping) return false;
    say(`The server ended by itself (${reason}); starting it again …`);
    await new Promise((next) => setTimeout(next, Math.min(restartMsMax, 100 * 2 ** failures)));
    if (isStopping) return false;
    current = launchServer(env, isHeld);
    return true;
  };
  const keepRunning = async (): Promise<void> => {
    for (;;) {
      const startedAt = Date.now();
      const { code, signal } = await current.exited;
      failures = Date.now() - startedAt > healthyMsMin ? 1 : failures + 1;
      if (!(await again(signal ?? `code ${code}`))) return;
      current.ready.then(
        () => say('The server is back.'),
        () => {},
      );
    }
  };
  const becomeReady = async (): Promise<void> => {
    for (;;) {
      try {
        await current.ready;
        failures = 0;
        void keepRunning();
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failures += 1;
        if (reason === 'EADDRINUSE') throw takenPort(String(env.PORT));
        if (failures >= failuresMax) throw new Refusal(`The server does not start: ${reason}.`);
        if (!(await again(reason))) return;
      }
    }
  };
  const ready = becomeReady();
  ready.catch(() => {});
  return {
    ready,
    release() {
      isHeld = false;
      current.release();
    },
  };
}

function launchServer(env: NodeJS.ProcessEnv, isHeld: boolean): ServerProcess {
  const started = spawnServer(projectDir, env, { isHeld });
  ownOrphan(started.pid);
  return started;
}

/** Stops everything that was started, last first, and ends this process. */
async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  lock?.markStopping();
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

function ownChild(pid: number): void {
  children.add(pid);
}

/** Tells start.mjs which processes it has to end should this one be killed. */
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

function environmentFrom(secrets: Secrets): NodeJS.ProcessEnv {
  const { POSTGRES_SUPER_PASSWORD: _super, POSTGRES_APP_PASSWORD: _app, ...shared } = secrets;
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  return { ...shared, ...given, NODE_ENV: 'production' };
}

function parsePort(text: string | undefined): number {
  const port = Number(text === undefined || text === '' ? 3000 : text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Refusal(`PORT is not valid: expected a number from 1 to 65535, not "${text}".`);
}

async function refuseTakenPort(port: number, host: string | undefined, wasKilled: boolean): Promise<void> {
  // After a kill, the old server needs a moment to notice that it is alone.
  const until = Date.now() + (wasKilled ? 4000 : 0);
  for (;;) {
    const code = await tryListen(port, host);
    if (code === undefined) return;
    if (code === 'EADDRINUSE' && Date.now() < until) {
      await new Promise((next) => setTimeout(next, 100));
      continue;
    }
    if (code === 'EADDRINUSE') throw takenPort(String(port));
    if (code === 'EACCES')
      throw new Refusal(
        `Port ${port} is reserved for the administrator: choose one above 1023, such as PORT=3000.`,
      );
    throw new Refusal(
      `Parley cannot listen on ${host ?? 'this machine'} port ${port} (${code}): check HOST and PORT.`,
    );
  }
}

function tryListen(port: number, host: string | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

function takenPort(port: string): Refusal {
  return new Refusal(
    `Port ${port} is taken by another program: choose another one, such as PORT=${Number(port) + 1} npm start.`,
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
