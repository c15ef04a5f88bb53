import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { proveDefences } from '#/bench/faults/defences.ts';
import { isGreen, openResults, type RunRecord, tableOf } from '#/bench/faults/results.ts';
import { type FaultRow, faultRows } from '#/bench/faults/rows.ts';
import { startWorld, type World } from '#/bench/faults/world.ts';
import { randomFrom, seedFrom } from '#/bench/random.ts';
import { hashSources } from '#/scripts/build.ts';
import { projectDir } from '#/scripts/source-files.ts';

/** `npm run faults`: does a message get lost, doubled, misordered or leaked, whatever fails meanwhile? */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
    seeds: { type: 'string' },
    run: { type: 'string' },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    defences: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    lanes: { type: 'string' },
    out: { type: 'string' },
  },
});

const swiftLanes = 3;
const slowLanes = 4;
/** A lane joins others where so many runs are left for it: a world takes about as long to start as one run takes. */
const worthAWorld = 2;
const quickSeeds = 1;
const quickLanes = 3;
const runMsMax = 300_000;
const violationsShown = 10;

const seed = Number(options.seed ?? (options.quick ? randomInt(2 ** 31) : 1));
const results = openResults(options.out ?? `bench/results/faults${options.quick ? '-quick' : ''}.jsonl`);
if (options.table) {
  console.log(tableOf(results.list()));
  process.exit(0);
}
if (options.defences) {
  const reports = await proveDefences(seed, (line) => console.log(line), options.only?.split(','));
  const unproven = reports.filter(({ isProven }) => !isProven).length;
  console.log(`\n${reports.length - unproven} defences proven, ${unproven} not; seed ${seed}`);
  process.exit(unproven === 0 ? 0 : 1);
}
if (options.fresh || options.quick) results.clear();

type Job = { row: FaultRow; run: number };
/** What needs worlds of the same options, and how many lanes are at it. */
type Group = { jobs: Job[]; workers: number };
const build = hashSources(projectDir);
const worlds = new Set<World>();
const mine: RunRecord[] = [];
const strays: string[] = [];
// One stray error of the tester must not end an hour of runs; it is told at the end, and is no success.
process.on('uncaughtException', noteStray);
process.on('unhandledRejection', noteStray);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave(130));

console.log(`seed ${seed} (--seed ${seed} runs the same again)`);
const chosen = chooseRows();
const jobs = chosen.flatMap((row) => runsOf(row).map((run) => ({ row, run })));
const done = new Set(
  results
    .list()
    .filter((record) => record.build === build && record.seed === seed && isGreen(record))
    .map(({ area, name, run }) => `${area}/${name}/${run}`),
);
const open = jobs.filter(({ row, run }) => !done.has(`${row.area}/${row.name}/${run}`));
if (open.length < jobs.length) console.log(`${jobs.length - open.length} runs are on record already`);
// Whoever waits for a fault to pass leaves the machine to others; whoever starts everything needs it alone.
const partOf = ({ row }: Job) => {
  if (row.isHeavy === true) return 'heavy';
  return row.isIdle === true ? 'idle' : row.seeds === 3 ? 'slow' : 'swift';
};
const parts = Map.groupBy(open, partOf);
await Promise.all([
  inLanes(Number(options.lanes ?? (options.quick ? quickLanes : swiftLanes)), parts.get('swift') ?? []),
  inLanes(1, parts.get('idle') ?? []),
]);
await inLanes(1, parts.get('heavy') ?? []);
await inLanes(Number(options.lanes ?? slowLanes), parts.get('slow') ?? []);
console.log(`\n${tableOf(options.quick ? mine : results.list().filter((each) => each.seed === seed))}`);
const red = [...new Set(mine.filter((each) => !isGreen(each)).map(({ area, name }) => `${area}/${name}`))];
const rows = new Set(mine.map(({ area, name }) => `${area}/${name}`)).size;
console.log(
  `\n${rows - red.length} faults survived, ${red.length} not${red.length === 0 ? '' : `: ${red.join(', ')}`}`,
);
// For whoever runs this as a part of something larger.
process.send?.({ passed: rows - red.length, failed: red.length + strays.length });
for (const stray of strays) console.error(`stray error: ${stray}`);
await leave(red.length === 0 && strays.length === 0 ? 0 : 1);

function chooseRows(): FaultRow[] {
  const wanted = options.only?.split(',');
  const found = faultRows.filter(
    ({ area, name }) => wanted === undefined || wanted.includes(area) || wanted.includes(`${area}/${name}`),
  );
  if (found.length === 0) {
    console.error(
      `There is no such row. Rows: ${faultRows.map((row) => `${row.area}/${row.name}`).join(', ')}`,
    );
    process.exit(1);
  }
  return found.filter((row) => (row.isQuick || !options.quick) && canRunHere(row));
}

function canRunHere({ area, name, needs = [] }: FaultRow): boolean {
  const missing = needs.filter((need) => !has(need));
  if (missing.length > 0) console.log(`not here: ${area}/${name} needs ${missing.join(' and ')}`);
  return missing.length === 0;
}

function has(need: 'root' | 'chromium' | 'nginx'): boolean {
  if (need === 'root') return process.getuid?.() === 0;
  // What a page runs in is found, or fetched, by the row itself.
  if (need === 'chromium') return true;
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin'];
  return folders.some((folder) => existsSync(`${folder}/nginx`));
}

function runsOf({ seeds }: FaultRow): number[] {
  if (options.run !== undefined) return [Number(options.run)];
  const count = Number(options.seeds ?? (options.quick ? quickSeeds : seeds));
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Worlds are for rows of the same options: who has started one goes on with it, and helps where most is left then. */
async function inLanes(lanes: number, all: readonly Job[]): Promise<void> {
  const groups = [...Map.groupBy(all, ({ row }) => JSON.stringify(row.world))].map(([, jobs]) => ({
    jobs,
    workers: 0,
  }));
  const share = ({ jobs, workers }: Group) => jobs.length / (workers + 1);
  const work = async () => {
    for (;;) {
      const group = groups.toSorted((one, other) => share(other) - share(one))[0];
      // A world for one run that another lane is about to take is not worth its start.
      if (group === undefined || share(group) < (group.workers === 0 ? 1 : worthAWorld)) return;
      group.workers++;
      await runGroup(group.jobs);
      group.workers--;
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
}

/** Takes jobs from this queue, which other lanes may share, until it is empty. */
async function runGroup(queue: Job[]): Promise<void> {
  let world: World | null = null;
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const { row, run } = job;
    try {
      if (row.world !== null && world === null) {
        world = await startWorld(row.world, seed);
        worlds.add(world);
      }
    } catch (error) {
      note(row, run, 0, null, `the world did not start: ${reasonOf(error)}`);
      continue;
    }
    const isHealthy = await runOne(row, run, world);
    if (!isHealthy && world !== null) {
      worlds.delete(world);
      await world.stop().catch(() => {});
      world = null;
    }
  }
  if (world === null) return;
  worlds.delete(world);
  await world.stop();
}

/** False when the world should not be used any more. */
async function runOne(row: FaultRow, run: number, world: World | null): Promise<boolean> {
  const runSeed = seedFrom(seed, row.area, row.name, run);
  const beganMs = performance.now();
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(new Error('it did not end')), runMsMax);
  try {
    const context = {
      get world(): World {
        if (world === null) throw new Error('this row asked for no world');
        return world;
      },
      seed: runSeed,
      random: randomFrom(seedFrom(runSeed, 'row')),
      say: (line: string) => console.log(`  ${row.area}/${row.name} ${run}: ${line}`),
    };
    const report = await Promise.race([row.run(context), timer.promise]);
    await world?.heal();
    note(row, run, performance.now() - beganMs, report, null);
    return true;
  } catch (error) {
    note(row, run, performance.now() - beganMs, null, reasonOf(error));
    if (world !== null) console.error(world.printed().split('\n').slice(-15).join('\n'));
    return false;
  } finally {
    clearTimeout(timeout);
  }
}

function note(
  row: FaultRow,
  run: number,
  tookMs: number,
  report: RunRecord['report'],
  error: string | null,
): void {
  const { area, name } = row;
  const at = new Date().toISOString();
  const record: RunRecord = { build, seed, area, name, run, tookMs: Math.round(tookMs), at, report, error };
  results.add(record);
  mine.push(record);
  const outcome = isGreen(record) ? '✓' : '✗';
  const counts =
    report === null
      ? error
      : `${report.injections} injections, ${report.acknowledged} of ${report.attempted} messages acknowledged, at rest after ${Math.round(Math.max(0, ...report.recoveryMs))} ms`;
  console.log(`${outcome} ${area}/${name} ${run}, ${(tookMs / 1000).toFixed(1)} s: ${counts}`);
  for (const { invariant, what } of (report?.violations ?? []).slice(0, violationsShown)) {
    console.error(`    ${invariant}  ${what}`);
  }
}

function noteStray(error: unknown): void {
  strays.push(reasonOf(error));
  console.error(`stray error: ${reasonOf(error)}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function leave(code: number): Promise<never> {
  await Promise.allSettled([...worlds].map((world) => world.stop()));
  process.exit(code);
}
