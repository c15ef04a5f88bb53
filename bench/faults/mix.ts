import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exercise, type Injection } from '#/bench/faults/exercise.ts';
import { mischief } from '#/bench/faults/mischief.ts';
import { isGreen, openResults, type RunRecord, tableOf } from '#/bench/faults/results.ts';
import { startWorld } from '#/bench/faults/world.ts';
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

async function leave(code: number): Promise<never> {
  await world.stop().catch(() => {});
  process.exit(code);
}
