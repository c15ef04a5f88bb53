import { read, transact } from '#/db/client.ts';
import { listDrafts as list, upsertDraft } from '#/db/drafts.ts';
import { findTicketForAccess } from '#/db/tickets.ts';
import type { Draft, SaveDraftInput } from '#/lib/drafts/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';

/** The agent's own drafts on a ticket that the agent may see; of an empty one only the version counts. */
export async function listDrafts(actor: AgentActor, ticketId: string): Promise<Draft[]> {
  return read(async (tx) => {
    const [ticket, drafts] = await Promise.all([
      findTicketForAccess(tx, ticketId),
      list(tx, actor.id, ticketId),
    ]);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'draft.write', ticket);
    return drafts;
  });
}

/**
 * Keeps what the agent is writing. Answers what is stored afterwards: the given draft, or one with a version as high,
 * which it then did not replace. An empty text is stored as nothing to show.
 */
export async function saveDraft(
  actor: AgentActor,
  input: SaveDraftInput,
): Promise<{ draft: Draft; isNew: boolean }> {
  return transact(async (tx) => {
    const ticket = await findTicketForAccess(tx, input.ticketId);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'draft.write', ticket);
    return upsertDraft(tx, actor.id, input);
  });
}
