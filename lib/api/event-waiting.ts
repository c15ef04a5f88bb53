import { type EventReader, hasFeedEvents } from '#/db/api/events.ts';
import { read } from '#/db/client.ts';
import { numberEvents } from '#/lib/api/event-feed.ts';
import { listOpeningTokens } from '#/lib/api-keys/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { onCommitted } from '#/lib/events/committed.ts';
import type { ApiEventType } from '#/lib/events/schema.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { processSingleton } from '#/lib/process.ts';

/**
 * Long polls. However many wait, one watch of this process looks whether the feed has moved, asks the database once for
 * each kind of reader, and wakes those for whom there is something. While nobody waits, nothing is asked at all.
 */

/** Events of other processes are seen this late; what this process commits wakes the watch itself. */
const everyMs = 250;
const togetherMs = 20;
const keysEveryMs = 1_000;
export const waitersMax = 1_000;
export const waitersPerKeyMax = 10;

export type Wait = {
  reader: EventReader;
  keyId: string;
  /** The key's token, as it was sent. */
  token: string;
  after: number;
  types?: readonly ApiEventType[] | undefined;
  ticketId?: string | undefined;
  forMs: number;
  /** Aborted when the client went away. */
  signal: AbortSignal;
};
/** `news`: there may be something. `revoked`: the key opens nothing any more. */
export type WaitEnd = 'news' | 'time' | 'gone' | 'revoked' | 'stopping';

type Waiter = { wait: Wait; from: number; group: string; end: (how: WaitEnd) => void };
type Watch = {
  waiters: Set<Waiter>;
  turns: Turns | null;
  stopListening: () => void;
  wakeTimer: NodeJS.Timeout | null;
  keysCheckedAtMs: number;
  isStopping: boolean;
};

const watch = () =>
  processSingleton<Watch>('event-watch', () => ({
    waiters: new Set(),
    turns: null,
    stopListening: () => {},
    wakeTimer: null,
    keysCheckedAtMs: Number.NEGATIVE_INFINITY,
    isStopping: false,
  }));

/**
 * Resolves when there may be events for the reader after `after`, when the time is over, the client gone, the key
 * revoked, or the process about to end. Throws `rate_limited` or `unavailable` at once where too many wait already.
 */
export function waitForEvents(wait: Wait): Promise<WaitEnd> {
  const state = watch();
  if (state.isStopping) return Promise.resolve('stopping');
  if (wait.signal.aborted) return Promise.resolve('gone');
  refuseTooMany(state, wait.keyId);
  return new Promise((resolve) => {
    const leave = () => end('gone');
    const end = (how: WaitEnd) => {
      if (!state.waiters.delete(waiter)) return;
      clearTimeout(timer);
      wait.signal.removeEventListener('abort', leave);
      if (state.waiters.size === 0) rest(state);
      resolve(how);
    };
    const timer = setTimeout(() => end('time'), wait.forMs);
    const waiter: Waiter = { wait, from: wait.after, group: groupOf(wait), end };
    state.waiters.add(waiter);
    wait.signal.addEventListener('abort', leave);
    begin(state);
  });
}

/** How many wait in this process. */
export function countWaiters(): number {
  return watch().waiters.size;
}

/** Ends all waiting, for shutting down: whoever waits is answered with nothing new and asks another instance. */
export function endWaiting(): void {
  const state = watch();
  state.isStopping = true;
  for (const waiter of state.waiters) waiter.end('stopping');
}

function refuseTooMany(state: Watch, keyId: string): void {
  const retryAfterMs = 1_000;
  const own = [...state.waiters].filter((waiter) => waiter.wait.keyId === keyId).length;
  if (own >= waitersPerKeyMax) {
    throw new RefusedError({ code: 'rate_limited', reason: 'too_many_waiting', retryAfterMs });
  }
  if (state.waiters.size >= waitersMax) throw new RefusedError({ code: 'unavailable', retryAfterMs });
}

/** Readers who hear the same of the same. */
function groupOf({ reader: { actor, scopes }, types, ticketId }: Wait): string {
  const reach = actor.kind === 'agent' ? [actor.role, actor.departmentId] : [actor.kind, null];
  return JSON.stringify([...reach, [...scopes].toSorted(), types ?? null, ticketId ?? null]);
}

function begin(state: Watch): void {
  if (state.turns !== null) return;
  const turn = async () => {
    await look(state);
    return undefined;
  };
  state.turns = runTurns({ name: 'waiting for events', everyMs, turn });
  state.stopListening = onCommitted(() => {
    state.wakeTimer ??= setTimeout(() => {
      state.wakeTimer = null;
      state.turns?.wake();
    }, togetherMs).unref();
  });
}

function rest(state: Watch): void {
  state.stopListening();
  if (state.wakeTimer !== null) clearTimeout(state.wakeTimer);
  state.wakeTimer = null;
  void state.turns?.stop();
  state.turns = null;
}

async function look(state: Watch): Promise<void> {
  await endRevoked(state);
  if (state.waiters.size === 0) return;
  const { head } = await numberEvents();
  for (const waiters of groupsBehind(state, head)) await wakeGroup(waiters, head);
}

function groupsBehind(state: Watch, head: number): Waiter[][] {
  const groups = new Map<string, Waiter[]>();
  for (const waiter of state.waiters) {
    if (waiter.from >= head) continue;
    const group = groups.get(waiter.group) ?? [];
    group.push(waiter);
    groups.set(waiter.group, group);
  }
  return [...groups.values()];
}

/** One question for all who hear the same; whoever came later than the others is at worst woken for nothing. */
async function wakeGroup(waiters: readonly Waiter[], head: number): Promise<void> {
  const [first] = waiters;
  if (first === undefined) return;
  const after = Math.min(...waiters.map(({ from }) => from));
  const { reader, types, ticketId } = first.wait;
  const isNews = await read((tx) => hasFeedEvents(tx, reader, { after, through: head, types, ticketId }));
  for (const waiter of waiters) {
    if (isNews) waiter.end('news');
    else waiter.from = head;
  }
}

/** A key that ends while its holder waits ends the waiting, whether anything happened or not. */
async function endRevoked(state: Watch): Promise<void> {
  const nowMs = performance.now();
  if (nowMs - state.keysCheckedAtMs < keysEveryMs) return;
  state.keysCheckedAtMs = nowMs;
  const waiters = [...state.waiters];
  const opening = await listOpeningTokens([...new Set(waiters.map(({ wait }) => wait.token))]);
  for (const waiter of waiters) if (!opening.has(waiter.wait.token)) waiter.end('revoked');
}
