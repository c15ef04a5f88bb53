import { isIP } from 'node:net';
import { transact } from '#/db/client.ts';
import { addToWindows, type CountedWindow, deleteOldWindows } from '#/db/rate-limits.ts';
import { env } from '#/lib/env.ts';
import { RefusedError } from '#/lib/errors.ts';
import { logger } from '#/lib/logger.ts';
import { metrics, type rateRules } from '#/lib/metrics.ts';
import { processSingleton } from '#/lib/process.ts';

type Rule = {
  max: number;
  windowMs: number;
  /**
   * True: each attempt is counted in PostgreSQL before it may go on, for what is guessed or made without an account.
   * False: counted in this process, and added up with the others' through PostgreSQL once a second. A message costs no
   * round trip for it; n processes may let through n times a second's worth more.
   */
  isExact: boolean;
};

/** Per session or account where there is one, so that an office behind one address is not locked out. */
const rules = {
  'message.send': { max: 60, windowMs: 10_000, isExact: false },
  'message.send.agent': { max: 300, windowMs: 10_000, isExact: false },
  'conversation.start': { max: 60, windowMs: 600_000, isExact: true },
  'ticket.start': { max: 20, windowMs: 600_000, isExact: true },
  'widget.read': { max: 300, windowMs: 10_000, isExact: false },
  'widget.config': { max: 600, windowMs: 10_000, isExact: false },
  'signal.send': { max: 200, windowMs: 10_000, isExact: false },
  'file.add': { max: 200, windowMs: 600_000, isExact: false },
  'file.add.visitor': { max: 100, windowMs: 600_000, isExact: true },
  'file.read': { max: 600, windowMs: 10_000, isExact: false },
  'rating.write': { max: 60, windowMs: 600_000, isExact: true },
  // A long one is a hundred reads.
  'transcript.read': { max: 30, windowMs: 600_000, isExact: true },
  'inbox.read': { max: 600, windowMs: 10_000, isExact: false },
  'inbox.search': { max: 120, windowMs: 10_000, isExact: false },
  'inbox.write': { max: 200, windowMs: 10_000, isExact: false },
  'bulk.start': { max: 60, windowMs: 600_000, isExact: true },
  'realtime.authorize': { max: 200, windowMs: 10_000, isExact: false },
  'link.create': { max: 30, windowMs: 600_000, isExact: true },
  'link.open': { max: 60, windowMs: 600_000, isExact: true },
  // Wide enough for an office that comes in at nine: it only bounds the work that one address can cause.
  'sign_in.request': { max: 600, windowMs: 600_000, isExact: true },
  // Failed attempts only. One address gets 10 guesses at an account (960 a day) and 300 at all of them; an account
  // takes 1,000 (96,000 a day) from everywhere, so locking its owner out takes a hundred addresses at once.
  'sign_in.address': { max: 300, windowMs: 900_000, isExact: true },
  'sign_in.account': { max: 1_000, windowMs: 900_000, isExact: true },
  'sign_in.account_from': { max: 10, windowMs: 900_000, isExact: true },
  // An office comes in at nine, and each page of it says who is there; a token cannot be guessed.
  'identity.exchange': { max: 1_200, windowMs: 600_000, isExact: true },
  'attributes.write': { max: 60, windowMs: 60_000, isExact: false },
  'token.exchange': { max: 30, windowMs: 600_000, isExact: true },
  'settings.write': { max: 60, windowMs: 60_000, isExact: true },
  // The public API: by key, by customer's session, and by address where there is neither.
  'api.key': { max: 600, windowMs: 10_000, isExact: false },
  'api.customer': { max: 200, windowMs: 10_000, isExact: false },
  'api.open': { max: 1_200, windowMs: 600_000, isExact: true },
} as const satisfies Record<(typeof rateRules)[number], Rule>;
export type RuleName = keyof typeof rules;

type Counter = { windowStartMs: number; windowMs: number; known: number; unsent: number };
type Limiter = { counters: Map<string, Counter>; timer: NodeJS.Timeout | null; flushes: number };
const flushEveryMs = 1_000;
const countersMax = 50_000;
const oldestWindowMs = 3_600_000;
const sweepEvery = 300;

const limiter = () =>
  processSingleton<Limiter>('rate-limiter', () => ({ counters: new Map(), timer: null, flushes: 0 }));

/** How much of a limit is left, and for how long; `max` is what it allows in `windowMs`. */
export type RateState = { max: number; windowMs: number; remaining: number; resetMs: number };

/**
 * Counts one attempt of `subject` (a session, an account, an address) and throws `rate_limited` above the rule's limit.
 * Answers what is left of it.
 */
export async function limitRate(name: RuleName, subject: string): Promise<RateState> {
  const { count } = await countAttempt(name, subject);
  const state = rateStateOf(name);
  return { ...state, remaining: Math.max(0, state.max - count) };
}

/** A limit of which nothing is left until its window ends: as it is for whom it refuses. */
export function rateStateOf(name: RuleName): RateState {
  const { windowMs }: Rule = rules[name];
  return { max: maxOf(name), windowMs, remaining: 0, resetMs: windowMs - (Date.now() % windowMs) };
}

function maxOf(name: RuleName): number {
  return rules[name].max * (name.startsWith('sign_in') ? 1 : env().rateLimitScale);
}

/**
 * As `limitRate`, where only failures are to count. Counted before the attempt all the same, so that guesses sent at
 * once are not all let through; `forgiveAttempts` takes it back.
 */
export async function limitFailures(
  name: `sign_in.${string}` & RuleName,
  subject: string,
): Promise<CountedWindow> {
  const { key, windowStartMs } = await countAttempt(name, subject);
  return { key, windowStartMs, count: 1 };
}

/** Takes back what `limitFailures` counted for an attempt that turned out to be right. */
export async function forgiveAttempts(counted: readonly CountedWindow[]): Promise<void> {
  await transact((tx) =>
    addToWindows(
      tx,
      counted.map((window) => ({ ...window, count: -window.count })),
    ),
  );
}

async function countAttempt(
  name: RuleName,
  subject: string,
): Promise<{ key: string; windowStartMs: number; count: number }> {
  const rule: Rule = rules[name];
  const windowStartMs = Math.floor(Date.now() / rule.windowMs) * rule.windowMs;
  const key = `${name}:${subject}`;
  const count = rule.isExact
    ? await countExactly(key, windowStartMs)
    : countHere(key, windowStartMs, rule.windowMs);
  if (count > maxOf(name)) {
    metrics().rateRefusals.add({ rule: name });
    const retryAfterMs = Math.max(1_000, windowStartMs + rule.windowMs - Date.now());
    throw new RefusedError({ code: 'rate_limited', retryAfterMs });
  }
  return { key, windowStartMs, count };
}

/** An address as limits see it: IPv6 by its /64, which is what one customer of a provider gets. */
export function addressSubject(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const gap = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  const groups = [...left, ...Array<string>(gap).fill('0'), ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}/64`;
}

async function countExactly(key: string, windowStartMs: number): Promise<number> {
  const [total] = await transact((tx) => addToWindows(tx, [{ key, windowStartMs, count: 1 }]));
  return total?.count ?? 1;
}

function countHere(key: string, windowStartMs: number, windowMs: number): number {
  const state = limiter();
  let counter = state.counters.get(key);
  if (counter === undefined || counter.windowStartMs !== windowStartMs) {
    counter = { windowStartMs, windowMs, known: 0, unsent: 0 };
    if (state.counters.size >= countersMax) forgetOldest(state);
    state.counters.set(key, counter);
  }
  counter.unsent++;
  state.timer ??= setTimeout(() => void flush(state), flushEveryMs).unref();
  return counter.known + counter.unsent;
}

function forgetOldest(state: Limiter): void {
  const oldest = state.counters.keys().next();
  if (oldest.done !== true) state.counters.delete(oldest.value);
}

async function flush(state: Limiter): Promise<void> {
  const now = Date.now();
  const counted: (CountedWindow & { counter: Counter })[] = [];
  for (const [key, counter] of state.counters) {
    if (counter.windowStartMs + counter.windowMs < now) state.counters.delete(key);
    if (counter.unsent === 0) continue;
    counted.push({ key, windowStartMs: counter.windowStartMs, count: counter.unsent, counter });
  }
  try {
    await store(counted);
    if (state.flushes++ % sweepEvery === 0) await transact((tx) => deleteOldWindows(tx, oldestWindowMs));
  } catch (error) {
    // Without the database nothing can be written anyway; the counts stay here and go with the next flush.
    logger().warn('rate limits were not stored', { error });
  } finally {
    state.timer =
      state.counters.size === 0 ? null : setTimeout(() => void flush(state), flushEveryMs).unref();
  }
}

async function store(counted: readonly (CountedWindow & { counter: Counter })[]): Promise<void> {
  if (counted.length === 0) return;
  const totals = await transact((tx) => addToWindows(tx, counted));
  const byKey = new Map(totals.map((total) => [total.key, total.count]));
  for (const { key, count, counter } of counted) {
    counter.unsent -= count;
    counter.known = byKey.get(key) ?? counter.known + count;
  }
}
