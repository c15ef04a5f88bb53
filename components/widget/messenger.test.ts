import { afterEach, expect, test, vi } from 'vitest';
import { type MessengerPorts, openMessenger } from '#/components/widget/messenger.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { Bridge, HeardByFrame } from '#/lib/embed/bridge.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import type { ConfirmedEntry } from '#/lib/messages/schema.ts';
import { memoryStorage, type OutboxStorage } from '#/lib/sync/storage.ts';

async function unanswered() {
  return fail({ code: 'unavailable', reason: 'no_connection' });
}
const ports: MessengerPorts = {
  fetchState: unanswered,
  fetchEntries: unanswered,
  markRead: unanswered,
  setTyping: unanswered,
  startConversation: unanswered,
  startTicket: unanswered,
  startFollowUp: unanswered,
  sendMessage: unanswered,
  requestTicketLink: unanswered,
  authorize: unanswered,
  shutDown: unanswered,
  identify: unanswered,
  setAttributes: unanswered,
  track: unanswered,
  loadServices: () => Promise.reject(new Error('not loaded')),
};

afterEach(() => vi.unstubAllGlobals());

/** A page around the frame, and a browser storage that erases only when told to. */
function openPage(others: Partial<MessengerPorts> = {}) {
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('location', new URL('https://chat.example.com/widget'));
  const heard: string[] = [];
  const answered: [number, Result<unknown>][] = [];
  const kept: Record<string, string> = {};
  let hear: (message: HeardByFrame) => void = () => {};
  const gone = Promise.withResolvers<void>();
  const bridge: Bridge = {
    origin: () => 'https://shop.example.com',
    listen(listener) {
      hear = listener;
      return () => {};
    },
    keep(name, value) {
      if (value === null) delete kept[name];
      else kept[name] = value;
    },
    emit: () => {},
    shown: () => {},
    close: () => {},
    done: (id, result) => answered.push([id, result]),
    askToken: async () => null,
    gone() {
      heard.push('gone');
      gone.resolve();
    },
  };
  const inner = memoryStorage();
  const stored = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const mayErase = Promise.withResolvers<void>();
  const storage: OutboxStorage = {
    ...inner,
    async put(entry) {
      await inner.put(entry);
      stored.resolve();
    },
    async clear() {
      asked.resolve();
      await mayErase.promise;
      await inner.clear();
      heard.push('erased');
    },
  };
  const messenger = openMessenger({
    widgetKey: 'wk_one',
    bridge,
    ports: { ...ports, ...others },
    live: null,
    openStorage: () => storage,
  });
  const hello = (isOpen = false) =>
    hear({
      parley: 'hello',
      kept: { ...kept },
      isDurable: true,
      isOpen,
      takesFocus: false,
      isIdentifying: false,
      page: 'https://shop.example.com/',
      locale: 'en',
      accent: '',
      theme: '',
    });
  const shutDown = () => hear({ parley: 'shutdown' });
  const run = (id: number, command: string, args: unknown[]) => hear({ parley: 'run', id, command, args });
  return { messenger, hello, shutDown, run, answered, inner, kept, heard, stored, asked, mayErase, gone };
}

test('the page hears that a person is gone only after what they had not sent is erased', async () => {
  const page = openPage();
  page.hello();
  await page.messenger.startThread();
  page.messenger.getSnapshot().thread?.store.send('Only mine');
  await page.stored.promise;
  expect(await page.inner.load()).toHaveLength(1);
  page.shutDown();
  await page.asked.promise;
  expect(page.heard).toEqual([]);
  page.mayErase.resolve();
  await page.gone.promise;
  expect(page.heard).toEqual(['erased', 'gone']);
  expect(await page.inner.load()).toEqual([]);
  expect(page.kept).toEqual({});
});

test('a frame that is shut down before its first word erases what an earlier life left', async () => {
  const page = openPage();
  page.mayErase.resolve();
  page.shutDown();
  await page.gone.promise;
  expect(page.heard).toEqual(['erased', 'gone']);
});

test('a session that another tab is just beginning is not given up because the server knew it a moment later', async () => {
  const answers: (() => void)[] = [];
  const page = openPage({
    fetchState: async () => {
      const isFirst = answers.length === 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      answers.push(resolve);
      if (isFirst) await promise;
      return isFirst ? fail({ code: 'unauthenticated' }) : fail({ code: 'unavailable' });
    },
  });
  page.mayErase.resolve();
  page.hello(true);
  await page.messenger.startThread();
  const token = newToken();
  page.kept.token = token;
  page.hello(true);
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  answers[0]?.();
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(1));
  expect(page.kept.token).toBe(token);
  expect(page.messenger.getSnapshot().thread).not.toBeNull();
});

test('where nothing is stored for frames, a session of another tab is waited for until the server knows it, and given up when it never does', async () => {
  vi.useFakeTimers();
  let asks = 0;
  let isKnown = false;
  const page = openPage({
    fetchState: async () => {
      asks += 1;
      return fail({ code: isKnown ? 'unavailable' : 'unauthenticated' });
    },
  });
  page.mayErase.resolve();
  page.hello(true);
  await page.messenger.startThread();
  const begin = async () => {
    const token = newToken();
    page.kept.token = token;
    page.hello(true);
    await vi.advanceTimersByTimeAsync(5_000);
    return token;
  };
  const token = await begin();
  expect(asks).toBeGreaterThan(4);
  isKnown = true;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(page.kept.token).toBe(token);
  expect(page.messenger.getSnapshot().thread).not.toBeNull();
  isKnown = false;
  const unknown = await begin();
  expect(page.kept.token).toBe(unknown);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(page.kept.token).toBeUndefined();
  vi.useRealTimers();
});

test('a session that the server does not know, asked twice, is over', async () => {
  const page = openPage({ fetchState: async () => fail({ code: 'unauthenticated' }) });
  page.mayErase.resolve();
  page.kept.token = newToken();
  page.hello(true);
  await vi.waitFor(() => expect(page.kept).toEqual({}), 5_000);
});

/** A server with one ticket, whose conversations are over but for the last. */
function makeTicket(conversationIds: string[], isLastOver: boolean) {
  const ticketId = newId();
  const sent: { conversationId: string; text: string }[] = [];
  let isOver = isLastOver;
  const ids = [...conversationIds];
  const conversationOf = (id: string): CustomerConversation => ({
    id,
    ticketId,
    number: 7,
    subject: 'Where is it?',
    status: isOver ? 'resolved' : 'open',
    lastMessage: 'x',
    lastMessageAt: `2026-11-23T08:00:0${ids.indexOf(id)}.000Z`,
    head: 0,
    readThrough: 0,
    unreadCount: 0,
    assignee: null,
  });
  const take = (conversationId: string, id: string, text: string): ConfirmedEntry => {
    sent.push({ conversationId, text });
    const order = sent.filter((each) => each.conversationId === conversationId).length;
    const sender = { kind: 'customer', id: newId(), name: null } as const;
    const sentAt = '2026-11-23T08:00:00.000Z';
    return { id, order, publicOrder: null, kind: 'reply', sender, text, change: null, sentAt, epoch: 'e' };
  };
  const others: Partial<MessengerPorts> = {
    fetchState: async () =>
      succeed({
        customer: { id: newId(), name: null, email: null },
        conversations: ids.map(conversationOf),
        open: null,
        page: null,
        marks: [],
        typing: [],
        epoch: 'e',
      }),
    async sendMessage(_, { conversationId, id, text }): Promise<Result<ConfirmedEntry>> {
      if (isOver) return fail({ code: 'conflict', reason: 'followup_needed' });
      return succeed(take(conversationId, id, text));
    },
    async startFollowUp(_, { conversationId, id, text }) {
      if (!isOver) return fail({ code: 'conflict', reason: 'followup_over' });
      isOver = false;
      ids.push(conversationId);
      return succeed({ conversation: conversationOf(conversationId), entry: take(conversationId, id, text) });
    },
  };
  return {
    sent,
    ids,
    others,
    /** Another device of the same person was first. */
    followUpElsewhere() {
      isOver = false;
      ids.push(newId());
    },
  };
}

async function openWith(ticket: ReturnType<typeof makeTicket>, conversationId: string) {
  const page = openPage(ticket.others);
  page.kept.token = newToken();
  page.hello(true);
  await vi.waitFor(() => expect(page.messenger.getSnapshot().list?.getSnapshot().isLoading).toBe(false));
  page.messenger.openThread(conversationId);
  return page.messenger;
}

test('what is written to a ticket that is long over goes on in a further conversation, in order, by itself', async () => {
  const first = newId();
  const ticket = makeTicket([first], true);
  const messenger = await openWith(ticket, first);
  messenger.drafts.set(first, 'Half a thought');
  for (const text of ['It broke again', 'Twice, in fact']) messenger.getSnapshot().thread?.store.send(text);
  await vi.waitFor(() => expect(ticket.sent).toHaveLength(2));
  const [, further = ''] = ticket.ids;
  expect(ticket.sent).toEqual([
    { conversationId: further, text: 'It broke again' },
    { conversationId: further, text: 'Twice, in fact' },
  ]);
  expect(messenger.getSnapshot().thread?.conversationId).toBe(further);
  expect([...messenger.drafts]).toEqual([['', 'Half a thought']]);
});

test('when another device followed up a moment before, it goes on where that one does', async () => {
  const first = newId();
  const ticket = makeTicket([first], true);
  const { startFollowUp } = ticket.others;
  ticket.others.startFollowUp = async (token, input) => {
    if (ticket.ids.length === 1) ticket.followUpElsewhere();
    return startFollowUp?.(token, input) ?? fail({ code: 'unavailable' });
  };
  const messenger = await openWith(ticket, first);
  messenger.getSnapshot().thread?.store.send('Me too');
  await vi.waitFor(() => expect(ticket.sent).toHaveLength(1));
  const [, elsewhere] = ticket.ids;
  expect(ticket.sent).toEqual([{ conversationId: elsewhere, text: 'Me too' }]);
  expect(messenger.getSnapshot().thread?.conversationId).toBe(elsewhere);
});

test('the page’s commands are done one after another, each answered by its own id', async () => {
  const page = openPage();
  page.hello(true);
  page.run(1, 'newMessage', ['Is it in stock?']);
  page.run(2, 'openConversation', [newId()]);
  page.run(3, 'nonsense', []);
  page.run(4, 'set', [{ plan: 'team' }]);
  await vi.waitFor(() => expect(page.answered).toHaveLength(4));
  expect(page.answered).toEqual([
    [1, succeed(null)],
    [2, fail({ code: 'not_found' })],
    [3, fail({ code: 'invalid', reason: 'unknown_command' })],
    [4, succeed(null)],
  ]);
  expect(page.messenger.getSnapshot()).toMatchObject({ draftTurn: 1 });
  expect(page.messenger.drafts.get('')).toBe('Is it in stock?');
  expect(page.kept.set).toBe('{"plan":"team"}');
});

test('what a visitor’s page said of them is told with their first message, and kept no longer', async () => {
  const told: unknown[] = [];
  const ticketId = newId();
  const page = openPage({
    async startConversation({ conversationId, id, text }) {
      const sender = { kind: 'customer', id: newId(), name: null } as const;
      const at = '2026-11-23T08:00:00.000Z';
      const head = { id, order: 1, publicOrder: null, kind: 'reply', text, change: null } as const;
      const row = { lastMessage: text, lastMessageAt: at, head: 1, readThrough: 1, unreadCount: 0 };
      const conversation = { id: conversationId, ticketId, number: 1, subject: text, assignee: null, ...row };
      return succeed({
        conversation: { ...conversation, status: 'open' },
        entry: { ...head, sender, sentAt: at, epoch: 'e' },
      });
    },
    async setAttributes(_, { attributes }) {
      told.push(attributes);
      return succeed(null);
    },
    async track(_, { name, page: where }) {
      told.push([name, where]);
      return succeed(null);
    },
  });
  page.hello(true);
  page.run(1, 'set', [{ plan: 'team' }]);
  page.run(2, 'track', ['viewed', {}, '2026-11-23T08:00:00.000Z']);
  await vi.waitFor(() => expect(page.answered).toHaveLength(2));
  await page.messenger.startThread();
  expect(told).toEqual([]);
  page.messenger.getSnapshot().thread?.store.send('Hello');
  await vi.waitFor(() => expect(told).toEqual([{ plan: 'team' }, ['viewed', 'https://shop.example.com/']]));
  await vi.waitFor(() => expect(Object.keys(page.kept)).not.toContain('set'));
  expect(Object.keys(page.kept).filter((name) => name.startsWith('track'))).toEqual([]);
});
