import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadAdapter } from '#/bench/adapters.ts';
import { measureApi } from '#/bench/api/measure.ts';
import { type Figure, tableOf } from '#/bench/figures.ts';
import { measureFrame } from '#/bench/frame/measure.ts';
import { measureHostPage } from '#/bench/host-page/measure.ts';
import { measureInbox } from '#/bench/inbox/measure.ts';
import { memoryOf } from '#/bench/process-memory.ts';
import type { FromLoad, ToLoad } from '#/bench/scenario-process.ts';
import type { Task } from '#/bench/scenarios.ts';
import { measureSearch } from '#/bench/search/measure.ts';

/** The conductor: starts the system, asks the load generator for one measurement after the other, prints the table. */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    inbox: { type: 'boolean', default: false },
    search: { type: 'boolean', default: false },
    frame: { type: 'boolean', default: false },
    'host-page': { type: 'boolean', default: false },
    api: { type: 'boolean', default: false },
    system: { type: 'string', default: 'parley' },
    out: { type: 'string' },
  },
});

type Step = { seed: number } | { reads: number } | Exclude<Task, { kind: 'reads' }>;
const quickPlan: Step[] = [
  { seed: 10_000 },
  { kind: 'latency', sends: 250 },
  { kind: 'throughput', senders: 1, into: 'each', forMs: 3_000 },
  { kind: 'throughput', senders: 32, into: 'each', forMs: 5_000 },
  { kind: 'throughput', senders: 32, into: 'one', forMs: 5_000 },
  { kind: 'typing', signals: 100 },
  { reads: 150 },
];
const fullPlan: Step[] = [
  { seed: 10_000 },
  { kind: 'latency', sends: 2_000 },
  ...[1, 8, 32, 64].flatMap((senders): Step[] => [
    { kind: 'throughput', senders, into: 'each', forMs: 10_000 },
    { kind: 'throughput', senders, into: 'one', forMs: 10_000 },
  ]),
  { kind: 'typing', signals: 500 },
  { reads: 500 },
  { seed: 100_000 },
  { reads: 500 },
  { kind: 'crowd', customers: 128 },
];

const beganAt = new Date();
if (options.inbox) report('Parley', await measureInbox(options.quick, say));
else if (options.search) report('Parley', await measureSearch(options.quick, say));
else if (options.frame) report('Parley', await measureFrame(options.quick, say));
else if (options['host-page']) report('Parley', await measureHostPage(options.quick, say));
else if (options.api) report('Parley', await measureApi(options.quick, say));
else await measureMessages();

/** Messages both ways, typing, lists and history, memory: what any chat system does. */
async function measureMessages(): Promise<void> {
  const adapter = await loadAdapter(options.system);
  say(`Starting ${adapter.name} …`);
  const system = await adapter.start();
  let load: ChildProcess | undefined;
  try {
    const figures: Figure[] = memoryFigures(system.pids(), 'just started');
    load = fork(fileURLToPath(new URL('scenario-process.ts', import.meta.url)), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    await ask(load, { kind: 'open', adapter: options.system, access: system.access });
    let peakMiB = 0;
    const sampler = setInterval(() => {
      peakMiB = Math.max(peakMiB, memoryOf(system.pids()).pssMiB);
    }, 2_000);
    let seeded = { tickets: 0, long: { conversationId: '', newest: 0 } };
    for (const step of options.quick ? quickPlan : fullPlan) {
      if ('seed' in step) {
        say(`Seeding up to ${step.seed.toLocaleString('en-GB')} tickets …`);
        seeded = { tickets: step.seed, long: await system.seed(step.seed) };
        continue;
      }
      const task: Task = 'reads' in step ? { kind: 'reads', count: step.reads, ...seeded } : step;
      say(nameOf(task));
      figures.push(...(await ask(load, { kind: 'task', task })));
      if (task.kind === 'crowd')
        figures.push(...memoryFigures(system.pids(), `${task.customers} customers connected`));
    }
    clearInterval(sampler);
    figures.push({
      name: 'memory, shared pages once',
      unit: 'MiB',
      where: 'peak of the run',
      value: peakMiB,
    });
    load.disconnect();
    say('Starting it again on its data …');
    const { readyMs } = await system.restart();
    figures.push({ name: 'second start', unit: 'ms', where: 'command → ready', value: Math.round(readyMs) });
    report(adapter.name, figures);
  } finally {
    load?.kill();
    await system.stop();
  }
}

function memoryFigures(pids: number[], where: string): Figure[] {
  const { rssMiB, pssMiB } = memoryOf(pids);
  return [
    { name: 'memory, shared pages once', unit: 'MiB', where, value: pssMiB },
    { name: 'memory, sum of RSS', unit: 'MiB', where, value: rssMiB },
  ];
}

function ask(to: ChildProcess, message: ToLoad): Promise<Figure[]> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the load generator ended'));
    to.once('exit', onExit);
    to.once('message', (answer: FromLoad) => {
      to.off('exit', onExit);
      if (answer.kind === 'done') resolve(answer.figures);
      else reject(new Error(answer.reason));
    });
    to.send(message);
  });
}

function report(name: string, figures: readonly Figure[]): void {
  const out =
    options.out ?? join('bench', 'results', `${options.system}-${beganAt.toISOString().slice(0, 19)}.json`);
  const machine = { cores: availableParallelism(), memoryMiB: Math.round(totalmem() / 2 ** 20) };
  mkdirSync(dirname(out), { recursive: true });
  const result = {
    system: name,
    isQuick: options.quick,
    at: beganAt.toISOString(),
    node: process.version,
    machine,
    figures,
  };
  writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  const seconds = Math.round((Date.now() - beganAt.getTime()) / 1_000);
  console.log(
    `\n${tableOf(figures)}\n\n${machine.cores} cores for everything, ${seconds} s in all. Written to ${out}.`,
  );
}

function nameOf(task: Task): string {
  switch (task.kind) {
    case 'latency':
      return `${task.sends} messages, one at a time …`;
    case 'throughput':
      return `${task.senders} sender(s), ${task.into === 'each' ? 'a conversation each' : 'all in one'} …`;
    case 'typing':
      return `${task.signals} typing signals …`;
    case 'reads':
      return `${task.count} pages of list and history …`;
    case 'crowd':
      return `${task.customers} customers connect …`;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
