import { findAgent } from '#/db/agents.ts';
import { type Tx, transact } from '#/db/client.ts';
import { findTicketForAccess } from '#/db/tickets.ts';
import {
  deleteViewing,
  listViewedTickets,
  listViewers,
  lockViewedTicket,
  upsertViewing,
} from '#/db/viewing.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { Seen } from '#/lib/realtime/deliveries.ts';
import { type Viewer, type ViewingInput, viewingShownMs } from '#/lib/viewing/schema.ts';

/**
 * Notes what one of the agent's pages shows, for `viewingShownMs`, and answers who else looks at that. `seen` is what to
 * tell: an agent with three pages is one viewer, gone when the last of them is.
 */
export async function setViewing(
  actor: AgentActor,
  input: ViewingInput,
): Promise<{ viewers: Viewer[]; seen: Seen[] }> {
  const { pageId, ticketId, isTyping } = input;
  return transact(async (tx) => {
    if (ticketId !== null) await authorizeTicket(tx, actor, ticketId);
    else authorize(actor, 'agent.read', { agentId: actor.id });
    const before = await lockViewedTicket(tx, pageId, actor.id);
    if (ticketId === null) await deleteViewing(tx, pageId, actor.id);
    else {
      const viewing = { pageId, agentId: actor.id, ticketId, isTyping, forMs: viewingShownMs };
      if (!(await upsertViewing(tx, viewing)))
        throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    }
    const touched = [before, ticketId].filter((id) => id !== null);
    return {
      viewers: ticketId === null ? [] : await listViewers(tx, ticketId, actor.id),
      seen: await seenOf(tx, actor, [...new Set(touched)]),
    };
  });
}

async function authorizeTicket(tx: Tx, actor: AgentActor, ticketId: string): Promise<void> {
  const ticket = await findTicketForAccess(tx, ticketId);
  if (ticket === null) throw new RefusedError({ code: 'not_found' });
  authorize(actor, 'presence.read', ticket);
}

async function seenOf(tx: Tx, actor: AgentActor, ticketIds: readonly string[]): Promise<Seen[]> {
  const [account, viewed] = await Promise.all([
    findAgent(tx, actor.id),
    listViewedTickets(tx, actor.id, ticketIds),
  ]);
  const seen = ticketIds.map(async (ticketId): Promise<Seen[]> => {
    const ticket = await findTicketForAccess(tx, ticketId);
    if (ticket === null) return [];
    const { departmentId, departmentIsRestricted, assigneeId } = ticket;
    const now = viewed.get(ticketId);
    return [
      {
        ticketId,
        agent: { id: actor.id, name: account?.name ?? '' },
        state: now === undefined ? 'gone' : now.isTyping ? 'typing' : 'viewing',
        readers: { departmentId, departmentIsRestricted, assigneeId },
      },
    ];
  });
  return (await Promise.all(seen)).flat();
}
