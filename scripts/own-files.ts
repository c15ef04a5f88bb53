import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseStorageEnv } from '#/lib/env.ts';
import { folderStorage, placeOf } from '#/lib/files/folder-storage.ts';
import type { FileStorage } from '#/lib/files/storage.ts';

export type OwnFiles = {
  storage: FileStorage;
  /** False: they are in a bucket, which has copies of its own. */
  isLocal: boolean;
  has(key: string): Promise<boolean>;
  keepFile(file: { key: string; bytes: number }, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Of a folder: removes what is under no key of these, nor beside one. Answers how many. */
  removeOthers(keys: ReadonlySet<string>): Promise<number>;
};

/** Where this installation keeps what people sent, for scripts that work beside a running Parley. */
export async function openOwnFiles(dataDir: string): Promise<OwnFiles> {
  const folder = join(dataDir, 'files');
  const s3 = parseStorageEnv(process.env);
  const storage =
    s3 === null
      ? folderStorage(folder)
      : await import('#/lib/files/s3-storage.ts').then(({ s3Storage }) => s3Storage(s3));
  return {
    storage,
    isLocal: s3 === null,
    async has(key) {
      const found = await storage.open(key);
      found?.destroy();
      return found !== null;
    },
    async keepFile({ key, bytes }, content) {
      await mkdir(join(folder, 'incoming'), { recursive: true, mode: 0o700 });
      const path = join(folder, 'incoming', `${randomBytes(16).toString('hex')}.part`);
      try {
        await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
        await storage.put(key, path, bytes);
      } finally {
        await rm(path, { force: true });
      }
    },
    removeOthers: (keys) => removeOthers(folder, keys),
  };
}

async function removeOthers(folder: string, keys: ReadonlySet<string>): Promise<number> {
  let removed = 0;
  for (const shelf of await readdir(folder).catch(() => [])) {
    if (shelf.length !== 2) continue;
    for (const name of await readdir(join(folder, shelf))) {
      if (keys.has(name) || keys.has(name.replace(/-small$/, ''))) continue;
      // Only what is ours: a name that is no key is left where it is.
      await rm(placeOf(folder, name), { force: true }).then(
        () => removed++,
        () => undefined,
      );
    }
  }
  return removed;
}
