import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EnvError, parseEnv } from '#/lib/env.ts';
import { ensureAppDatabase } from './app-database.ts';
import { buildIfNeeded } from './build.ts';
import {
  checkFormat,
  type HeldLock,
  loadSecrets,
  lockDataFolder,
  openDataFolder,
  readState,
  type Secrets,
  writeAtomically,
} from './data-folder.ts';
import { checkDatabase } from './database-refusal.ts';
import { startPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
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
  const databaseUrl = givenUrl ?? (await startDatabase(place, secrets));
  if (isStopping) return;
  await migrate(databaseUrl);
  const env = { ...base, DATABASE_URL: databaseUrl };
  const welcome = await firstRun(env);
  if (isStopping) return;
  await superviseServer(env);
  if (isStopping) return;
  const url = (process.env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/$/, '');
  say(`\nParley is ready.\n  Shop with the chat   ${url}/demo\n  Inbox for agents     ${url}/inbox`);
  if (welcome !== '') say(`\n${welcome}`);
  say('\nCtrl-C stops it.');
}

async function startDatabase(place: ReturnType<typeof openDataFolder>, secrets: Secrets): Promise<string> {
  const known = readState(place.dataDir, 'postgres.json', stateSchema);
  const server = await startPostgres({
    dataDir: place.dataDir,
    superPassword: secrets.POSTGRES_SUPER_PASSWORD,
    ...(known === undefined ? {} : { port: known.postgresPort }),
    ...(place.owner === undefined ? {} : { owner: place.owner }),
    ...(place.nativeDir === undefined ? {} : { nativeDir: place.nativeDir }),
    onChange(change, pid) {
      if (change === 'restarted') {
        ownOrphan(pid);
        say('The database is back.');
      } else {
        orphans.delete(pid);
        say('The database stopped by itself; starting it again …');
      }
    },
  });
  undo.push(server.stop);
  ownOrphan(server.pid());
  if (server.port !== known?.postgresPort) {
    writeAtomically(
      join(place.dataDir, 'postgres.json'),
      `${JSON.stringify({ postgresPort: server.port })}\n`,
      0o644,
    );
  }
  return ensureAppDatabase(server.superUrl, 'parley', 'parley', secrets.POSTGRES_APP_PASSWORD);
}

/** Starts `server.ts`, and again whenever it crashes. Returns once it answers; throws when it never does. */
async function superviseServer(env: NodeJS.ProcessEnv): Promise<void> {
  let current: ServerProcess;
  let failures = 0;
  let wasReady = false;
  const keepRunning = async (started: ServerProcess): Promise<void> => {
    const startedAt = Date.now();
    const { code, signal } = await started.exited;
    orphans.delete(started.pid);
    if (isStopping) return;
    failures = Date.now() - startedAt > healthyMsMin ? 1 : failures + 1;
    const waitMs = Math.min(restartMsMax, 100 * 2 ** failures);
    say(`The server ended by itself (${signal ?? `code ${code}`}); starting it again …`);
    await new Promise((next) => setTimeout(next, waitMs));
    if (isStopping) return;
    current = launch();
    current.ready.then(
      () => say('The server is back.'),
      () => {},
    );
    return keepRunning(current);
  };
  const launch = () => {
    const started = spawnServer(projectDir, env);
    ownOrphan(started.pid);
    return started;
  };
  undo.push(() => current.stop());
  for (;;) {
    current = launch();
    try {
      await current.ready;
      wasReady = true;
    } catch (error) {
      await current.exited;
      orphans.delete(current.pid);
      if (isStopping) return;
      const reason = error instanceof Error ? error.message : String(error);
      failures += 1;
      if (reason === 'EADDRINUSE') throw takenPort(String(env.PORT));
      if (failures >= failuresMax) throw new Refusal(`The server does not start: ${reason}.`);
    }
    if (wasReady) break;
  }
  failures = 0;
  void keepRunning(current);
}

/** Makes the first workspace when there is none; answers what the person has to know about it. */
async function firstRun(env: NodeJS.ProcessEnv): Promise<string> {
  const script = join(projectDir, 'scripts/first-run.ts');
  if (!existsSync(script)) return '';
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    cwd: projectDir,
    env: { ...env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.pid !== undefined) ownChild(child.pid);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0)
    throw new Refusal(`${output}The first workspace could not be made; the reason is printed above.`);
  return output.trim();
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

function reasonOf(error: unknown): string {
  if (error instanceof Refusal || error instanceof EnvError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
