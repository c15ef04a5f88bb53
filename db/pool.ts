import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import postgres from 'postgres';
import { unavailable } from '#/db/errors.ts';

/**
 * Connections, each used by one call at a time and thrown away at its first trouble. postgres.js keeps state of a
 * lost connection (half-written bytes, a timer that is never armed again) and takes it into the next one, and
 * silently reconnects in the middle of a transaction; so a client of ours has one connection and never another.
 */
export type Pool = {
  /** A connection for one call, given back with `release` or ended with `kill`. Rejects when `expired` does. */
  acquire(expired: Promise<never>): Promise<Lane>;
  release(lane: Lane): void;
  kill(lane: Lane): void;
  /** Ends connections that nobody uses: when one of them turned out to be silently dead, the others may be, too. */
  dropIdle(): void;
  /** Ends all connections, in use or not; the pool stays usable with new ones. */
  replace(): void;
  /** Refuses new calls, ends idle connections at once and others when their call is over or `graceMs` passed. */
  close(graceMs: number): Promise<void>;
  counts(): { open: number; idle: number; waiting: number };
};

export type Lane = {
  /** The statements of one call are sent in order without waiting for answers, so they share a round trip. */
  client: postgres.Sql;
  /**
   * Told once when the connection is gone, until the lane is released. A promise would do too, but a race adds to it
   * for as long as it is open: half an hour of answers would stay in memory.
   */
  onDead: (() => void) | null;
  isDead(): boolean;
};

export type PoolOptions = {
  url: string;
  max: number;
  /** Server settings of every connection. */
  parameters: Record<string, string | number>;
  idleMs?: number;
  lifeMs?: number;
};

type Held = Lane & { end(): void; openedAt: number; lifeMs: number; idleTimer: NodeJS.Timeout | null };
type Waiter = { wake(): void; lane: Held | null };

const waitersPerLaneMax = 64;
const idleMsDefault = 60_000;
const lifeMsDefault = 30 * 60_000;

export function openPool(options: PoolOptions): Pool {
  const lanes = new Map<Lane, Held>();
  const idle: Held[] = [];
  const waiters: Waiter[] = [];
  let isClosed = false;
  let drained: (() => void) | null = null;

  return { acquire, release, kill, dropIdle, replace, close, counts };

  async function acquire(expired: Promise<never>): Promise<Lane> {
    for (;;) {
      if (isClosed) throw unavailable('database_closed');
      const lane =
        idle.pop() ?? (lanes.size < options.max ? await open(expired) : await waitForLane(expired));
      if (lane === null || lane.isDead()) continue;
      if (lane.idleTimer !== null) clearTimeout(lane.idleTimer);
      lane.idleTimer = null;
      return lane;
    }
  }

  async function open(expired: Promise<never>): Promise<Held> {
    const lane = makeLane(options, () => forget(lane));
    lanes.set(lane, lane);
    const { promise: died, reject } = Promise.withResolvers<never>();
    lane.onDead = () => reject(unavailable('database_lost'));
    try {
      // Also proves that the connection runs as the role it was asked to.
      const answer = lane.client<{ role: string }[]>`select current_user::text as role`.simple();
      const rows = await Promise.race([answer, died, expired]);
      const wanted = options.parameters.role;
      if (wanted !== undefined && rows[0]?.role !== wanted) throw unavailable('database_lost');
      return lane;
    } catch (error) {
      kill(lane);
      throw error;
    }
  }

  async function waitForLane(expired: Promise<never>): Promise<Held | null> {
    // Who would wait behind so many would wait in vain.
    if (waiters.length >= options.max * waitersPerLaneMax) throw unavailable('database_busy');
    const waiter: Waiter = { wake: () => {}, lane: null };
    const turn = new Promise<void>((resolve) => {
      waiter.wake = resolve;
    });
    waiters.push(waiter);
    try {
      await Promise.race([turn, expired]);
    } catch {
      const place = waiters.indexOf(waiter);
      if (place >= 0) waiters.splice(place, 1);
      if (waiter.lane !== null) release(waiter.lane);
      // Called to open one just when its time was up: the place goes to the next in line.
      else if (place < 0) waiters.shift()?.wake();
      throw unavailable('database_busy');
    }
    return waiter.lane;
  }

  function release(lane: Lane): void {
    const held = lanes.get(lane);
    if (held === undefined || held.isDead()) return;
    held.onDead = null;
    if (isClosed || performance.now() - held.openedAt > held.lifeMs) {
      kill(lane);
      return;
    }
    const waiter = waiters.shift();
    if (waiter !== undefined) {
      waiter.lane = held;
      waiter.wake();
      return;
    }
    held.idleTimer = setTimeout(() => kill(held), options.idleMs ?? idleMsDefault);
    held.idleTimer.unref();
    idle.push(held);
  }

  function kill(lane: Lane): void {
    lanes.get(lane)?.end();
  }

  function forget(lane: Held): void {
    if (!lanes.delete(lane)) return;
    if (lane.idleTimer !== null) clearTimeout(lane.idleTimer);
    const place = idle.indexOf(lane);
    if (place >= 0) idle.splice(place, 1);
    // Its place is free: the next in line opens a connection of its own.
    waiters.shift()?.wake();
    if (lanes.size === 0) drained?.();
  }

  function dropIdle(): void {
    for (const lane of [...idle]) kill(lane);
  }

  function replace(): void {
    for (const lane of [...lanes.keys()]) kill(lane);
  }

  async function close(graceMs: number): Promise<void> {
    isClosed = true;
    for (const waiter of waiters.splice(0)) waiter.wake();
    dropIdle();
    if (lanes.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    drained = resolve;
    const timer = setTimeout(replace, graceMs);
    await promise;
    clearTimeout(timer);
  }

  function counts() {
    return { open: lanes.size, idle: idle.length, waiting: waiters.length };
  }
}

function makeLane(options: PoolOptions, onDead: () => void): Held {
  let socket: Socket | null = null;
  let isDead = false;
  let isUsed = false;
  const client = postgres(options.url, {
    max: 1,
    prepare: true,
    fetch_types: false,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 0,
    onnotice: () => {},
    onclose: end,
    connection: { application_name: 'parley', TimeZone: 'UTC', jit: 'off', ...options.parameters },
    types: arrayTypes,
    ...{ socket: openSocket },
  });
  // Sequence numbers and counts stay far below 2^53.
  client.options.parsers[20] = Number;
  for (const type of [1082, 1114, 1184]) client.options.parsers[type] = (text: string) => text;
  const lane: Held = {
    client,
    onDead: null,
    isDead: () => isDead,
    end,
    openedAt: performance.now(),
    lifeMs: (options.lifeMs ?? lifeMsDefault) * (1 + Math.random() / 4),
    idleTimer: null,
  };
  return lane;

  function end(): void {
    if (isDead) return;
    isDead = true;
    lane.onDead?.();
    onDead();
    client.end({ timeout: 0 }).catch(() => {});
    // A polite goodbye first; `end` has sent it by then, if the socket still takes anything.
    setTimeout(() => socket?.destroy(), 50).unref();
  }

  /** postgres.js asks for a socket whenever it wants to connect: only the first time it gets one. */
  async function openSocket(target: {
    host: string[];
    port: number[];
    path?: string | false;
  }): Promise<Socket> {
    if (isUsed || isDead) throw unavailable('database_lost');
    isUsed = true;
    const [host = 'localhost'] = target.host;
    const [port = 5432] = target.port;
    try {
      const opened = connect(typeof target.path === 'string' ? { path: target.path } : { host, port });
      socket = opened;
      opened.setNoDelay(true);
      opened.setKeepAlive(true, 15_000);
      await once(opened, 'connect');
      // TLS checks the certificate against it.
      return Object.assign(opened, { host });
    } catch (error) {
      // After the query that wanted the socket has been told why.
      setImmediate(end);
      throw error;
    }
  }
}

/** PostgreSQL arrays of text-like values, written out so that a new connection need not ask the server for them. */
const arrayTypes = Object.fromEntries(
  [1009, 1016, 2951].map((type) => [
    `array${type}`,
    { to: type, from: [], serialize: toArrayLiteral, parse: (text: string) => text },
  ]),
);

function toArrayLiteral(values: unknown): string {
  if (!Array.isArray(values)) return String(values);
  const quote = (value: unknown) =>
    value === null ? 'NULL' : `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return `{${values.map(quote).join(',')}}`;
}
