import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureAppDatabase } from './app-database.ts';
import { buildIfNeeded } from './build.ts';
import { type EmbeddedPostgres, startTestPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { type ServerProcess, spawnServer } from './server-process.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export interface TestAppOptions {
  /** More variables for the server, or other values for those that are set here. */
  env?: Record<string, string>;
  /** Receives what the server prints. Default: dropped. */
  onOutput?: (text: string) => void;
}

/** The whole production app on a free port, with a database of its own. */
export interface TestApp {
  url: string;
  port: number;
  databaseUrl: string;
  superUrl: string;
  /** The server's environment: a script that is run with it sees the same database and secrets. */
  env: Record<string, string>;
  postgres: EmbeddedPostgres;
  /** The server's process now. */
  pid: () => number;
  /** Stops the server in order and starts it again on the same port and data, from another checkout if one is named. */
  restart: (dir?: string) => Promise<void>;
  /** Kills the server as a crash would; `restart` brings it back. */
  kill9: () => Promise<void>;
  /** Only stops the server; `restart` brings it back. */
  pause: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Builds if needed, and starts PostgreSQL and the server. `stop` leaves nothing behind. */
export async function startTestApp({ env = {}, onOutput }: TestAppOptions = {}): Promise<TestApp> {
  const secrets = makeSecrets();
  await buildIfNeeded(projectDir, {
    env: { ...process.env, ...secrets },
    say: (line) => console.error(line),
  });
  const postgres = await startTestPostgres();
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-data-'));
  const clearUp = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const databaseUrl = await ensureAppDatabase(postgres.superUrl, 'parley', 'parley', 'parley');
    await migrate(databaseUrl);
    const port = await freePort();
    const own = {
      ...secrets,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'warn',
      PARLEY_DATA: dataDir,
      ...env,
    };
    const launch = async (dir = projectDir): Promise<ServerProcess> => {
      const started = spawnServer(dir, { ...withoutOwn(process.env), ...own }, { stdio: 'pipe' });
      for (const stream of [started.child.stdout, started.child.stderr]) {
        stream?.on('data', (chunk) => onOutput?.(String(chunk)));
      }
      await started.ready;
      return started;
    };
    let server = await launch();
    const kill9 = async () => {
      server.child.kill('SIGKILL');
      await server.exited;
    };
    return {
      url: `http://127.0.0.1:${port}`,
      port,
      databaseUrl,
      superUrl: postgres.superUrl,
      env: own,
      postgres,
      pid: () => server.pid,
      kill9,
      pause: () => server.stop(),
      async restart(dir) {
        await server.stop();
        server = await launch(dir);
      },
      async stop() {
        await server.stop();
        await clearUp();
      },
    };
  } catch (error) {
    await clearUp();
    throw error;
  }
}

/** A port of the loopback interface that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

export function makeSecrets(): Record<string, string> {
  return {
    AUTH_SECRET: randomBytes(32).toString('base64url'),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    REALTIME_APP_ID: '100001',
    REALTIME_KEY: randomBytes(10).toString('hex'),
    REALTIME_SECRET: randomBytes(32).toString('hex'),
  };
}

// The settings of whoever runs the tests are not the tests' settings.
export function withoutOwn(source: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign =
    /^(PUSHER_|REALTIME_|S3_|DATABASE_URL$|PUBLIC_URL$|TRUSTED_PROXIES$|PARLEY_|AUTH_|NEXT_SERVER_|PORT$|HOST$|WORKERS$|OUTBOUND_ALLOW$)/;
  return Object.assign(
    {},
    ...Object.entries(source).map(([name, value]) => (foreign.test(name) ? {} : { [name]: value })),
  );
}
