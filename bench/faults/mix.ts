import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exercise, type Injection } from '#/bench/faults/exercise.ts';
import type { Fate } from '#/bench/faults/network/http-proxy.ts';
import { isGreen, openResults, type RunRecord, tableOf } from '#/bench/faults/results.ts';
import { startWorld, type World } from '#/bench/faults/world.ts';
import { between, pick, seedFrom } from '#/bench/random.ts';
import { hashSources } from '#/scripts/build.ts';
import { projectDir } from '#/scripts/source-files.ts';

/**
 * `npm run faults:mix`: everything at once, for half an hour. One world; shift after shift of people in new
 * conversations, so that neither screens nor records grow for ever; each shift is healed and checked in whole.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    shift: { type: 'string', default: '40' },
    customers: { type: 'string', default: '14' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    out: { type: 'string', default: 'bench/results/faults-mix.jsonl' },
  },
});

type Mischief = {
  name: string;
  /** Answers how many faults it really injected. */
  act(context: Injection): Promise<number> | number;
};

const seed = Number(options.seed);
const shiftMs = Number(options.shift) * 1_000;
const results = openResults(options.out);
const build = hashSources(projectDir);
const records: RunRecord[] = [];
const tally = new Map<string, number>();
results.clear();
console.log(`seed ${seed} (--seed ${seed} runs the same again)`);
const world = await startWorld({ realtime: 'apart', durable: true, agents: 2 }, seed);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave(130));
const untilMs = performance.now() + Number(options.minutes) * 60_000;
for (let shift = 1; performance.now() < untilMs; shift++) await runShift(shift);
console.log(`\n${tableOf(records)}`);
const counts = [...tally].toSorted(([one], [other]) => one.localeCompare(other));
console.log(`\n${counts.map(([name, count]) => `${name} ${count}`).join(', ')}`);
const memory = process.memoryUsage();
console.log(`the tester itself: ${Math.round(memory.rss / 2 ** 20)} MiB; seed ${seed}`);
await leave(records.every(isGreen) ? 0 : 1);

async function runShift(run: number): Promise<void> {
  const beganMs = performance.now();
  const base = { build, seed, area: 'mix', name: 'everything-at-once', run };
  const names: string[] = [];
  let record: RunRecord;
  try {
    const report = await exercise(world, {
      seed: seedFrom(seed, run),
      customers: Number(options.customers),
      inject: (context) => misbehave(context, names),
    });
    record = { ...base, ...timesOf(beganMs), report, error: null };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    record = { ...base, ...timesOf(beganMs), report: null, error: reason };
    await world.heal();
  }
  results.add(record);
  records.push(record);
  const { report, error } = record;
  const outcome =
    report === null
      ? error
      : `${report.injections} injections, ${report.acknowledged} of ${report.attempted} messages acknowledged, at rest after ${Math.round(Math.max(0, ...report.recoveryMs))} ms`;
  console.log(`${isGreen(record) ? '✓' : '✗'} shift ${run}: ${outcome}`);
  if (isGreen(record)) return;
  console.error(`    ${names.join(', ')}`);
  for (const { invariant, what } of (report?.violations ?? []).slice(0, 10)) {
    console.error(`    ${invariant}  ${what}`);
  }
}

function timesOf(beganMs: number): { tookMs: number; at: string } {
  return { tookMs: Math.round(performance.now() - beganMs), at: new Date().toISOString() };
}

/** One fault after the other, sometimes two at once, with pauses in which people may catch up or may not. */
async function misbehave(context: Injection, names: string[]): Promise<number> {
  const { random } = context;
  const endMs = performance.now() + shiftMs;
  let injections = 0;
  while (performance.now() < endMs) {
    const chosen =
      random() < 0.25 ? [pick(random, mischief), pick(random, mischief)] : [pick(random, mischief)];
    const done = await Promise.all(
      chosen.map(async ({ name, act }) => {
        names.push(name);
        const count = await act(context);
        tally.set(name, (tally.get(name) ?? 0) + count);
        return count;
      }),
    );
    injections += done.reduce((sum, count) => sum + count, 0);
    await context.world.heal();
    await delay(random() < 0.3 ? between(random, 2_000, 5_000) : between(random, 100, 1_000));
  }
  return injections;
}

/** For a while, with this chance, a request meets this fate. Counted as it happens. */
function fates(
  name: string,
  through: (world: World) => World['http'] | null,
  ...choices: readonly Fate[]
): Mischief {
  return {
    name,
    async act({ world, random }) {
      const proxy = through(world);
      const fate = pick(random, choices);
      const share = between(random, 0.2, 1);
      let count = 0;
      proxy?.setFate(() => {
        if (random() >= share) return 'pass';
        count++;
        return fate;
      });
      await delay(between(random, 300, 3_000));
      proxy?.setFate(null);
      return count;
    },
  };
}

const mischief: readonly Mischief[] = [
  once('app killed', ({ world }) => world.app.kill9()),
  once('app stopped', ({ world }) => world.app.terminate()),
  once('app stalled', ({ world, random }) => world.app.stall(between(random, 300, 3_000))),
  once('realtime killed', async ({ world }) => world.realtime?.kill9()),
  once('realtime stopped', async ({ world }) => world.realtime?.terminate()),
  once('realtime stalled', async ({ world, random }) => world.realtime?.stall(between(random, 300, 3_000))),
  once('database killed', ({ world }) => world.postgres.kill9()),
  once('database slow', ({ world, random }) => {
    world.database.slowQueries(between(random, 5, 400));
    return delay(between(random, 500, 3_000));
  }),
  once('database black hole', ({ world, random }) => {
    world.database.blackHole(true);
    return delay(between(random, 500, 3_000));
  }),
  once('one row locked', ({ world, crowd, random }) => {
    const id = pick(random, crowd.conversationIds);
    const seconds = between(random, 0.5, 3);
    return world.ask(
      (sql) =>
        sql`select pg_sleep(${seconds}) from (select id from conversations where id = ${id} for update) held`,
    );
  }),
  {
    name: 'database connections cut',
    act: ({ world }) => world.database.cutAll(),
  },
  {
    name: 'sockets cut',
    act: ({ world }) => world.sockets.cutAll(),
  },
  {
    name: 'sockets silent',
    async act({ world, random }) {
      const count = world.sockets.silence(pick(random, ['toServer', 'toClient'] as const));
      await delay(between(random, 500, 5_000));
      return count;
    },
  },
  {
    name: 'frames lost, doubled, reordered, late',
    async act({ world, random }) {
      const before = world.sockets.counts();
      const late = random() < 0.5 ? {} : { delayMs: [0, between(random, 10, 1_500)] as const };
      world.sockets.setFaults('toClient', { drop: 0.2, double: 0.2, reorder: 0.2, ...late });
      await delay(between(random, 500, 4_000));
      const after = world.sockets.counts();
      world.sockets.setFaults('toClient', null);
      const count = (of: 'dropped' | 'doubled' | 'reordered') => after[of] - before[of];
      return count('dropped') + count('doubled') + count('reordered');
    },
  },
  once('browsers cut', ({ world }) => world.http.cutAll()),
  once('browsers black hole', ({ world, random }) => {
    world.http.blackHole(true);
    return delay(between(random, 500, 3_000));
  }),
  fates('answers lost', ({ http }) => http, 'loseAnswer'),
  fates('requests doubled', ({ http }) => http, 'double'),
  fates('requests dropped', ({ http }) => http, 'drop'),
  fates('requests late', ({ http }) => http, { delayMs: 300 }, { answerDelayMs: 600 }),
  fates('502', ({ http }) => http, { status: 502, afterWork: true }, { status: 502, afterWork: false }),
  fates(
    'publish refused',
    ({ publish }) => publish,
    { status: 413, afterWork: false },
    { status: 429, afterWork: false },
    { status: 500, afterWork: false },
    { status: 500, afterWork: true },
  ),
  fates('publish unanswered', ({ publish }) => publish, 'holdAnswer', 'loseAnswer', 'blackHole'),
];

function once(name: string, act: (context: Injection) => unknown): Mischief {
  return {
    name,
    async act(context) {
      await act(context);
      return 1;
    },
  };
}

async function leave(code: number): Promise<never> {
  await world.stop().catch(() => {});
  process.exit(code);
}
