import { transact } from '#/db/client.ts';
import { takeExpiredViewing } from '#/db/viewing.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import type { Seen } from '#/lib/realtime/deliveries.ts';
import { publishViewing } from '#/lib/realtime/publish.ts';

const everyMs = 2_000;
const batchMax = 200;

/** Tells that agents left whose page fell silent (a closed lid, a lost network). Any number may run. */
export function startViewingExpiry(): Turns {
  return runTurns({
    name: 'viewing expiry',
    everyMs,
    turn: async () => {
      const seen = await expireViewing();
      for (const each of seen) publishViewing(each);
      return seen.length === batchMax ? 0 : undefined;
    },
  });
}

/** One turn: what to tell of those who fell silent. */
export async function expireViewing(): Promise<Seen[]> {
  const expired = await transact((tx) => takeExpiredViewing(tx, batchMax));
  return expired.map(({ ticketId, agent, left, readers }) => ({
    ticketId,
    agent,
    state: left === 'none' ? 'gone' : left,
    readers,
  }));
}
