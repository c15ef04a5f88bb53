import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { makeAccounts } from '#/bench/adapters/parley-accounts.ts';
import { accessSchema } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { checkHistory, type FinalState, type Recording, type Violation } from '#/bench/history-checker.ts';
import type { FromGenerator, LoadPlan, LoadResult, Phase, PhaseName } from '#/bench/load/generator.ts';
import { watchProcesses } from '#/bench/load/process-watch.ts';
import { reportOf, textOf } from '#/bench/load/report.ts';
import { readStored } from '#/bench/load/stored.ts';
import { read } from '#/db/client.ts';

/** The load run: an office's worth of agents and a thousand visitors at a rate that does not care how it goes. */
const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '100' },
    visitors: { type: 'string', default: '1000' },
    agents: { type: 'string', default: '50' },
    overload: { type: 'string', default: '5' },
    tickets: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const options = z
  .object({
    minutes: z.coerce.number().positive(),
    rate: z.coerce.number().positive(),
    visitors: z.coerce.number().int().positive(),
    agents: z.coerce.number().int().positive(),
    overload: z.coerce.number().positive(),
    tickets: z.coerce.number().int().nonnegative(),
    seed: z.coerce.number().int(),
  })
  .refine(
    ({ visitors, agents }) => agents <= visitors,
    'Each agent has a ticket open: fewer agents than visitors.',
  )
  .parse(given);
const sampleEveryMs = 5_000;
const phases: Phase[] = [
  { name: 'warm-up', perSecond: options.rate, seconds: 10 },
  { name: 'steady', perSecond: options.rate, seconds: options.minutes * 60 },
  { name: 'storm', perSecond: options.rate, seconds: 32 },
  { name: 'calm', perSecond: options.rate, seconds: 5 },
  { name: 'overload', perSecond: options.rate * options.overload, seconds: 30 },
  { name: 'recovery', perSecond: options.rate, seconds: 20 },
];

const beganAt = new Date();
const totalMinutes = Math.round(phases.reduce((sum, { seconds }) => sum + seconds, 60) / 60);
say(
  `${options.visitors} visitors, ${options.agents} agents, ${options.rate} messages a second, seed ${options.seed}; ` +
    `about ${totalMinutes} minutes.`,
);
const system = await startParley();
try {
  const access = accessSchema.parse(system.access);
  if (options.tickets > 0) await system.seed(options.tickets);
  const accounts = await makeAccounts(access, options.agents, () => findAccounts(options.agents));
  let phase: PhaseName = 'gathering';
  const watch = watchProcesses(system.pids, sampleEveryMs, () => phase);
  const plan = { access, accounts, visitors: options.visitors, seed: options.seed, phases };
  const result = await generate(plan, (name) => {
    phase = name;
    say(`${new Date().toTimeString().slice(0, 8)} ${name} …`);
  });
  watch.stop();
  say('Comparing with the database …');
  const stored = await readStored(result.views);
  const violations = [
    ...checkHistory(result.recording, stored),
    ...storedThoughRefused(result.recording, stored),
  ];
  const report = reportOf(result, watch.samples, violations);
  const counts = {
    attempted: result.recording.attempts.length,
    acknowledged: result.recording.acknowledgements.length,
    stored: stored.rows.length,
    sockets: result.views.length,
    framesToAgents: result.listFrames,
  };
  const machine = {
    processor: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
  };
  const out = given.out ?? join('bench', 'results', `load-${beganAt.toISOString().slice(0, 19)}.json`);
  mkdirSync(dirname(out), { recursive: true });
  const file = {
    at: beganAt.toISOString(),
    node: process.version,
    machine,
    options,
    counts,
    ...report,
    violations: violations.slice(0, 100),
    samples: watch.samples,
  };
  writeFileSync(out, `${JSON.stringify(file, null, 2)}\n`);
  console.log(`\n${textOf(report)}\n`);
  for (const { invariant, what } of violations.slice(0, 20)) console.log(`${invariant}: ${what}`);
  console.log(
    `${counts.attempted} attempted, ${counts.acknowledged} acknowledged, ${counts.stored} stored; ` +
      `${machine.cores} cores for everything. Written to ${out}.`,
  );
  if (report.verdicts.some(({ isMet }) => isMet === false)) process.exitCode = 1;
} finally {
  await system.stop();
}

function generate(plan: LoadPlan, onPhase: (name: PhaseName) => void): Promise<LoadResult> {
  const generator = fork(fileURLToPath(new URL('generator.ts', import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  });
  return new Promise<LoadResult>((resolve, reject) => {
    generator.once('exit', () => reject(new Error('the load generator ended')));
    generator.on('message', (message: FromGenerator) => {
      if (message.kind === 'phase') onPhase(message.name);
      else if (message.kind === 'done') resolve(message.result);
      else reject(new Error(message.reason));
    });
    generator.send(plan);
  }).finally(() => generator.kill());
}

async function findAccounts(count: number) {
  const found = await read((tx) =>
    tx.execute<{ id: string; name: string; email: string }>(
      sql`select id, name, email::text from agents order by created_at limit ${count}`,
    ),
  );
  return [...found];
}

/** Told that it was not taken, and there all the same: its writer would send it a second time. */
function storedThoughRefused({ refusals }: Recording, { rows }: FinalState): Violation[] {
  return rows
    .filter(({ id }) => refusals.has(id))
    .map(({ id }) => ({ invariant: 'I8', what: `${id} was refused and is stored` }));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
