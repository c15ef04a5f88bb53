import { expect, test, vi } from 'vitest';
import { openLazyLive } from '#/lib/sync/lazy-live.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

function makeLive() {
  const followed = new Set<string>();
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => {},
    subscribe(channel) {
      followed.add(channel);
      return () => followed.delete(channel);
    },
    close: () => followed.clear(),
  };
  return { live, followed };
}
const handlers = { onEvent: () => {}, onSubscribed: () => {} };

test('the library is not fetched before something is followed, and then once', async () => {
  const { live, followed } = makeLive();
  const open = vi.fn(async () => live);
  const lazy = openLazyLive(open);
  expect(open).not.toHaveBeenCalled();
  expect(lazy.state()).toBe('connecting');
  const heard = new Promise<void>((resolve) => lazy.onState(resolve));
  lazy.subscribe('one', handlers);
  const leave = lazy.subscribe('two', handlers);
  await heard;
  expect(lazy.state()).toBe('connected');
  expect([...followed]).toEqual(['one', 'two']);
  leave();
  lazy.subscribe('three', handlers);
  expect([...followed]).toEqual(['one', 'three']);
  expect(open).toHaveBeenCalledTimes(1);
});

test('what was left before it arrived is not followed', async () => {
  const { live, followed } = makeLive();
  const lazy = openLazyLive(async () => live);
  const heard = new Promise<void>((resolve) => lazy.onState(resolve));
  lazy.subscribe('one', handlers)();
  await heard;
  expect(followed.size).toBe(0);
});

test('a library that cannot be fetched leaves it unavailable, and is tried again', async () => {
  const { live, followed } = makeLive();
  let isThere = false;
  const lazy = openLazyLive(async () => {
    if (!isThere) throw new Error('offline');
    return live;
  });
  const failed = new Promise<void>((resolve) => lazy.onState(resolve));
  lazy.subscribe('one', handlers);
  await failed;
  expect(lazy.state()).toBe('unavailable');
  isThere = true;
  const came = new Promise<void>((resolve) => lazy.onState(resolve));
  lazy.retry?.();
  await came;
  expect(lazy.state()).toBe('connected');
  expect([...followed]).toEqual(['one']);
  lazy.close();
  expect(followed.size).toBe(0);
});
