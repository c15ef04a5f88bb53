import { setTimeout as delay } from 'node:timers/promises';
import type { ParleyAccess } from '#/bench/adapters/parley-calls.ts';
import {
  type FinalView,
  openLeakWatch,
  openWitness,
  type Recording,
  startRecording,
} from '#/bench/history-checker.ts';
import { openSimulatedCustomer, type SimulatedPerson, type Surroundings } from '#/bench/simulated-people.ts';
import { newId } from '#/lib/ids.ts';
import type { ConversationStore } from '#/lib/sync/conversation.ts';
import type { Clock } from '#/lib/sync/transport.ts';

/** One person's open conversation. */
export type OpenView = { person: SimulatedPerson; conversationId: string; store: ConversationStore };

/** Customers with a conversation each and agents who follow all of them; whatever they do and see is on record. */
export type Crowd = {
  recording: Recording;
  people: readonly SimulatedPerson[];
  views: readonly OpenView[];
  conversationIds: readonly string[];
  /** Puts one message on its way; answers its id. */
  write(view: OpenView, text: string, kind?: 'reply' | 'note'): string;
  /** Everybody writes, reads and types from now on. */
  startWriting(pace: Pace): void;
  /** Resolves when the last of them has laid the pen down; what is on its way goes on. */
  stopWriting(): Promise<void>;
  /** From now on catching up is measured from now: the server can be reached. */
  markHealed(): void;
  /** Messages that nobody confirmed or refused yet. */
  countUnderway(): number;
  /** Every message that was attempted before the healing is on every screen that may show it, or refused. */
  isCaughtUp(): boolean;
  /** As `isCaughtUp` for all of them, and all readers of one conversation are at the same head. */
  isConverged(): boolean;
  untilConverged(msMax: number): Promise<boolean>;
  /** For each message: how long the server had been there for it, without a break, until everybody had it. */
  catchUpMs(): number[];
  /** For each message that was not on every screen yet at the healing: how long after it it was. */
  recoveryMs(): number[];
  /** Told of each message that the server acknowledged, and of each that a screen shows to its writer as sent. */
  onAcknowledged(listener: (id: string) => void): void;
  finalViews(): FinalView[];
  close(): void;
};

export type Pace = {
  /** Between two messages of one person, on average; less for who has several conversations. */
  pauseMs: number;
  /** Nobody goes on for ever without an answer. */
  unsentMax: number;
};

export type CrowdOptions = {
  access: ParleyAccess;
  customers: number;
  /** Opens the agents, each with the surroundings that the crowd needs around everybody. */
  openAgents(surroundings: Surroundings): Promise<SimulatedPerson[]>;
  /** Words that no customer may ever receive, besides what the agents note. */
  canaries?: readonly string[];
  random: () => number;
  clock: Clock;
  alter?: Surroundings['alter'];
  joinMsMax?: number;
};

type Progress = { attemptedAtMs: number; left: number; tookMs: number | null };

const joinMsMaxDefault = 60_000;
/** Part of every note's text, and of nothing that a customer may receive. */
const noteCanary = 'for-colleagues-only';

/** Signs the agents in, lets each customer begin a conversation, and lets every agent follow all of them. */
export async function gatherCrowd(options: CrowdOptions): Promise<Crowd> {
  const { access, random, clock, customers, joinMsMax = joinMsMaxDefault } = options;
  const surroundings: Surroundings = {
    clock,
    ...(options.alter === undefined ? {} : { alter: options.alter }),
  };
  const recording = startRecording();
  const people: SimulatedPerson[] = [];
  const views: OpenView[] = [];
  const progress = new Map<string, Progress>();
  const open = new Set<string>();
  const listeners: ((id: string) => void)[] = [];
  const acknowledged = new Set<string>();
  const conversationIds: string[] = [];
  const secrets = { ids: new Set<string>(), words: [noteCanary, ...(options.canaries ?? [])] };
  const recovered: number[] = [];
  let healedAtMs = performance.now();
  let isWriting = false;
  let writers: Promise<void>[] = [];
  let isClosed = false;

  const crowd: Crowd = {
    recording,
    people,
    views,
    conversationIds,
    write,
    startWriting(pace) {
      isWriting = true;
      writers = people.map((person) => writeOn(person, pace));
    },
    async stopWriting() {
      isWriting = false;
      await Promise.all(writers);
    },
    markHealed() {
      healedAtMs = performance.now();
      recovered.length = 0;
    },
    countUnderway: () => people.reduce((sum, { outbox }) => sum + countUnsent(outbox), 0),
    isCaughtUp: () => [...open].every((id) => (progress.get(id)?.attemptedAtMs ?? 0) >= healedAtMs),
    isConverged,
    async untilConverged(msMax) {
      const untilMs = performance.now() + msMax;
      while (!isConverged()) {
        if (performance.now() > untilMs) return false;
        await delay(10);
      }
      return true;
    },
    catchUpMs: () => [...progress.values()].flatMap(({ tookMs }) => (tookMs === null ? [] : [tookMs])),
    recoveryMs: () => [...recovered],
    onAcknowledged: (listener) => void listeners.push(listener),
    finalViews: () => views.map(finalViewOf),
    close() {
      isClosed = true;
      isWriting = false;
      for (const person of people) person.close();
    },
  };
  try {
    const agents = await options.openAgents(surroundings);
    people.push(...agents);
    await Promise.all(Array.from({ length: customers }, (_, index) => begin(index + 1, agents)));
    return crowd;
  } catch (error) {
    crowd.close();
    throw error;
  }

  async function begin(number: number, agents: readonly SimulatedPerson[]): Promise<void> {
    const name = `Customer ${number}`;
    const conversationId = newId();
    secrets.ids.add(conversationId);
    const onReceived = openLeakWatch(recording, { reader: name, own: conversationId, secrets });
    const person = openSimulatedCustomer({ ...surroundings, access, name, conversationId, onReceived });
    people.push(person);
    conversationIds.push(conversationId);
    const readers = 1 + agents.length;
    const view = attend(person, conversationId, readers);
    write(view, `Hello, this is ${name}.`);
    await until(view.store, () => view.store.getSnapshot().isStarted, joinMsMax);
    for (const agent of agents) attend(agent, conversationId, readers);
    const joined = views.filter((each) => each.conversationId === conversationId);
    await Promise.all(
      joined.map(({ store }) => until(store, () => store.getSnapshot().connection === 'live', joinMsMax)),
    );
  }

  /** Opens a conversation for a person and witnesses every notification. */
  function attend(person: SimulatedPerson, conversationId: string, readers: number): OpenView {
    const { name, audience, outbox } = person;
    const store = person.follow(conversationId);
    const view = { person, conversationId, store };
    const witness = openWitness(recording, { reader: name, sender: name, audience, conversationId });
    const look = () => {
      if (isClosed) return;
      const { bubbles, readThrough } = store.getSnapshot();
      for (const { id, kind, order, text } of witness(bubbles, readThrough)) {
        // "Sent" on the writer's own screen is a promise like an answer.
        if (recording.senders.get(id) === name && order !== null) acknowledge(id, order, text);
        noteSeen(id, kind === 'note' ? readers - 1 : readers);
      }
      for (let index = bubbles.length - 1; index >= 0; index--) {
        const bubble = bubbles[index];
        if (bubble === undefined || bubble.state === 'sent') break;
        if (bubble.state === 'failed') refuse(bubble.id);
      }
    };
    const acknowledge = (id: string, order: number, text: string) => {
      if (acknowledged.has(id)) return;
      acknowledged.add(id);
      recording.acknowledgements.push({ id, conversationId, audience, order, text, atMs: performance.now() });
      for (const listener of listeners) listener(id);
    };
    store.subscribe(look);
    outbox.onConfirmed((message, { id, order, text }) => {
      if (message.conversationId === conversationId && !isClosed) acknowledge(id, order, text);
    });
    views.push(view);
    look();
    return view;
  }

  function noteSeen(id: string, readers: number): void {
    const each = progress.get(id);
    if (each === undefined) return;
    each.left = Math.min(each.left, readers) - 1;
    if (each.left > 0) return;
    const tookMs = performance.now() - Math.max(each.attemptedAtMs, healedAtMs);
    each.tookMs = tookMs;
    if (each.attemptedAtMs < healedAtMs) recovered.push(tookMs);
    open.delete(id);
  }

  function refuse(id: string): void {
    recording.refusals.add(id);
    open.delete(id);
  }

  function write(
    { person, conversationId, store }: OpenView,
    text: string,
    kind: 'reply' | 'note' = 'reply',
  ): string {
    const attemptedAtMs = performance.now();
    const said = kind === 'note' ? `${text} (${noteCanary})` : text;
    const { id } = store.send(said, kind);
    if (kind === 'note') secrets.ids.add(id);
    recording.attempts.push({ id, conversationId, sender: person.name, text: said, atMs: attemptedAtMs });
    recording.senders.set(id, person.name);
    progress.set(id, { attemptedAtMs, left: Number.POSITIVE_INFINITY, tookMs: null });
    open.add(id);
    return id;
  }

  /** Writes, reads and types in any of this person's conversations, until told to stop. */
  async function writeOn(person: SimulatedPerson, { pauseMs, unsentMax }: Pace): Promise<void> {
    const mine = views.filter((view) => view.person === person);
    for (let count = 1; isWriting; count++) {
      await delay((pauseMs / Math.sqrt(mine.length)) * (0.2 + random()));
      const view = mine[Math.floor(random() * mine.length)];
      if (view === undefined || !isWriting) return;
      const { store } = view;
      const head = store.getSnapshot().bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
      if (random() < 0.2) store.markSeen(head);
      if (random() < 0.2) store.typed();
      if (countUnsent(person.outbox) >= unsentMax) continue;
      const kind = person.audience === 'staff' && random() < 0.15 ? 'note' : 'reply';
      write(view, `${person.name}, message ${count}`, kind);
    }
  }

  function isConverged(): boolean {
    if (open.size > 0) return false;
    const heads = new Map<string, number>();
    return views.every(({ person, conversationId, store }) => {
      const { bubbles } = store.getSnapshot();
      if (bubbles.some(({ state }) => state === 'sending')) return false;
      const head = bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
      const key = `${person.audience} ${conversationId}`;
      const other = heads.get(key) ?? head;
      heads.set(key, other);
      return head === other;
    });
  }
}

function countUnsent(outbox: SimulatedPerson['outbox']): number {
  return outbox.conversationIds().reduce((sum, id) => sum + outbox.list(id).length, 0);
}

function finalViewOf({ person, conversationId, store }: OpenView): FinalView {
  const { bubbles, readThrough, unreadCount } = store.getSnapshot();
  const { name, audience } = person;
  return { reader: name, sender: name, audience, conversationId, shown: bubbles, readThrough, unreadCount };
}

function until(store: ConversationStore, isTrue: () => boolean, msMax: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error('a person could not begin')), msMax);
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
