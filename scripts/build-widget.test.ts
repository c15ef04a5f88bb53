import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleWidget } from '#/scripts/build-widget.ts';

const loaderBytesMax = 2500;
/** Paid only by whom the chat is reached for, and by pages that call `Parley`. */
const moreBytesMax = 5000;

const { loader, more } = await bundleWidget();

test('what every page pays before the chat opens is at most 2.5 KB', () => {
  expect(brotliCompressSync(loader).length).toBeLessThanOrEqual(loaderBytesMax);
});

test('what comes when somebody reaches for the chat is at most 5 KB', () => {
  expect(brotliCompressSync(more).length).toBeLessThanOrEqual(moreBytesMax);
});

test('neither script needs eval or markup, so the strictest policies let them run', () => {
  const markup =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|setAttribute\("style/;
  expect(loader).not.toMatch(markup);
  expect(more).not.toMatch(markup);
});

test('the first script names the very build of the second that it was made with', async () => {
  const again = await bundleWidget();
  expect(again).toEqual({ loader, more });
  expect(loader).toMatch(/\/widget-more\.js\?\$\{"[\w-]{6}"\}|\/widget-more\.js\?[\w-]{6}/);
  expect(more).toMatch(/export\{\w+ as takeOver\}/);
});

test('a page gets one name from us and no more', () => {
  expect(loader).toMatch(/^\(\(\)=>\{|^\(function/);
  expect(loader).not.toMatch(/(?:window|globalThis|self)\.(?!Parley|visualViewport)\w+=[^=]/);
});
