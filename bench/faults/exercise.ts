import { setTimeout as delay } from 'node:timers/promises';
import { type Crowd, gatherCrowd, type Pace } from '#/bench/faults/crowd.ts';
import { readFinalState } from '#/bench/faults/final-state.ts';
import type { Wiretap } from '#/bench/faults/wiretap.ts';
import type { World } from '#/bench/faults/world.ts';
import { boundMs, checkHistory, type Outcome, outcomesOf, type Violation } from '#/bench/history-checker.ts';
import { randomFrom, seedFrom } from '#/bench/random.ts';
import { openSimulatedAgent, type Surroundings } from '#/bench/simulated-people.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { systemClock } from '#/lib/sync/clock.ts';

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
  /** From the healing, for each message, until everybody's screen had it; and until everything was at rest. */
  recoveryMs: number[];
  violations: Violation[];
};

export type Injection = {
  world: World;
  crowd: Crowd;
  random: () => number;
  /** What must hold while the fault lasts: a violation when it does not. */
  claim(invariant: Violation['invariant'], isTrue: boolean, what: string): void;
};

export type Exercise = {
  seed: number;
  /** Does it, while people write; answers how many faults really happened. May take its time. */
  inject(context: Injection): Promise<number> | number;
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
  mend?(world: World): Promise<void>;
  /** Only for proving the checker. */
  alter?: Surroundings['alter'];
};

const customersDefault = 12;
const writeMsDefault = 600;
const paceDefault: Pace = { pauseMs: 10, unsentMax: 8 };
/** How much longer to wait for what is late already, so that the report says by how much. */
const patienceMs = 50_000;

/**
 * One run: new conversations, everybody writes, the fault, the healing, new sends, until every screen is at rest; then
 * everything is checked against what PostgreSQL holds.
 */
export async function exercise(world: World, options: Exercise): Promise<RunReport> {
  const random = randomFrom(seedFrom(options.seed, 'exercise'));
  const { agents = 2, writeMs = writeMsDefault, convergeMsMax = boundMs } = options;
  const staff = world.accounts.slice(0, agents);
  const crowd = await gatherCrowd({
    access: world.access,
    customers: options.customers ?? customersDefault,
    random,
    clock: { ...systemClock, random },
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
    const fresh = sendAfresh(crowd, healedAtMs);
    await delay(writeMs / 2);
    await crowd.stopWriting();
    await crowd.untilConverged(convergeMsMax + patienceMs);
    const convergedMs = performance.now() - healedAtMs;
    await options.mend?.(world);
    const mendedAtMs = options.mend === undefined ? healedAtMs : performance.now();
    const outboxMs = await untilPublished(world, crowd, mendedAtMs);
    const due = crowd.recording.attempts.flatMap(({ id }) => (before.has(id) ? [] : [id]));
    const stored = await readFinalState(world, crowd);
    const recovery = {
      convergedMs,
      convergeMsMax,
      publishedMs: outboxMs,
      freshSends: fresh.map(({ id, tookMs }) => ({ id, acknowledgedMs: tookMs() })),
    };
    const final = {
      ...stored,
      recovery,
      ...(tap?.isWhole() === true ? { told: { heard: tap.heard, due } } : {}),
    };
    const violations = [...claims, ...checkHistory(crowd.recording, final)];
    return reportOf(crowd, stored.rows, violations, injections, [...crowd.catchUpMs(), convergedMs]);
  } finally {
    tap?.close();
    crowd.close();
  }
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

async function untilPublished(world: World, crowd: Crowd, healedAtMs: number): Promise<number> {
  for (;;) {
    const [found] = await world.ask(
      (sql) => sql<{ count: number }[]>`
        select count(*)::int as count from events
        where published_at is null and conversation_id in ${sql([...crowd.conversationIds])}`,
    );
    const sinceMs = performance.now() - healedAtMs;
    if (found?.count === 0 || sinceMs > boundMs + patienceMs) return sinceMs;
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
