import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { completeSetup, makeAccounts } from '#/bench/adapters/parley-accounts.ts';
import { type ParleyAccess, signIn } from '#/bench/adapters/parley-calls.ts';
import { type Ask, askOver } from '#/bench/faults/ask.ts';
import { openBalancer } from '#/bench/faults/network/balancer.ts';
import { type HttpProxy, openHttpProxy } from '#/bench/faults/network/http-proxy.ts';
import { openPostgresProxy, type PostgresProxy } from '#/bench/faults/network/postgres-proxy.ts';
import type { SocketProxy } from '#/bench/faults/network/socket-proxy.ts';
import { type Supervised, superviseProcess } from '#/bench/faults/supervised.ts';
import { openWiretap, type Wiretap } from '#/bench/faults/wiretap.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { randomFrom } from '#/bench/random.ts';
import type { Account } from '#/bench/simulated-people.ts';
import { newToken } from '#/lib/ids.ts';
import { ensureAppDatabase } from '#/scripts/app-database.ts';
import { buildIfNeeded } from '#/scripts/build.ts';
import {
  type EmbeddedPostgres,
  startTestPostgres,
  type TestPostgresOptions,
} from '#/scripts/embedded-postgres.ts';
import { migrate } from '#/scripts/migrate.ts';
import { findNginx, startNginx } from '#/scripts/nginx.ts';
import { projectDir } from '#/scripts/source-files.ts';
import { freePort, makeSecrets, withoutOwn } from '#/scripts/test-app.ts';

export type WorldOptions = {
  /** `apart`: our realtime server in a process of its own, so that what is published passes `world.publish`. */
  realtime: 'embedded' | 'apart';
  /** PostgreSQL flushes to disk: needed where it is killed. */
  durable: boolean;
  /** Two instances, and the worker apart, behind this proxy; only with realtime apart. */
  behind?: 'plain' | 'nginx';
  agents?: number;
  /** Where PostgreSQL keeps its files, and with which settings. */
  postgres?: Omit<TestPostgresOptions, 'isDurable'>;
  /** More variables for the app. */
  env?: Readonly<Record<string, string>>;
};

/** A running Parley whose every connection passes a proxy that can fail. Rows of the same options share one. */
export type World = {
  options: WorldOptions;
  access: ParleyAccess;
  accounts: readonly Account[];
  /** Browsers in which the accounts are signed in, in the same order. */
  sessions: readonly HttpClient[];
  /** Through `http`. */
  url: string;
  /** Past every proxy. */
  directUrl: string;
  /** The browsers' requests. */
  http: HttpProxy;
  /** The browsers' live connections, to the app or to the realtime server apart. */
  sockets: SocketProxy;
  /** What the app publishes, when realtime is apart. */
  publish: HttpProxy | null;
  /** The app's connections to PostgreSQL. */
  database: PostgresProxy;
  app: Supervised;
  /** `app`, and the second one where there are two; each past every proxy, at the same place of `instanceUrls`. */
  instances: readonly Supervised[];
  instanceUrls: readonly string[];
  worker: Supervised | null;
  realtime: Supervised | null;
  postgres: EmbeddedPostgres;
  superUrl: string;
  ask: Ask;
  /** Hears what is published, past the proxies; null where realtime is not apart. */
  openWiretap(): Promise<Wiretap | null>;
  /** No faults any more; resolves when everything answers again. */
  heal(): Promise<void>;
  /** The last lines that the app printed. */
  printed(): string;
  stop(): Promise<void>;
};

const healMsMax = 60_000;
const printedMax = 16_000;
const keyOfTestBuilds = Buffer.alloc(32, 7).toString('base64');

let building: Promise<string> | null = null;

/** Worlds that start side by side share one build, and nothing is built below one that runs. */
function buildOnce(): Promise<string> {
  building ??= buildIfNeeded(projectDir, {
    env: { ...process.env, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: keyOfTestBuilds },
    say: (line) => console.error(line),
  });
  return building;
}

/** Builds if needed, and starts and sets up everything on free ports. `stop` leaves nothing behind. */
export async function startWorld(options: WorldOptions, seed = 1): Promise<World> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    return await openWorld(options, randomFrom(seed), undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openWorld(
  options: WorldOptions,
  random: () => number,
  undo: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<World> {
  const secrets = makeSecrets();
  await buildOnce();
  const cluster = await startTestPostgres({ isDurable: options.durable, ...options.postgres });
  undo.push(() => cluster.stop());
  const appUrl = await ensureAppDatabase(cluster.superUrl, 'parley', 'parley', 'parley');
  await migrate(appUrl);
  const superUrl = Object.assign(new URL(cluster.superUrl), { pathname: '/parley' }).href;
  const database = await openPostgresProxy({ target: { host: '127.0.0.1', port: cluster.port }, random });
  undo.push(() => database.close());

  const [port, realtimePort, frontPort] = [await freePort(), await freePort(), await freePort()];
  const ports = options.behind === undefined ? [port] : [port, await freePort()];
  const isApart = options.realtime === 'apart';
  const open = async (target: number) => {
    const proxy = await openHttpProxy({ target: { host: '127.0.0.1', port: target }, random });
    undo.push(() => proxy.close());
    return proxy;
  };
  const http = await open(options.behind === undefined ? port : frontPort);
  // A proxy in front brings the sockets to the realtime server; without one browsers are told where it is.
  const live = isApart && options.behind === undefined ? await open(realtimePort) : http;
  const publish = isApart ? await open(realtimePort) : null;
  const env = {
    ...withoutOwn(process.env),
    ...secrets,
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: database.through(appUrl),
    LOG_LEVEL: 'warn',
    // Everybody sits at one address here and writes faster than people do.
    RATE_LIMIT_SCALE: '100000',
    ...(publish === null ? {} : { REALTIME_URL: `http://127.0.0.1:${publish.port}` }),
    ...(live === http ? {} : { REALTIME_PUBLIC_URL: `http://127.0.0.1:${live.port}` }),
    ...(options.behind === undefined ? {} : { WORKERS: 'apart', TRUSTED_PROXIES: '127.0.0.1' }),
    ...options.env,
  };
  const printed = openPrinted();
  const realtimeUrl = `http://127.0.0.1:${realtimePort}/api/health`;
  const realtime = isApart
    ? await superviseProcess('scripts/realtime.ts', {
        env: { ...env, REALTIME_PORT: String(realtimePort), REALTIME_HOST: '127.0.0.1' },
        url: realtimeUrl,
        onOutput: printed.add,
      })
    : null;
  if (realtime !== null) undo.push(() => realtime.stop());
  const url = `http://127.0.0.1:${http.port}`;
  const directUrl = `http://127.0.0.1:${port}`;
  const first = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'scripts/first-run.ts'],
    // The widget may be embedded where the browsers see the app.
    { env: { ...env, DATABASE_URL: appUrl, PORT: String(http.port) }, cwd: projectDir },
  );
  const instanceUrls = ports.map((own) => `http://127.0.0.1:${own}`);
  const starting = ports.map(async (own, index) => {
    const started = await superviseProcess('server.ts', {
      env: { ...env, PORT: String(own) },
      url: `${instanceUrls[index]}/api/health`,
      onOutput: printed.add,
    });
    undo.push(() => started.stop());
    return started;
  });
  const instances = await Promise.all(starting);
  const [app] = instances;
  if (app === undefined) throw new Error('no instance was started');
  const front = { ports, realtimePort, frontPort, realtimeUrl, env };
  const worker = await openFront(options, front, printed.add, undo);

  const ask = askOver(superUrl);
  const account = { email: 'ada@example.com', password: newToken() };
  await completeSetup(url, first.stdout, account);
  const [widget] = await ask((sql) => sql<{ key: string }[]>`select key from widgets`);
  if (widget === undefined) throw new Error('the first run made no widget');
  const access: ParleyAccess = {
    url,
    liveUrl: `http://127.0.0.1:${live.port}`,
    widgetKey: widget.key,
    realtimeKey: secrets.REALTIME_KEY ?? '',
    ...account,
  };
  const accounts = await makeAccounts(access, options.agents ?? 2, () =>
    ask(
      (sql) => sql<{ id: string; name: string; email: string }[]>`
        select id, name, email::text from agents order by created_at`,
    ),
  );
  const sessions: HttpClient[] = [];
  for (const each of accounts) {
    const browser = openHttpClient(url);
    undo.push(() => browser.close());
    await signIn(browser, { ...access, ...each });
    sessions.push(browser);
  }
  return {
    options,
    access,
    accounts,
    sessions,
    url,
    directUrl,
    http,
    sockets: live.sockets,
    publish,
    database,
    app,
    instances,
    instanceUrls,
    worker,
    realtime,
    postgres: cluster,
    superUrl,
    ask,
    openWiretap: async () =>
      isApart
        ? openWiretap({ port: realtimePort, key: access.realtimeKey, secret: secrets.REALTIME_SECRET ?? '' })
        : null,
    async heal() {
      for (const proxy of [database, http, live, publish]) proxy?.heal();
      await Promise.all([...instances, realtime].map((each) => each?.untilReady(healMsMax)));
    },
    printed: printed.read,
    stop,
  };
}

type Front = {
  ports: readonly number[];
  realtimePort: number;
  frontPort: number;
  realtimeUrl: string;
  env: NodeJS.ProcessEnv;
};

/** The proxy before two instances, and the worker beside them; nothing for one instance. */
async function openFront(
  { behind }: WorldOptions,
  { ports, realtimePort, frontPort, realtimeUrl, env }: Front,
  onOutput: (text: string) => void,
  undo: (() => unknown)[],
): Promise<Supervised | null> {
  const [first, second] = ports;
  if (behind === undefined || first === undefined || second === undefined) return null;
  // It answers nobody, so that the realtime server's answer, which is there, has to do.
  const worker = await superviseProcess('scripts/worker.ts', { env, url: realtimeUrl, onOutput });
  undo.push(() => worker.stop());
  if (behind === 'plain') {
    const balancer = await openBalancer({ port: frontPort, instances: ports, realtime: realtimePort });
    undo.push(() => balancer.close());
    return worker;
  }
  const dir = mkdtempSync(join(tmpdir(), 'parley-nginx-'));
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  const listen = { listen: frontPort, host: '127.0.0.1' };
  const nginx = await startNginx(findNginx(), dir, {
    ...listen,
    instances: [first, second],
    realtime: realtimePort,
  });
  undo.push(() => nginx.stop());
  return worker;
}

function openPrinted() {
  let text = '';
  return {
    add(chunk: string) {
      text = (text + chunk).slice(-printedMax);
    },
    read: () => text,
  };
}
