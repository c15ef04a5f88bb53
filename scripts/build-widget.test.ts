import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleLoader } from '#/scripts/build-widget.ts';

const bytesMax = 2500;

test('what a page pays before the chat opens is at most 2.5 KB', async () => {
  expect(brotliCompressSync(await bundleLoader()).length).toBeLessThanOrEqual(bytesMax);
});

test('the script needs neither eval nor markup, so the strictest policies let it run', async () => {
  expect(await bundleLoader()).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/,
  );
});
