import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isEventName, openListeners } from '#/lib/embed/listeners.ts';
import { widgetEventNames } from '#/lib/embed/protocol.ts';

let page: EventTarget;
beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});
afterEach(() => vi.unstubAllGlobals());

function happen(name: string, detail: object = {}) {
  page.dispatchEvent(new CustomEvent(`parley:${name}`, { detail }));
}

test('a listener hears each time, until its own undo', () => {
  const heard: unknown[] = [];
  const undo = openListeners(new AbortController(), () => null).on('unread', (detail: unknown) =>
    heard.push(detail),
  );
  happen('unread', { count: 1 });
  happen('open');
  undo?.();
  happen('unread', { count: 2 });
  expect(heard).toEqual([{ count: 1 }]);
});

test('off takes this listener, or without one all of the event, and nothing else', () => {
  const heard: string[] = [];
  const one = () => heard.push('one');
  const listeners = openListeners(new AbortController(), () => null);
  listeners.on('open', one);
  listeners.on('open', () => heard.push('two'));
  listeners.on('close', one);
  listeners.off('open', one);
  happen('open');
  expect(heard).toEqual(['two']);
  listeners.off('open', undefined);
  happen('open');
  happen('close');
  expect(heard).toEqual(['two', 'one']);
});

test('what came before the listener is told to it at once, and to nobody else', () => {
  const heard: unknown[] = [];
  const listeners = openListeners(new AbortController(), (name) => (name === 'unread' ? { count: 3 } : null));
  page.addEventListener('parley:unread', () => heard.push('page'));
  listeners.on('unread', (detail: unknown) => heard.push(detail));
  listeners.on('open', (detail: unknown) => heard.push(detail));
  expect(heard).toEqual([{ count: 3 }]);
});

test('nothing hears any more when the chat’s life is over', () => {
  const heard: string[] = [];
  const life = new AbortController();
  openListeners(life, () => null).on('open', () => heard.push('open'));
  life.abort();
  happen('open');
  expect(heard).toEqual([]);
});

test('an event that there is not, and what is no function, is refused', () => {
  const listeners = openListeners(new AbortController(), () => null);
  expect(listeners.on('opened', () => {})).toBeNull();
  expect(listeners.on('open', 'open')).toBeNull();
  for (const name of widgetEventNames) expect(isEventName(name)).toBe(true);
  for (const name of ['toString', '__proto__', '', null, 0]) expect(isEventName(name)).toBe(false);
});
