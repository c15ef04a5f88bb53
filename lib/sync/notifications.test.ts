import { expect, test } from 'vitest';
import { succeed } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type {
  NotificationItem,
  NotificationList,
  ReadNotificationsInput,
} from '#/lib/notifications/schema.ts';
import { openNotifications } from '#/lib/sync/notifications.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

const me = { id: newId() };

function makeItem(values: Partial<NotificationItem> = {}): NotificationItem {
  return {
    id: newId(),
    kind: 'mention',
    ticket: { id: newId(), number: 7, subject: 'Refund' },
    conversationId: newId(),
    seq: 3,
    actor: { id: newId(), name: 'Ben' },
    at: '2026-11-23T08:00:00.000Z',
    readAt: null,
    ...values,
  };
}

function open(list: NotificationList) {
  let push: (name: string, data: unknown) => void = () => {};
  let subscribed: () => void = () => {};
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => {},
    subscribe(_, handlers) {
      push = handlers.onEvent;
      subscribed = handlers.onSubscribed;
      return () => {};
    },
    close() {},
  };
  const asked: ReadNotificationsInput[] = [];
  const world = { list, isRefusing: false, onNew: [] as string[] };
  const store = openNotifications({
    transport: {
      listNotifications: async () => succeed(world.list),
      readNotifications: async (input) => {
        asked.push(input);
        if (world.isRefusing) return { ok: false, error: { code: 'unavailable' } };
        return succeed({ unread: store.getSnapshot().unread });
      },
    },
    live,
    me,
    onNew: (item) => world.onNew.push(item.id),
  });
  return {
    store,
    world,
    asked,
    push: (name: string, data: unknown) => push(name, data),
    subscribed: () => subscribed(),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what is pushed comes on top once, and counts until it is read anywhere', async () => {
  const first = makeItem();
  const { store, world, push, subscribed } = open({ items: [first], nextCursor: null, unread: 1 });
  subscribed();
  await settled();
  expect(world.onNew).toEqual([]);
  const second = makeItem();
  push('notification.created', { notification: second });
  push('notification.created', { notification: second });
  expect(store.getSnapshot()).toMatchObject({ unread: 2, items: [second, first] });
  expect(world.onNew).toEqual([second.id]);
  push('notification.read', { ids: [second.id], unread: 1 });
  expect(store.getSnapshot().items.map((item) => item.readAt !== null)).toEqual([true, false]);
  push('notification.read', { ids: null, unread: 0 });
  expect(store.getSnapshot()).toMatchObject({ unread: 0 });
});

test('what was missed while nothing was pushed is told of after the gap', async () => {
  const first = makeItem();
  const { world, subscribed } = open({ items: [first], nextCursor: null, unread: 1 });
  subscribed();
  await settled();
  const missed = makeItem();
  world.list = { items: [missed, first], nextCursor: null, unread: 2 };
  subscribed();
  await settled();
  expect(world.onNew).toEqual([missed.id]);
});

test('reading shows at once, by ticket too, and is taken back when the server refuses', async () => {
  const [one, two] = [makeItem(), makeItem()];
  const { store, world, asked, subscribed } = open({ items: [one, two], nextCursor: null, unread: 2 });
  subscribed();
  await settled();
  const reading = store.read({ ticketId: one.ticket.id });
  expect(store.getSnapshot().unread).toBe(1);
  expect(await reading).toBeNull();
  world.isRefusing = true;
  expect(await store.read('all')).toEqual({ code: 'unavailable' });
  expect(store.getSnapshot()).toMatchObject({ unread: 1 });
  expect(store.getSnapshot().items.map((item) => item.readAt !== null)).toEqual([true, false]);
  expect(asked).toEqual([{ ticketId: one.ticket.id }, { all: true }]);
});

test('a look at the newest page keeps what was loaded beyond it, and asks again when nothing is pushed', async () => {
  const time = makeTime(makeRandom(2));
  const items = Array.from({ length: 70 }, () => makeItem()).sort((a, b) => (a.id < b.id ? 1 : -1));
  let isUp = true;
  const store = openNotifications({
    transport: {
      async listNotifications({ cursor }) {
        if (!isUp) return { ok: false, error: { code: 'unavailable' } };
        const from = cursor === undefined ? 0 : items.findIndex(({ id }) => id < cursor);
        const page = items.slice(from, from + 30);
        return succeed({ items: page, nextCursor: page.at(-1)?.id ?? null, unread: items.length });
      },
      readNotifications: async () => succeed({ unread: 0 }),
    },
    live: null,
    me,
    clock: time.clock,
    onNew: () => undefined,
  });
  await time.run(100);
  const loading = store.loadMore();
  await time.run(100);
  await loading;
  expect(store.getSnapshot().items).toHaveLength(60);
  isUp = false;
  await time.run(15_000);
  expect(store.getSnapshot()).toMatchObject({ failure: null, isLoading: false });
  isUp = true;
  const newest = makeItem();
  items.unshift(newest);
  await time.run(15_000);
  expect(store.getSnapshot().items[0]).toEqual(newest);
  expect(store.getSnapshot().items.length).toBeGreaterThanOrEqual(60);
  store.close();
});
