import { read } from '#/db/client.ts';
import { findNextWakeMs, listTicketIdsToWake } from '#/db/ticket-state.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { logger } from '#/lib/logger.ts';
import { publishChanges } from '#/lib/realtime/publish.ts';
import { wakeTicket } from '#/lib/tickets/change.ts';

/** A snooze that somebody set meanwhile is met this late at most. */
const everyMs = 1_000;
const batchMax = 100;

/**
 * Wakes snoozed tickets when their time has come. Any number of processes may run one: each ticket is woken in a
 * transaction of its own, which finds it woken or does it whole.
 */
export function startWaking(): Turns {
  return runTurns({
    name: 'waking of snoozed tickets',
    everyMs,
    turn: async (isStopped) => {
      if ((await wakeDueTickets(isStopped)) === batchMax) return 0;
      const nextMs = await read(findNextWakeMs);
      // What is still due could not be woken just now.
      return nextMs === null || nextMs <= 0 ? everyMs : Math.min(everyMs, Math.ceil(nextMs));
    },
  });
}

/** One turn: how many tickets it woke. One that cannot be written now has its next turn, and holds up no other. */
export async function wakeDueTickets(isStopped: () => boolean = () => false): Promise<number> {
  let woken = 0;
  for (const ticketId of await read((tx) => listTicketIdsToWake(tx, batchMax))) {
    if (isStopped()) break;
    try {
      const { events } = await wakeTicket({ kind: 'system' }, ticketId);
      publishChanges(events);
      woken += events.length;
    } catch (error) {
      logger().warn('a snoozed ticket was not woken', { ticketId, error });
    }
  }
  return woken;
}
