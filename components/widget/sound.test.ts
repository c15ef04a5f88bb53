import { afterEach, expect, test, vi } from 'vitest';
import { ring } from '#/components/widget/sound.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** The browser's locks as all its tabs share them, as far as they are used. */
function makeLocks() {
  const held = new Set<string>();
  return {
    async request(name: string, _: unknown, run: (lock: object | null) => Promise<void>) {
      if (held.has(name)) return run(null);
      held.add(name);
      await run({}).finally(() => held.delete(name));
    },
  };
}

test('news that reach several tabs, or come together, are one sound; later ones are another', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { locks: makeLocks() });
  const tabs = [vi.fn(), vi.fn(), vi.fn()];
  const rung = () => tabs.reduce((sum, tab) => sum + tab.mock.calls.length, 0);
  const all = () => Promise.all(tabs.map((play) => ring('wk_one', play)));
  const first = all();
  await vi.advanceTimersByTimeAsync(1_000);
  const second = all();
  await vi.advanceTimersByTimeAsync(5_000);
  await Promise.all([first, second]);
  expect(rung()).toBe(1);
  const later = all();
  await vi.advanceTimersByTimeAsync(5_000);
  await later;
  expect(rung()).toBe(2);
});

test('another site’s chat in the same browser rings for itself', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { locks: makeLocks() });
  const play = vi.fn();
  const both = Promise.all([ring('wk_one', play), ring('wk_two', play)]);
  await vi.advanceTimersByTimeAsync(5_000);
  await both;
  expect(play).toHaveBeenCalledTimes(2);
});

test('where there are no locks, only a tab that is looked at rings', async () => {
  vi.stubGlobal('navigator', {});
  const play = vi.fn();
  vi.stubGlobal('document', { visibilityState: 'hidden' });
  await ring('wk_one', play);
  expect(play).not.toHaveBeenCalled();
  vi.stubGlobal('document', { visibilityState: 'visible' });
  await ring('wk_one', play);
  await ring('wk_one', play);
  expect(play).toHaveBeenCalledTimes(1);
});
