import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startTestPostgres } from './embedded-postgres.ts';
import { nodeFlags } from './node-flags.ts';

const patience = { timeout: 10_000, interval: 5 };
const projectDir = dirname(import.meta.dirname);

test('a server that is killed at the moment of becoming ready comes back', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const server = await startFor(dataDir);
  try {
    for (let kill = 0; kill < 5; kill++) {
      const before = readyPid(dataDir);
      expect(before).toBeGreaterThan(0);
      process.kill(before, 'SIGKILL');
      await vi.waitFor(() => expect([0, before]).not.toContain(readyPid(dataDir)), {
        timeout: 10_000,
        interval: 1,
      });
    }
    await vi.waitFor(async () => expect(await ask(server.superUrl)).toBe(1), patience);
  } finally {
    await server.stop();
  }
});

test('an empty pid file, as a full disk or a power cut leaves it, does not keep the server from starting', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const first = await startFor(dataDir);
  try {
    const pidFile = join(dataDir, 'postgres/postmaster.pid');
    process.kill(first.pid(), 'SIGSTOP');
    writeFileSync(pidFile, '');
    first.kill9();
    await vi.waitFor(async () => expect(await ask(first.superUrl)).toBe(1), patience);
  } finally {
    await first.stop();
  }
});

test('stopping while the server is being brought back leaves no process', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const server = await startFor(dataDir);
  const pids = new Set([server.pid()]);
  server.kill9();
  await vi.waitFor(() => {
    const [first] = pidFileOf(dataDir);
    if (first !== undefined) pids.add(first);
    expect(pids.size).toBe(2);
  }, patience);
  await server.stop();
  for (const pid of pids) expect(isAlive(pid)).toBe(false);
});

test('a server for tests ends with the process that started it, also when that is killed', async () => {
  const code = `import { startTestPostgres } from '#/scripts/embedded-postgres.ts';
    const server = await startTestPostgres();
    console.log(server.pid());`;
  const child = spawn(
    process.execPath,
    [...nodeFlags(projectDir), '--input-type=module-typescript', '-e', code],
    {
      cwd: projectDir,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  createInterface(child.stdout).once('line', resolve);
  const pid = Number(await promise);
  const dataDir = dataDirOf(pid);
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), patience);
  await vi.waitFor(() => expect(existsSync(dataDir)).toBe(false), patience);
});

async function startFor(dataDir: string): Promise<EmbeddedPostgres> {
  return startTestPostgres({ dataDir });
}

function pidFileOf(dataDir: string): [number, string] | [] {
  try {
    const lines = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n');
    return [Number(lines[0]), lines[7]?.trim() ?? ''];
  } catch {
    return [];
  }
}

function readyPid(dataDir: string): number {
  const [pid = 0, state] = pidFileOf(dataDir);
  return state === 'ready' ? pid : 0;
}

function dataDirOf(pid: number): string {
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return dirname(args[args.indexOf('-D') + 1] ?? '');
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function ask(url: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 2 });
  try {
    const [row] = await sql`select 1 as one`;
    return row?.one;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
