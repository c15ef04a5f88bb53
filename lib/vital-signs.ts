import { readdirSync } from 'node:fs';
import { databaseHealth, read, transact } from '#/db/client.ts';
import { type Backlog, checkRead, checkWrite, compareSchema, measureBacklog } from '#/db/health.ts';
import type { Admission } from '#/lib/admission.ts';
import type { Sample } from '#/lib/metric-registry.ts';
import { metrics } from '#/lib/metrics.ts';
import { registerProbe } from '#/lib/readiness.ts';
import { checkRealtime } from '#/lib/realtime/publish.ts';
import type { RealtimeServer } from '#/lib/realtime/server/realtime-server.ts';

/** What a process of the app measures of itself: the parts of readiness, and the metrics that are read when asked for. */

const probeMs = 1_500;
const backlogSecondsMax = 30;
const schemaMs = 5_000;

/** Names each part that this process needs for its work. */
export function registerProbes(): void {
  registerProbe('database', () => read(checkRead, { deadlineMs: probeMs }));
  registerProbe('database_write', () => transact(checkWrite, { deadlineMs: probeMs }));
  registerProbe('schema', heldFor(schemaMs, checkSchema));
  // Without them people see everything a few seconds later: no reason to send them to an instance that is no better.
  registerProbe('realtime', checkRealtime, { isVital: false });
  registerProbe('relay', checkBacklog, { isVital: false });
}

async function checkSchema(): Promise<void> {
  const state = await read(compareSchema, { deadlineMs: probeMs });
  if (state !== 'same') throw new Error(`the schema is ${state}`);
}

async function checkBacklog(): Promise<void> {
  if ((await backlog()).oldestSeconds > backlogSecondsMax) throw new Error('the relay is behind');
}

/** Asked by readiness and by metrics, of the database at most once a second. */
const backlog = heldFor(1_000, (): Promise<Backlog> => read(measureBacklog, { deadlineMs: probeMs }));

function heldFor<Value>(ms: number, ask: () => Promise<Value>): () => Promise<Value> {
  let held: { atMs: number; answer: Promise<Value> } | null = null;
  return () => {
    const nowMs = performance.now();
    if (held !== null && nowMs - held.atMs < ms) return held.answer;
    const answer = ask();
    held = { atMs: nowMs, answer };
    answer.catch(() => {
      // A failure is not kept for as long as a success.
      if (held?.answer === answer) held = null;
    });
    return answer;
  };
}

export type Measured = {
  realtime: RealtimeServer | undefined;
  admission: Admission;
  loopDelay: LoopDelay;
  openConnections: () => Promise<number>;
  buildId: string;
};

/** Adds what is read when somebody asks: sockets, connections, backlog, the process itself. */
export function registerMeasurements({
  realtime,
  admission,
  loopDelay,
  openConnections,
  buildId,
}: Measured): void {
  const { registry } = metrics();
  registry.collect('parley_build_info', 'gauge', 'Always 1; the labels say what runs.', () => [
    { labels: { build: buildId, node: process.version }, value: 1 },
  ]);
  registry.collect(
    'parley_relay_backlog_events',
    'gauge',
    'Changes still to be published (up to 10000).',
    async () => (await backlog()).count,
  );
  registry.collect(
    'parley_relay_backlog_seconds',
    'gauge',
    'Age of the oldest change still to be published.',
    async () => (await backlog()).oldestSeconds,
  );
  collectDatabase();
  collectProcess(loopDelay, openConnections);
  registry.collect(
    'parley_admission',
    'gauge',
    'Requests running, waiting, and the room there is, by kind.',
    () =>
      Object.entries(admission.counts()).flatMap(([route, counts]) =>
        Object.entries(counts).map(([state, value]): Sample => ({ labels: { route, state }, value })),
      ),
  );
  if (realtime === undefined) return;
  registry.collect(
    'parley_sockets',
    'gauge',
    'Open sockets of the embedded realtime server.',
    () => realtime.stats().connections,
  );
  registry.collect(
    'parley_subscriptions',
    'gauge',
    'Subscriptions of those sockets.',
    () => realtime.stats().subscriptions,
  );
  registry.collect(
    'parley_frames_sent_total',
    'counter',
    'Frames sent on channels.',
    () => realtime.stats().messagesSent,
  );
}

function collectDatabase(): void {
  const { registry } = metrics();
  registry.collect('parley_database_connections', 'gauge', 'Connections, and calls waiting for one.', () =>
    Object.entries(databaseHealth().connections).map(([state, value]) => ({ labels: { state }, value })),
  );
  registry.collect(
    'parley_database_pool_replacements_total',
    'counter',
    'How often all connections were thrown away since none answered.',
    () => databaseHealth().replacements,
  );
  registry.collect(
    'parley_database_failures_in_row',
    'gauge',
    'Calls in a row without an answer.',
    () => databaseHealth().failuresInRow,
  );
}

function collectProcess(loopDelay: LoopDelay, openConnections: () => Promise<number>): void {
  const { registry } = metrics();
  registry.collect(
    'parley_event_loop_delay_seconds',
    'gauge',
    'How late timers ran in the last ten seconds.',
    () => {
      const { maxMs, meanMs } = loopDelay.read();
      return [
        { labels: { of: 'max' }, value: maxMs / 1000 },
        { labels: { of: 'mean' }, value: meanMs / 1000 },
      ];
    },
  );
  registry.collect('process_resident_memory_bytes', 'gauge', 'Resident memory.', () =>
    process.memoryUsage.rss(),
  );
  registry.collect('process_heap_bytes', 'gauge', 'Heap in use.', () => process.memoryUsage().heapUsed);
  registry.collect('process_cpu_seconds_total', 'counter', 'Processor time, user and system.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  registry.collect(
    'process_start_time_seconds',
    'gauge',
    'When it started, in seconds since 1970.',
    () => (Date.now() - performance.now()) / 1000,
  );
  registry.collect('process_open_fds', 'gauge', 'Open file descriptors.', () =>
    process.platform === 'linux' ? readdirSync('/proc/self/fd').length : [],
  );
  registry.collect(
    'parley_http_connections',
    'gauge',
    'Open connections, sockets included.',
    openConnections,
  );
}

export type LoopDelay = { read(): { maxMs: number; meanMs: number }; stop(): void };

const sampleMs = 50;
const samplesMax = 200;

/** Measures how late a timer runs, every 50 ms, and tells it to `note`; keeps the last ten seconds. */
export function watchLoopDelay(note: (ms: number) => void): LoopDelay {
  const samples: number[] = [];
  let dueAtMs = performance.now() + sampleMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const delayMs = Math.max(0, nowMs - dueAtMs);
    dueAtMs = nowMs + sampleMs;
    if (samples.push(delayMs) > samplesMax) samples.shift();
    note(delayMs);
  }, sampleMs);
  timer.unref();
  return {
    read() {
      if (samples.length === 0) return { maxMs: 0, meanMs: 0 };
      return { maxMs: Math.max(...samples), meanMs: samples.reduce((a, b) => a + b, 0) / samples.length };
    },
    stop: () => clearInterval(timer),
  };
}
