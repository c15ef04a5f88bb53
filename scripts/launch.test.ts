import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { projectDir } from './source-files.ts';
import { freePort } from './test-app.ts';

const isRoot = process.getuid?.() === 0;
let folder = '';
let dataDir = '';
let port = 0;
const started: Started[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-launch-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
  port = await freePort();
});

afterEach(async () => {
  for (const one of started.splice(0)) await one.interrupt();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

// One story on one data folder, in this order: each test goes on where the one before it stopped.
describe('npm start', () => {
  test('starts on an empty folder, says where to look and how to sign in, and Ctrl-C leaves no process', async () => {
    const first = start();
    await first.ready;
    expect(first.output()).toContain(`http://localhost:${port}/demo`);
    expect(first.output()).toContain(`http://localhost:${port}/inbox`);
    expect(first.output()).toMatch(/\/setup#\S{20,}/);
    expect(await health()).toBe(200);
    const processes = first.descendants();
    expect(processes.length).toBeGreaterThanOrEqual(3);
    expect(await first.interrupt()).toBe(0);
    expect(processes.filter(isAlive)).toEqual([]);
  });

  test('is up again within 3 s', async () => {
    // The quickest of three: whatever else the machine does can only make a start slower.
    const spans: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const startedAt = performance.now();
      const again = start();
      await again.ready;
      spans.push(performance.now() - startedAt);
      await again.interrupt();
    }
    expect(Math.min(...spans)).toBeLessThan(3000);
  });

  test('refuses a second one on the same folder and leaves the first alone', async () => {
    await start().ready;
    const second = start({ PORT: String(await freePort()) });
    expect(await second.exited).toBe(1);
    expect(second.sentence()).toMatch(/^Parley is already running on .* \(process \d+\): stop it first/);
    expect(await health()).toBe(200);
  });

  test('starts a crashed server again', async () => {
    const running = start();
    await running.ready;
    const server = running.descendants().find((pid) => commandOf(pid).includes('server.ts'));
    process.kill(server ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(running.output()).toContain('The server is back.'), {
      timeout: 15_000,
      interval: 50,
    });
    expect(await health()).toBe(200);
  });

  test('starts a crashed database again', async () => {
    const running = start();
    await running.ready;
    process.kill(postmaster(), 'SIGKILL');
    await vi.waitFor(() => expect(running.output()).toContain('The database is back.'), {
      timeout: 15_000,
      interval: 50,
    });
    await vi.waitFor(async () => expect(await health()).toBe(200), { timeout: 15_000, interval: 100 });
  });

  test.each(['start.mjs', 'launch.ts'])(
    'ends everything when %s is killed, and starts again',
    async (file) => {
      const running = start();
      await running.ready;
      const processes = running.descendants();
      const victim = [running.pid, ...processes].find((pid) => commandOf(pid).includes(file));
      process.kill(victim ?? 0, 'SIGKILL');
      await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), {
        timeout: 15_000,
        interval: 50,
      });
      const again = start();
      await again.ready;
      expect(await health()).toBe(200);
    },
  );

  test('stops in order when npm is told to, which ends its shell and tells nobody else', async () => {
    const running = start({ npm_lifecycle_event: 'start' }, true);
    await running.ready;
    const processes = running.descendants();
    expect(processes.length).toBeGreaterThanOrEqual(3);
    process.kill(running.pid, 'SIGTERM');
    await running.exited;
    expect(running.sentence()).toBe('Stopped.');
    // Without the shell nobody is told when the last of them has ended, only that it closed what it wrote to.
    await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), { timeout: 1_000, interval: 10 });
  });

  test('starts after everything was killed at once but the database, which it finds and stops', async () => {
    const running = start();
    await running.ready;
    const orphan = postmaster();
    for (const pid of [running.pid, ...running.descendants()]) if (pid !== orphan) killHard(pid);
    await running.exited;
    const again = start();
    await again.ready;
    expect(postmaster()).not.toBe(orphan);
    expect(await health()).toBe(200);
  });

  test('starts after the database was killed too and left its pid file', async () => {
    const running = start();
    await running.ready;
    for (const pid of [running.pid, ...running.descendants()]) killHard(pid);
    await running.exited;
    await start().ready;
    expect(await health()).toBe(200);
  });
});

describe('a reason not to start is one sentence', () => {
  test('a taken port', async () => {
    const taken = await listen();
    const refused = start({ PORT: String(portOf(taken)) });
    expect(await refused.exited).toBe(1);
    expect(refused.sentence()).toMatch(
      new RegExp(`^Port ${portOf(taken)} is taken by another program: choose another one`),
    );
    await new Promise((resolve) => taken.close(resolve));
  });

  test.each([
    ['PORT=http', { PORT: 'http' }, /^PORT is not valid: expected a number/],
    [
      'a malformed DATABASE_URL',
      { DATABASE_URL: 'localhost/parley' },
      /^DATABASE_URL is not valid: expected postgres:/,
    ],
    [
      'a DATABASE_URL where nobody listens',
      { DATABASE_URL: 'postgres://a:hunter2@127.0.0.1:1/parley' },
      /^DATABASE_URL: .* does not answer/,
    ],
    [
      'a DATABASE_URL of no host',
      { DATABASE_URL: 'postgres://a:hunter2@parley.invalid/parley' },
      /^DATABASE_URL: .* was not found/,
    ],
    [
      'a malformed PUBLIC_URL',
      { PUBLIC_URL: 'chat.example.com' },
      /^PUBLIC_URL is not valid: expected an http/,
    ],
  ])('%s', async (_name, env, sentence) => {
    const refused = start(env);
    expect(await refused.exited).toBe(1);
    expect(refused.sentence()).toMatch(sentence);
    expect(refused.output()).not.toContain('hunter2');
  });

  test('a DATABASE_URL with a wrong password, without quoting it', async () => {
    await start().ready;
    const { postgresPort } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'));
    const url = `postgres://parley:hunter2@127.0.0.1:${postgresPort}/parley`;
    const refused = start({
      DATABASE_URL: url,
      PARLEY_DATA: join(folder, 'other'),
      PORT: String(await freePort()),
    });
    expect(await refused.exited).toBe(1);
    expect(refused.sentence()).toMatch(/^DATABASE_URL: .* refuses the user "parley"/);
    expect(refused.output()).not.toContain('hunter2');
  });

  test('a data folder of a newer version, which stays as it is', async () => {
    const newer = join(folder, 'newer');
    mkdirSync(newer);
    writeFileSync(join(newer, 'version'), '99\n');
    const refused = start({ PARLEY_DATA: newer });
    expect(await refused.exited).toBe(1);
    expect(refused.sentence()).toMatch(/was written by a newer Parley \(format 99/);
    expect(readdirSync(newer)).toEqual(['version']);
  });

  test('a data folder that it may not write to', async () => {
    const closed = process.platform === 'linux' ? '/sys/parley' : '/System/parley';
    const refused = start({ PARLEY_DATA: closed });
    expect(await refused.exited).toBe(1);
    expect(refused.sentence()).toMatch(/^Parley may not write to its data folder/);
  });

  test.runIf(isRoot)('a data folder that the database user cannot enter', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const refused = start({ PARLEY_DATA: join(closed, 'data') });
    expect(await refused.exited).toBe(1);
    expect(refused.sentence()).toMatch(/^PostgreSQL runs as the system user "postgres", who cannot enter/);
  });
});

interface Started {
  pid: number;
  ready: Promise<void>;
  exited: Promise<number | null>;
  output: () => string;
  /** The last line that it printed. */
  sentence: () => string;
  descendants: () => number[];
  /** Ctrl-C: the terminal signals the whole group. */
  interrupt: () => Promise<number | null>;
}

function start(env: Record<string, string> = {}, isInShell = false): Started {
  const script = join(projectDir, 'scripts/start.mjs');
  // As npm does it; without the last word some shells would become what they run.
  const inShell = ['sh', ['-c', `"${process.execPath}" "${script}"; true`]] as const;
  const [file, args] = isInShell ? inShell : ([process.execPath, [script]] as const);
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnv(), PORT: String(port), PARLEY_DATA: dataDir, ...env },
  });
  let text = '';
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += String(chunk);
        if (text.includes('Ctrl-C stops it.')) resolve();
      });
    }
    exited.then(() => reject(new Error(`it ended: ${text}`)));
  });
  ready.catch(() => {});
  const pid = child.pid ?? 0;
  const one: Started = {
    pid,
    ready,
    exited,
    output: () => text,
    sentence: () => text.trim().split('\n').at(-1) ?? '',
    descendants: () => descendantsOf(pid),
    interrupt: () => interruptGroup(child, exited),
  };
  started.push(one);
  return one;
}

function interruptGroup(child: ChildProcess, exited: Promise<number | null>): Promise<number | null> {
  try {
    process.kill(-(child.pid ?? 0), 'SIGINT');
  } catch {
    // It has ended already.
  }
  return exited;
}

function cleanEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, USER } = process.env;
  return { PATH, HOME, TMPDIR, USER, NODE_ENV: 'production' };
}

/** Every process below this one, by the parent that the system lists. */
function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = /\) \S (\d+)/.exec(readIfThere(`/proc/${name}/stat`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const below = (of: number): number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

function isAlive(pid: number): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat !== '' && !/\) Z /.test(stat);
}

function commandOf(pid: number): string {
  return readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function postmaster(): number {
  return Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It followed its parent.
  }
}

async function health(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/api/health`);
  await response.arrayBuffer();
  return response.status;
}

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
