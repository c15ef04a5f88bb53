import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { BackupError } from '#/db/backup-file.ts';
import { fileRefusal } from './backup-storage.ts';
import { Refusal } from './refusal.ts';

/** A file of an export or a dump, from its beginning; unpacked where its name ends with `.gz`. */
export async function* readTransferFile(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip({ chunkSize: 256 * 1024 })) : file;
  if (bytes !== file) file.once('error', (error) => bytes.destroy(error));
  try {
    for await (const chunk of bytes) yield chunk;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('Z_')) throw new Refusal(`${path} cannot be unpacked: it was cut or is damaged.`);
    throw fileRefusal(error, path);
  } finally {
    file.destroy();
  }
}

/** How long it is; throws a Refusal when it is not there. */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw fileRefusal(error, path);
  }
}

const everyMs = 2_000;

/** Says where a long work stands, every few seconds at most. */
export function progressLine(): (words: () => string) => void {
  let saidAt = performance.now();
  return (words) => {
    if (performance.now() - saidAt < everyMs) return;
    saidAt = performance.now();
    console.error(words());
  };
}

export const counted = (count: number): string => count.toLocaleString('en');

/** The sentence for what stopped an import, where there is one. */
export function importReasonOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'changed_meanwhile') {
    return 'Somebody changed what the import had checked. Nothing half-done is left: run it again, and it goes on.';
  }
  if (error instanceof BackupError) return error.message;
  return undefined;
}
