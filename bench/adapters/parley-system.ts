import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunningSystem } from '#/bench/adapter.ts';
import { completeSetup } from '#/bench/adapters/parley-accounts.ts';
import { askOver } from '#/bench/faults/ask.ts';
import { seedTickets } from '#/bench/seed.ts';
import { closeDatabase, openDatabase } from '#/db/client.ts';
import { newToken } from '#/lib/ids.ts';
import { freePort } from '#/scripts/test-app.ts';

const secretsSchema = z.object({
  POSTGRES_SUPER_PASSWORD: z.string(),
  POSTGRES_APP_PASSWORD: z.string(),
  REALTIME_KEY: z.string(),
});
const stateSchema = z.object({ postgresPort: z.number() });
const readyMsMax = 120_000;

export type ParleySystem = RunningSystem & {
  dataDir: string;
  /** Of the app's database, as the superuser: past every policy. */
  superUrl: () => string;
  /** Starts it again on the same data with the same command, however the last one ended. */
  startAgain(): Promise<void>;
};

/**
 * What `npm start` starts, on a data folder and a port of its own, set up as its first person would. With
 * `scripts/start.mjs`, that very command, which also looks after what a killed launcher leaves behind.
 */
export async function startParley(
  script: 'scripts/launch.ts' | 'scripts/start.mjs' = 'scripts/launch.ts',
  /** More variables for it. */
  env: Readonly<Record<string, string>> = {},
): Promise<ParleySystem> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  // PostgreSQL has a user of its own when this one is root.
  chmodSync(dataDir, 0o711);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const account = { email: 'bench@example.com', password: newToken() };
  let current = await launch(script, dataDir, port, env);
  try {
    await completeSetup(url, current.output(), account);
    const { REALTIME_KEY: realtimeKey } = readJson(dataDir, 'secrets.json', secretsSchema);
    const access = {
      url,
      widgetKey: await findWidgetKey(databaseUrlOf(dataDir, 'postgres')),
      realtimeKey,
      ...account,
    };
    return {
      access,
      dataDir,
      superUrl: () => databaseUrlOf(dataDir, 'postgres'),
      pids: () => [current.pid],
      async seed(tickets) {
        await openDatabase(databaseUrlOf(dataDir), 2);
        return seedTickets(tickets);
      },
      async startAgain() {
        current = await launch(script, dataDir, port, env);
      },
      async restart() {
        await closeDatabase();
        await current.stop();
        const beganMs = performance.now();
        current = await launch(script, dataDir, port, env);
        return { readyMs: performance.now() - beganMs };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function stop(): Promise<void> {
    await closeDatabase();
    await current.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Launched = { pid: number; output: () => string; stop: () => Promise<void> };

async function launch(
  script: string,
  dataDir: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<Launched> {
  const child: ChildProcess = fork(script, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PARLEY_DATA: dataDir,
      PORT: String(port),
      DATABASE_URL: '',
      // Everybody sits at one address here and writes faster than people do.
      RATE_LIMIT_SCALE: '100000',
      ...env,
    },
  });
  let output = '';
  const ready = Promise.withResolvers<void>();
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
    if (output.includes('Ctrl-C stops it.')) ready.resolve();
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const timer = setTimeout(() => ready.reject(new Error('Parley did not start in time')), readyMsMax);
  void exited.then(() => ready.reject(new Error(`Parley did not start: ${output.trim()}`)));
  await ready.promise.finally(() => clearTimeout(timer));
  return {
    pid: child.pid ?? 0,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function findWidgetKey(superUrl: string): Promise<string> {
  const [widget] = await askOver(superUrl)((sql) => sql<{ key: string }[]>`select key from widgets`);
  if (widget === undefined) throw new Error('the first start made no widget');
  return widget.key;
}

function databaseUrlOf(dataDir: string, user: 'parley' | 'postgres' = 'parley'): string {
  const secrets = readJson(dataDir, 'secrets.json', secretsSchema);
  const password = user === 'parley' ? secrets.POSTGRES_APP_PASSWORD : secrets.POSTGRES_SUPER_PASSWORD;
  const { postgresPort } = readJson(dataDir, 'postgres.json', stateSchema);
  return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${postgresPort}/parley`;
}

function readJson<T>(dataDir: string, name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(dataDir, name), 'utf8')));
}
