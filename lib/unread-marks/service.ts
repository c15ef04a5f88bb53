import { transact } from '#/db/client.ts';
import { findTicketForAccess } from '#/db/tickets.ts';
import { deleteUnreadMark, insertUnreadMark } from '#/db/unread-marks.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { SetUnreadInput } from '#/lib/unread-marks/schema.ts';

/**
 * Puts a ticket back among this agent's unread ones, or takes it out again. Read marks never go back, so that nobody
 * else, and least of all the customer, is told that something was not seen after all.
 */
export async function setUnread(actor: AgentActor, input: SetUnreadInput): Promise<void> {
  await transact(async (tx) => {
    const ticket = await findTicketForAccess(tx, input.ticketId);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'mark.write', ticket);
    if (input.isUnread) await insertUnreadMark(tx, actor.id, input.ticketId);
    else await deleteUnreadMark(tx, actor.id, input.ticketId);
  });
}
