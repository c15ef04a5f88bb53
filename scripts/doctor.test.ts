import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '#/db/migrate.ts';
import { answerOperations } from '#/lib/operations.ts';
import { createRealtimeServer } from '#/lib/realtime/server/realtime-server.ts';
import { ensureAppDatabase } from './app-database.ts';
import { loadSecrets, openDataFolder, type Secrets } from './data-folder.ts';
import { examine } from './doctor.ts';
import { checkNode, checkOpenFiles, checkSpace } from './doctor-machine.ts';
import { type EmbeddedPostgres, startPostgres } from './embedded-postgres.ts';
import { type Finding, lineOf } from './finding.ts';
import { projectDir } from './source-files.ts';
import { freePort } from './test-app.ts';

/** An installation as `npm start` makes it, PostgreSQL included; what answers on its port is started by each test. */
let folder = '';
let dataDir = '';
let secrets: Secrets;
let embedded: EmbeddedPostgres;
let superUrl = '';
let appUrl = '';
let port = 0;
let variables: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-doctor-'));
  chmodSync(folder, 0o755);
  const place = openDataFolder(projectDir, join(folder, 'data'), true);
  dataDir = place.dataDir;
  secrets = loadSecrets(dataDir);
  writeFileSync(join(dataDir, 'version'), '1\n');
  embedded = await startPostgres({
    dataDir,
    superPassword: secrets.POSTGRES_SUPER_PASSWORD,
    ...(place.owner === undefined ? {} : { owner: place.owner }),
    ...(place.nativeDir === undefined ? {} : { nativeDir: place.nativeDir }),
  });
  writeFileSync(join(dataDir, 'postgres.json'), JSON.stringify({ postgresPort: embedded.port }));
  writeRunning(process.pid);
  appUrl = await ensureAppDatabase(embedded.superUrl, 'parley', 'parley', secrets.POSTGRES_APP_PASSWORD);
  const url = new URL(embedded.superUrl);
  url.pathname = '/parley';
  superUrl = url.href;
  await migrate(appUrl);
  port = await freePort();
});
beforeEach(() => {
  variables = { PARLEY_DATA: dataDir, PORT: String(port), HOST: '127.0.0.1' };
});
afterAll(async () => {
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
});

function writeRunning(pid: number): void {
  writeFileSync(join(dataDir, 'running.json'), JSON.stringify({ pid, startedAt: '', isStopping: false }));
}

/** What listens on the app's port: health and the realtime server, or any other program. */
async function listening<Value>(
  what: { secret?: string; isParley?: boolean },
  use: () => Promise<Value>,
): Promise<Value> {
  const realtime = createRealtimeServer({
    apps: [
      {
        id: secrets.REALTIME_APP_ID,
        key: secrets.REALTIME_KEY,
        secret: what.secret ?? secrets.REALTIME_SECRET,
        clientEvents: false,
      },
    ],
  });
  const options = { metricsToken: undefined, publicUrl: undefined, hasProxies: false };
  const server: Server = createServer((request, response) => {
    if (what.isParley === false) return void response.end('{"status":"something else"}');
    if (realtime.handleRequest(request, response)) return;
    const pathname = (request.url ?? '').split('?')[0] ?? '';
    void answerOperations(pathname, request, response, options);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    return await use();
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await realtime.close();
  }
}

const run = (more: Record<string, string> = {}) => examine({ ...variables, ...more });
const brokenIn = (findings: Finding[]) => findings.filter(({ state }) => state === 'broken');
const named = (findings: Finding[], name: string) => findings.find((finding) => finding.name === name);

async function sql(url: string, ...statements: string[]): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  for (const statement of statements) await client.unsafe(statement);
  await client.end();
}

function contents(): string[] {
  return readdirSync(dataDir).map((name) => {
    const { mtimeMs, mode, size, isDirectory } = statSync(join(dataDir, name));
    return `${name} ${mode} ${isDirectory.name} ${size} ${mtimeMs}`;
  });
}

describe('a healthy installation', () => {
  test('that runs has nothing broken, is seen to answer, and is left as it was', async () => {
    const before = contents();
    const findings = await listening({}, run);
    expect(brokenIn(findings)).toEqual([]);
    for (const name of [
      'Node.js',
      'Data folder',
      'Secrets',
      'Settings',
      'Port',
      'Health',
      'Embedded PostgreSQL',
      'Database',
      'Database role',
      'Durability',
      'Extensions',
      'Clock',
      'Schema',
      'Backlog',
      'Realtime server',
    ])
      expect(named(findings, name), name).toMatchObject({ state: 'fine' });
    expect(contents()).toEqual(before);
  });

  test('that is stopped, or was never started, has nothing broken either, and nothing is made', async () => {
    const stopped = await run();
    expect(brokenIn(stopped)).toEqual([]);
    expect(named(stopped, 'Realtime server')).toMatchObject({ state: 'unknown' });
    const nowhere = join(folder, 'nowhere');
    const fresh = await run({ PARLEY_DATA: nowhere });
    expect(brokenIn(fresh)).toEqual([]);
    expect(statSync(folder).isDirectory() && readdirSync(folder)).toEqual(['data']);
  });

  test('no line holds a secret', async () => {
    const findings = await listening({}, () => run({ DATABASE_URL: appUrl, METRICS_TOKEN: 'x'.repeat(20) }));
    const text = findings.map(lineOf).join('\n');
    for (const secret of Object.values(secrets).filter((value) => value.length > 6)) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('what is broken is named, with the next step', () => {
  const expectBroken = (findings: Finding[], name: string, says: RegExp) => {
    const found = brokenIn(findings).find((finding) => finding.name === name);
    expect(found?.says, findings.map(lineOf).join('\n')).toMatch(says);
    expect(found?.next ?? '').not.toBe('');
    expect(lineOf(found ?? { name: '', state: 'fine', says: '' })).toMatch(/^✗ .+ → .+$/);
  };

  test('a data folder that is a file, is open to others, or was written by a newer Parley', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expectBroken(await run({ PARLEY_DATA: file }), 'Data folder', /is not a folder/);
    rmSync(file);
    const { mode } = statSync(dataDir);
    chmodSync(dataDir, 0o777);
    expectBroken(await run(), 'Data folder', /others may write/);
    chmodSync(dataDir, mode);
    writeFileSync(join(dataDir, 'version'), '99\n');
    expectBroken(await run(), 'Data folder', /newer Parley/);
    writeFileSync(join(dataDir, 'version'), '1\n');
  });

  test('secrets that others can read, or that are damaged', async () => {
    const path = join(dataDir, 'secrets.json');
    chmodSync(path, 0o644);
    expectBroken(await run(), 'Secrets', /others can read/);
    chmodSync(path, 0o600);
    const other = join(folder, 'other');
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(join(other, 'secrets.json'), '{"AUTH_SECRET":', { mode: 0o600 });
    expectBroken(await run({ PARLEY_DATA: other }), 'Secrets', /damaged/);
    rmSync(other, { recursive: true });
  });

  test('settings that do not read', async () => {
    expectBroken(await run({ PUSHER_APP_ID: '1' }), 'Settings', /PUSHER_.* is not set/);
    expectBroken(await run({ PUBLIC_URL: 'https://x.test/path' }), 'Settings', /PUBLIC_URL is not valid/);
  });

  test('a port that another program has', async () => {
    expectBroken(await listening({ isParley: false }, run), 'Port', /another program/);
  });

  test('a database that is away, refuses the password, or is not there', async () => {
    const away = `postgres://parley:x@127.0.0.1:${await freePort()}/parley`;
    expectBroken(await run({ DATABASE_URL: away }), 'Database', /does not answer/);
    const wrong = new URL(appUrl);
    wrong.password = 'wrong';
    expectBroken(await run({ DATABASE_URL: wrong.href }), 'Database', /refuses the user/);
    const missing = new URL(appUrl);
    missing.pathname = '/missing';
    expectBroken(await run({ DATABASE_URL: missing.href }), 'Database', /has no database/);
  });

  test('a role for whom no row is hidden', async () => {
    expectBroken(await run({ DATABASE_URL: superUrl }), 'Database role', /superuser/);
    await sql(superUrl, 'alter role parley bypassrls');
    expectBroken(await run(), 'Database role', /exempt from row-level security/);
    await sql(superUrl, 'alter role parley nobypassrls');
  });

  test('a database that may lose what it acknowledged', async () => {
    await sql(superUrl, 'alter role parley set synchronous_commit = off');
    expectBroken(await run(), 'Durability', /synchronous_commit is off/);
    await sql(superUrl, 'alter role parley reset synchronous_commit');
  });

  test('a schema that is newer, and one that is older as advice', async () => {
    await sql(
      superUrl,
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)",
    );
    expectBroken(await run(), 'Schema', /newer Parley/);
    await sql(superUrl, 'delete from drizzle.__drizzle_migrations where created_at = 9999999999999');
    await sql(superUrl, 'create database empty owner parley');
    const empty = new URL(appUrl);
    empty.pathname = '/empty';
    expect(named(await run({ DATABASE_URL: empty.href }), 'Schema')).toMatchObject({ state: 'advice' });
    await sql(superUrl, 'drop database empty');
  });

  test('changes that nobody publishes', async () => {
    await sql(
      superUrl,
      `insert into events (id, type, actor_kind, created_at)
        values (gen_random_uuid(), 'workspace.created', 'system', now() - interval '5 minutes')`,
    );
    expectBroken(await run(), 'Backlog', /1 changes wait/);
    await sql(superUrl, 'delete from events');
  });

  test('two instances, each with a realtime server of its own, or of different builds as advice', async () => {
    const insert = (build: string) =>
      `insert into instances (id, kind, place, build_id, realtime_mode)
        values (gen_random_uuid(), 'app', 'a', '${build}', 'embedded')`;
    await sql(superUrl, insert('one'), insert('two'));
    expectBroken(await run(), 'Instances', /2 run, each with a realtime server of its own/);
    const apart = await run({ REALTIME_URL: `http://127.0.0.1:${port}` });
    expect(named(apart, 'Instances')).toMatchObject({ state: 'advice' });
    expectBroken(
      await run({ WORKERS: 'apart', REALTIME_URL: 'http://127.0.0.1:1' }),
      'Realtime server',
      /does not answer/,
    );
    await sql(superUrl, 'delete from instances');
  });

  test('a realtime server that refuses the signature, or is away', async () => {
    expectBroken(
      await listening({ secret: 'z'.repeat(64) }, run),
      'Realtime server',
      /refuses our signature/,
    );
    const away = { REALTIME_URL: `http://127.0.0.1:${await freePort()}` };
    expectBroken(await run(away), 'Realtime server', /does not answer/);
  });

  test('proxies that are everybody, and none behind https as advice', async () => {
    expectBroken(await run({ TRUSTED_PROXIES: '0.0.0.0/0' }), 'TRUSTED_PROXIES', /everybody/);
    expectBroken(await run({ TRUSTED_PROXIES: '10.0.0.0/8,::/0' }), 'TRUSTED_PROXIES', /everybody/);
    const behind = await run({ PUBLIC_URL: 'https://localhost' });
    expect(named(behind, 'TRUSTED_PROXIES')).toMatchObject({ state: 'advice' });
  });

  test('a public name that leads nowhere', async () => {
    expectBroken(await run({ PUBLIC_URL: 'https://parley.invalid' }), 'PUBLIC_URL', /not known to the DNS/);
  });

  test('an embedded PostgreSQL of another version; what a kill left is advice', async () => {
    const other = join(folder, 'other');
    mkdirSync(join(other, 'postgres'), { recursive: true, mode: 0o700 });
    writeFileSync(join(other, 'postgres', 'PG_VERSION'), '17\n');
    expectBroken(await run({ PARLEY_DATA: other }), 'Embedded PostgreSQL', /of version 17/);
    writeFileSync(join(other, 'postgres', 'PG_VERSION'), '18\n');
    writeFileSync(join(other, 'postgres', 'postmaster.pid'), '999999999\n');
    const killed = named(await run({ PARLEY_DATA: other }), 'Embedded PostgreSQL');
    expect(killed).toMatchObject({ state: 'advice', says: 'it was killed the last time' });
    rmSync(other, { recursive: true });
    writeRunning(999_999_999);
    expect(named(await run(), 'Embedded PostgreSQL')?.says).toMatch(/without the Parley that started it/);
    writeRunning(process.pid);
  });

  test('an old Node, a full disk, few open files, limits switched off', async () => {
    expectBroken([checkNode('v22.3.0')], 'Node.js', /too old/);
    const full = { ...statfsSync(dataDir), bavail: 10, bsize: 4096 };
    expectBroken([checkSpace(dataDir, () => full)], 'Disk', /0\.0 GB free/);
    expect(checkOpenFiles(1_024)).toMatchObject({ state: 'advice' });
    expect(named(await run({ RATE_LIMIT_SCALE: '1000' }), 'Limits')).toMatchObject({ state: 'advice' });
  });
});
