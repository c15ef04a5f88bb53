import type { Readable } from 'node:stream';
import { env } from '#/lib/env.ts';
import { folderStorage } from '#/lib/files/folder-storage.ts';
import { processSingleton } from '#/lib/process.ts';

/**
 * Where the bytes of files are, by keys that nobody can guess. What is put is there wholly or not at all; a key is
 * written once and never again.
 */
export type FileStorage = {
  /** Keeps the `bytes` bytes of the file at `path`, which may be gone afterwards. */
  put(key: string, path: string, bytes: number): Promise<void>;
  /** Null: there is nothing under this key. `last` is included. */
  open(key: string, range?: { first: number; last: number }): Promise<Readable | null>;
  /** Also when there was nothing. */
  remove(key: string): Promise<void>;
};

type Held = { storage: Promise<FileStorage> };

/** The installation's storage: a folder in the data folder, or whatever S3_* point at. */
export function fileStorage(): Promise<FileStorage> {
  return processSingleton<Held>('file-storage', () => ({ storage: openStorage() })).storage;
}

async function openStorage(): Promise<FileStorage> {
  const { s3, filesDir } = env();
  if (s3 === null) return folderStorage(filesDir);
  // Loaded only where it is used: it is larger than the rest of the server.
  const { s3Storage } = await import('#/lib/files/s3-storage.ts');
  return s3Storage(s3);
}
