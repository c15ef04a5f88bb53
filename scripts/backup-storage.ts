import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { BackupError } from '#/db/backup-file.ts';
import { Refusal } from './refusal.ts';

/** Half of what the strongest level costs, for a file a twentieth larger. */
const level = 4;

/** Keeps a backup under `path`, readable by its owner alone: whole and on the disk when it resolves, or not at all. */
export function storeBackup(path: string, bytes: AsyncIterable<Buffer>): Promise<number> {
  return storeWhole(path, bytes, { isPacked: true });
}

/** As `storeBackup`, for anything that whoever reads the file may know. Answers how many bytes it has. */
export async function storeWhole(
  path: string,
  bytes: AsyncIterable<Buffer>,
  { isPacked }: { isPacked: boolean },
): Promise<number> {
  if (await isThere(path)) throw new Refusal(`${path} is there already: choose another name.`);
  const partial = `${path}.${process.pid}.part`;
  try {
    const file = createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true });
    await (isPacked
      ? pipeline(Readable.from(bytes), createGzip({ level }), file)
      : pipeline(Readable.from(bytes), file));
    await rename(partial, path);
    await flushFolder(dirname(path));
    return (await stat(path)).size;
  } catch (error) {
    await rm(partial, { force: true });
    throw fileRefusal(error, path);
  }
}

/** What `storeBackup` kept. A file that is cut or not compressed at all is a `BackupError` while it is read. */
export async function* readStored(path: string): AsyncGenerator<Buffer> {
  const packed = createReadStream(path);
  const unpacked = packed.pipe(createGunzip({ chunkSize: 256 * 1024 }));
  packed.once('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked) yield chunk;
  } catch (error) {
    throw damageOf(error) ?? fileRefusal(error, path);
  } finally {
    packed.destroy();
  }
}

function damageOf(error: unknown): BackupError | undefined {
  const code = codeOf(error);
  if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') {
    return new BackupError(
      'backup_damaged',
      'This backup is damaged: it cannot be unpacked. Nothing was changed.',
    );
  }
  return undefined;
}

/** The sentence for what a file refused; any other error as it is. */
export function fileRefusal(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOENT') return new Refusal(`There is no ${path}.`);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new Refusal(`${path} may not be opened by this user (${code}).`);
  }
  if (code === 'EISDIR') return new Refusal(`${path} is a folder: name a file.`);
  if (code === 'ENOSPC')
    return new Refusal(`The disk that would hold ${path} is full: make room, then try again.`);
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The name is kept by the folder, which has to reach the disk as well. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
