import { expect, test } from 'vitest';
import { openHostEvents } from '#/components/widget/host-events.ts';
import type { Bubble, ConversationSnapshot } from '#/lib/sync/conversation.ts';
import type { CustomerListSnapshot } from '#/lib/sync/widget.ts';

type Row = CustomerListSnapshot['conversations'][number];

function openWith() {
  const told: [string, object][] = [];
  const events = openHostEvents((name, detail) => told.push([name, detail]));
  const take = () => told.splice(0);
  return { ...events, take };
}

/** Safe in this test: only the named fields are read. */
function listOf(...rows: Partial<Row>[]): CustomerListSnapshot {
  const conversations = rows.map((row) => ({ unreadCount: 0, status: 'open', assignee: null, ...row }));
  return { conversations } as unknown as CustomerListSnapshot;
}

/** Safe in this test: only the named fields are read. */
function threadOf(conversationId: string, bubbles: Partial<Bubble>[], typist?: string): ConversationSnapshot {
  const typists = typist === undefined ? [] : [{ kind: 'agent', id: 'a', name: typist }];
  return { conversationId, bubbles, isLoading: false, typists } as unknown as ConversationSnapshot;
}
const theirs = (order: number) => ({ order, isMine: false, kind: 'reply' }) as const;
const mine = (order: number | null) => ({ order, isMine: true, kind: 'reply' }) as const;

test('what stood there when the list was first looked at is no news', () => {
  const { hearList, take } = openWith();
  hearList(listOf({ id: 'one', unreadCount: 3, assignee: { id: 'a', name: 'Ana' } }), null);
  expect(take()).toEqual([]);
});

test('a message, a status and an agent are each told once', () => {
  const { hearList, take } = openWith();
  hearList(listOf({ id: 'one' }), null);
  const next = listOf({ id: 'one', unreadCount: 1, status: 'resolved', assignee: { id: 'a', name: 'Ana' } });
  hearList(next, null);
  expect(take()).toEqual([
    ['message:received', { conversationId: 'one' }],
    ['conversation:status', { conversationId: 'one', status: 'resolved' }],
    ['agent:assigned', { conversationId: 'one', agentName: 'Ana' }],
  ]);
  hearList(next, null);
  hearList(listOf({ id: 'one', status: 'resolved', assignee: { id: 'a', name: 'Ana' } }), null);
  expect(take()).toEqual([]);
  hearList(listOf({ id: 'one', status: 'resolved' }), null);
  expect(take()).toEqual([['agent:assigned', { conversationId: 'one', agentName: null }]]);
});

test('a message into the open conversation is told by it alone, and one’s own by neither', () => {
  const { hearList, hearThread, take } = openWith();
  hearList(listOf({ id: 'one' }), 'one');
  hearThread(threadOf('one', [theirs(1), mine(2)]));
  expect(take()).toEqual([]);
  hearList(listOf({ id: 'one', unreadCount: 1 }), 'one');
  hearThread(threadOf('one', [theirs(1), mine(2), theirs(3), mine(null)]));
  hearThread(threadOf('one', [theirs(1), mine(2), theirs(3), mine(4)]));
  expect(take()).toEqual([['message:received', { conversationId: 'one' }]]);
});

test('earlier messages that are scrolled to, and another conversation that is opened, are no news', () => {
  const { hearThread, take } = openWith();
  hearThread(threadOf('one', [theirs(51)]));
  hearThread(threadOf('one', [theirs(1), theirs(2), theirs(51)]));
  hearThread(threadOf('two', [theirs(9)]));
  expect(take()).toEqual([]);
});

test('typing is told when it begins and when it ends', () => {
  const { hearThread, take } = openWith();
  hearThread(threadOf('one', []));
  hearThread(threadOf('one', [], 'Ana'));
  hearThread(threadOf('one', [], 'Ana'));
  hearThread(threadOf('one', []));
  expect(take()).toEqual([
    ['typing', { conversationId: 'one', isTyping: true, agentName: 'Ana' }],
    ['typing', { conversationId: 'one', isTyping: false, agentName: null }],
  ]);
});

test('another person’s first look is no news either', () => {
  const { hearList, forget, take } = openWith();
  hearList(listOf({ id: 'one' }), null);
  forget();
  hearList(listOf({ id: 'two', unreadCount: 2 }), null);
  expect(take()).toEqual([]);
});
