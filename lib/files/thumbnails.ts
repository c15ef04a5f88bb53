import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { transact } from '#/db/client.ts';
import { takeThumbnailTurn, updateThumbnail } from '#/db/files.ts';
import { env } from '#/lib/env.ts';
import { drawThumbnail } from '#/lib/files/pictures.ts';
import { fileStorage } from '#/lib/files/storage.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { processSingleton } from '#/lib/process.ts';

/** For what another process was asked for, or a crash interrupted. */
const everyMs = 2_000;
/** Longer than one picture may take: whoever began it and did not end is gone. */
const againAfterSeconds = 30;
const triesMax = 3;

/** Beside the original, under a name that only this makes. */
export function thumbnailKey(key: string): string {
  return `${key}-small`;
}

const waker = () => processSingleton<{ wake: () => void }>('thumbnails', () => ({ wake: () => {} }));

/** A picture has come: where this process draws, it begins now. */
export function wakeThumbnails(): void {
  waker().wake();
}

/** Draws the thumbnails of what people sent, one at a time in each process that runs it. */
export function startThumbnails(): Turns {
  const turns = runTurns({
    name: 'thumbnails',
    everyMs,
    turn: async (isStopped) => {
      while (!isStopped() && (await drawNextThumbnail()));
      return undefined;
    },
  });
  waker().wake = turns.wake;
  return turns;
}

/**
 * One turn: false when there was nothing to draw. What fails for want of the storage has another turn; a picture that
 * did not even fail, since it took the process with it, is left alone.
 */
export async function drawNextThumbnail(): Promise<boolean> {
  const next = await transact((tx) => takeThumbnailTurn(tx, againAfterSeconds));
  if (next === null) return false;
  const isDrawn = next.tries <= triesMax && (await draw(next.key));
  await transact((tx) => updateThumbnail(tx, next.id, isDrawn ? 'ready' : 'failed'));
  return true;
}

async function draw(key: string): Promise<boolean> {
  const storage = await fileStorage();
  const folder = join(env().filesDir, 'incoming');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const original = join(folder, `${randomBytes(16).toString('hex')}.part`);
  const small = `${original}-small`;
  try {
    const source = await storage.open(key);
    if (source === null) return false;
    await pipeline(source, createWriteStream(original, { flags: 'wx', mode: 0o600 }));
    const drawn = await drawThumbnail(original);
    if (drawn === null) return false;
    await writeFile(small, drawn, { flag: 'wx', mode: 0o600 });
    await storage.put(thumbnailKey(key), small, (await stat(small)).size);
    return true;
  } finally {
    await Promise.all([rm(original, { force: true }), rm(small, { force: true })]);
  }
}
