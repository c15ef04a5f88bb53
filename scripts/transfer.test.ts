import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { exportText, linesOf, withoutImport } from '#/lib/transfer/testing.ts';
import { projectDir } from './source-files.ts';

let folder: string;
let source: TestDatabase;
let target: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-transfer-'));
  source = await testDatabase();
  const { conversationId } = await makeConversation(await makeWidget());
  await sendMessage(await makeAgent(), { conversationId, id: newId(), text: 'Here it is' });
  target = await testDatabase();
});
afterAll(async () => {
  await Promise.all([source.close(), target.close()]);
  await rm(folder, { recursive: true });
});

/** The outer fence for several processes one after another. */
const processesMs = 60_000;

type Ended = { status: number; out: string; told: string };

/** Runs one of the commands on this database, as npm does. */
function run(
  script: 'export' | 'import' | 'import-parse',
  database: TestDatabase,
  ...args: string[]
): Promise<Ended> {
  const env = { ...process.env, DATABASE_URL: database.url, PARLEY_DATA: join(folder, 'data') };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(projectDir, 'scripts', `${script}.ts`), ...args],
      { env, cwd: folder },
      (_, out, told) => resolve({ status: child.exitCode ?? -1, out, told }),
    );
  });
}

test(
  'what was exported comes whole into another Parley, packed or not, and a second time changes nothing',
  async () => {
    const exported = await run('export', source, 'records.jsonl');
    expect(exported).toMatchObject({ status: 0, told: '' });
    expect(exported.out).toContain('It holds every conversation with its notes');
    expect((await run('export', source, 'packed.jsonl.gz')).status).toBe(0);
    const lines = linesOf(await readFile(join(folder, 'records.jsonl'), 'utf8'));
    const checked = await run('import', target, 'records.jsonl', '--check');
    expect([checked.status, checked.out]).toEqual([0, expect.stringContaining('Everything fits together')]);
    expect(linesOf(await exportText(target.url))).toEqual([]);
    expect(await run('import', target, 'packed.jsonl.gz')).toMatchObject({ status: 0, told: '' });
    expect(withoutImport(linesOf(await exportText(target.url)))).toEqual(lines);
    const again = await run('import', target, 'records.jsonl');
    expect([again.status, again.out]).toEqual([0, expect.stringContaining('nothing new')]);
    expect(withoutImport(linesOf(await exportText(target.url)))).toEqual(lines);
  },
  processesMs,
);

test(
  'what cannot be done is one sentence and a status, and nothing is written over or imported',
  async () => {
    const before = await exportText(target.url);
    await writeFile(join(folder, 'kept.jsonl'), 'precious');
    await writeFile(join(folder, 'broken.jsonl'), '{"noun":"tag","record":{"id":"7","name":"x"}}\n');
    for (const [ended, told] of [
      [await run('export', source, 'kept.jsonl'), 'kept.jsonl is there already: choose another name.\n'],
      [await run('export', source), 'Say: npm run export -- <file.jsonl>'],
      [await run('import', target, 'none.jsonl'), 'none.jsonl.\n'],
      [
        await run('import', target, 'broken.jsonl', '--force'),
        'Say: npm run import -- <file.jsonl> [--check]',
      ],
      [await run('import', target, 'broken.jsonl'), 'line 1: id is not a UUID\nNothing was imported.\n'],
      [await run('import-parse', target, 'none'), 'There is no folder'],
    ] as const) {
      expect(ended).toMatchObject({ status: 1, out: '', told: expect.stringContaining(told) });
      expect(ended.told).not.toContain('    at ');
    }
    expect(await readFile(join(folder, 'kept.jsonl'), 'utf8')).toBe('precious');
    expect(linesOf(await exportText(target.url))).toEqual(linesOf(before));
  },
  processesMs,
);
