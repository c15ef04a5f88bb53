import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail, succeed } from '#/lib/errors.ts';
import type { Entry } from '#/lib/messages/schema.ts';
import { openOutbox } from '#/lib/sync/outbox.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import { memoryStorage } from '#/lib/sync/storage.ts';
import { openThread, type ThreadSnapshot } from '#/lib/sync/thread.ts';
import type { ConversationTransport } from '#/lib/sync/transport.ts';

const agentId = '00000000-0000-7000-8000-00000000000b';
const customerId = '00000000-0000-7000-8000-00000000000a';
const idOf = (index: number) => `00000000-0000-7000-8000-0000000000c${index}`;
const timeOf = (minute: number) => new Date(Date.UTC(2026, 4, 3) + minute * 60_000).toISOString();

/** Conversations whose entries stand at these minutes, behind a server that answers pages of them. */
function scene(conversations: readonly (readonly number[])[]) {
  const logs = new Map<string, Entry[]>();
  const add = (conversation: string, minute: number, id: string) => {
    const log = logs.get(conversation) ?? [];
    const order = log.length + 1;
    const entry: Entry = {
      id,
      order,
      publicOrder: order,
      kind: 'reply',
      sender: { kind: 'customer', id: customerId, name: null },
      text: id,
      change: null,
      sentAt: timeOf(minute),
    };
    logs.set(conversation, [...log, entry]);
    return entry;
  };
  for (const [index, minutes] of conversations.entries()) {
    for (const minute of minutes)
      add(idOf(index), minute, `${index}.${minute}.${logs.get(idOf(index))?.length}`);
  }
  const time = makeTime(makeRandom(3));
  let isUp = true;
  const transport: ConversationTransport = {
    async send({ id, conversationId }) {
      if (!isUp) return fail({ code: 'unavailable' });
      return succeed({ ...add(conversationId, 100_000, id), epoch: 'e' });
    },
    async fetchEntries({ conversationId, after, before, limit }) {
      if (!isUp) return fail({ code: 'unavailable' });
      const all = logs.get(conversationId) ?? [];
      const entries =
        after !== undefined
          ? all.slice(after, after + limit)
          : all.slice(0, before === undefined ? all.length : before - 1).slice(-limit);
      const through = entries.at(-1)?.order ?? Math.min(after ?? all.length, all.length);
      return succeed({ entries, through, head: all.length, epoch: 'e', marks: [] });
    },
    markRead: async () => succeed(null),
    setTyping: async () => succeed(null),
  };
  const outbox = openOutbox({
    scope: 'agent',
    storage: memoryStorage(),
    transport,
    clock: time.clock,
    lock: (_, run) => run(),
  });
  const partOf = (index: number) => ({ id: idOf(index), startedAt: timeOf(conversations[index]?.[0] ?? 0) });
  const thread = openThread({
    parts: conversations.map((_, index) => partOf(index)),
    me: { id: agentId, name: 'Ada' },
    transport,
    live: null,
    outbox,
    clock: time.clock,
  });
  return {
    thread,
    time,
    logs,
    add,
    partOf,
    setServer(is: boolean) {
      isUp = is;
    },
  };
}

const shown = ({ bubbles }: ThreadSnapshot) =>
  bubbles.map(({ conversationId, order }) => `${conversationId}#${order}`);

/** What holds of whatever is shown: each conversation a run without a hole, the whole by time. */
function problemsOf(snapshot: ThreadSnapshot): string[] {
  const problems: string[] = [];
  const last = new Map<string, number>();
  let at = '';
  for (const { conversationId, order, sentAt } of snapshot.bubbles) {
    if (order === null || sentAt === null) continue;
    const before = last.get(conversationId);
    if (before !== undefined && order !== before + 1)
      problems.push(`${conversationId}: ${before} then ${order}`);
    last.set(conversationId, order);
    if (sentAt < at) problems.push(`${sentAt} after ${at}`);
    at = sentAt;
  }
  return problems;
}

const minutes = fc
  .array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 220, size: 'max' })
  .map((list) => list.toSorted((a, b) => a - b));
// Two conversations never share a moment here: the server's is to the millisecond.
const conversations = fc
  .array(minutes, { minLength: 1, maxLength: 3, size: 'max' })
  .map((lists) => lists.map((list, index) => list.map((minute) => minute + index / 10)));

describe('the thread of a ticket with several conversations', () => {
  it('is in order at each moment, and loading earlier ones only puts them in front', async () => {
    await fc.assert(
      fc.asyncProperty(conversations, async (lists) => {
        const { thread, time } = scene(lists);
        await time.run(1_000);
        let before = shown(thread.getSnapshot());
        for (let page = 0; thread.getSnapshot().hasEarlier && page < 40; page++) {
          const loading = thread.loadEarlier();
          await time.run(100);
          await loading;
          const after = shown(thread.getSnapshot());
          expect(problemsOf(thread.getSnapshot())).toEqual([]);
          expect(after.slice(after.length - before.length)).toEqual(before);
          before = after;
        }
        expect(before).toHaveLength(lists.flat().length);
        thread.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('shows an entry that is jumped to in its place, and grows from there without moving it', async () => {
    const jump = fc.record({
      part: fc.nat(),
      order: fc.nat(),
      grows: fc.array(fc.boolean(), { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(conversations, jump, async (lists, { part, order, grows }) => {
        const { thread, time, logs } = scene(lists);
        await time.run(1_000);
        const target = idOf(part % lists.length);
        const wanted = 1 + (order % (logs.get(target)?.length ?? 1));
        const opening = thread.openAt(target, wanted);
        await time.run(3_000);
        expect(await opening).toBe(true);
        let before = shown(thread.getSnapshot());
        expect(before).toContain(`${target}#${wanted}`);
        expect(problemsOf(thread.getSnapshot())).toEqual([]);
        for (const isLater of grows) {
          const growing = isLater ? thread.loadLater() : thread.loadEarlier();
          await time.run(200);
          await growing;
          const after = shown(thread.getSnapshot());
          const at = after.indexOf(before[0] ?? '');
          expect(after.slice(at, at + before.length)).toEqual(before);
          expect(problemsOf(thread.getSnapshot())).toEqual([]);
          before = after;
        }
        thread.backToNewest();
        expect(thread.getSnapshot().isAtNewest).toBe(true);
        expect(thread.getSnapshot().bubbles.at(-1)?.sentAt).toBe(timeOf(Math.max(...lists.flat())));
        thread.close();
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  it('says where another conversation goes on, and replies to the one with the newest public message', async () => {
    const { thread, time, partOf } = scene([
      [1, 2, 30],
      [10, 11],
    ]);
    await time.run(1_000);
    const { bubbles, replyTo } = thread.getSnapshot();
    expect(bubbles.map(({ conversationId, startedAt }) => [conversationId.at(-1), startedAt])).toEqual([
      ['0', partOf(0).startedAt],
      ['0', null],
      ['1', partOf(1).startedAt],
      ['1', null],
      ['0', partOf(0).startedAt],
    ]);
    expect(replyTo).toBe(idOf(0));
    thread.send('an answer');
    await time.run(1_000);
    expect(thread.getSnapshot().bubbles.at(-1)).toMatchObject({ conversationId: idOf(0), state: 'sent' });
  });

  it('takes in a conversation that is added and lets go of one that is taken away', async () => {
    const { thread, time, add, partOf } = scene([[1, 2]]);
    await time.run(1_000);
    add(idOf(1), 3, 'a follow-up');
    thread.setParts([partOf(0), { id: idOf(1), startedAt: timeOf(3) }]);
    await time.run(1_000);
    expect(thread.getSnapshot().bubbles.map(({ text }) => text)).toEqual([
      '0.1.undefined',
      '0.2.1',
      'a follow-up',
    ]);
    expect(thread.getSnapshot().replyTo).toBe(idOf(1));
    thread.setParts([partOf(0)]);
    expect(thread.getSnapshot().bubbles).toHaveLength(2);
    expect(thread.getSnapshot().bubbles[0]?.startedAt).toBeNull();
  });

  it('keeps what was typed where it was sent, also while nothing answers', async () => {
    const { thread, time, setServer } = scene([[1], [2]]);
    await time.run(1_000);
    setServer(false);
    thread.send('first');
    thread.send('second');
    await time.run(2_000);
    expect(
      thread
        .getSnapshot()
        .bubbles.slice(-2)
        .map(({ text, state }) => [text, state]),
    ).toEqual([
      ['first', 'sending'],
      ['second', 'sending'],
    ]);
    setServer(true);
    thread.wake();
    await time.run(20_000);
    expect(
      thread
        .getSnapshot()
        .bubbles.slice(-2)
        .map(({ state }) => state),
    ).toEqual(['sent', 'sent']);
  });
});
