import { join } from 'node:path';
import { transact } from '#/db/client.ts';
import { deleteForgottenFile, listForgottenFiles, seizeForgottenFile } from '#/db/files.ts';
import { env } from '#/lib/env.ts';
import { sweepIncoming } from '#/lib/files/incoming.ts';
import { fileStorage } from '#/lib/files/storage.ts';
import { thumbnailKey } from '#/lib/files/thumbnails.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { logger } from '#/lib/logger.ts';

const everyMs = 60_000;
/** Unsent words are kept for days, and their files with them. */
const forgottenAfterHours = 72;
const arrivingMsMax = 3_600_000;
const batchMax = 200;

/** Removes what nobody has a hold on: uploads that were taken back or forgotten, and files whose message went. */
export function startFileCollection(): Turns {
  return runTurns({
    name: 'collection of files',
    everyMs,
    turn: async (isStopped) => {
      await sweepIncoming(join(env().filesDir, 'incoming'), arrivingMsMax);
      return (await collectFiles(isStopped)) === batchMax ? 0 : undefined;
    },
  });
}

/** One turn: how many it removed. The row goes last, so that what could not be removed has its next turn. */
export async function collectFiles(isStopped: () => boolean = () => false): Promise<number> {
  const storage = await fileStorage();
  let collected = 0;
  const forgotten = await transact((tx) => listForgottenFiles(tx, forgottenAfterHours, batchMax));
  for (const { id, key } of forgotten) {
    if (isStopped()) break;
    try {
      if (!(await transact((tx) => seizeForgottenFile(tx, id, forgottenAfterHours)))) continue;
      await storage.remove(thumbnailKey(key));
      await storage.remove(key);
      await transact((tx) => deleteForgottenFile(tx, id, forgottenAfterHours));
      collected++;
    } catch (error) {
      logger().warn('a file was not removed', { fileId: id, error });
    }
  }
  return collected;
}
