import { asCustomer } from '#/db/client.ts';
import { insertConversation } from '#/db/conversations.ts';
import { findEntry, lockConversation } from '#/db/messages.ts';
import { findTicketOfConversation } from '#/db/tickets.ts';
import type { StartFollowUpInput } from '#/lib/conversations/schema.ts';
import { finishStart, repeatOfStart, type Started, settleStart } from '#/lib/conversations/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { effectOfCustomerReply } from '#/lib/messages/rules.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { Done } from '#/lib/realtime/changes.ts';

/** Once more after somebody else's beginning came between the two looks at what there is. */
const turnsMax = 3;

/**
 * A customer's message to a ticket whose reopening window is over: a new conversation on the same ticket, which it opens.
 * The same ids again answer what is stored, another message with them joins it. When the ticket takes messages again, as
 * after another device's follow-up, it is a `conflict` with `followup_over`: they belong into its newest conversation.
 */
export async function startFollowUp(actor: CustomerActor, input: StartFollowUpInput): Promise<Done<Started>> {
  return settleStart(async () => {
    for (let turn = 0; turn < turnsMax; turn++) {
      const done = (await joinFollowUp(actor, input)) ?? (await beginFollowUp(actor, input));
      if (done !== null) return done;
    }
    throw new RefusedError({ code: 'unavailable', reason: 'database_busy' });
  });
}

/** Null when the new conversation does not exist yet. Locked by itself: whoever writes in it locks it before its ticket. */
function joinFollowUp(actor: CustomerActor, input: StartFollowUpInput): Promise<Done<Started> | null> {
  return asCustomer(actor.id, async (tx) => {
    const [made, followed, stored] = await Promise.all([
      lockConversation(tx, input.conversationId, actor),
      findTicketOfConversation(tx, input.followsConversationId),
      findEntry(tx, input.conversationId, input.id),
    ]);
    if (followed === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'message.send', followed);
    if (made === null) return null;
    authorize(actor, 'message.send', made);
    if (stored !== null) return repeatOfStart(tx, actor, input);
    const isOther =
      input.conversationId === input.followsConversationId || made.ticketId !== followed.ticketId;
    if (isOther) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    return finishStart(tx, actor, input, made, []);
  });
}

/** Null when the new conversation came into being meanwhile. The ticket's lock decides between two that begin at once. */
function beginFollowUp(actor: CustomerActor, input: StartFollowUpInput): Promise<Done<Started> | null> {
  return asCustomer(actor.id, async (tx) => {
    // Twice, since a merge that ended while the first one waited has brought the conversation to another ticket.
    const followed =
      (await lockConversation(tx, input.followsConversationId, actor)) ??
      (await lockConversation(tx, input.followsConversationId, actor));
    if (followed === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'conversation.start', { customerId: actor.id, widgetId: actor.widgetId });
    if ((await findTicketOfConversation(tx, input.conversationId)) !== null) return null;
    if (effectOfCustomerReply(followed) !== 'followUp') {
      throw new RefusedError({ code: 'conflict', reason: 'followup_over' });
    }
    await insertConversation(tx, input.conversationId, followed.ticketId);
    const made = await lockConversation(tx, input.conversationId, actor);
    if (made === null) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    return finishStart(tx, actor, input, made, [], true);
  });
}
