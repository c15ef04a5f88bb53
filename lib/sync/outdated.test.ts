import { UnrecognizedActionError } from 'next/dist/client/components/unrecognized-action-error.js';
import { afterEach, expect, test, vi } from 'vitest';
import { succeed } from '#/lib/errors.ts';
import { answered, reloadOutdated } from '#/lib/sync/outdated.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('an action of an older build is told from a lost answer', async () => {
  expect(await answered(async () => succeed(1))).toEqual(succeed(1));
  const old = () => Promise.reject(new UnrecognizedActionError('not found'));
  expect(await answered(old)).toMatchObject({ error: { code: 'unavailable', reason: 'outdated' } });
  const lost = () => Promise.reject(new TypeError('Failed to fetch'));
  expect(await answered(lost)).toMatchObject({ error: { code: 'unavailable', reason: 'no_connection' } });
});

test('an old page reloads once, not in circles, also when the clock is set back', () => {
  const held = new Map<string, string>();
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => held.set(name, value),
  });
  reloadOutdated();
  reloadOutdated();
  expect(reload).toHaveBeenCalledTimes(1);
  const yearMs = 365 * 24 * 60 * 60_000;
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3 * yearMs);
  reloadOutdated();
  reloadOutdated();
  expect(reload).toHaveBeenCalledTimes(2);
});

test('where nothing can be remembered it does not reload', () => {
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('sessionStorage', {
    getItem() {
      throw new Error('blocked');
    },
  });
  reloadOutdated();
  expect(reload).not.toHaveBeenCalled();
});
