import { afterEach, expect, test, vi } from 'vitest';
import { type MessengerPorts, openMessenger } from '#/components/widget/messenger.ts';
import type { Bridge, HeardByFrame } from '#/lib/embed/bridge.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import type { Identified } from '#/lib/identity/schema.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { memoryStorage, ownedStorage, type StoredEntry } from '#/lib/sync/storage.ts';

async function unanswered() {
  return fail({ code: 'unavailable', reason: 'no_connection' });
}

type Exchange = Parameters<MessengerPorts['identify']>[0];
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A browser: what its page keeps and what is unsent in it outlive the frames that are opened in it. */
function openBrowser() {
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('location', new URL('https://chat.example.com/widget'));
  return { kept: new Map<string, string>(), inner: memoryStorage() };
}

/** A frame in it, whose server answers `identify` and takes every message. */
function openFrame(
  browser: ReturnType<typeof openBrowser>,
  answer: (input: Exchange) => Result<Identified>,
  more: Partial<MessengerPorts> = {},
  askToken: () => Promise<string | null> = async () => null,
) {
  const { kept, inner } = browser;
  const exchanged: Exchange[] = [];
  const sent: unknown[] = [];
  const emitted: [string, unknown][] = [];
  const done: Result<unknown>[] = [];
  let hear: (message: HeardByFrame) => void = () => {};
  const bridge: Bridge = {
    origin: () => 'https://shop.example.com',
    listen(listener) {
      hear = listener;
      return () => {};
    },
    keep(name, value) {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
    },
    emit: (name, detail) => void emitted.push([name, detail]),
    shown: () => {},
    close: () => {},
    gone: () => {},
    done: (_id, result) => void done.push(result),
    askToken,
  };
  const ports: MessengerPorts = {
    ...quietPorts(),
    identify: async (input) => {
      exchanged.push(input);
      return answer(input);
    },
    startConversation: async (input) => {
      sent.push(['startConversation', input.sessionToken, input.text]);
      return fail({ code: 'unavailable', reason: 'no_connection' });
    },
    startTicket: async (token, input) => {
      sent.push(['startTicket', token, input.text]);
      return fail({ code: 'unavailable', reason: 'no_connection' });
    },
    ...more,
  };
  const messenger = openMessenger({
    widgetKey: 'wk_one',
    bridge,
    ports,
    live: null,
    openStorage: () => inner,
  });
  const hello = (isIdentifying = false) =>
    hear({
      ...{
        parley: 'hello',
        kept: Object.fromEntries(kept),
        isDurable: true,
        isOpen: true,
        takesFocus: false,
      },
      ...{ isIdentifying, page: 'https://shop.example.com/', locale: 'en', accent: '', theme: '' },
    });
  const identify = async (token: string | null) => {
    const before = done.length;
    hear({ parley: 'run', id: before + 1, command: 'identify', args: [{ token }] });
    await vi.waitFor(() => expect(done.length).toBe(before + 1));
    return done[before];
  };
  const shown = () =>
    messenger
      .getSnapshot()
      .thread?.store.getSnapshot()
      .bubbles.map(({ text }) => text) ?? [];
  return { messenger, hello, identify, exchanged, sent, emitted, shown };
}

/** Safe: what is asked of it beside what a test gives is among these, and each answers the same. */
function quietPorts(): MessengerPorts {
  const names = [
    'fetchState',
    'fetchEntries',
    'markRead',
    'setTyping',
    'sendMessage',
    'authorize',
    'shutDown',
  ];
  return Object.fromEntries(names.map((name) => [name, unanswered])) as unknown as MessengerPorts;
}

const accepted = (customerId: string, more: Partial<Identified> = {}) =>
  succeed<Identified>({ customerId, session: 'next', joins: true, livesMs: 86_400_000, ...more });
const refused = fail({ code: 'forbidden', reason: 'identity_signature_wrong' });

test('what a visitor was saying goes on as the person, in the same conversation, and is sent in their session', async () => {
  const browser = openBrowser();
  const frame = openFrame(browser, () => accepted('ada'));
  frame.hello();
  await frame.messenger.startThread();
  const conversationId = frame.messenger.getSnapshot().thread?.conversationId;
  frame.messenger.getSnapshot().thread?.store.send('Where is my parcel?');
  await vi.waitFor(() =>
    expect(frame.sent[0]).toEqual(['startConversation', expect.any(String), 'Where is my parcel?']),
  );
  expect(await frame.identify('jwt')).toEqual(succeed({ isVerified: true }));
  const [asked] = frame.exchanged;
  expect(asked).toMatchObject({ token: 'jwt', origin: 'https://shop.example.com' });
  expect(asked?.held).toMatch(/^[\w-]{43}$/);
  expect(browser.kept.get('token')).toBe(asked?.next);
  expect(asked?.next).not.toBe(asked?.held);
  expect(frame.messenger.getSnapshot().thread?.conversationId).toBe(conversationId);
  await vi.waitFor(() => expect(frame.shown()).toEqual(['Where is my parcel?']));
  await vi.waitFor(() =>
    expect(frame.sent.at(-1)).toEqual(['startTicket', asked?.next, 'Where is my parcel?']),
  );
  expect(frame.emitted).toContainEqual(['identity:changed', { isVerified: true }]);
  // The next life of the frame finds it again.
  const later = openFrame(browser, () => refused);
  later.hello();
  await vi.waitFor(() => expect(later.shown()).toEqual(['Where is my parcel?']));
});

test('what another verified person left unsent is not shown to who signs in after them, and is theirs again later', async () => {
  const browser = openBrowser();
  const ada = openFrame(browser, () => accepted('ada'));
  ada.hello();
  await ada.identify('ada’s');
  await ada.messenger.startThread();
  ada.messenger.drafts.set('x', 'Half a secret');
  ada.messenger.getSnapshot().thread?.store.send('My secret');
  await vi.waitFor(async () => expect(await browser.inner.load()).toHaveLength(1));
  const ben = openFrame(browser, () => accepted('ben', { joins: false }));
  ben.hello(true);
  await ben.identify('ben’s');
  expect([ben.shown(), ben.messenger.drafts.size]).toEqual([[], 0]);
  await ben.messenger.startThread();
  expect(ben.shown()).toEqual([]);
  expect(await browser.inner.load()).toHaveLength(1);
});

test('a named person whose session is over waits unseen, and finds what was unsent when named again', async () => {
  const browser = openBrowser();
  const unsent: StoredEntry = {
    ...{ conversationId: newId(), id: newId(), kind: 'reply', text: 'My secret' },
    ...{ start: null, position: 1, failure: null },
  };
  const over = newToken();
  await ownedStorage(browser.inner, () => over).put(unsent);
  browser.kept.set('token', over).set('named', 'ada');
  const state = async (token: string) => (token === over ? fail({ code: 'unauthenticated' }) : unanswered());
  const frame = openFrame(browser, () => accepted('ada'), {
    fetchState: state,
    sendMessage: state,
    fetchEntries: state,
  });
  frame.hello();
  await vi.waitFor(() => expect(browser.kept.has('token')).toBe(false), 5_000);
  expect(frame.emitted).toContainEqual(['identity:changed', { isVerified: false }]);
  expect([frame.shown(), [...frame.messenger.drafts.values()]]).toEqual([[], []]);
  expect(await browser.inner.load()).toHaveLength(1);
  await frame.identify('again');
  expect(browser.kept.get('former')).toBe(over.slice(0, 12));
  const [entry] = await ownedStorage(
    browser.inner,
    () => browser.kept.get('token') ?? null,
    () => [over.slice(0, 12)],
  ).load();
  expect(entry?.text).toBe('My secret');
});

test('who was named before is not shown while the page names somebody, nor when that one is not believed', async () => {
  const browser = openBrowser();
  browser.kept.set('token', newToken()).set('named', 'ada');
  const looks: string[] = [];
  const fetchState = async (token: string) => {
    looks.push(token);
    return unanswered();
  };
  const frame = openFrame(browser, () => refused, { fetchState });
  frame.hello(true);
  expect(await frame.identify('forged')).toEqual(refused);
  expect(browser.kept.has('token')).toBe(false);
  expect(looks).toEqual([]);
  expect(frame.emitted).toContainEqual(['identity:changed', { isVerified: false }]);
});

test('a server that is away shows nothing of who was named before, either', async () => {
  const browser = openBrowser();
  browser.kept.set('token', newToken()).set('named', 'ada');
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const frame = openFrame(browser, () => fail({ code: 'rate_limited' }));
  frame.hello(true);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const settled = frame.identify('ben’s');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await settled).toEqual(fail({ code: 'rate_limited' }));
  vi.useRealTimers();
  expect([browser.kept.has('token'), frame.exchanged.length]).toEqual([false, 6]);
});

test('a person whom the page names in a fresh browser is shown their conversations', async () => {
  const browser = openBrowser();
  const looks: string[] = [];
  const fetchState = async (token: string) => {
    looks.push(token);
    return unanswered();
  };
  const frame = openFrame(browser, () => accepted('ada'), { fetchState });
  frame.hello(true);
  await frame.identify('jwt');
  frame.hello(false);
  await vi.waitFor(() => expect(looks).toEqual([browser.kept.get('token')]));
  expect(frame.messenger.getSnapshot().list).not.toBeNull();
});

test('another tab hears who signed in, and goes on in the thread that is open there', async () => {
  const browser = openBrowser();
  const held = newToken();
  browser.kept.set('token', held);
  const [first, second] = [openFrame(browser, () => accepted('ada')), openFrame(browser, () => refused)];
  first.hello();
  second.hello();
  const conversationId = newId();
  await vi.waitFor(() => expect(second.messenger.getSnapshot().isReady).toBe(true));
  second.messenger.openThread(conversationId);
  await first.identify('jwt');
  second.hello();
  expect(second.messenger.getSnapshot().thread?.conversationId).toBe(conversationId);
});

test('a visitor whose token is refused stays who they are', async () => {
  const browser = openBrowser();
  const token = newToken();
  browser.kept.set('token', token);
  const frame = openFrame(browser, () => refused);
  frame.hello(true);
  expect(await frame.identify('forged')).toEqual(refused);
  expect(browser.kept.get('token')).toBe(token);
});

test('a lost answer is asked for again with the same tokens, and a stale token with a fresh one', async () => {
  const browser = openBrowser();
  const answers = [
    fail({ code: 'unavailable' }),
    fail({ code: 'forbidden', reason: 'identity_exp_past' }),
    accepted('ada'),
  ];
  const frame = openFrame(
    browser,
    () => answers.shift() ?? refused,
    {},
    async () => 'fresh',
  );
  frame.hello();
  expect(await frame.identify('old')).toEqual(succeed({ isVerified: true }));
  expect(frame.exchanged.map(({ token }) => token)).toEqual(['old', 'old', 'fresh']);
  expect(new Set(frame.exchanged.map(({ next }) => next)).size).toBe(1);
});

test('without a token the page is asked, and who names nobody has said so', async () => {
  const browser = openBrowser();
  const asked = openFrame(
    browser,
    () => accepted('ada'),
    {},
    async () => 'asked for',
  );
  asked.hello();
  expect((await asked.identify(null))?.ok).toBe(true);
  expect(asked.exchanged[0]?.token).toBe('asked for');
  const silent = openFrame(openBrowser(), () => accepted('ada'));
  silent.hello();
  expect(await silent.identify(null)).toEqual(fail({ code: 'invalid', reason: 'token_missing' }));
});
