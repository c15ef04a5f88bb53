import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiEventTypes } from '#/lib/events/schema.ts';
import { eventPayloads } from '#/lib/realtime/events.ts';
import { keyEventPayloads } from '#/lib/realtime/key-events.ts';
import { renderRealtime } from './realtime-doc.ts';
import { projectDir } from './source-files.ts';

test('docs/realtime.md says what the catalogues say', () => {
  expect(readFileSync(join(projectDir, 'docs/realtime.md'), 'utf8')).toBe(renderRealtime());
});

test('every event of every catalogue is named with its schema', () => {
  const page = renderRealtime();
  for (const name of [...Object.keys(eventPayloads), ...Object.keys(keyEventPayloads)]) {
    expect(page).toContain(`**\`${name}\`**`);
  }
  for (const type of apiEventTypes) expect(page).toContain(`| \`${type}\` |`);
});

test('no schema has a part that the page cannot say', () => {
  expect(renderRealtime()).not.toMatch(/\bunknown\b/);
});
