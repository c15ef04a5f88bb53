import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { completeSetup, makeAccounts } from '#/bench/adapters/parley-accounts.ts';
import { type ParleyAccess, signIn } from '#/bench/adapters/parley-calls.ts';
import { type HttpProxy, openHttpProxy } from '#/bench/faults/network/http-proxy.ts';
import { openPostgresProxy, type PostgresProxy } from '#/bench/faults/network/postgres-proxy.ts';
import type { SocketProxy } from '#/bench/faults/network/socket-proxy.ts';
import { type Supervised, superviseProcess } from '#/bench/faults/supervised.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { randomFrom } from '#/bench/random.ts';
import type { Account } from '#/bench/simulated-people.ts';
import { newToken } from '#/lib/ids.ts';
import { ensureAppDatabase } from '#/scripts/app-database.ts';
import { buildIfNeeded } from '#/scripts/build.ts';
import { type EmbeddedPostgres, startTestPostgres } from '#/scripts/embedded-postgres.ts';
import { migrate } from '#/scripts/migrate.ts';
import { projectDir } from '#/scripts/source-files.ts';
import { freePort, makeSecrets, withoutOwn } from '#/scripts/test-app.ts';

export type WorldOptions = {
  /** `apart`: our realtime server in a process of its own, so that what is published passes `world.publish`. */
  realtime: 'embedded' | 'apart';
  /** PostgreSQL flushes to disk: needed where it is killed. */
  durable: boolean;
  agents?: number;
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
  realtime: Supervised | null;
  postgres: EmbeddedPostgres;
  superUrl: string;
  /** The app's database, past every proxy and every policy. A connection of its own for each call. */
  ask<Row extends object>(query: (sql: postgres.Sql) => postgres.PendingQuery<Row[]>): Promise<Row[]>;
  /** No faults any more; resolves when everything answers again. */
  heal(): Promise<void>;
  /** The last lines that the app printed. */
  printed(): string;
  stop(): Promise<void>;
};

const healMsMax = 60_000;
const printedMax = 16_000;
const keyOfTestBuilds = Buffer.alloc(32, 7).toString('base64');

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
  await buildIfNeeded(projectDir, {
    env: { ...process.env, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: keyOfTestBuilds },
    say: (line) => console.error(line),
  });
  const cluster = await startTestPostgres({ isDurable: options.durable });
  undo.push(() => cluster.stop());
  const appUrl = await ensureAppDatabase(cluster.superUrl, 'parley', 'parley', 'parley');
  await migrate(appUrl);
  const superUrl = Object.assign(new URL(cluster.superUrl), { pathname: '/parley' }).href;
  const database = await openPostgresProxy({ target: { host: '127.0.0.1', port: cluster.port }, random });
  undo.push(() => database.close());

  const [port, realtimePort] = [await freePort(), await freePort()];
  const isApart = options.realtime === 'apart';
  const open = async (target: number) => {
    const proxy = await openHttpProxy({ target: { host: '127.0.0.1', port: target }, random });
    undo.push(() => proxy.close());
    return proxy;
  };
  const http = await open(port);
  const live = isApart ? await open(realtimePort) : http;
  const publish = isApart ? await open(realtimePort) : null;
  const pusher = {
    PUSHER_APP_ID: secrets.REALTIME_APP_ID,
    PUSHER_KEY: secrets.REALTIME_KEY,
    PUSHER_SECRET: secrets.REALTIME_SECRET,
    PUSHER_HOST: '127.0.0.1',
    PUSHER_TLS: 'false',
  };
  const env = {
    ...withoutOwn(process.env),
    ...secrets,
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: database.through(appUrl),
    LOG_LEVEL: 'warn',
    // Everybody sits at one address here and writes faster than people do.
    RATE_LIMIT_SCALE: '100000',
    ...(publish === null ? {} : { ...pusher, PUSHER_PORT: String(publish.port) }),
    ...options.env,
  };
  const printed = openPrinted();
  const realtime = isApart
    ? await superviseProcess('scripts/realtime.ts', {
        env: { ...env, REALTIME_PORT: String(realtimePort), REALTIME_HOST: '127.0.0.1' },
        url: `http://127.0.0.1:${realtimePort}/api/health`,
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
  const app = await superviseProcess('server.ts', {
    env,
    url: `${directUrl}/api/health`,
    onOutput: printed.add,
  });
  undo.push(() => app.stop());

  const ask: World['ask'] = async (query) => {
    const sql = postgres(superUrl, { max: 1, onnotice: () => {}, connect_timeout: 5, fetch_types: false });
    try {
      return await query(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
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
    realtime,
    postgres: cluster,
    superUrl,
    ask,
    async heal() {
      for (const proxy of [database, http, live, publish]) proxy?.heal();
      await Promise.all([app.untilReady(healMsMax), realtime?.untilReady(healMsMax)]);
    },
    printed: printed.read,
    stop,
  };
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
