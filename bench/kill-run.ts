import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import { accessSchema, act, type ParleyAccess, signIn } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import {
  checkHistory,
  type FinalState,
  type FinalView,
  openWitness,
  type Recording,
  startRecording,
  type Violation,
} from '#/bench/history-checker.ts';
import { openHttpClient } from '#/bench/http-client.ts';
import { openSimulatedAgent, openSimulatedCustomer, type SimulatedPerson } from '#/bench/simulated-people.ts';
import { read } from '#/db/client.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { systemClock } from '#/lib/sync/clock.ts';
import type { ConversationStore } from '#/lib/sync/conversation.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';
import type { Clock } from '#/lib/sync/transport.ts';

export type KillRunOptions = {
  kills: number;
  customers: number;
  agents: number;
  /** Decides who writes what when, and when the server dies. What the machine makes of it differs from run to run. */
  seed: number;
  say: (line: string) => void;
};

export type KillRunReport = {
  kills: number;
  attempted: number;
  acknowledged: number;
  stored: number;
  /** Shown to their writer as not sent. */
  refused: number;
  /** Attempted, and in the end neither stored nor shown to its writer as not sent. */
  lost: number;
  /** How many messages were on their way when the server died, over the kills. */
  underway: number[];
  /** From each kill until a server answered again: the launcher's waiting and the start. */
  downMs: number[];
  /** From a server's first answer to the first send that it acknowledged. */
  firstSendMs: number[];
  /**
   * For each message: how long the server had been there for it (without a break) until its writer and every other
   * reader showed it as stored.
   */
  catchUpMs: number[];
  /** From the last start until everybody's screen was the stored log and nothing was waiting anywhere. */
  convergenceMs: number;
  /** From the last start until every event was published. */
  outboxEmptyMs: number;
  violations: Violation[];
};

const healMsMax = 60_000;
const unsentMax = 25;

/**
 * Customers and agents write to each other without a pause while the server process of a durable Parley is killed
 * with SIGKILL again and again. Only the launcher starts it again. Answers what came of it.
 */
export async function runKills(options: KillRunOptions): Promise<KillRunReport> {
  const random = randomFrom(options.seed);
  const clock: Clock = { ...systemClock, random };
  const system = await startParley();
  const crowd: Crowd = {
    recording: startRecording(),
    people: [],
    views: [],
    progress: new Map(),
    readyAtMs: performance.now(),
    firstSendMs: [],
    isWaitingForFirstSend: false,
    isWriting: true,
  };
  try {
    const access = accessSchema.parse(system.access);
    const [launcher = 0] = system.pids();
    await gather(crowd, access, options, clock);
    const writing = crowd.people.map((person) => writeOn(crowd, person, random));
    const underway: number[] = [];
    const downMs: number[] = [];
    for (let kill = 1; kill <= options.kills; kill++) {
      // Mostly while people are still catching up with the last kill, sometimes when they have just managed to.
      if (random() < 0.25) await untilCaughtUp(crowd);
      await delay(200 + random() * 3_000);
      const pid = serverBelow(launcher);
      underway.push(countUnderway(crowd));
      process.kill(pid, 'SIGKILL');
      const killedAtMs = performance.now();
      crowd.isWaitingForFirstSend = false;
      await untilAnotherAnswers(access.url, launcher, pid);
      crowd.readyAtMs = performance.now();
      crowd.isWaitingForFirstSend = true;
      downMs.push(crowd.readyAtMs - killedAtMs);
      options.say(`killed ${kill} of ${options.kills}; ${Math.round(downMs.at(-1) ?? 0)} ms away`);
    }
    await delay(1_000);
    crowd.isWriting = false;
    await Promise.all(writing);
    const convergenceMs = await untilAllConverged(crowd);
    const outboxEmptyMs = await untilOutboxEmpty(crowd.readyAtMs);
    const final = await readFinalState(crowd);
    return {
      ...countsOf(crowd, final),
      kills: options.kills,
      underway,
      downMs,
      firstSendMs: crowd.firstSendMs,
      catchUpMs: [...crowd.progress.values()].flatMap(({ tookMs }) => (tookMs === null ? [] : [tookMs])),
      convergenceMs,
      outboxEmptyMs,
      violations: checkHistory(crowd.recording, final),
    };
  } finally {
    crowd.isWriting = false;
    for (const person of crowd.people) person.close();
    await system.stop();
  }
}

type OpenView = { person: SimulatedPerson; conversationId: string; store: ConversationStore };
type Progress = { attemptedAtMs: number; readers: number; tookMs: number | null };
type Crowd = {
  recording: Recording;
  people: SimulatedPerson[];
  views: OpenView[];
  progress: Map<string, Progress>;
  readyAtMs: number;
  firstSendMs: number[];
  isWaitingForFirstSend: boolean;
  isWriting: boolean;
};

/** Signs the agents in, lets each customer begin a conversation, and lets every agent follow all of them. */
async function gather(
  crowd: Crowd,
  access: ParleyAccess,
  { customers, agents }: KillRunOptions,
  clock: Clock,
): Promise<void> {
  const accounts = await makeAccounts(access, agents);
  const staff: SimulatedPerson[] = [];
  for (const account of accounts) staff.push(await openSimulatedAgent({ access, account, clock }));
  crowd.people.push(...staff);
  for (let index = 1; index <= customers; index++) {
    const name = `Customer ${index}`;
    const conversationId = newId();
    const person = openSimulatedCustomer({ access, name, conversationId, clock });
    crowd.people.push(person);
    const store = attend(crowd, person, conversationId, 1 + agents);
    write(crowd, person, store, conversationId, `Hello, this is ${name}.`);
    await until(store, () => store.getSnapshot().isStarted);
    for (const agent of staff) {
      const view = attend(crowd, agent, conversationId, 1 + agents);
      await until(view, () => !view.getSnapshot().isLoading);
    }
  }
}

/** Opens a conversation for a person and witnesses every notification. */
function attend(
  crowd: Crowd,
  person: SimulatedPerson,
  conversationId: string,
  readers: number,
): ConversationStore {
  const { recording, progress } = crowd;
  const { name, audience, outbox } = person;
  const store = person.follow(conversationId);
  const view = { reader: name, sender: name, audience, conversationId };
  const witness = openWitness(recording, view);
  const look = () => {
    const { bubbles, readThrough } = store.getSnapshot();
    for (const { id } of witness(bubbles, readThrough)) {
      const each = progress.get(id);
      if (each === undefined || ++each.readers < readers) continue;
      each.tookMs = performance.now() - Math.max(each.attemptedAtMs, crowd.readyAtMs);
    }
  };
  store.subscribe(look);
  outbox.onConfirmed((message, { id, order, text }) => {
    if (message.conversationId !== conversationId) return;
    recording.acknowledgements.push({ id, conversationId, audience, order, text });
    if (!crowd.isWaitingForFirstSend) return;
    crowd.isWaitingForFirstSend = false;
    crowd.firstSendMs.push(performance.now() - crowd.readyAtMs);
  });
  crowd.views.push({ person, conversationId, store });
  look();
  return store;
}

function write(
  { recording, progress }: Crowd,
  person: SimulatedPerson,
  store: ConversationStore,
  conversationId: string,
  text: string,
  kind: 'reply' | 'note' = 'reply',
): void {
  const attemptedAtMs = performance.now();
  const { id } = store.send(text, kind);
  recording.attempts.push({ id, conversationId, sender: person.name, text });
  // A note is for the agents only.
  progress.set(id, { attemptedAtMs, readers: kind === 'note' ? 1 : 0, tookMs: null });
}

/** Writes, reads and types in any of this person's conversations, until told to stop. */
async function writeOn(crowd: Crowd, person: SimulatedPerson, random: () => number): Promise<void> {
  const mine = crowd.views.filter((view) => view.person === person);
  const pauseMs = 240 / Math.sqrt(mine.length);
  for (let count = 1; crowd.isWriting; count++) {
    await delay(pauseMs * (0.2 + random()));
    const view = mine[Math.floor(random() * mine.length)];
    if (view === undefined || !crowd.isWriting) return;
    const { store, conversationId } = view;
    const head = store.getSnapshot().bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
    if (random() < 0.2) store.markSeen(head);
    if (random() < 0.2) store.typed();
    // Nobody goes on for ever without an answer.
    if (countUnsent(person.outbox) >= unsentMax) continue;
    const kind = person.audience === 'staff' && random() < 0.15 ? 'note' : 'reply';
    write(crowd, person, store, conversationId, `${person.name}, message ${count}`, kind);
  }
}

function countUnderway({ people }: Crowd): number {
  return people.reduce((sum, { outbox }) => sum + countUnsent(outbox), 0);
}

function countUnsent(outbox: Outbox): number {
  return outbox.conversationIds().reduce((sum, id) => sum + outbox.list(id).length, 0);
}

/** The admin of the set-up, and as many colleagues by invitation as it takes. */
async function makeAccounts(access: ParleyAccess, count: number) {
  const admin = openHttpClient(access.url);
  await signIn(admin, access);
  const passwords = new Map([[access.email, access.password]]);
  for (let index = 2; index <= count; index++) {
    const [email, password] = [`agent${index}@example.com`, newToken()];
    const inviteId = actionIdOf('app/(agent)/settings/actions.ts', 'inviteAgent');
    const invitation = await act(admin, '/settings', inviteId, [
      { email, role: 'agent', departmentId: null },
    ]);
    const { hash } = new URL(z.object({ url: z.string() }).parse(invitation).url);
    const guest = openHttpClient(access.url);
    const acceptId = actionIdOf('app/(public)/invite/actions.ts', 'acceptInvite');
    await act(guest, '/invite', acceptId, [{ token: hash.slice(1), name: `Agent ${index}`, password }]);
    guest.close();
    passwords.set(email, password);
  }
  admin.close();
  const agents = await read((tx) =>
    tx.execute<{ id: string; name: string; email: string }>(
      sql`select id, name, email::text from agents order by created_at limit ${count}`,
    ),
  );
  return [...agents].map((agent) => ({ ...agent, password: passwords.get(agent.email) ?? '' }));
}

/** Process id of the server that the launcher runs now; 0 while there is none. */
function serverBelow(launcher: number): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readIfThere(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === launcher && /server\.ts\0/.test(readIfThere(`/proc/${name}/cmdline`))) return Number(name);
  }
  return 0;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function untilAnotherAnswers(url: string, launcher: number, killed: number): Promise<void> {
  const startedAtMs = performance.now();
  for (;;) {
    const pid = serverBelow(launcher);
    if (pid !== 0 && pid !== killed && (await isReady(url))) return;
    if (performance.now() - startedAtMs > healMsMax)
      throw new Error('the server did not come back by itself');
    await delay(20);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/health`)).ok;
  } catch {
    return false;
  }
}

/** Until everything that was attempted before the server came back is on every screen. */
async function untilCaughtUp({ progress, readyAtMs }: Crowd): Promise<void> {
  const isBehind = () =>
    [...progress.values()].some(({ attemptedAtMs, tookMs }) => attemptedAtMs < readyAtMs && tookMs === null);
  while (isBehind() && performance.now() - readyAtMs < healMsMax) await delay(20);
}

/** Milliseconds since the last start until every view shows every attempt as stored, and the same head as the others. */
async function untilAllConverged(crowd: Crowd): Promise<number> {
  const isDone = () => {
    const heads = new Map<string, number>();
    return crowd.views.every(({ person, conversationId, store }) => {
      const { bubbles } = store.getSnapshot();
      const last = bubbles.at(-1);
      if (last === undefined || last.state !== 'sent' || last.order === null) return false;
      const key = `${person.audience} ${conversationId}`;
      const head = heads.get(key) ?? last.order;
      heads.set(key, head);
      return head === last.order;
    });
  };
  const isSettled = () => [...crowd.progress.values()].every(({ tookMs }) => tookMs !== null);
  while (!isDone() || !isSettled()) {
    if (performance.now() - crowd.readyAtMs > healMsMax) break;
    await delay(20);
  }
  return performance.now() - crowd.readyAtMs;
}

async function untilOutboxEmpty(readyAtMs: number): Promise<number> {
  while ((await countUnpublished()) > 0) {
    if (performance.now() - readyAtMs > healMsMax) break;
    await delay(50);
  }
  return performance.now() - readyAtMs;
}

async function countUnpublished(): Promise<number> {
  const [found] = await read((tx) =>
    tx.execute<{ count: number }>(sql`select count(*)::int as count from events where published_at is null`),
  );
  return found?.count ?? 0;
}

const rowSchema = z.object({
  conversationId: z.string(),
  seq: z.coerce.number(),
  publicSeq: z.nullable(z.coerce.number()),
  id: z.string(),
  kind: z.enum(['reply', 'note', 'event']),
  sender: z.nullable(z.string()),
  text: z.string(),
});
const headSchema = z.object({
  conversationId: z.string(),
  lastSeq: z.coerce.number(),
  lastPublicSeq: z.coerce.number(),
});

/** What PostgreSQL holds, past everything that the app could answer, and what every screen shows. */
async function readFinalState({ people, views }: Crowd): Promise<FinalState> {
  const nameOfCustomer = new Map(
    views
      .filter(({ person }) => person.audience === 'customer')
      .map(({ conversationId, person }) => [conversationId, person.name]),
  );
  const rows = await read((tx) =>
    tx.execute(sql`
      select conversation_id as "conversationId", seq, public_seq as "publicSeq", messages.id, kind, text,
        coalesce(agents.name, customer_id::text) as sender
      from messages left join agents on agents.id = agent_id order by conversation_id, seq`),
  );
  const heads = await read((tx) =>
    tx.execute(sql`
      select id as "conversationId", last_seq as "lastSeq", last_public_seq as "lastPublicSeq"
      from conversations`),
  );
  const agents = new Set(people.filter(({ audience }) => audience === 'staff').map(({ name }) => name));
  return {
    rows: [...rows].map((row) => {
      const parsed = rowSchema.parse(row);
      const isCustomer = parsed.sender !== null && !agents.has(parsed.sender);
      return isCustomer
        ? { ...parsed, sender: nameOfCustomer.get(parsed.conversationId) ?? parsed.sender }
        : parsed;
    }),
    heads: [...heads].map((head) => headSchema.parse(head)),
    unpublishedEvents: await countUnpublished(),
    views: views.map(finalViewOf),
  };
}

function finalViewOf({ person, conversationId, store }: OpenView): FinalView {
  const { bubbles, readThrough, unreadCount } = store.getSnapshot();
  const { name, audience } = person;
  return { reader: name, sender: name, audience, conversationId, shown: bubbles, readThrough, unreadCount };
}

function countsOf({ recording, views }: Crowd, { rows }: FinalState) {
  const stored = new Set(rows.map(({ id }) => id));
  const refused = new Set(
    views.flatMap(({ store }) =>
      store.getSnapshot().bubbles.flatMap(({ id, state }) => (state === 'failed' ? [id] : [])),
    ),
  );
  return {
    attempted: recording.attempts.length,
    acknowledged: new Set(recording.acknowledgements.map(({ id }) => id)).size,
    stored: recording.attempts.filter(({ id }) => stored.has(id)).length,
    refused: refused.size,
    lost: recording.attempts.filter(({ id }) => !stored.has(id) && !refused.has(id)).length,
  };
}

function until(store: ConversationStore, isTrue: () => boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error('a person could not begin')), healMsMax);
  const check = () => {
    if (isTrue()) resolve();
  };
  const leave = store.subscribe(check);
  check();
  return promise.finally(() => {
    clearTimeout(timer);
    leave();
  });
}

/** mulberry32: the same numbers for the same seed, everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
