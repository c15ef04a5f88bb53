import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { closeDatabase, openDatabase, read } from '#/db/client.ts';
import { compareSchema, measureBacklog } from '#/db/health.ts';
import { listInstancesSeen } from '#/db/instances.ts';
import type { Env } from '#/lib/env.ts';
import { liveMsMax } from '#/lib/instances/registry.ts';
import { checkDatabase } from './database-refusal.ts';
import { advice, broken, type Finding, fine, unknown } from './finding.ts';
import { Refusal } from './refusal.ts';

/** Of the embedded PostgreSQL, read from what it leaves in its folder. */
export type EmbeddedState = { isMade: boolean; isRunning: boolean; port: number | undefined };

const clusterMajor = 18;
const clockSecondsMax = 5;
const backlogSecondsMax = 60;

export function readEmbedded(dataDir: string): EmbeddedState {
  const clusterDir = join(dataDir, 'postgres');
  const pid = Number(readLines(join(clusterDir, 'postmaster.pid'))[0]);
  const state = readJson(join(dataDir, 'postgres.json'));
  return {
    isMade: existsSync(join(clusterDir, 'PG_VERSION')),
    isRunning: pid > 1 && isServerOf(pid, clusterDir),
    port: typeof state?.postgresPort === 'number' ? state.postgresPort : undefined,
  };
}

/** The embedded server: what a crash left of it, and whether it is of this version. */
export function checkEmbedded(dataDir: string): Finding {
  const name = 'Embedded PostgreSQL';
  const clusterDir = join(dataDir, 'postgres');
  const { isMade, isRunning } = readEmbedded(dataDir);
  if (!isMade) return unknown(name, 'there is none yet: "npm start" makes it');
  const version = readLines(join(clusterDir, 'PG_VERSION'))[0] ?? '';
  if (Number(version) !== clusterMajor) {
    return broken(
      name,
      `its data is of version ${version}, and this Parley brings ${clusterMajor}`,
      'start the Parley that made it, "npm run backup", then "npm run restore" here',
    );
  }
  const lock = readJson(join(dataDir, 'running.json'));
  const isParleyRunning = typeof lock?.pid === 'number' && isAlive(lock.pid);
  if (isRunning && !isParleyRunning) {
    return advice(
      name,
      'it runs without the Parley that started it',
      '"npm start" ends it and starts its own',
    );
  }
  if (!isRunning && existsSync(join(clusterDir, 'postmaster.pid'))) {
    return isParleyRunning
      ? broken(
          name,
          'it died under a running Parley',
          `it is started again by itself; if not, see ${join(dataDir, 'postgres.log')}`,
        )
      : advice(
          name,
          'it was killed the last time',
          'nothing to do: "npm start" tidies up and replays its log',
        );
  }
  return fine(name, isRunning ? `version ${version}, running` : `version ${version}, stopped in order`);
}

/** Everything that only the database itself can tell. */
export async function checkDatabaseAt(url: string, env: Env): Promise<Finding[]> {
  const reached = await reach(url);
  if (reached.state !== 'fine') return [reached];
  await openDatabase(url, 2);
  try {
    const schema = await attempt('Schema', checkSchema);
    const isComplete = schema.state === 'fine';
    return [
      reached,
      await attempt('Database role', checkRole),
      await attempt('Durability', checkDurability),
      await attempt('Extensions', checkExtensions),
      await attempt('Clock', checkClock),
      schema,
      ...(isComplete
        ? [await attempt('Backlog', checkBacklog), await attempt('Instances', () => checkInstances(env))]
        : []),
    ];
  } finally {
    await closeDatabase(200);
  }
}

async function reach(url: string): Promise<Finding> {
  try {
    await checkDatabase(url);
    const { host, pathname } = new URL(url);
    return fine('Database', `${pathname.slice(1)} at ${host} answers`);
  } catch (error) {
    // The sentence names the trouble and what to do, and never holds the password.
    if (error instanceof Refusal) {
      const [says = '', next = 'see docs/self-hosting.md'] = error.message.split(/; (?=[^;]*$)/);
      return broken('Database', says, next);
    }
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    return broken(
      'Database',
      `connecting failed (${String(code ?? 'no reason given')})`,
      'check DATABASE_URL',
    );
  }
}

async function attempt(name: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    return broken(
      name,
      `could not be looked at (${String(code ?? 'unexpected')})`,
      'look into the log of PostgreSQL',
    );
  }
}

async function checkRole(): Promise<Finding> {
  const name = 'Database role';
  const [row] = await read((tx) =>
    tx.execute<{ role: string; is_super: boolean; is_exempt: boolean; can_be_customer: boolean | null }>(sql`
      select current_user::text as role, rolsuper as is_super, rolbypassrls as is_exempt,
        (select pg_has_role(current_user, customer.oid, 'SET') from pg_roles customer
          where customer.rolname = 'parley_customer') as can_be_customer
      from pg_roles where rolname = current_user`),
  );
  if (row === undefined) return broken(name, 'it was not found', 'check DATABASE_URL');
  const next = `alter role "${row.role}" nosuperuser nobypassrls`;
  if (row.is_super) return broken(name, `"${row.role}" is a superuser, for whom no row is hidden`, next);
  if (row.is_exempt) return broken(name, `"${row.role}" is exempt from row-level security`, next);
  if (row.can_be_customer === false)
    return broken(
      name,
      `"${row.role}" may not act as parley_customer`,
      `grant parley_customer to "${row.role}" with set true`,
    );
  return fine(name, `"${row.role}", bound by row-level security`);
}

async function checkDurability(): Promise<Finding> {
  const name = 'Durability';
  const rows = await read((tx) =>
    tx.execute<{ name: string; setting: string }>(sql`
      select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off' order by name`),
  );
  const off = rows.map((row) => row.name);
  return off.length === 0
    ? fine(name, 'what is acknowledged is on disk')
    : broken(
        name,
        `${off.join(', ')} is off: a crash loses acknowledged messages`,
        'switch it on in postgresql.conf',
      );
}

async function checkExtensions(): Promise<Finding> {
  const name = 'Extensions';
  const wanted = ['citext', 'pg_trgm', 'unaccent'];
  const rows = await read((tx) =>
    tx.execute<{ name: string; is_there: boolean; is_offered: boolean }>(sql`
      select wanted.name, exists (select from pg_extension where extname = wanted.name) as is_there,
        exists (select from pg_available_extensions offered where offered.name = wanted.name) as is_offered
      from unnest(array['citext', 'pg_trgm', 'unaccent']) as wanted(name)`),
  );
  const unoffered = rows.filter((row) => !row.is_offered).map((row) => row.name);
  if (unoffered.length > 0)
    return broken(
      name,
      `this PostgreSQL does not offer ${unoffered.join(', ')}`,
      'install its contrib package',
    );
  const missing = rows.filter((row) => !row.is_there).map((row) => row.name);
  return missing.length === 0
    ? fine(name, wanted.join(', '))
    : advice(name, `${missing.join(', ')} not created yet`, '"npm start" creates them');
}

async function checkClock(): Promise<Finding> {
  const startedAt = Date.now();
  const [row] = await read((tx) =>
    tx.execute<{ now_ms: number }>(
      sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms`,
    ),
  );
  const seconds = Math.abs(Number(row?.now_ms ?? 0) - (startedAt + Date.now()) / 2) / 1000;
  const says = `${seconds.toFixed(1)} s from the database's`;
  return seconds > clockSecondsMax
    ? broken('Clock', says, 'set the clocks of both machines by NTP')
    : fine('Clock', says);
}

async function checkSchema(): Promise<Finding> {
  switch (await read(compareSchema)) {
    case 'same':
      return fine('Schema', 'of this build');
    case 'older':
      return advice('Schema', 'older than this build', 'restart Parley: "npm start" migrates it');
    case 'newer':
      return broken('Schema', 'a newer Parley migrated it', 'run that version here, too');
  }
}

async function checkBacklog(): Promise<Finding> {
  const { count, oldestSeconds } = await read(measureBacklog);
  if (count === 0) return fine('Backlog', 'every change was published');
  const says = `${count} changes wait to be published, the oldest for ${Math.round(oldestSeconds)} s`;
  return oldestSeconds > backlogSecondsMax
    ? broken(
        'Backlog',
        says,
        'start Parley (or "npm run worker" where WORKERS=apart), and see that the realtime server takes events',
      )
    : fine('Backlog', says);
}

async function checkInstances(env: Env): Promise<Finding> {
  const name = 'Instances';
  const seen = await read((tx) => listInstancesSeen(tx, liveMsMax));
  const apps = seen.filter(({ kind }) => kind === 'app');
  if (apps.length > 1 && env.realtime.mode === 'embedded') {
    return broken(
      name,
      `${apps.length} run, each with a realtime server of its own: people miss what the other publishes`,
      'run "npm run realtime" and set REALTIME_URL for all of them',
    );
  }
  if (new Set(apps.map(({ buildId }) => buildId)).size > 1)
    return advice(name, `${apps.length} run, of different builds`, 'bring them to one');
  if (apps.length > 0 && env.isWorkerApart && !seen.some(({ kind }) => kind === 'worker'))
    return broken(name, 'WORKERS=apart, and no worker runs', 'npm run worker');
  return apps.length === 0 ? unknown(name, 'none is running') : fine(name, `${apps.length} running`);
}

function isServerOf(pid: number, clusterDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
  } catch {
    // Another user's process: its name is all that can be read.
    return readLines(`/proc/${pid}/comm`)[0] === 'postgres';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM';
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return [];
  }
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
