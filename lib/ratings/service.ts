import { asCustomer } from '#/db/client.ts';
import { appendEntries, lockConversation } from '#/db/messages.ts';
import { findRating, findResolve, findState, type StoredRating, writeRating } from '#/db/ratings.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { effectOfCustomerReply, isEnded, type LogEntry } from '#/lib/messages/rules.ts';
import type { Change } from '#/lib/messages/schema.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { changeableForMs, type Ending, type Rating } from '#/lib/ratings/limits.ts';
import type { RateInput } from '#/lib/ratings/schema.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { auditOf } from '#/lib/tickets/audit.ts';

/**
 * Keeps what a customer thought of how it went, once for each time that it was resolved, and writes it into the log for
 * staff. It can be changed for a day; the same again changes nothing. What is not resolved now cannot be rated.
 */
export async function rateConversation(actor: CustomerActor, input: RateInput): Promise<Done<Rating>> {
  const { conversationId, resolveId, score } = input;
  const comment = input.comment === '' ? null : input.comment;
  return asCustomer(actor.id, async (tx) => {
    const locked = await lockConversation(tx, conversationId, actor);
    if (locked === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'rating.write', locked);
    const [resolve, before] = await Promise.all([
      findResolve(tx, conversationId),
      findRating(tx, conversationId, resolveId),
    ]);
    if (!isEnded(locked.status) || resolve !== resolveId)
      throw new RefusedError({ code: 'conflict', reason: 'not_resolved' });
    if (before !== null && before.score === score && before.comment === comment) {
      return { value: ratingOf(before), events: [] };
    }
    if (before !== null && before.ageMs > changeableForMs) {
      throw new RefusedError({ code: 'conflict', reason: 'rating_settled' });
    }
    const { ratedAt } = await writeRating(tx, { conversationId, resolveId, score, comment });
    const change: Change = { field: 'rating', from: before?.score ?? null, to: score, comment };
    const event = { id: newId(), type: 'ticket.changed', actorKind: 'customer', actorId: actor.id } as const;
    const entry = { id: newId(), seq: locked.lastSeq + 1, publicSeq: null, kind: 'event', text: '' } as const;
    const { sentAt, epoch } = await appendEntries(
      tx,
      { id: conversationId, ticketId: locked.ticketId },
      [{ ...entry, customerId: actor.id, agentId: null, change, event: { ...event, ...auditOf(change) } }],
      { snippet: null, status: null, waiting: 'stays', isFirstReplyCandidate: false, reader: null },
    );
    const log: LogEntry = {
      ...entry,
      conversationId,
      sender: { kind: 'customer', id: actor.id, name: locked.senderName },
      change,
      sentAt,
      epoch,
    };
    return {
      value: ratingOf({ score, comment, ratedAt }),
      events: [
        {
          id: event.id,
          type: event.type,
          ticketId: locked.ticketId,
          conversationId,
          entry: log,
          readersBefore: null,
          subjectId: null,
        },
      ],
    };
  });
}

/** What a customer can do about a conversation that is over. */
export async function getEnding(actor: CustomerActor, conversationId: string): Promise<Ending> {
  return asCustomer(actor.id, async (tx) => {
    const state = await findState(tx, conversationId);
    if (state === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'conversation.read', state);
    const resolveId = isEnded(state.status) ? await findResolve(tx, conversationId) : null;
    const stored = resolveId === null ? null : await findRating(tx, conversationId, resolveId);
    return {
      goesOn: effectOfCustomerReply(state),
      resolveId,
      rating: stored === null ? null : ratingOf(stored),
    };
  });
}

function ratingOf({ score, comment, ratedAt }: Omit<StoredRating, 'ageMs'>): Rating {
  const changeableUntil = new Date(Date.parse(ratedAt) + changeableForMs).toISOString();
  return { score, comment, changeableUntil };
}
