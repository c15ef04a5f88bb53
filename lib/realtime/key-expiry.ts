import { listJustExpiredKeys } from '#/db/api/listening-keys.ts';
import { read } from '#/db/client.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { endListening } from '#/lib/realtime/publish.ts';

const everyMs = 1_000;
/** Longer than a turn may be late, so that no end is slept through; closing what is closed costs one request. */
const withinMs = 4_000;

/** Closes the sockets of keys whose time is over: a grant outlives the key that it was given to. */
export function startKeyExpiry(): Turns {
  return runTurns({
    name: 'closing the sockets of expired keys',
    everyMs,
    turn: async () => {
      const expired = await read((tx) => listJustExpiredKeys(tx, withinMs));
      await Promise.all(expired.map((id) => endListening(id)));
      return undefined;
    },
  });
}
