import type { AgentClient, Clients, CustomerClient, LongConversation } from '#/bench/adapter.ts';
import { type Figure, rounded, spreadOf } from '#/bench/figures.ts';

/** What the conductor asks of the load generator, one after the other. */
export type Task =
  | { kind: 'latency'; sends: number }
  | { kind: 'throughput'; senders: number; into: 'each' | 'one'; forMs: number }
  | { kind: 'typing'; signals: number }
  | { kind: 'reads'; tickets: number; count: number; long: LongConversation }
  | { kind: 'crowd'; customers: number };

export function runTask(clients: Clients, task: Task): Promise<Figure[]> {
  switch (task.kind) {
    case 'latency':
      return measureLatency(clients, task.sends);
    case 'throughput':
      return measureThroughput(clients, task);
    case 'typing':
      return measureTyping(clients, task.signals);
    case 'reads':
      return measureReads(clients, task);
    case 'crowd':
      return connectCrowd(clients, task.customers);
  }
}

const seenMsMax = 5_000;
const warmUpSends = 30;
let serial = 0;
/** Exists once in a run, and looks like something that a person writes. */
const nextText = () => `Where is my order ${process.pid}-${++serial}? It was due on Tuesday.`;

/** One message at a time, each waited for on the other side: what a single pair of people feels. */
async function measureLatency(clients: Clients, sends: number): Promise<Figure[]> {
  const { customer, agent, conversationId } = await pair(clients);
  const where = 'one at a time';
  const toAgent = expectations();
  const toRow = expectations();
  const toCustomer = expectations();
  agent.onMessage(({ text }) => toAgent.seen(text));
  agent.onListRow(({ text }) => toRow.seen(text));
  customer.onMessage(({ text }) => toCustomer.seen(text));
  const acknowledged: number[] = [];
  const replied: number[] = [];
  for (let index = -warmUpSends; index < sends; index++) {
    const question = nextText();
    const waits = [toAgent.expect(question, index >= 0), toRow.expect(question, index >= 0)];
    const sentMs = performance.now();
    await customer.send(conversationId, question);
    if (index >= 0) acknowledged.push(performance.now() - sentMs);
    await Promise.all(waits);
    const answer = nextText();
    const wait = toCustomer.expect(answer, index >= 0);
    const answeredMs = performance.now();
    await agent.send(conversationId, answer);
    if (index >= 0) replied.push(performance.now() - answeredMs);
    await wait;
  }
  customer.close();
  agent.close();
  return [
    { name: 'customer: send → acknowledged', unit: 'ms', where, value: spreadOf(acknowledged) },
    { name: 'customer: send → seen by agent', unit: 'ms', where, value: spreadOf(toAgent.samples) },
    { name: 'customer: send → row in list', unit: 'ms', where, value: spreadOf(toRow.samples) },
    { name: 'agent: send → acknowledged', unit: 'ms', where, value: spreadOf(replied) },
    { name: 'agent: send → seen by customer', unit: 'ms', where, value: spreadOf(toCustomer.samples) },
  ];
}

/** Senders that each send the next message when the last one was acknowledged, while one agent watches them all. */
async function measureThroughput(
  clients: Clients,
  { senders, into, forMs }: Extract<Task, { kind: 'throughput' }>,
): Promise<Figure[]> {
  const agent = await clients.connectAgent();
  const people = await connectSenders(clients, agent, senders, into);
  const seen = expectations();
  agent.onMessage(({ text }) => seen.seen(text));
  const acknowledged: number[] = [];
  const failures = new Map<string, number>();
  const waits: Promise<void>[] = [];
  const beginMs = performance.now();
  const countFromMs = beginMs + Math.min(1_000, forMs / 4);
  const endMs = countFromMs + forMs;
  await Promise.all(
    people.map(async ({ customer, conversationId }) => {
      while (performance.now() < endMs) {
        const text = nextText();
        const isCounted = performance.now() >= countFromMs;
        const wait = seen.expect(text, isCounted);
        const sentMs = performance.now();
        try {
          await customer.send(conversationId, text);
          const nowMs = performance.now();
          if (isCounted && nowMs <= endMs) acknowledged.push(nowMs - sentMs);
          waits.push(wait);
        } catch (error) {
          seen.forget(text);
          const reason = error instanceof Error ? error.message : String(error);
          failures.set(reason, (failures.get(reason) ?? 0) + 1);
        }
      }
    }),
  );
  await Promise.all(waits);
  for (const { customer } of people) customer.close();
  agent.close();
  const name = senders === 1 ? '1 sender' : `${senders} senders`;
  const where = `${name}, ${into === 'each' ? 'a conversation each' : 'all in one'}`;
  const figures: Figure[] = [
    { name: 'throughput', unit: '/s', where, value: Math.round((acknowledged.length / forMs) * 1_000) },
    { name: 'send → acknowledged', unit: 'ms', where, value: spreadOf(acknowledged) },
    { name: 'send → seen by agent', unit: 'ms', where, value: spreadOf(seen.samples) },
  ];
  if (seen.missed() > 0) {
    figures.push({ name: `never seen within ${seenMsMax} ms`, unit: 'count', where, value: seen.missed() });
  }
  for (const [reason, value] of failures) {
    figures.push({ name: `refused: ${reason}`, unit: 'count', where, value });
  }
  return figures;
}

async function connectSenders(clients: Clients, agent: AgentClient, senders: number, into: 'each' | 'one') {
  const people: { customer: CustomerClient; conversationId: string }[] = [];
  const first = await clients.connectCustomer();
  const { conversationId } = await first.startConversation(nextText());
  await agent.watch(conversationId);
  people.push({ customer: first, conversationId });
  while (people.length < senders) {
    if (into === 'one') {
      people.push({ customer: await first.openTab(), conversationId });
      continue;
    }
    const customer = await clients.connectCustomer();
    const started = await customer.startConversation(nextText());
    await agent.watch(started.conversationId);
    people.push({ customer, conversationId: started.conversationId });
  }
  return people;
}

async function measureTyping(clients: Clients, signals: number): Promise<Figure[]> {
  const { customer, agent, conversationId } = await pair(clients);
  const seen = expectations();
  agent.onTyping(({ isTyping }) => seen.seen(String(isTyping)));
  for (let index = -10; index < signals; index++) {
    const wait = seen.expect('true', index >= 0);
    await customer.setTyping(conversationId, true);
    await wait;
    const stopped = seen.expect('false', false);
    await customer.setTyping(conversationId, false);
    await stopped;
  }
  customer.close();
  agent.close();
  return [{ name: 'typing → other side', unit: 'ms', where: 'one at a time', value: spreadOf(seen.samples) }];
}

async function measureReads(
  clients: Clients,
  { tickets, count, long }: Extract<Task, { kind: 'reads' }>,
): Promise<Figure[]> {
  const agent = await clients.connectAgent();
  const limit = 50;
  const lists = await timed(count, () => agent.listTickets(limit));
  const pages = await timed(count, (index) => {
    const before = limit + 1 + ((index * 7_919) % (long.newest - limit));
    return agent.pageHistory(long.conversationId, before, limit);
  });
  agent.close();
  const where = `${tickets.toLocaleString('en-GB')} tickets`;
  return [
    { name: `newest ${limit} open tickets`, unit: 'ms', where, value: spreadOf(lists) },
    { name: `history page of ${limit}`, unit: 'ms', where, value: spreadOf(pages) },
  ];

  async function timed(times: number, read: (index: number) => Promise<number>): Promise<number[]> {
    const samples: number[] = [];
    for (let index = -10; index < times; index++) {
      const beganMs = performance.now();
      const found = await read(Math.abs(index));
      if (found !== limit) throw new Error(`expected ${limit} rows, got ${found}`);
      if (index >= 0) samples.push(performance.now() - beganMs);
    }
    return samples;
  }
}

/** Customers who are connected and quiet; they stay until the load generator ends. */
async function connectCrowd(clients: Clients, customers: number): Promise<Figure[]> {
  const beganMs = performance.now();
  for (let index = 0; index < customers; index++) {
    const customer = await clients.connectCustomer();
    await customer.startConversation(nextText());
  }
  const perCustomer = rounded((performance.now() - beganMs) / customers);
  return [
    { name: 'connect and first message', unit: 'ms', where: `${customers} customers`, value: perCustomer },
  ];
}

async function pair(clients: Clients) {
  const agent = await clients.connectAgent();
  const customer = await clients.connectCustomer();
  const { conversationId } = await customer.startConversation(nextText());
  await agent.watch(conversationId);
  return { agent, customer, conversationId };
}

/** Waits for texts to come by, and keeps how long each took. */
function expectations() {
  const waiting = new Map<string, { sinceMs: number; isCounted: boolean; done: () => void }>();
  const samples: number[] = [];
  let missed = 0;
  return {
    samples,
    missed: () => missed,
    expect(text: string, isCounted: boolean): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        if (waiting.delete(text)) missed++;
        resolve();
      }, seenMsMax);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.set(text, { sinceMs: performance.now(), isCounted, done });
      return promise;
    },
    seen(text: string): void {
      const wait = waiting.get(text);
      if (wait === undefined) return;
      waiting.delete(text);
      if (wait.isCounted) samples.push(performance.now() - wait.sinceMs);
      wait.done();
    },
    forget(text: string): void {
      waiting.get(text)?.done();
      waiting.delete(text);
    },
  };
}
