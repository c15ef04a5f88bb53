import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import {
  DatabaseError,
  sqlStateOf,
  toCallerError,
  toUnavailable,
  troubleOf,
  unavailable,
} from '#/db/errors.ts';
import { type Lane, openPool, type Pool } from '#/db/pool.ts';
import { env } from '#/lib/env.ts';
import { processSingleton } from '#/lib/process.ts';

export { constraintOf, sqlStateOf } from '#/db/errors.ts';

/**
 * Where queries run: the transaction of `transact` and `asCustomer`, or the connection of `read`. Valid until the
 * function that received it has settled; a later query throws.
 */
export type Tx = Omit<PostgresJsDatabase<Record<string, never>>, 'transaction'>;

export type CallOptions = {
  /** From the call to its answer, the wait for a connection included. */
  deadlineMs?: number;
};

export type DatabaseHealth = {
  /** Calls in a row that lost their connection or their deadline; 0 when the last one was answered. */
  failuresInRow: number;
  /** How often all connections were thrown away because nothing was answered any more. */
  replacements: number;
  lastFailure: { at: Date; reason: string } | null;
  connections: { open: number; idle: number; waiting: number };
};

export const deadlineMsDefault = 3_000;
/** Who waits for a row holds a connection that others could use; a send that gave up is sent again. */
const lockWaitMsMax = 1_000;
const silentInRowMax = 8;
/**
 * PostgreSQL contradicts itself. A statement that was planned while a restore replaced everything holds a function that
 * is gone, and says so on its connection each time, for as long as that lives.
 */
const internalError = 'XX000';
const poolMaxDefault = 16;

type Role = 'staff' | 'customer';
type Database = {
  source: { url: string; max: number } | null;
  pools: Record<Role, Pool> | null;
  failuresInRow: number;
  /** Those of them on a connection that was open already. */
  silentInRow: number;
  replacements: number;
  lastFailure: DatabaseHealth['lastFailure'];
};

/** One per process, though `server.ts` and Next's bundle hold two copies of this module. */
function database(): Database {
  return processSingleton<Database>('database', () => ({
    source: null,
    pools: null,
    failuresInRow: 0,
    silentInRow: 0,
    replacements: 0,
    lastFailure: null,
  }));
}

/**
 * Runs `fn` in one transaction and answers its value after the commit. Throws what `fn` throws after rolling back;
 * a refused statement as `DatabaseError`; a lost connection, a passed deadline or a busy server as `unavailable`.
 * After `unavailable` the commit may have happened: a retry has to carry the same ids.
 */
export function transact<T>(fn: (tx: Tx) => Promise<T>, options: CallOptions = {}): Promise<T> {
  return call('staff', options, (lane, failed) => inTransaction(lane, failed, setUpFor(options), fn));
}

/**
 * As `transact`, for one customer: PostgreSQL itself shows and takes only that customer's public rows. The
 * connections that it uses are customers' for life, so a set-up that failed shows nothing instead of everything.
 */
export function asCustomer<T>(
  customerId: string,
  fn: (tx: Tx) => Promise<T>,
  options: CallOptions = {},
): Promise<T> {
  const setUp: SetUp = (client) => [
    // The role again, for a connection on which somebody managed to change it.
    client`select set_config('role', 'parley_customer', true),
      set_config('parley.customer_id', ${customerId}, true)`.execute(),
    ...setUpFor(options)(client),
  ];
  return call('customer', options, (lane, failed) => inTransaction(lane, failed, setUp, fn));
}

/** Runs `fn` without a transaction: each statement by itself, for reads that need no common snapshot. */
export function read<T>(fn: (tx: Tx) => Promise<T>, options: CallOptions = {}): Promise<T> {
  if ((options.deadlineMs ?? 0) > deadlineMsDefault) return transact(fn, options);
  return withoutTransaction('staff', fn, options);
}

/**
 * Runs statements that each commit by themselves, in one round trip each, on a connection of that audience. On the
 * customers' they see nobody's rows, unless a statement itself says whose it is, as `append_entry` does.
 * After `unavailable` one may have happened, as with `transact`.
 */
export function inOneStatement<T>(role: Role, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return withoutTransaction(role, fn, {});
}

function withoutTransaction<T>(role: Role, fn: (tx: Tx) => Promise<T>, options: CallOptions): Promise<T> {
  return call(role, options, async (lane, failed) => {
    const { tx, finish } = makeTx(lane);
    try {
      return await Promise.race([fn(tx), failed]);
    } finally {
      finish();
    }
  });
}

export function databaseHealth(): DatabaseHealth {
  const { failuresInRow, replacements, lastFailure, pools } = database();
  const connections = { open: 0, idle: 0, waiting: 0 };
  for (const pool of pools === null ? [] : [pools.staff, pools.customer]) {
    const counts = pool.counts();
    connections.open += counts.open;
    connections.idle += counts.idle;
    connections.waiting += counts.waiting;
  }
  return { failuresInRow, replacements, lastFailure, connections };
}

/** Points this process at a database other than the environment's, for scripts and tests. Closes what was open. */
export async function openDatabase(url: string, max = poolMaxDefault): Promise<void> {
  await closeDatabase();
  database().source = { url, max };
}

/** Lets calls under way finish for up to `graceMs`, then ends every connection. A later call opens new ones. */
export async function closeDatabase(graceMs = deadlineMsDefault): Promise<void> {
  const held = database();
  const { pools } = held;
  held.pools = null;
  if (pools !== null) await Promise.all([pools.staff.close(graceMs), pools.customer.close(graceMs)]);
}

async function call<T>(
  role: Role,
  options: CallOptions,
  work: (lane: Lane, failed: Promise<never>) => Promise<T>,
): Promise<T> {
  const pool = openPools()[role];
  const deadline = startDeadline(options.deadlineMs ?? deadlineMsDefault);
  let lane: Lane | null = null;
  try {
    lane = await pool.acquire(deadline.failed);
    lane.onDead = deadline.fail;
    const value = await work(lane, deadline.failed);
    pool.release(lane);
    noteAnswer();
    return value;
  } catch (error) {
    const isAnswered = lane !== null && !lane.isDead() && !deadline.isOver();
    const isSpoilt = isAnswered && sqlStateOf(error) === internalError;
    if (lane !== null) isAnswered && !isSpoilt ? pool.release(lane) : pool.kill(lane);
    isAnswered ? noteAnswer() : noteSilence(error, lane !== null);
    // What was opened in the same moment answers the same.
    if (isSpoilt) dropIdle();
    throw isAnswered ? toCallerError(error) : toUnavailable(error);
  } finally {
    deadline.stop();
  }
}

type SetUp = (client: postgres.Sql) => Promise<unknown>[];

function setUpFor(options: CallOptions): SetUp {
  const { deadlineMs } = options;
  if (deadlineMs === undefined || deadlineMs <= deadlineMsDefault) return () => [];
  const ms = String(deadlineMs);
  return (client) => [
    client`select set_config('statement_timeout', ${ms}, true),
      set_config('idle_in_transaction_session_timeout', ${ms}, true)`.execute(),
  ];
}

/** BEGIN, the set-up and the first query travel together: nothing waits for an answer that nobody needs yet. */
async function inTransaction<T>(
  lane: Lane,
  failed: Promise<never>,
  setUp: SetUp,
  fn: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { client } = lane;
  const { tx, finish } = makeTx(lane);
  const begun = Promise.all([client.unsafe('begin').execute(), ...setUp(client)]);
  begun.catch(() => {});
  try {
    const value = await Promise.race([fn(tx), failed]);
    finish();
    await Promise.race([begun, failed]);
    const done = await Promise.race([client.unsafe('commit'), failed]);
    // A statement that failed and was caught: PostgreSQL rolled back and answers COMMIT with ROLLBACK.
    if (done.command !== 'COMMIT') throw new DatabaseError('25P02', null);
    return value;
  } catch (error) {
    finish();
    await Promise.race([client.unsafe('rollback'), failed]);
    throw error;
  }
}

const preparedAlways: postgres.UnsafeQueryOptions & { simple: false } = { prepare: true, simple: false };

/** drizzle over one connection, for one call: statements are prepared, and none runs after `finish`. */
function makeTx(lane: Lane): { tx: Tx; finish: () => void } {
  let isFinished = false;
  const client = {
    options: { parsers: {}, serializers: {} },
    unsafe(query: string, values: unknown[] = []) {
      if (isFinished) throw new Error('A query after the end of its transaction');
      if (lane.isDead()) throw unavailable('database_lost');
      // Without `simple`, what has no parameters would be parsed and planned anew each time.
      return lane.client.unsafe(query, toParameters(values), preparedAlways);
    },
  };
  return {
    tx: drizzle(asPostgresClient(client)),
    finish: () => {
      isFinished = true;
    },
  };
}

/** Safe: drizzle's session calls `unsafe` and, for transactions only (which `Tx` hides), `begin`. */
function asPostgresClient(client: { unsafe: (query: string, values?: unknown[]) => unknown }): postgres.Sql {
  return client as unknown as postgres.Sql;
}

/** drizzle encodes what goes into a column; this is for what a hand-written fragment carries. Safe: postgres.js sends text. */
function toParameters(values: unknown[]): postgres.ParameterOrJSON<never>[] {
  return values.map((value) => (value instanceof Date ? value.toISOString() : value)) as never[];
}

/** `failed` rejects when `ms` have passed, or with `fail`: when the call's connection is gone. */
function startDeadline(ms: number) {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    reject(unavailable('database_slow'));
  }, ms);
  return {
    failed,
    fail: () => reject(unavailable('database_lost')),
    isOver: () => isOver,
    stop: () => clearTimeout(timer),
  };
}

function noteAnswer(): void {
  const held = database();
  held.failuresInRow = 0;
  held.silentInRow = 0;
}

/**
 * The supervisor: when open connections answer nothing any more, all of them are replaced, also those that seem idle.
 * A server that refuses new ones is down: there is nothing to replace.
 */
function noteSilence(error: unknown, wasOpen: boolean): void {
  const reason = troubleOf(error);
  // Waiting in line says nothing about the server, and those in front have deadlines too.
  if (reason === 'database_busy' || reason === 'database_closed') return;
  const held = database();
  held.lastFailure = { at: new Date(), reason };
  held.failuresInRow++;
  if (!wasOpen) return;
  // What lies beside it may have died as silently; a new connection costs milliseconds, a dead one a whole deadline.
  dropIdle();
  held.silentInRow++;
  if (held.silentInRow < silentInRowMax) return;
  held.silentInRow = 0;
  held.replacements++;
  held.pools?.staff.replace();
  held.pools?.customer.replace();
}

function dropIdle(): void {
  const { pools } = database();
  pools?.staff.dropIdle();
  pools?.customer.dropIdle();
}

function openPools(): Record<Role, Pool> {
  const held = database();
  held.pools ??= makePools(held.source ?? sourceFromEnvironment());
  return held.pools;
}

function makePools({ url, max }: { url: string; max: number }): Record<Role, Pool> {
  const parameters = {
    statement_timeout: deadlineMsDefault,
    lock_timeout: lockWaitMsMax,
    idle_in_transaction_session_timeout: deadlineMsDefault,
    ...goneClient,
    // Of disks with heads: by it, thirty thousand rows are read to find a hundred that an index names.
    random_page_cost: 1.1,
  };
  const half = Math.max(1, Math.floor(max / 2));
  return {
    staff: openPool({ url, max: half, parameters }),
    customer: openPool({ url, max: half, parameters: { ...parameters, role: 'parley_customer' } }),
  };
}

/** How PostgreSQL learns that a client vanished without a word: else what it held counts against max_connections. */
const goneClient = {
  idle_session_timeout: 120_000,
  tcp_keepalives_idle: 15,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
};

function sourceFromEnvironment(): { url: string; max: number } {
  return { url: env().databaseUrl, max: poolMaxDefault };
}
