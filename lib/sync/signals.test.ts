import { describe, expect, it } from 'vitest';
import { fail, succeed } from '#/lib/errors.ts';
import type { Entry, Sender, TypingNow } from '#/lib/messages/schema.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { openConversation } from '#/lib/sync/conversation.ts';
import { openOutbox } from '#/lib/sync/outbox.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import { memoryStorage } from '#/lib/sync/storage.ts';
import type { ConversationTransport, LiveConnection, StartDetails } from '#/lib/sync/transport.ts';
import { openCustomerList } from '#/lib/sync/widget.ts';
import type { ReadMark } from '#/lib/tickets/schema.ts';

const epoch = 'e1';
const conversationId = '00000000-0000-7000-8000-0000000000c1';
const agentId = '00000000-0000-7000-8000-00000000000b';
const customerId = '00000000-0000-7000-8000-00000000000a';
const agent: Sender = { kind: 'agent', id: agentId, name: 'Ada' };
const customer: Sender = { kind: 'customer', id: customerId, name: null };

function makeEntry(order: number, sender: Sender): Entry {
  const id = `00000000-0000-7000-8000-${String(order).padStart(12, '0')}`;
  return { id, order, publicOrder: null, kind: 'reply', sender, text: `${order}`, change: null, sentAt: '' };
}

/** A customer's conversation with nobody but this test at the other end. */
function open(
  options: {
    entries?: Entry[];
    marks?: ReadMark[];
    typing?: TypingNow[];
    start?: StartDetails;
    isLive?: boolean;
  } = {},
) {
  const time = makeTime(makeRandom(7));
  const { entries = [], marks = [], typing = [] } = options;
  const afterwards: (() => void)[] = [];
  const told: string[] = [];
  const reads: number[] = [];
  const handlers = new Map<string, Parameters<LiveConnection['subscribe']>[1]>();
  let isUp = true;
  let fetches = 0;
  const transport: ConversationTransport = {
    async send(message) {
      if (!isUp) return fail({ code: 'unavailable' });
      const entry = { ...makeEntry(entries.length + 1, customer), id: message.id };
      entries.push(entry);
      return succeed({ ...entry, epoch });
    },
    async fetchEntries({ after = 0 }) {
      fetches++;
      if (!isUp) return fail({ code: 'unavailable' });
      const head = entries.length;
      const answer = { entries: entries.slice(after), through: head, head, marks, typing, epoch };
      for (const happen of afterwards) happen();
      return succeed(answer);
    },
    async markRead({ through }) {
      reads.push(through);
      return isUp ? succeed(null) : fail({ code: 'unavailable' });
    },
    async setTyping({ isTyping }) {
      told.push(`${isTyping ? 'typing' : 'stopped'} at ${time.clock.now() - 1_000_000}`);
      return succeed(null);
    },
  };
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => undefined,
    subscribe(channel, each) {
      handlers.set(channel, each);
      if (options.isLive !== false) time.clock.setTimeout(() => each.onSubscribed(), 10);
      return () => handlers.delete(channel);
    },
    close: () => undefined,
  };
  const outbox = openOutbox({
    scope: 'x',
    storage: memoryStorage(),
    transport,
    clock: time.clock,
    lock: (_name, run) => run(),
  });
  const conversation = openConversation({
    conversationId,
    me: { kind: 'customer', id: null, name: null },
    audience: 'customer',
    transport,
    live,
    outbox,
    clock: time.clock,
    start: options.start ?? null,
  });
  return {
    time,
    told,
    reads,
    conversation,
    fetches: () => fetches,
    /** Runs on the way of each answer. */
    onAnswer: (happen: () => void) => afterwards.push(happen),
    isFollowing: () => handlers.has(channels.conversation(conversationId)),
    snapshot: () => conversation.getSnapshot(),
    setUp(is: boolean) {
      isUp = is;
    },
    push: (name: string, data: object) =>
      handlers.get(channels.conversation(conversationId))?.onEvent(name, { conversationId, epoch, ...data }),
  };
}

describe('typing', () => {
  it('is told at once, repeated every 2.5 s while keys are pressed, and stopped 5 s after the last', async () => {
    const scene = open();
    await scene.time.run(1_000);
    for (let key = 0; key < 40; key++) {
      scene.conversation.typed();
      await scene.time.run(100);
    }
    await scene.time.run(10_000);
    expect(scene.told).toEqual(['typing at 1000', 'typing at 3500', 'stopped at 9900']);
  });

  it('stops with the message', async () => {
    const scene = open();
    await scene.time.run(1_000);
    scene.conversation.typed();
    scene.conversation.send('done');
    await scene.time.run(10_000);
    expect(scene.told).toEqual(['typing at 1000', 'stopped at 1000']);
  });

  it('of others is shown until it expires, they stop, or their message is there; never my own', async () => {
    const scene = open();
    await scene.time.run(100);
    const type = (sender: Sender, isTyping: boolean) =>
      scene.push('typing.changed', { sender, isTyping, forMs: 5_000 });
    const names = () => scene.snapshot().typists.map(({ name }) => name);
    type(customer, true);
    expect(names()).toEqual([]);
    type(agent, true);
    expect(names()).toEqual(['Ada']);
    await scene.time.run(4_900);
    type(agent, true);
    await scene.time.run(4_900);
    expect(names()).toEqual(['Ada']);
    await scene.time.run(200);
    expect(names()).toEqual([]);
    type(agent, true);
    type(agent, false);
    expect(names()).toEqual([]);
    type(agent, true);
    scene.push('message.created', { after: 0, entry: makeEntry(1, agent) });
    expect(names()).toEqual([]);
  });
});

describe('typing that began before somebody looked', () => {
  const typing = [
    { sender: agent, forMs: 3_000 },
    { sender: customer, forMs: 3_000 },
  ];

  it('comes with the first answer, for as long as it is left, and never my own', async () => {
    const scene = open({ entries: [makeEntry(1, agent)], typing });
    const names = () => scene.snapshot().typists.map(({ name }) => name);
    await scene.time.run(5);
    expect(names()).toEqual(['Ada']);
    typing.length = 0;
    await scene.time.run(3_100);
    expect(names()).toEqual([]);
  });

  it('is not believed of an answer that is older than what was heard on its way', async () => {
    const scene = open({ typing: [{ sender: agent, forMs: 60_000 }] });
    scene.onAnswer(() => scene.push('typing.changed', { sender: agent, isTyping: false, forMs: 0 }));
    await scene.time.run(1_000);
    expect(scene.snapshot().typists).toEqual([]);
  });
});

describe('read marks', () => {
  it('only grow, go out one request at a time, and are told again after a failure', async () => {
    const scene = open({ entries: [1, 2, 3].map((order) => makeEntry(order, agent)) });
    await scene.time.run(100);
    expect(scene.snapshot().unreadCount).toBe(3);
    scene.setUp(false);
    scene.conversation.markSeen(2);
    scene.conversation.markSeen(3);
    scene.conversation.markSeen(1);
    expect(scene.snapshot()).toMatchObject({ readThrough: 3, unreadCount: 0 });
    await scene.time.run(100);
    expect(scene.reads).toEqual([2]);
    scene.setUp(true);
    await scene.time.run(5_000);
    expect(scene.reads).toEqual([2, 3]);
  });

  it('of the other side say what was seen, merged by the higher one', async () => {
    const scene = open({ entries: [1, 2, 3].map((order) => makeEntry(order, customer)) });
    await scene.time.run(100);
    const reader = { kind: 'agent', id: agentId };
    scene.push('read.changed', { reader, through: 2, at: '' });
    scene.push('read.changed', { reader, through: 1, at: '' });
    expect(scene.snapshot().seenThrough).toBe(2);
  });
});

describe('a conversation', () => {
  it('that is only a draft asks nothing and listens nowhere before its first message is confirmed', async () => {
    const start = { ticketId: conversationId, sessionToken: null };
    const scene = open({ start });
    await scene.time.run(30_000);
    expect([scene.fetches(), scene.isFollowing(), scene.snapshot().isStarted]).toEqual([0, false, false]);
    expect(scene.snapshot().isLoading).toBe(false);
    scene.conversation.send('first');
    await scene.time.run(100);
    expect([scene.isFollowing(), scene.snapshot().isStarted]).toEqual([true, true]);
    expect(scene.snapshot().bubbles.map(({ state }) => state)).toEqual(['sent']);
  });

  it('fetches an entry that was too large to be pushed', async () => {
    const entries: Entry[] = [];
    const scene = open({ entries });
    await scene.time.run(100);
    entries.push(makeEntry(1, agent));
    scene.push('message.available', { head: 1 });
    await scene.time.run(100);
    expect(scene.snapshot().bubbles.map(({ text }) => text)).toEqual(['1']);
  });

  it('is polled, and says so, while nothing is pushed', async () => {
    const entries: Entry[] = [];
    const scene = open({ entries, isLive: false });
    await scene.time.run(100);
    expect(scene.snapshot().connection).toBe('polling');
    entries.push(makeEntry(1, agent));
    await scene.time.run(10_000);
    expect(scene.snapshot().bubbles).toHaveLength(1);
    scene.setUp(false);
    await scene.time.run(11_000);
    expect(scene.snapshot().connection).toBe('offline');
  });

  it('takes what a server restored from a backup has for the truth', async () => {
    const entries = [1, 2, 3].map((order) => makeEntry(order, agent));
    const scene = open({ entries });
    await scene.time.run(100);
    entries.splice(1);
    scene.conversation.wake();
    await scene.time.run(100);
    expect(scene.snapshot().bubbles.map(({ text }) => text)).toEqual(['1']);
  });
});

describe('a customer’s list', () => {
  it('keeps the newer state of each conversation and adds up what is unread', async () => {
    const time = makeTime(makeRandom(3));
    let hear = (_name: string, _data: unknown) => {};
    const state = {
      id: conversationId,
      ticketId: conversationId,
      number: 1,
      subject: 'Shoes',
      status: 'open' as const,
      lastMessage: 'Hello',
      lastMessageAt: '2026-01-01T00:00:00.000Z',
      head: 4,
      readThrough: 2,
      unreadCount: 2,
      assignee: null,
    };
    let answered = { epoch, conversations: [state] };
    const list = openCustomerList({
      clock: time.clock,
      transport: {
        fetchState: async () =>
          succeed({
            customer: { id: customerId, name: null, email: null },
            conversations: answered.conversations,
            open: null,
            page: null,
            marks: [],
            typing: [],
            epoch: answered.epoch,
          }),
      },
      live: {
        state: () => 'connected',
        onState: () => () => undefined,
        subscribe(channel, handlers) {
          expect(channel).toBe(channels.customer(customerId));
          hear = handlers.onEvent;
          return () => undefined;
        },
        close: () => undefined,
      },
    });
    await time.run(10);
    expect(list.getSnapshot()).toMatchObject({ unreadCount: 2, isLoading: false });
    hear('conversation.changed', { epoch, conversation: { ...state, head: 5, unreadCount: 3 } });
    hear('conversation.changed', { epoch, conversation: { ...state, head: 4, unreadCount: 2 } });
    expect(list.getSnapshot()).toMatchObject({ unreadCount: 3 });
    list.markSeen(conversationId, 5);
    expect(list.getSnapshot()).toMatchObject({ unreadCount: 0 });
    hear('conversation.changed', { epoch, conversation: { ...state, head: 6, unreadCount: 1 } });
    expect(list.getSnapshot()).toMatchObject({ unreadCount: 1 });
    const renamed = { ...state, head: 6, unreadCount: 1, subject: 'Boots' };
    hear('conversation.changed', { epoch, conversation: renamed });
    hear('conversation.changed', { epoch, conversation: { ...state, head: 5 } });
    expect(list.getSnapshot().conversations).toMatchObject([{ subject: 'Boots', head: 6 }]);
    // Restored from a backup: less of it, and unread what had been read since.
    answered = { epoch: 'e2', conversations: [{ ...state, head: 3, readThrough: 1, unreadCount: 1 }] };
    hear('conversation.changed', { epoch: 'e2', conversation: { ...state, head: 7 } });
    await time.run(10);
    expect(list.getSnapshot()).toMatchObject({
      unreadCount: 1,
      conversations: [{ head: 3, subject: 'Shoes' }],
    });
    hear('conversation.changed', { epoch, conversation: { ...state, head: 9, unreadCount: 5 } });
    expect(list.getSnapshot()).toMatchObject({ unreadCount: 1 });
    list.close();
  });
});
