import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import type { Core } from '#/lib/embed/core.ts';
import { openFrameLine } from '#/lib/embed/frame-line.ts';
import { openHostStorage } from '#/lib/embed/host-storage.ts';
import type { ToFrame } from '#/lib/embed/protocol.ts';

const home = 'https://chat.example';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page with a line to a frame that a test speaks for. */
function openPage() {
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('window', { setTimeout });
  vi.stubGlobal('location', new URL('https://shop.example/pots?order=7#paid'));
  vi.stubGlobal('document', { documentElement: { lang: 'de' } });
  vi.stubGlobal('localStorage', undefined);
  const told: { message: ToFrame; origin: string }[] = [];
  const happened: unknown[] = [];
  let tokens: (string | null)[] = [];
  const life = new AbortController();
  const core = makeCore(() => ({
    contentWindow: { postMessage: (message: ToFrame, origin: string) => told.push({ message, origin }) },
    remove: () => happened.push('removed'),
  }));
  const storage = openHostStorage('parley:wk_one:', core.memory);
  const line = openFrameLine(
    core,
    {
      storage,
      takesFocus: () => true,
      isIdentifying: () => false,
      onFrame: () => happened.push('frame'),
      onShown: () => happened.push('shown'),
      onClose: () => happened.push('close'),
      onLost: () => happened.push('lost'),
      onEmit: (name, detail) => happened.push([name, detail]),
      askToken: async () => tokens.shift() ?? null,
    },
    life,
  );
  const say = (data: unknown, { origin = home, source = core.frame?.contentWindow }: Partial<Said> = {}) =>
    page.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
  const words = () => told.map(({ message }) => message.parley);
  const give = (...given: (string | null)[]) => {
    tokens = given;
  };
  return { core, line, storage, told, words, happened, say, give, life };
}
type Said = { origin: string; source: unknown };

/** Safe in this test: the line touches only what is there. */
function makeCore(makeFrame: () => object): Core {
  const core = {
    home,
    settings: { widget: 'wk_one', accent: '#0A7D55', theme: 'purple' },
    memory: {},
    frame: null as object | null,
    isLoaded: false,
    isReady: false,
    isOpen: true,
    paint: () => {},
    openFrame: () => {
      core.frame ??= makeFrame();
    },
  };
  return core as unknown as Core;
}

test('a frame hears what the page is like as soon as it listens, at Parley’s origin and nowhere else', () => {
  const { line, told, say, core } = openPage();
  line.reach();
  expect(told).toEqual([]);
  say({ parley: 'ready' });
  expect(core.isReady).toBe(true);
  expect(told).toEqual([
    {
      origin: home,
      message: {
        parley: 'hello',
        kept: {},
        isDurable: false,
        isOpen: true,
        takesFocus: true,
        isIdentifying: false,
        page: 'https://shop.example/pots',
        locale: 'de',
        accent: '#0A7D55',
        theme: '',
      },
    },
  ]);
});

test('what is asked of the frame before it listens is asked once it does, and answered by its own id', async () => {
  const { line, say, told } = openPage();
  const first = line.run('newMessage', ['Hello']);
  const second = line.run('openConversation', ['x']);
  expect(told).toEqual([]);
  say({ parley: 'ready' });
  expect(told.slice(1).map(({ message }) => message)).toEqual([
    { parley: 'run', id: 1, command: 'newMessage', args: ['Hello'] },
    { parley: 'run', id: 2, command: 'openConversation', args: ['x'] },
  ]);
  say({ parley: 'done', id: 2, error: 'not_found' });
  say({ parley: 'done', id: 1, error: null, value: { isVerified: true } });
  say({ parley: 'done', id: 1, error: 'too_late' });
  say({ parley: 'done', id: 99, error: null });
  expect(await first).toEqual({ isVerified: true });
  await expect(second).rejects.toMatchObject({ code: 'not_found' });
});

test('a frame that was loaded anew is asked again what it had not answered', async () => {
  const { line, say, words } = openPage();
  const answer = line.run('set', [{}]);
  say({ parley: 'ready' });
  say({ parley: 'ready' });
  expect(words()).toEqual(['hello', 'run', 'hello', 'run']);
  say({ parley: 'done', id: 1, error: null });
  expect(await answer).toEqual({});
});

test('what the frame does not answer is refused in the end', async () => {
  vi.useFakeTimers();
  const { line, say } = openPage();
  const answer = expect(line.run('set', [{}])).rejects.toMatchObject({ code: 'unavailable' });
  say({ parley: 'ready' });
  await vi.advanceTimersByTimeAsync(30_000);
  await answer;
  expect(vi.getTimerCount()).toBe(0);
});

test('a frame that loads and never listens is removed, and said to be lost', async () => {
  vi.useFakeTimers();
  const { core, line, happened } = openPage();
  const answer = expect(line.run('set', [{}])).rejects.toMatchObject({ code: 'unavailable' });
  core.frame?.onload?.(new Event('load'));
  await vi.advanceTimersByTimeAsync(15_000);
  await answer;
  expect(core.frame).toBeNull();
  expect(happened).toEqual(['frame', 'removed', 'lost']);
  expect(vi.getTimerCount()).toBe(0);
});

test('dropped, it refuses what waits with the given code and leaves no timer', async () => {
  vi.useFakeTimers();
  const { line, core, say } = openPage();
  const answer = expect(line.run('set', [{}])).rejects.toMatchObject({ code: 'destroyed' });
  core.frame?.onload?.(new Event('load'));
  say({ parley: 'ready' });
  line.drop('destroyed');
  await answer;
  expect(vi.getTimerCount()).toBe(0);
});

test('a shutdown is over when the frame says so, also one that listens only now', async () => {
  const { line, say, words } = openPage();
  line.reach();
  const gone = line.shutDown();
  say({ parley: 'gone' }, { origin: 'https://evil.example' });
  say({ parley: 'ready' });
  expect(words()).toEqual(['hello', 'shutdown']);
  say({ parley: 'gone' });
  expect(await gone).toBe(true);
});

test('a shutdown that the frame cannot confirm ends, and says that', async () => {
  vi.useFakeTimers();
  const { line } = openPage();
  const gone = line.shutDown();
  await vi.advanceTimersByTimeAsync(8_000);
  expect(await gone).toBe(false);
});

test('who the page says is here goes to the frame that asked, and to its question', async () => {
  const { line, say, told, give } = openPage();
  line.reach();
  say({ parley: 'ready' });
  give('jwt', null);
  say({ parley: 'ask-token', id: 4 });
  say({ parley: 'ask-token', id: 5 });
  await vi.waitFor(() => expect(told).toHaveLength(3));
  expect(told.slice(1).map(({ message }) => message)).toEqual([
    { parley: 'token', id: 4, token: 'jwt' },
    { parley: 'token', id: 5, token: null },
  ]);
});

test('nothing that comes from another window or origin, or is malformed, does anything', () => {
  const { core, line, say, told, happened, storage } = openPage();
  line.reach();
  say({ parley: 'ready' });
  const before = told.length;
  storage.save('token', 'mine');
  const words = [
    { parley: 'close' },
    { parley: 'gone' },
    { parley: 'keep', name: 'token', value: null },
    { parley: 'emit', name: 'unread', detail: { count: 1 } },
    { parley: 'ask-token', id: 1 },
  ];
  for (const word of words) {
    say(word, { origin: 'https://evil.example' });
    say(word, { source: {} });
    say(word, { origin: 'null', source: null });
  }
  say({ parley: 'gone' });
  fc.assert(
    fc.property(fc.anything(), (data) => {
      say(data);
    }),
    { numRuns: 10_000 },
  );
  expect(happened).toEqual(['frame']);
  expect(storage.load()).toEqual({ token: 'mine' });
  expect(told.length).toBe(before);
  expect(core.isReady).toBe(true);
});

test('a frame that the launcher made by itself is listened to like any other', () => {
  const { core, line, happened, words } = openPage();
  core.openFrame();
  line.reach();
  line.reach();
  expect(happened).toEqual(['frame']);
  core.frame?.onload?.(new Event('load'));
  expect(words()).toEqual(['hello']);
});
