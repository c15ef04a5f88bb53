import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Call, Core } from '#/lib/embed/core.ts';
import { takeOver } from '#/lib/embed/loader-more.ts';
import { parseKept } from '#/lib/embed/protocol.ts';

let page: EventTarget;
let errors: unknown[];
let configuration: unknown;

beforeEach(() => {
  page = new EventTarget();
  errors = [];
  configuration = null;
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  vi.stubGlobal('dispatchEvent', page.dispatchEvent.bind(page));
  vi.stubGlobal('window', { setTimeout });
  vi.stubGlobal('location', new URL('https://shop.example/pots'));
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  vi.stubGlobal('localStorage', undefined);
  vi.stubGlobal(
    'XMLHttpRequest',
    class {
      responseText = '';
      onloadend = () => {};
      open() {}
      send() {
        this.responseText = JSON.stringify(configuration);
        queueMicrotask(this.onloadend);
      }
    },
  );
  vi.stubGlobal('CSSStyleSheet', class {});
  page.addEventListener('parley:error', (event) => errors.push(Reflect.get(event, 'detail')));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A chat that is drawn, and whose frame a test speaks for. */
function openChat({ isShown = true } = {}) {
  const told: { parley: string; id?: number; command?: string; args?: unknown[] }[] = [];
  const submitted: Call[] = [];
  const contentWindow = { postMessage: (message: (typeof told)[number]) => told.push(message) };
  const look = {
    accent: '#000000',
    theme: 'light',
    position: 'right',
    launcherLabel: 'Chat',
    closeLabel: 'Close',
    unreadLabel: '{count}',
  };
  const core = makeCore({
    look: isShown ? look : null,
    openFrame() {
      core.frame = Object.assign(Object.create(null), { contentWindow, remove: () => {} });
    },
    submit: (call: Call) => submitted.push(call),
  });
  const run = takeOver(core);
  const say = (data: object) =>
    page.dispatchEvent(
      Object.assign(new Event('message'), { data, origin: core.home, source: contentWindow }),
    );
  const ready = () => say({ parley: 'ready' });
  return { core, run, told, submitted, say, ready };
}

/** Safe in this test: what is not here is not touched, as nothing is drawn. */
function makeCore(parts: object): Core {
  return {
    home: 'https://chat.example',
    settings: { widget: 'wk_one' },
    memory: {},
    life: new AbortController(),
    answer: null,
    root: null,
    frame: null,
    isLoaded: false,
    isReady: false,
    isOpen: false,
    unread: 0,
    isOther: false,
    show: () => false,
    paint: () => {},
    askUnread: async () => {},
    askConfig: async () => null,
    setUnread: () => {},
    ...parts,
  } as unknown as Core;
}

test('a command that there is not, and what is wrong in one that there is, is refused by a code', async () => {
  const { run } = openChat();
  for (const command of ['opne', 'toString', '__proto__', undefined, 7]) {
    await expect(run([command])).rejects.toMatchObject({ code: 'unknown_command' });
  }
  for (const call of [
    ['newMessage', 7],
    ['newMessage', 'x'.repeat(10_001)],
    ['openConversation', 'nonsense'],
    ['set', null],
    ['set', { a: {} }],
    ['track', ''],
    ['track', 'bought', 'x'],
    ['identify', {}],
    ['on', 'opened', () => {}],
    ['on', 'open'],
    ['update', { widget: 'wk_two' }],
  ]) {
    await expect(run(call)).rejects.toMatchObject({ code: 'invalid' });
  }
  expect(errors).toHaveLength(16);
  expect(errors[5]).toEqual({ code: 'invalid', command: 'newMessage' });
});

test('nothing that a page says of its visitor makes a frame; it is kept for the day that there is one', async () => {
  const { core, run } = openChat();
  await run(['set', { plan: 'free' }]);
  await run(['track', 'viewed', { sku: 'a' }]);
  expect(await run(['identify', { token: 'jwt' }])).toEqual({ isVerified: false });
  expect(core.frame).toBeNull();
  expect(parseKept(core.memory.set)).toEqual({ plan: 'free' });
  expect(Object.keys(core.memory)).toHaveLength(2);
});

test('with a frame, a command is settled by what the frame answers', async () => {
  const { core, run, told, say, ready } = openChat();
  const message = run(['newMessage', 'Hello']);
  await vi.waitFor(() => expect(core.frame).not.toBeNull());
  ready();
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ command: 'newMessage', args: ['Hello'] }));
  say({ parley: 'done', id: 1, error: null });
  expect(await message).toBeUndefined();
  const set = run(['set', { plan: 'team' }]);
  expect(told.at(-1)).toMatchObject({ id: 2, command: 'set' });
  say({ parley: 'done', id: 2, error: 'rate_limited' });
  await expect(set).rejects.toMatchObject({ code: 'rate_limited' });
  expect(errors).toEqual([{ code: 'rate_limited', command: 'set' }]);
});

test('who is here is told to the frame before anything else is asked of it', async () => {
  const { core, run, told, say, ready } = openChat();
  await run(['identify', { token: 'jwt' }]);
  const opened = run(['newMessage', 'Hello']);
  await vi.waitFor(() => expect(core.frame).not.toBeNull());
  ready();
  await vi.waitFor(() => expect(told.filter(({ parley }) => parley === 'run')).toHaveLength(2));
  const [first, second] = told.filter(({ parley }) => parley === 'run');
  expect(first).toMatchObject({ command: 'identify', args: [{ token: 'jwt' }] });
  expect(second).toMatchObject({ command: 'newMessage' });
  expect(told.find(({ parley }) => parley === 'hello')).toMatchObject({ isIdentifying: true });
  say({ parley: 'done', id: first?.id, error: 'exp_past' });
  await vi.waitFor(() => expect(errors).toEqual([{ code: 'exp_past', command: 'identify' }]));
  expect(told.at(-1)).toMatchObject({ parley: 'hello', isIdentifying: false });
  say({ parley: 'done', id: second?.id, error: null });
  await opened;
});

test('destroyed, what waits is refused, and what comes then waits for the next boot', async () => {
  const { core, run, submitted } = openChat();
  const waiting = expect(run(['newMessage', 'Hello'])).rejects.toMatchObject({ code: 'destroyed' });
  await vi.waitFor(() => expect(core.frame).not.toBeNull());
  expect(await run(['destroy'])).toBeUndefined();
  await waiting;
  expect(core).toMatchObject({ life: null, look: null, frame: null });
  let isAnswered = false;
  run(['open']).then(() => {
    isAnswered = true;
  });
  await vi.waitFor(() => expect(submitted).toHaveLength(1));
  expect(submitted[0]?.[0]).toEqual(['open']);
  expect(isAnswered).toBe(false);
  submitted[0]?.[1](undefined);
  await vi.waitFor(() => expect(isAnswered).toBe(true));
});

test('a shutdown of somebody who was never here needs no frame', async () => {
  const { core, run } = openChat();
  await run(['shutdown']);
  expect(core.frame).toBeNull();
});

test('a shutdown erases what is kept, and who comes next waits for its end', async () => {
  const { core, run, told, say, ready } = openChat();
  core.memory.token = 'x';
  const gone = run(['shutdown']);
  const next = run(['set', { plan: 'next' }]);
  ready();
  expect(told.map(({ parley }) => parley)).toEqual(['hello', 'shutdown']);
  expect(core.memory).toEqual({ token: 'x' });
  say({ parley: 'gone' });
  await gone;
  await next;
  expect(Object.keys(core.memory)).toEqual(['set']);
  expect(core.frame).toBeNull();
});

test('a shutdown that the frame never confirms is refused, and erases what the page keeps all the same', async () => {
  vi.useFakeTimers();
  const { core, run } = openChat();
  core.memory.token = 'x';
  const refused = expect(run(['shutdown'])).rejects.toMatchObject({ code: 'unavailable' });
  await vi.advanceTimersByTimeAsync(8_000);
  await refused;
  expect(core.memory).toEqual({});
  expect(vi.getTimerCount()).toBe(0);
});

test('where there is no chat to show, every call that needs one is refused with the server’s word', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  configuration = { ok: false, error: { code: 'not_found' } };
  const { run } = openChat({ isShown: false });
  for (const command of ['boot', 'open', 'show', 'newMessage', 'update']) {
    await expect(run([command])).rejects.toMatchObject({ code: 'not_found' });
  }
  expect(errors[0]).toEqual({ code: 'not_found' });
  expect(warned).toHaveBeenCalledOnce();
});

test('a frame that says anything but our events is not repeated to the page', async () => {
  const { core, ready, say } = openChat();
  core.openFrame();
  const heard: string[] = [];
  for (const name of ['x y', 'message', 'click', 'message:sent']) {
    page.addEventListener(`parley:${name}`, () => heard.push(name));
    page.addEventListener(name, ({ type }) => type === 'message' || heard.push(type));
  }
  ready();
  for (const name of ['x y', 'message', 'click', 'message:sent']) say({ parley: 'emit', name, detail: {} });
  expect(heard).toEqual(['message:sent']);
});

test('how much waits for one person is not told to the next who is named, and is to the same', async () => {
  const { core, run } = openChat();
  const counts: (number | string | null)[] = [];
  core.setUnread = (count) => counts.push(count);
  core.askUnread = async () => void counts.push('asked');
  core.memory.subject = 'mia';
  const tokenOf = (subject: string) => `e30.${btoa(JSON.stringify({ sub: subject }))}.x`;
  await run(['identify', { token: tokenOf('mia') }]);
  expect([core.isOther, counts]).toEqual([false, ['asked']]);
  await run(['identify', { token: tokenOf('tom') }]);
  expect([core.isOther, counts]).toEqual([true, ['asked', 0]]);
});
