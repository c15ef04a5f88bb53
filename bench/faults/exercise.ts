import { setTimeout as delay } from 'node:timers/promises';
import { type Crowd, gatherCrowd, type Pace } from '#/bench/faults/crowd.ts';
import { readFinalState } from '#/bench/faults/final-state.ts';
import type { Wiretap } from '#/bench/faults/wiretap.ts';
import type { World } from '#/bench/faults/world.ts';
import {
  boundMs,
  checkHistory,
  heardUntilNow,
  type Outcome,
  outcomesOf,
  type Violation,
} from '#/bench/history-checker.ts';
import { randomFrom, seedFrom } from '#/bench/random.ts';
import { openSimulatedAgent, type Surroundings } from '#/bench/simulated-people.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { systemClock } from '#/lib/sync/clock.ts';
import type { Clock } from '#/lib/sync/transport.ts';

/** What came of one run. */
export type RunReport = {
  injections: number;
  attempted: number;
  /** The server said "stored" to the writer, or the writer's screen did. */
  acknowledged: number;
  /** Neither acknowledged nor refused in the end: nobody may conclude that it failed. */
  unknown: number;
  stored: number;
  lost: number;
  doubled: number;
  misordered: number;
  leaked: number;
  /** From the healing, for each message that was late then, until every screen had it; and until all was at rest. */
  recoveryMs: number[];
  violations: Violation[];
};

/** What a run stands on; a world, or what a row started by itself. */
export type Ground = Pick<World, 'access' | 'accounts' | 'sessions' | 'ask' | 'heal' | 'openWiretap'>;

export type Injection<Where extends Ground = World> = {
  world: Where;
  crowd: Crowd;
  random: () => number;
  /** What must hold while the fault lasts: a violation when it does not. */
  claim(invariant: Violation['invariant'], isTrue: boolean, what: string): void;
};

export type Exercise<Where extends Ground = World> = {
  seed: number;
  /** Does it, while people write; answers how many faults really happened. May take its time. */
  inject(context: Injection<Where>): Promise<number> | number;
  customers?: number;
  agents?: number;
  /** How long people write before the fault, and at least after it. */
  writeMs?: number;
  pace?: Pace;
  /** Beyond this, after the healing, a screen that is not whole is a violation. */
  convergeMsMax?: number;
  /** Replaces `world.heal()`. */
  heal?(): Promise<void>;
  /** What comes back only when everybody has converged without it; from then on publishing has to catch up. */
  mend?(world: Where): Promise<void>;
  /** Only for proving the checker. */
  alter?: Surroundings['alter'];
  clock?: Clock;
  /** How much longer to wait for what is late already, so that the report says by how much. */
  patienceMs?: number;
};

const customersDefault = 8;
const writeMsDefault = 600;
const paceDefault: Pace = { pauseMs: 15, unsentMax: 6 };
const patienceMsDefault = 50_000;
/** Everybody writes while a fault lasts: what has met nobody by then meets nobody at all. */
const metMsMax = 10_000;

/**
 * One run: new conversations, everybody writes, the fault, the healing, new sends, until every screen is at rest; then
 * everything is checked against what PostgreSQL holds.
 */
export async function exercise<Where extends Ground>(
  world: Where,
  options: Exercise<Where>,
): Promise<RunReport> {
  const random = randomFrom(seedFrom(options.seed, 'exercise'));
  const { agents = 2, writeMs = writeMsDefault, convergeMsMax = boundMs } = options;
  const { patienceMs = patienceMsDefault } = options;
  const staff = world.accounts.slice(0, agents);
  const crowd = await gatherCrowd({
    access: world.access,
    customers: options.customers ?? customersDefault,
    random,
    clock: { ...(options.clock ?? systemClock), random },
    canaries: world.accounts.map(({ email }) => email),
    ...(options.alter === undefined ? {} : { alter: options.alter }),
    openAgents: (surroundings) =>
      Promise.all(
        staff.map((account, index) => {
          const session = world.sessions[index];
          const signedIn = session === undefined ? {} : { session };
          return openSimulatedAgent({ ...surroundings, ...signedIn, access: world.access, account });
        }),
      ),
  });
  const claims: Violation[] = [];
  const claim: Injection['claim'] = (invariant, isTrue, what) => {
    if (!isTrue) claims.push({ invariant, what });
  };
  let tap: Wiretap | null = null;
  try {
    tap = await world.openWiretap();
    await tap?.listen(crowd.conversationIds.map(channels.staffConversation));
    const before = new Set(crowd.recording.senders.keys());
    crowd.startWriting(options.pace ?? paceDefault);
    await delay(writeMs * (0.6 + 0.8 * random()));
    const injections = await options.inject({ world, crowd, random, claim });
    await delay(writeMs / 2);
    await (options.heal ?? world.heal)();
    crowd.markHealed();
    const healedAtMs = performance.now();
    const healedAt = await momentOf(world);
    const fresh = sendAfresh(crowd, healedAtMs);
    await delay(writeMs / 2);
    await crowd.stopWriting();
    const converging = crowd
      .untilConverged(convergeMsMax + patienceMs)
      .then(() => performance.now() - healedAtMs);
    const publishing =
      options.mend === undefined ? untilToldOf(world, crowd, healedAt, boundMs + patienceMs) : null;
    // Awaited later: until then its failure is nobody's surprise.
    publishing?.catch(() => {});
    const convergedMs = await converging;
    await options.mend?.(world);
    const publishedMs = await (publishing ??
      untilToldOf(world, crowd, await momentOf(world), boundMs + patienceMs));
    // What was written last has its own time to be told.
    await untilToldOf(world, crowd, await momentOf(world), boundMs);
    const due = crowd.recording.attempts.flatMap(({ id }) => (before.has(id) ? [] : [id]));
    const heard = heardUntilNow(crowd.recording);
    const stored = await readFinalState(world, crowd);
    const recovery = {
      convergedMs,
      convergeMsMax,
      publishedMs,
      freshSends: fresh.map(({ id, tookMs }) => ({ id, acknowledgedMs: tookMs() })),
    };
    const final = {
      ...stored,
      recovery,
      ...(tap?.isWhole() === true ? { told: { heard: tap.heard, due } } : {}),
    };
    const violations = [...claims, ...checkHistory(heard, final)];
    return reportOf(crowd, stored.rows, violations, injections, [...crowd.recoveryMs(), convergedMs]);
  } finally {
    tap?.close();
    crowd.close();
  }
}

/** How often a fault that lasts `ms` was met; on a busy machine it lasts until somebody has met it at all. */
export async function countDuring(ms: number, count: () => number): Promise<number> {
  const before = count();
  await delay(ms);
  for (const untilMs = performance.now() + metMsMax; count() === before; await delay(10)) {
    if (performance.now() > untilMs) break;
  }
  return count() - before;
}

/** A new message of every customer and, in each conversation, of an agent. */
function sendAfresh(crowd: Crowd, healedAtMs: number): { id: string; tookMs: () => number | null }[] {
  const acknowledgedAtMs = new Map<string, number>();
  crowd.onAcknowledged((id) => acknowledgedAtMs.set(id, performance.now()));
  return crowd.views.map((view) => {
    const id = crowd.write(view, `${view.person.name}, after the healing`);
    return {
      id,
      tookMs: () => {
        const atMs = acknowledgedAtMs.get(id);
        return atMs === undefined ? null : atMs - healedAtMs;
      },
    };
  });
}

/** A moment on the clock of PostgreSQL, which dates the events, and on ours. */
type Moment = { at: string; atMs: number };

async function momentOf(world: Ground): Promise<Moment> {
  const atMs = performance.now();
  const [found] = await world.ask((sql) => sql<{ at: string }[]>`select clock_timestamp()::text as at`);
  if (found === undefined) throw new Error('PostgreSQL does not know what time it is');
  return { at: found.at, atMs };
}

/** How long after `moment` everything was published that had happened until then. */
async function untilToldOf(
  world: Ground,
  crowd: Crowd,
  { at, atMs }: Moment,
  msMax: number,
): Promise<number> {
  for (;;) {
    const [found] = await world.ask(
      (sql) => sql<{ count: number }[]>`
        select count(*)::int as count from events where published_at is null
          and created_at <= ${at}::text::timestamptz and conversation_id in ${sql([...crowd.conversationIds])}`,
    );
    const sinceMs = performance.now() - atMs;
    if (found?.count === 0 || sinceMs > msMax) return sinceMs;
    await delay(100);
  }
}

function reportOf(
  crowd: Crowd,
  rows: readonly { id: string }[],
  violations: Violation[],
  injections: number,
  recoveryMs: number[],
): RunReport {
  const { attempts } = crowd.recording;
  const stored = new Set(rows.map(({ id }) => id));
  const outcomes = outcomesOf(crowd.recording);
  const countOutcome = (outcome: Outcome) => [...outcomes.values()].filter((each) => each === outcome).length;
  const count = (...invariants: Violation['invariant'][]) =>
    violations.filter(({ invariant }) => invariants.includes(invariant)).length;
  return {
    injections,
    attempted: attempts.length,
    acknowledged: countOutcome('acknowledged'),
    unknown: countOutcome('unknown'),
    stored: attempts.filter(({ id }) => stored.has(id)).length,
    lost: attempts.filter(({ id }) => !stored.has(id) && outcomes.get(id) !== 'refused').length,
    doubled: count('I2'),
    misordered: count('I4', 'I5', 'I6'),
    leaked: count('I9'),
    recoveryMs,
    violations,
  };
}
