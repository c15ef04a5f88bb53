import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileStorage } from '#/lib/files/storage.ts';

const keyPattern = /^[A-Za-z0-9_-]{22,64}$/;

/** Keeps files in a folder of this machine, spread over 4,096 more, readable by their owner alone. */
export function folderStorage(folder: string): FileStorage {
  return {
    async put(key, path) {
      const place = placeOf(folder, key);
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await flush(path);
      await move(path, place);
      await flush(dirname(place));
    },
    async open(key, range) {
      try {
        const handle = await open(placeOf(folder, key), 'r');
        return handle.createReadStream(range === undefined ? {} : { start: range.first, end: range.last });
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
    remove: async (key) => rm(placeOf(folder, key), { force: true }),
  };
}

/** A key is made by us; one that is not of our making must not lead out of the folder. */
export function placeOf(folder: string, key: string): string {
  if (!keyPattern.test(key)) throw new Error('not a key of a file');
  return join(folder, key.slice(0, 2).toLowerCase(), key);
}

/** Another disk takes a copy, under another name until it is whole. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    await copyFile(from, `${to}.part`);
    await flush(`${to}.part`);
    await rename(`${to}.part`, to);
    await rm(from, { force: true });
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
