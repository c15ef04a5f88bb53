import { afterEach, expect, test, vi } from 'vitest';
import { indexedDbStorage } from '#/lib/sync/storage.ts';
import { openChannel } from '#/lib/sync/tab-channel.ts';

afterEach(() => vi.unstubAllGlobals());

test('where a browser keeps nothing for a site, its tabs hear nothing of each other, and nothing breaks', () => {
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      constructor() {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      }
    },
  );
  expect(openChannel('a')).toBeNull();
  const leave = indexedDbStorage('a').onNote?.(() => undefined);
  expect(() => leave?.()).not.toThrow();
  vi.stubGlobal('BroadcastChannel', undefined);
  expect(openChannel('a')).toBeNull();
});
