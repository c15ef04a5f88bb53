import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { countDuring, type Exercise, exercise, type Injection } from '#/bench/faults/exercise.ts';
import type { Fate, HttpCounts } from '#/bench/faults/network/http-proxy.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';
import type { World } from '#/bench/faults/world.ts';
import { between, pick } from '#/bench/random.ts';

// PostgreSQL is not killed here, and several worlds may share the disk.
const embedded = { realtime: 'embedded', durable: false } as const;
const quick = { seeds: 20, isQuick: true } as const;
const swift = { seeds: 20, isQuick: false } as const;
/** Where the fault waits, runs go on side by side, and people write as people do. */
const waiting = { seeds: 3, isQuick: false, pace: { pauseMs: 800, unsentMax: 6 } } as const;
const faultMs = 1_200;
/** A send that hangs is given up after 20 s, a read after 15 s. */
const hangingMsMax = 25_000;

export const httpRows: readonly FaultRow[] = [
  row('answer-lost-after-commit', quick, some('lostAnswers', 0.4, isAction, 'loseAnswer')),
  row('request-doubled', quick, some('doubled', 0.6, isAction, 'double')),
  row(
    '502-without-the-work',
    swift,
    some('refusedUnworked', 0.4, isAnything, { status: 502, afterWork: false }),
  ),
  row('502-for-200', quick, some('refusedWorked', 0.4, isAnything, { status: 502, afterWork: true })),
  row(
    '429-and-503',
    swift,
    some('refusedUnworked', 0.4, isAnything, (random) => ({
      status: pick(random, [429, 503]),
      afterWork: false,
      retryAfterSeconds: 1,
    })),
  ),
  row('broken-off-before-the-server', swift, some('dropped', 0.4, isAnything, 'drop')),
  row(
    'answer-cut-after-bytes',
    swift,
    some('cutAnswers', 0.4, isAnything, (random) => ({
      cutAnswerAfterBytes: Math.floor(between(random, 0, 400)),
    })),
  ),
  row(
    'requests-overtake-each-other',
    swift,
    some('lateRequests', 0.5, isAnything, (random) => ({ delayMs: between(random, 0, 400) })),
  ),
  row(
    'slow-answers',
    swift,
    some('lateAnswers', 0.5, isAnything, (random) => ({ answerDelayMs: between(random, 0, 1_500) })),
  ),
  row('connections-cut', swift, async ({ world, random }) => {
    let cut = 0;
    for (let round = 0; round < 4; round++) {
      cut += world.http.cutAll();
      await delay(between(random, 100, 500));
    }
    return cut;
  }),
  row('everything-at-random', swift, async ({ world, random }) => {
    const fates = everyFate(random);
    world.http.setFate(() => (random() < 0.4 ? pick(random, fates) : 'pass'));
    const injected = await countDuring(2 * faultMs, () => sum(world));
    world.http.setFate(null);
    return injected;
  }),
  row('black-hole', waiting, async ({ world, random }) => {
    const before = world.http.counts().blackHoled;
    world.http.blackHole(true);
    await delay(between(random, 8_000, 16_000));
    return world.http.counts().blackHoled - before;
  }),
  // Nobody is ever told about these, and everything asked meanwhile works.
  row('black-hole-for-some-requests', waiting, unnoticed('blackHoled', isAnything, 'blackHole')),
  row('answers-that-never-come', waiting, unnoticed('heldAnswers', isAction, 'holdAnswer')),
];

type Inject = (context: Injection) => Promise<number>;
type Options = Pick<FaultRow, 'seeds' | 'isQuick'> & Partial<Exercise>;

function row(name: string, { seeds, isQuick, ...rest }: Options, inject: Inject): FaultRow {
  return {
    area: 'http',
    name,
    seeds,
    isQuick,
    world: embedded,
    run: ({ world, seed }) => exercise(world, { ...rest, seed, inject }),
  };
}

/** For a while this share of the requests meets that fate; answers how many really did. */
function some(
  count: keyof HttpCounts,
  share: number,
  isMeant: (request: IncomingMessage) => boolean,
  fate: Fate | ((random: () => number) => Fate),
  ms = faultMs,
): Inject {
  return async ({ world, random }) => {
    world.http.setFate((request) => {
      if (!isMeant(request) || random() >= share) return 'pass';
      return typeof fate === 'function' ? fate(random) : fate;
    });
    const injected = await countDuring(ms, () => world.http.counts()[count]);
    world.http.setFate(null);
    return injected;
  };
}

/** As `some`, and over when those who asked have given up by themselves. */
function unnoticed(
  count: keyof HttpCounts,
  isMeant: (request: IncomingMessage) => boolean,
  fate: Fate,
): Inject {
  const begin = some(count, 0.2, isMeant, fate, 4_000);
  return async (context) => {
    const { http } = context.world;
    const injected = await begin(context);
    for (const untilMs = performance.now() + hangingMsMax; http.hanging() > 0; await delay(50)) {
      if (performance.now() > untilMs) throw new Error(`${http.hanging()} requests are still waited for`);
    }
    return injected;
  };
}

/** What writes: server actions. */
function isAction({ headers }: IncomingMessage): boolean {
  return headers['next-action'] !== undefined;
}

function isAnything(): boolean {
  return true;
}

function everyFate(random: () => number): Fate[] {
  return [
    'drop',
    'loseAnswer',
    'double',
    { delayMs: between(random, 0, 300) },
    { answerDelayMs: between(random, 0, 300) },
    { status: 502, afterWork: false },
    { status: 502, afterWork: true },
    { status: 500, afterWork: true },
    { status: 429, afterWork: false, retryAfterSeconds: 1 },
    { cutAnswerAfterBytes: Math.floor(between(random, 0, 400)) },
  ];
}

function sum({ http }: World): number {
  const { requests, unreachable, ...done } = http.counts();
  return Object.values(done).reduce((total, count) => total + count, 0);
}
