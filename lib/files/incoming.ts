import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RefusedError } from '#/lib/errors.ts';
import { headBytes } from '#/lib/files/content.ts';

export type Incoming = {
  path: string;
  bytes: number;
  /** The file's beginning. */
  head: Uint8Array;
  /** Whatever became of it: nothing of it stays behind. */
  discard(): Promise<void>;
};

/** Without a byte for so long, the sender is gone. */
const silenceMsMax = 20_000;

/**
 * Takes a body in, into a file of its own on this machine. Throws `too_large` at the first byte above `bytesMax`,
 * `invalid` with `file_empty` or `upload_cut`; then nothing is left of it.
 */
export async function takeIn(
  body: AsyncIterable<Uint8Array>,
  folder: string,
  { declared, bytesMax }: { declared: number; bytesMax: number },
): Promise<Incoming> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${randomBytes(16).toString('hex')}.part`);
  const discard = () => rm(path, { force: true });
  let bytes = 0;
  async function* counted() {
    for await (const chunk of notSilent(body)) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw new RefusedError({ code: 'too_large', reason: 'file_too_large' });
      yield chunk;
    }
  }
  try {
    await pipeline(counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    if (bytes !== declared) throw new RefusedError({ code: 'invalid', reason: 'upload_cut' });
    if (bytes === 0) throw new RefusedError({ code: 'invalid', reason: 'file_empty' });
    return { path, bytes, head: await headOf(path), discard };
  } catch (error) {
    await discard();
    throw error instanceof Error && 'code' in error && error.code === 'ENOSPC'
      ? new RefusedError({ code: 'unavailable', reason: 'storage_full' })
      : error;
  }
}

async function* notSilent(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { promise, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => reject(new RefusedError({ code: 'invalid', reason: 'upload_cut' })),
        silenceMsMax,
      );
      // A line that breaks is no surprise.
      const arriving = source.next().catch(() => {
        throw new RefusedError({ code: 'invalid', reason: 'upload_cut' });
      });
      const next = await Promise.race([arriving, promise]).finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await source.return?.().catch(() => undefined);
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What a process left behind that ended while it took something in. */
export async function sweepIncoming(folder: string, olderThanMs: number): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let swept = 0;
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found === null || Date.now() - found.mtimeMs < olderThanMs) continue;
    await rm(path, { force: true });
    swept++;
  }
  return swept;
}
