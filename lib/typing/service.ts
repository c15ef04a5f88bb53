import type { Tx } from '#/db/client.ts';
import { findSenderName } from '#/db/messages.ts';
import { findTicketOfConversation } from '#/db/tickets.ts';
import { deleteTyping, upsertTyping } from '#/db/typing.ts';
import { typingShownMs } from '#/lib/conversations/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { Sender } from '#/lib/messages/schema.ts';
import { inActorsTransaction } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';

export type TypingSignal = { conversationId: string; sender: Sender; isTyping: boolean; forMs: number };

/** Notes and tells that the actor types (for `typingShownMs`) or stopped. Null when there was nothing to stop. */
export async function setTyping(
  actor: CustomerActor | AgentActor,
  input: { conversationId: string; isTyping: boolean },
): Promise<TypingSignal | null> {
  const { conversationId, isTyping } = input;
  return inActorsTransaction(actor, async (tx) => {
    const [ticket, name] = await Promise.all([
      findTicketOfConversation(tx, conversationId),
      findSenderName(tx, actor),
    ]);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'typing.send', ticket);
    const hasChanged = await store(tx, actor, conversationId, isTyping);
    if (!hasChanged) return null;
    const sender: Sender =
      actor.kind === 'customer'
        ? { kind: 'customer', id: actor.id, name }
        : { kind: 'agent', id: actor.id, name: name ?? '' };
    return { conversationId, sender, isTyping, forMs: isTyping ? typingShownMs : 0 };
  });
}

async function store(
  tx: Tx,
  actor: CustomerActor | AgentActor,
  conversationId: string,
  isTyping: boolean,
): Promise<boolean> {
  if (!isTyping) return deleteTyping(tx, conversationId, actor.id);
  const typing = { conversationId, senderId: actor.id, senderKind: actor.kind, forMs: typingShownMs };
  await upsertTyping(tx, typing);
  return true;
}
