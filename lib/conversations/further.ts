import { type Tx, transact } from '#/db/client.ts';
import { insertConversation } from '#/db/conversations.ts';
import { findEntry, lockConversation } from '#/db/messages.ts';
import { findTicketOfConversation } from '#/db/tickets.ts';
import { settleStart } from '#/lib/conversations/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { appendMessage } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { lockTicket, refuseMerged } from '#/lib/tickets/change.ts';

type FurtherInput = { conversationId: string; ticketId: string; message: { id: string; text: string } };

/**
 * Begins a further conversation on a ticket with a reply to its customer. The same ids again answer what is stored and
 * change nothing.
 */
export async function startFurther(
  actor: AgentActor,
  input: FurtherInput,
): Promise<Done<{ isNew: boolean }>> {
  return settleStart(() => transact((tx) => startIn(tx, actor, input)));
}

async function startIn(
  tx: Tx,
  actor: AgentActor,
  { conversationId, ticketId, message }: FurtherInput,
): Promise<Done<{ isNew: boolean }>> {
  const { locked, state } = await lockTicket(tx, actor, ticketId);
  authorize(actor, 'conversation.start', locked);
  authorize(actor, 'message.send', locked);
  const [there, entry] = await Promise.all([
    findTicketOfConversation(tx, conversationId),
    findEntry(tx, conversationId, message.id),
  ]);
  if (there !== null) {
    const isOwn = entry?.sender.kind === 'agent' && entry.sender.id === actor.id;
    if (there.ticketId !== ticketId || !isOwn)
      throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    return { value: { isNew: false }, events: [] };
  }
  refuseMerged(state);
  await insertConversation(tx, conversationId, ticketId);
  const made = await lockConversation(tx, conversationId, actor);
  if (made === null) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  const sent = await appendMessage(tx, actor, made, { ...message, kind: 'reply' });
  return { value: { isNew: true }, events: sent.events };
}
