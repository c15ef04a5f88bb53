import { transact } from '#/db/client.ts';
import { markPublished, takeUnpublished } from '#/db/events.ts';
import { atMsOfId } from '#/lib/ids.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { metrics } from '#/lib/metrics.ts';
import { processSingleton } from '#/lib/process.ts';
import { publishChange } from '#/lib/realtime/publish.ts';

const everyMs = 1_000;
const olderThanMs = 2_000;
const batchMax = 50;
/** Below the time that PostgreSQL lets a transaction idle: the rows stay locked while they are told. */
const turnMsMax = 2_000;
/** What could not be told lets others go first for this long; short, since a server that was away comes back. */
const restMsMax = 8_000;
const restingMax = 1_000;

type Resting = { failures: number; untilMs: number };
const resting = () => processSingleton('relay-resting', () => new Map<string, Resting>());

/**
 * Publishes what its own process did not: after a crash between commit and publishing, or while the realtime server
 * was away. Any number of processes may run one; each event is told at least once.
 */
export function startRelay(): Turns {
  return runTurns({
    name: 'relay of what was not published',
    everyMs,
    // A full batch says that there may be more.
    turn: async () => ((await relayUnpublished()) === batchMax ? 0 : undefined),
  });
}

/** One turn: how many events it told. What takes too long counts as not told and has its next turn. */
export async function relayUnpublished(ageMs = olderThanMs): Promise<number> {
  const nowMs = Date.now();
  const later = [...resting()].filter(([, { untilMs }]) => untilMs > nowMs).map(([id]) => id);
  return transact(async (tx) => {
    const changes = await takeUnpublished(tx, ageMs, batchMax, later);
    const told: string[] = [];
    const attempts = changes.map(async (change) => {
      if (!(await publishChange(change))) return;
      told.push(change.id);
      metrics().publishSeconds.observe({ by: 'relay' }, Math.max(0, Date.now() - atMsOfId(change.id)) / 1000);
    });
    await settledWithin(attempts, turnMsMax);
    const ids = [...told];
    restOthers(
      changes.map((change) => change.id),
      new Set(ids),
      nowMs,
    );
    await markPublished(tx, ids);
    return ids.length;
  });
}

/** A row that fails each time must not stand before all newer ones for ever. */
function restOthers(ids: readonly string[], told: ReadonlySet<string>, nowMs: number): void {
  const map = resting();
  for (const id of ids) {
    const failures = (map.get(id)?.failures ?? 0) + 1;
    map.delete(id);
    if (told.has(id)) continue;
    map.set(id, { failures, untilMs: nowMs + Math.min(restMsMax, 1_000 * 2 ** (failures - 1)) });
  }
  for (const id of map.keys()) {
    if (map.size <= restingMax) break;
    map.delete(id);
  }
}

async function settledWithin(attempts: readonly Promise<unknown>[], ms: number): Promise<void> {
  const { promise: isOver, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.allSettled(attempts), isOver]);
  clearTimeout(timer);
}
