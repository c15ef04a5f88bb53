import { handOverTickets } from '#/lib/agents/service.ts';
import { moveTicketsOut } from '#/lib/departments/service.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { publishChanges } from '#/lib/realtime/publish.ts';

const everyMs = 30_000;
/** Until then it is the business of the call that began it, so that the entries carry its agent's name. */
const olderThanMs = 10_000;

/**
 * Takes up what was interrupted, by a process that died or a ticket that could not be written: the hand-over from an
 * agent who was switched off, and the way out of a department that was taken away.
 * Once at the start and then twice a minute. Any number of processes may run one.
 */
export function startHandOverSweep(): Turns {
  return runTurns({
    name: 'hand-overs that were interrupted',
    everyMs,
    startsAtOnce: true,
    turn: async (isStopped) => {
      for (const begin of [handOverTickets, moveTicketsOut]) {
        for await (const events of begin({ kind: 'system' }, olderThanMs)) {
          publishChanges(events);
          if (isStopped()) return undefined;
        }
      }
      return undefined;
    },
  });
}
