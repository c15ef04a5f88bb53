import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBridge, openStandalone, parseToFrame } from '#/lib/embed/bridge.ts';
import type { ToFrame } from '#/lib/embed/protocol.ts';

const hello: ToFrame = {
  parley: 'hello',
  kept: { token: 'a'.repeat(43) },
  isDurable: true,
  isOpen: true,
  takesFocus: false,
  isIdentifying: false,
  page: 'https://shop.example/pots',
  locale: 'en',
  accent: '',
  theme: '',
};

describe('what the frame accepts', () => {
  test('the words of the loader are read as they were meant', () => {
    expect(parseToFrame(hello)).toEqual(hello);
    expect(parseToFrame({ parley: 'shutdown' })).toEqual({ parley: 'shutdown' });
  });

  test('a word with a field missing, wrong, oversized or too many is read as nothing', () => {
    for (const name of Object.keys(hello)) {
      expect(parseToFrame({ ...hello, [name]: 7 })).toBeNull();
      const isLater = name === 'isIdentifying' || name === 'accent' || name === 'theme';
      expect(parseToFrame({ ...hello, [name]: undefined })).toEqual(isLater ? hello : null);
    }
    expect(parseToFrame({ ...hello, more: 1 })).toBeNull();
    expect(parseToFrame({ ...hello, kept: { token: 7 } })).toBeNull();
    expect(parseToFrame({ ...hello, kept: { token: 'x'.repeat(100_001) } })).toBeNull();
    expect(parseToFrame({ ...hello, page: 'x'.repeat(2001) })).toBeNull();
  });

  test('anything at all is read without a throw', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => parseToFrame(value)).not.toThrow();
      }),
    );
  });
});

describe('whom the frame speaks with', () => {
  test('only its parent, only at the origin that the browser names', () => {
    const page = makePage({ ancestors: ['https://shop.example'] });
    const heard: ToFrame[] = [];
    openBridge(page.frame).listen((message) => heard.push(message));
    expect(page.told).toEqual([{ message: { parley: 'ready' }, origin: 'https://shop.example' }]);
    page.post(hello, { origin: 'https://evil.example' });
    page.post(hello, { source: {} });
    expect(heard).toEqual([]);
    page.post(hello, {});
    expect(heard).toEqual([hello]);
  });

  test('where the browser names none, the origin of the first hello is kept for good', () => {
    const page = makePage({ referrer: '' });
    const heard: ToFrame[] = [];
    const bridge = openBridge(page.frame);
    bridge.listen((message) => heard.push(message));
    bridge.keep('token', 'early');
    expect(page.told).toEqual([]);
    page.post({ parley: 'shutdown' }, {});
    page.post('garbage', {});
    expect(heard).toEqual([]);
    page.post(hello, {});
    page.post(hello, { origin: 'https://evil.example' });
    expect(heard).toEqual([hello]);
    expect(bridge.origin()).toBe('https://shop.example');
    bridge.close();
    expect(page.told.every(({ origin }) => origin === 'https://shop.example')).toBe(true);
  });
});

function makePage({ ancestors, referrer }: { ancestors?: string[]; referrer?: string }) {
  const told: { message: unknown; origin: string }[] = [];
  const listeners: ((event: unknown) => void)[] = [];
  const parent = { postMessage: (message: unknown, origin: string) => told.push({ message, origin }) };
  const frame = {
    parent,
    document: { referrer: referrer ?? 'https://shop.example/pots' },
    location: { ancestorOrigins: ancestors },
    addEventListener: (_: string, listener: (event: unknown) => void) => listeners.push(listener),
    removeEventListener: () => {},
  };
  const post = (data: unknown, { origin = 'https://shop.example', source = parent }: Partial<Message>) => {
    for (const listener of listeners) listener({ data, origin, source });
  };
  return { told, post, frame: asWindow(frame) };
}
type Message = { origin: string; source: object };

/** Safe in this test: the bridge touches only the five members that are there. */
function asWindow(frame: object) {
  return frame as unknown as NonNullable<Parameters<typeof openBridge>[0]>;
}

test('a frame alone in a tab works where the browser forbids storage, and says that nothing lasts', () => {
  const bridge = openStandalone(null, 'https://chat.example/widget?widget=wk_one');
  const heard: unknown[] = [];
  bridge.listen((message) => heard.push(message));
  expect(heard).toMatchObject([{ parley: 'hello', kept: {}, isDurable: false, isOpen: true }]);
  bridge.keep('token', 'x');
  bridge.keep('token', null);
});
