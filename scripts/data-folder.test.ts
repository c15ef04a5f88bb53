import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from '#/scripts/data-folder.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-folder-'));
  writeFileSync(join(dir, 'version'), '1\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const modeOf = () => statSync(dir).mode & 0o777;

test('a folder for a database elsewhere is nobody else’s', () => {
  chmodSync(dir, 0o755);
  expect(openDataFolder('/', dir, false).dataDir).toBe(dir);
  expect(modeOf()).toBe(0o700);
});

test('a folder that holds an embedded database stays open to whoever that database runs as', () => {
  mkdirSync(join(dir, 'postgres'));
  chmodSync(dir, 0o711);
  openDataFolder('/', dir, false);
  expect(modeOf()).toBe(0o711);
});
