import { afterEach, expect, test, vi } from 'vitest';
import { type MessengerPorts, openMessenger } from '#/components/widget/messenger.ts';
import type { Bridge } from '#/lib/embed/bridge.ts';
import type { ToFrame } from '#/lib/embed/protocol.ts';
import { fail } from '#/lib/errors.ts';
import { newToken } from '#/lib/ids.ts';
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
  sendMessage: unanswered,
  requestTicketLink: unanswered,
  authorize: unanswered,
  shutDown: unanswered,
};

afterEach(() => vi.unstubAllGlobals());

/** A page around the frame, and a browser storage that erases only when told to. */
function openPage(others: Partial<MessengerPorts> = {}) {
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('location', new URL('https://chat.example.com/widget'));
  const heard: string[] = [];
  const kept: Record<string, string> = {};
  let hear: (message: ToFrame) => void = () => {};
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
    close: () => {},
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
      page: 'https://shop.example.com/',
      locale: 'en',
    });
  const shutDown = () => hear({ parley: 'shutdown' });
  return { messenger, hello, shutDown, inner, kept, heard, stored, asked, mayErase, gone };
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

test('a session that the server does not know, asked twice, is over', async () => {
  const page = openPage({ fetchState: async () => fail({ code: 'unauthenticated' }) });
  page.mayErase.resolve();
  page.kept.token = newToken();
  page.hello(true);
  await vi.waitFor(() => expect(page.kept).toEqual({}));
});
