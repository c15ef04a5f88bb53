import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { ParleyAccess } from '#/bench/adapters/parley-calls.ts';
import { type Recording, startRecording } from '#/bench/history-checker.ts';
import {
  isRefusal,
  loadActionIds,
  openAgent,
  openVisitor,
  type Person,
  type Surroundings,
  type View,
} from '#/bench/load/people.ts';
import { type Arrival, arrivalsOf } from '#/bench/load/schedule.ts';
import { reasonOf } from '#/bench/load/socket.ts';
import { randomFrom } from '#/bench/random.ts';
import type { Account } from '#/bench/simulated-people.ts';
import { newId } from '#/lib/ids.ts';

/** The load generator: a process of its own, so that its work is counted apart and its clock is one. */

export type PhaseName =
  | 'gathering'
  | 'warm-up'
  | 'steady'
  | 'storm'
  | 'calm'
  | 'overload'
  | 'recovery'
  | 'end';
export type Phase = { name: Exclude<PhaseName, 'gathering' | 'end'>; perSecond: number; seconds: number };
export type LoadPlan = {
  access: ParleyAccess;
  accounts: Account[];
  visitors: number;
  seed: number;
  phases: Phase[];
};
/** Times in milliseconds from the moment at which it was meant to be sent; null for what never happened. */
export type SentMessage = {
  id: string;
  phase: number;
  intendedAtMs: number;
  ackMs: number | null;
  /** At the agent who has the ticket open, or at the visitor; not asked of tickets that nobody has open. */
  isWatched: boolean;
  seenMs: number | null;
  listMs: number | null;
  refusal: string | null;
};
export type LoadResult = {
  phases: (Phase & { beganAtMs: number })[];
  messages: SentMessage[];
  recording: Recording;
  views: View[];
  /** Milliseconds from the cut until each socket was back and caught up; null for one that never was. */
  backMs: (number | null)[];
  troubles: { phase: PhaseName; what: string; count: number }[];
  listFrames: number;
  generator: { cpuShare: number; lagP99Ms: number };
};
export type FromGenerator =
  | { kind: 'phase'; name: PhaseName }
  | { kind: 'done'; result: LoadResult }
  | { kind: 'failed'; reason: string };

const startsAtOnce = 8;
const stormAfterMs = 2_000;
const settleMsMax = 75_000;
const stormMsMax = 30_000;
const convergeMsMax = 30_000;
const rowsKept = 16;

process.once('message', (plan: LoadPlan) => {
  run(plan).then(
    (result) => send({ kind: 'done', result }),
    (error) => send({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

function send(message: FromGenerator): void {
  process.send?.(message);
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const random = randomFrom(plan.seed);
  const recording = startRecording();
  const messages = new Map<string, SentMessage>();
  const rows = new Map<string, { head: number; atMs: number }[]>();
  const troubles = new Map<string, { phase: PhaseName; what: string; count: number }>();
  const underWay = new Set<Promise<void>>();
  const phases: LoadResult['phases'] = [];
  let phaseName: PhaseName = 'gathering';
  const around: Surroundings = {
    access: plan.access,
    actionIds: loadActionIds(),
    recording,
    onShown(id, view, nowMs) {
      const message = messages.get(id);
      // Somebody's own message comes back to them too; the other side is who was written to.
      if (message === undefined || recordedSender.get(id) === view.reader) return;
      message.seenMs ??= nowMs - message.intendedAtMs;
    },
    onRow(conversationId, head, atMs) {
      const known = rows.get(conversationId) ?? [];
      known.push({ head, atMs });
      if (known.length > rowsKept) known.shift();
      rows.set(conversationId, known);
      for (const waiting of awaited.get(conversationId) ?? []) settleRow(waiting);
    },
    onTrouble(what) {
      const key = `${phaseName} ${what}`;
      const known = troubles.get(key) ?? { phase: phaseName, what, count: 0 };
      known.count++;
      troubles.set(key, known);
    },
    random,
  };
  const recordedSender = new Map<string, string>();
  /** Acknowledged messages whose conversation's row in the list is still to come. */
  const awaited = new Map<string, Set<Awaited>>();
  type Awaited = { conversationId: string; order: number; message: SentMessage };

  send({ kind: 'phase', name: phaseName });
  const visitors = await gather(plan.visitors, (index) => openVisitor(around, `Visitor ${index + 1}`));
  const agents: Person[] = [];
  for (const [index, account] of plan.accounts.entries()) {
    const ticket = visitors[index];
    if (ticket === undefined) throw new Error('more agents than visitors');
    agents.push(await openAgent(around, account, ticket, index === plan.accounts.length - 1));
  }
  const people: Person[] = [...visitors, ...agents];
  await gather(people.length, async (index) => {
    people[index]?.socket.connect();
    await until(() => people[index]?.caughtUpMs !== null, settleMsMax);
  });
  if (people.some(({ caughtUpMs }) => caughtUpMs === null)) throw new Error('not everybody could connect');
  const heartbeat = setInterval(() => {
    const nowMs = performance.now();
    for (const { socket } of people) socket.tick(nowMs);
  }, 1_000);

  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const cpu = process.cpuUsage();
  const beganMs = performance.now();
  let backMs: (number | null)[] = [];
  const schedules = plan.phases.map((phase) =>
    arrivalsOf({ visitors: plan.visitors, agents: agents.length }, phase, random),
  );
  for (const [index, phase] of plan.phases.entries()) {
    phaseName = phase.name;
    send({ kind: 'phase', name: phaseName });
    phases.push({ ...phase, beganAtMs: performance.now() });
    const storm = phase.name === 'storm' ? cutEverybody() : null;
    await follow(schedules[index] ?? [], index, phase);
    if (storm !== null) backMs = await storm;
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  const used = process.cpuUsage(cpu);
  const generator = {
    cpuShare: (used.user + used.system) / 1e6 / seconds,
    lagP99Ms: lag.percentile(99) / 1e6,
  };

  phaseName = 'end';
  send({ kind: 'phase', name: phaseName });
  await Promise.race([Promise.all(underWay), delay(settleMsMax, undefined, { ref: false })]);
  await until(
    () => [...awaited.values()].every(({ size }) => size === 0) && isEverythingShown(),
    convergeMsMax,
  );
  clearInterval(heartbeat);
  const listFrames = agents.reduce((sum, { socket }) => sum + socket.frames, 0);
  for (const person of people) person.close();
  return {
    phases,
    messages: [...messages.values()],
    recording,
    views: people.map(({ view }) => view),
    backMs,
    troubles: [...troubles.values()],
    listFrames,
    generator,
  };

  /** Sends each at its moment, whatever became of those before: a slow answer makes nobody wait to write. */
  async function follow(arrivals: readonly Arrival[], phase: number, { seconds }: Phase): Promise<void> {
    const beganAtMs = performance.now();
    for (const arrival of arrivals) {
      const waitMs = beganAtMs + arrival.atMs - performance.now();
      if (waitMs > 0) await delay(waitMs);
      const sending = write(arrival, phase, beganAtMs + arrival.atMs).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
    await delay(Math.max(0, beganAtMs + seconds * 1_000 - performance.now()));
  }

  async function write(arrival: Arrival, phase: number, intendedAtMs: number): Promise<void> {
    const visitor = visitors[arrival.visitor];
    const isWatched = arrival.visitor < agents.length;
    const writer = arrival.by === 'visitor' ? visitor : agents[arrival.visitor % agents.length];
    if (visitor === undefined || writer === undefined) throw new Error('nobody to write');
    const { conversationId } = visitor;
    const id = newId();
    const text = `Where is my order ${recording.attempts.length}? It was due on Tuesday.`;
    const message: SentMessage = {
      id,
      phase,
      intendedAtMs,
      ackMs: null,
      isWatched: arrival.by === 'agent' || isWatched,
      seenMs: null,
      listMs: null,
      refusal: null,
    };
    messages.set(id, message);
    recordedSender.set(id, writer.name);
    recording.attempts.push({ id, conversationId, sender: writer.name, text, atMs: performance.now() });
    try {
      const { order } = await writer.send(conversationId, id, text);
      const atMs = performance.now();
      message.ackMs = atMs - intendedAtMs;
      const { audience } = writer.view;
      recording.acknowledgements.push({ id, conversationId, audience, order, text, atMs });
      // Nobody writes notes here and no ticket is handled, so both audiences' numbers are the same.
      const waiting = { conversationId, order, message };
      const others = awaited.get(conversationId) ?? new Set();
      awaited.set(conversationId, others.add(waiting));
      settleRow(waiting);
    } catch (error) {
      message.refusal = reasonOf(error);
      if (isRefusal(error)) recording.refusals.add(id);
    }
  }

  function settleRow(waiting: Awaited): void {
    const row = rows.get(waiting.conversationId)?.find(({ head }) => head >= waiting.order);
    if (row === undefined) return;
    waiting.message.listMs = Math.max(0, row.atMs - waiting.message.intendedAtMs);
    awaited.get(waiting.conversationId)?.delete(waiting);
  }

  async function cutEverybody(): Promise<(number | null)[]> {
    await delay(stormAfterMs);
    for (const person of people) person.cut();
    await until(() => people.every(({ caughtUpMs }) => caughtUpMs !== null), stormMsMax);
    return people.map(({ caughtUpMs }) => caughtUpMs);
  }

  function isEverythingShown(): boolean {
    const orders = new Map<string, number>();
    for (const { conversationId, order } of recording.acknowledgements) {
      orders.set(conversationId, Math.max(order, orders.get(conversationId) ?? 0));
    }
    return people.every(({ view }) => view.shown.length >= (orders.get(view.conversationId) ?? 0));
  }
}

/** Opens many of something, a few at a time: people do not come all in one moment. */
async function gather<Value>(count: number, open: (index: number) => Promise<Value>): Promise<Value[]> {
  const opened: Value[] = new Array(count);
  let next = 0;
  const workers = Array.from({ length: startsAtOnce }, async () => {
    for (let index = next++; index < count; index = next++) opened[index] = await open(index);
  });
  await Promise.all(workers);
  return opened;
}

async function until(isTrue: () => boolean, msMax: number): Promise<void> {
  const endMs = performance.now() + msMax;
  while (!isTrue() && performance.now() < endMs) await delay(20);
}
