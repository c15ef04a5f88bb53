import { hostname } from 'node:os';
import { read, transact } from '#/db/client.ts';
import {
  deleteInstance,
  deleteSilentInstances,
  type Instance,
  type LiveInstance,
  listInstancesSeen,
  touchInstance,
} from '#/db/instances.ts';
import { env } from '#/lib/env.ts';
import { newId } from '#/lib/ids.ts';
import { runTurns } from '#/lib/jobs/turns.ts';
import { logger } from '#/lib/logger.ts';

const everyMs = 10_000;
/** Who said nothing for this long is not running; a turn may be late. */
export const liveMsMax = 25_000;
const forgottenMs = 600_000;

/** Says every few seconds that this process serves the database, and warns of others that do not fit to it. */
export function announceInstance(kind: Instance['kind']): { stop(): Promise<void> } {
  const own: Instance = {
    id: newId(),
    kind,
    place: `${hostname()}:${process.pid}`,
    buildId: process.env.PARLEY_BUILD_ID ?? '',
    realtimeMode: env().realtime.mode,
  };
  let warned = '';
  const turns = runTurns({
    name: 'word that this process runs',
    everyMs,
    startsAtOnce: true,
    turn: async () => {
      const misfits = await announceOnce(own).catch(() => null);
      // A database that is away is told of elsewhere.
      if (misfits === null || misfits.join() === warned) return undefined;
      warned = misfits.join();
      for (const misfit of misfits) logger().warn('instances do not fit together', { misfit });
      return undefined;
    },
  });
  return {
    async stop() {
      await turns.stop();
      await transact((tx) => deleteInstance(tx, own.id)).catch(() => {});
    },
  };
}

/** One turn: what does not fit among the processes that run now, as sentences for whoever runs Parley. */
export async function announceOnce(own: Instance): Promise<string[]> {
  await transact(async (tx) => {
    await touchInstance(tx, own);
    await deleteSilentInstances(tx, forgottenMs);
  });
  return misfitsAmong(own, await read((tx) => listInstancesSeen(tx, liveMsMax)));
}

/** Only those count that were seen since `own` began: what a crash left behind is not running. */
export function misfitsAmong(own: Instance, seen: readonly LiveInstance[]): string[] {
  const mine = seen.find(({ id }) => id === own.id);
  if (mine === undefined) return [];
  // In the same millisecond is since.
  const others = seen.filter(({ id, seenAt }) => id !== own.id && seenAt >= mine.startedAt);
  return others.flatMap((other) => [
    ...(other.buildId === own.buildId
      ? []
      : [`${other.place} runs another build (${other.buildId || 'none'}, here ${own.buildId || 'none'})`]),
    ...(other.realtimeMode === own.realtimeMode
      ? []
      : [`${other.place} uses another realtime server (${other.realtimeMode}, here ${own.realtimeMode})`]),
    ...(isOfOneServerEach(own, other)
      ? [
          `${other.place} holds a realtime server of its own, so its people and ours do not meet: ` +
            'run one apart (npm run realtime) and set REALTIME_URL',
        ]
      : []),
  ]);
}

/** A worker beside an embedded server publishes to that one, and holds none. */
function isOfOneServerEach(own: Instance, other: Instance): boolean {
  return [own, other].every(({ kind, realtimeMode }) => kind === 'app' && realtimeMode === 'embedded');
}
