import { handOverTickets } from '#/lib/agents/service.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { publishChanges } from '#/lib/realtime/publish.ts';

const everyMs = 30_000;
/** Until then it is the business of the call that switched the agent off, so that the entries carry its name. */
const olderThanMs = 10_000;

/**
 * Takes up hand-overs that were interrupted: a process that died in the middle, a ticket that could not be written.
 * Once at the start and then twice a minute. Any number of processes may run one.
 */
export function startHandOverSweep(): Turns {
  return runTurns({
    name: 'hand-overs that were interrupted',
    everyMs,
    startsAtOnce: true,
    turn: async (isStopped) => {
      for await (const events of handOverTickets({ kind: 'system' }, olderThanMs)) {
        publishChanges(events);
        if (isStopped()) break;
      }
      return undefined;
    },
  });
}
