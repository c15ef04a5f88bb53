import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportDatabase } from '#/db/backup.ts';
import { checkBackup, restoreDatabase } from '#/db/restore.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { addFile } from '#/lib/files/service.ts';
import { filesEnvironment, makePicture, uploadOf } from '#/lib/files/testing.ts';
import { drawNextThumbnail } from '#/lib/files/thumbnails.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import { makeConversation, makeWidget } from '#/lib/testing.ts';
import { type OwnFiles, openOwnFiles } from './own-files.ts';

let place: Awaited<ReturnType<typeof filesEnvironment>>;
let source: TestDatabase;
let backup: Buffer;
/** What is kept, by key. */
let kept: Map<string, Buffer>;
/** An empty installation beside it. */
let targetUrl: string;
let target: OwnFiles;
let targetDir: string;

beforeAll(async () => {
  place = await filesEnvironment();
  source = await testDatabase();
  const { customer, conversationId } = await makeConversation(await makeWidget());
  const contents = [Buffer.from('hello\n\\.\nand more'), randomBytes(200_001), await makePicture(40, 30)];
  const names = ['a.txt', 'b.gz', 'c.png'];
  for (const [index, content] of contents.entries()) {
    const whole = index === 1 ? Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), content]) : content;
    const { id } = await addFile(customer, uploadOf(names[index] ?? '', whole));
    await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [id] });
  }
  while (await drawNextThumbnail());
  const own = await openOwnFiles(place.folder);
  kept = await contentsOf(own, place.folder);
  backup = await joined(exportDatabase(source.url, { openFile: (key) => own.storage.open(key) }));
});
afterAll(async () => {
  await source.close();
  await place.close();
});

beforeEach(async () => {
  const name = `parley_${randomBytes(8).toString('hex')}`;
  const sql = postgres(source.superUrl, { max: 1, onnotice: () => {} });
  await sql`create database ${sql(name)} owner parley`;
  const url = new URL(source.url);
  url.pathname = `/${name}`;
  targetUrl = url.href;
  targetDir = join(place.folder, `target-${name}`);
  target = await openOwnFiles(targetDir);
  return async () => {
    await sql`drop database ${sql(name)} with (force)`;
    await sql.end();
  };
});

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function* piecesOf(bytes: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function contentsOf({ storage }: OwnFiles, dataDir: string): Promise<Map<string, Buffer>> {
  const found = await readdir(join(dataDir, 'files'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  const contents = new Map<string, Buffer>();
  for (const { name } of found.filter((entry) => entry.isFile())) {
    const source = await storage.open(name);
    if (source !== null) contents.set(name, await joined(source));
  }
  return contents;
}

describe('a backup with files', () => {
  test('brings back each of them byte for byte, thumbnails too, and nothing else', async () => {
    expect(kept.size).toBe(4);
    const report = await restoreDatabase(targetUrl, () => piecesOf(backup), { keepFile: target.keepFile });
    expect(report.files.wanted.toSorted()).toEqual(
      [...kept.keys()].filter((key) => !key.endsWith('-small')).toSorted(),
    );
    expect([...report.files.kept].toSorted()).toEqual([...kept.keys()].toSorted());
    expect(await contentsOf(target, targetDir)).toEqual(kept);
  });

  test('reads the same in pieces of any size, and says how many there are', async () => {
    const whole = await checkBackup(piecesOf(backup));
    expect(whole.end.files).toBe(4);
    for (const size of [1, 13, 76_001]) expect(await checkBackup(piecesOf(backup, size))).toEqual(whole);
  });

  test('that was damaged in a file is refused before anything is touched', async () => {
    const at = backup.indexOf('"file"');
    const line = backup.indexOf('\n', at) + 1;
    const changed = Buffer.from(backup);
    changed[line + 3] = changed[line + 3] === 0x41 ? 0x42 : 0x41;
    const cut = Buffer.concat([backup.subarray(0, line), backup.subarray(backup.indexOf('\\.\n', line))]);
    for (const broken of [changed, cut]) {
      const restoring = restoreDatabase(targetUrl, () => piecesOf(broken), { keepFile: target.keepFile });
      await expect(restoring).rejects.toMatchObject({ code: 'backup_damaged' });
    }
    expect((await contentsOf(target, targetDir)).size).toBe(0);
  });

  test('takes the place of other files, where that is wanted', async () => {
    await target.keepFile({ key: 'k'.repeat(32), bytes: 3 }, piecesOf(Buffer.from('old')));
    await target.keepFile({ key: `${'k'.repeat(32)}-small`, bytes: 3 }, piecesOf(Buffer.from('old')));
    const { files } = await restoreDatabase(targetUrl, () => piecesOf(backup), { keepFile: target.keepFile });
    expect(await target.removeOthers(new Set([...files.wanted, ...files.kept]))).toBe(2);
    expect(await contentsOf(target, targetDir)).toEqual(kept);
    expect(await target.has('k'.repeat(32))).toBe(false);
    expect(await target.has(files.wanted[0] ?? '')).toBe(true);
  });

  test('a disk that takes no file leaves the database as it was', async () => {
    const keepFile = async () => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    await expect(restoreDatabase(targetUrl, () => piecesOf(backup), { keepFile })).rejects.toThrow(
      'no space',
    );
    const sql = postgres(targetUrl, { max: 1, onnotice: () => {} });
    const [table] = await sql`select to_regclass('public.messages') is not null as is_there`;
    await sql.end();
    expect(table?.is_there).toBe(false);
  });
});
