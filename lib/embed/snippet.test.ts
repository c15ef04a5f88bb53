import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { queueStub, scriptTag } from '#/lib/embed/snippet.ts';

test('the tag is the one that the documentation shows', () => {
  expect(scriptTag('https://chat.example', 'wk_12345678')).toBe(
    '<script async src="https://chat.example/widget.js" data-widget="wk_12345678"></script>',
  );
});

test('nothing can leave its attribute', () => {
  expect(scriptTag('https://x"><script>', 'a"b')).not.toMatch(/"><script>|a"b/);
});

test('calls before the script arrives wait in a queue and are answered', async () => {
  const window: {
    Parley?: ((...args: string[]) => Promise<string>) & { q?: [string[], (value: string) => void][] };
  } = {};
  runInNewContext(queueStub, { window, Promise });
  const answer = window.Parley?.('open', 'now');
  expect(window.Parley?.q?.[0]?.[0]).toEqual(['open', 'now']);
  window.Parley?.q?.[0]?.[1]('done');
  expect(await answer).toBe('done');
});

test('the line for early calls is the one that the README shows', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`<script>${queueStub}</script>`);
});
