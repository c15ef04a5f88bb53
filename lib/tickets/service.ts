import { read, type Tx, transact } from '#/db/client.ts';
import { listReadMarks } from '#/db/conversations.ts';
import { listDrafts } from '#/db/drafts.ts';
import { insertEvent, listStatusChanges, listTicketEvents, type TimelineEvent } from '#/db/events.ts';
import { listActions } from '#/db/identity.ts';
import { findMergesOf } from '#/db/merges.ts';
import { listEntries, pageOf } from '#/db/messages.ts';
import { ticketScope } from '#/db/scope.ts';
import { findLinkedTicket, insertTicketLink, revokeTicketLinks as revokeLinks } from '#/db/ticket-links.ts';
import {
  findTicketIdByNumber as findIdByNumber,
  findTicketDetail,
  findTicketForAccess,
} from '#/db/tickets.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { RefusedError } from '#/lib/errors.ts';
import { actionsShown } from '#/lib/identity/schema.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { staffEntry } from '#/lib/messages/rules.ts';
import { type EntryPage, pageEntriesDefault } from '#/lib/messages/schema.ts';
import { inActorsTransaction } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize, can } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { statusForCustomer, type TicketStatusPage, timelineOf } from '#/lib/tickets/rules.ts';
import type { TicketDetail } from '#/lib/tickets/schema.ts';

const linkLivesForDays = 14;
const timelineMax = 200;

/** Everything the open ticket shows, with the newest page of its log. */
export async function getTicket(
  actor: AgentActor,
  ticketId: string,
): Promise<TicketDetail & { page: EntryPage }> {
  const ticket = await findTicket(actor, ticketId);
  if (ticket === null) throw new RefusedError({ code: 'not_found' });
  return ticket;
}

/**
 * As `getTicket`; null for a ticket that is not there or that the agent may not see. Throws when that cannot be known
 * now: nobody is told "no access" because the database is away.
 */
export async function findTicket(
  actor: AgentActor,
  ticketId: string,
): Promise<(TicketDetail & { page: EntryPage }) | null> {
  return transact(async (tx) => {
    const detail = await findTicketDetail(tx, ticketId, ticketScope(actor));
    if (detail === null) return null;
    const { conversationId } = detail.ticket;
    const query = { limit: pageEntriesDefault };
    const [found, marks, drafts, merges, actions] = await Promise.all([
      listEntries(tx, conversationId, 'staff', query),
      listReadMarks(tx, conversationId, 'staff'),
      listDrafts(tx, actor.id, ticketId),
      findMergesOf(tx, ticketId),
      listActions(tx, detail.customer.id, actionsShown),
    ]);
    return {
      ...detail,
      ...merges,
      actions,
      marks,
      drafts,
      page: pageOf(found.entries.map(staffEntry), found, query),
    };
  });
}

/** The id of the ticket with this number; null for one that is not there or that the agent may not see. */
export async function findTicketIdByNumber(actor: AgentActor, ticketNumber: number): Promise<string | null> {
  return read((tx) => findIdByNumber(tx, ticketNumber, ticketScope(actor)));
}

/** Every change of a ticket, newest first: who, what, from, to, when. */
export async function listTimeline(actor: AgentActor, ticketId: string): Promise<TimelineEvent[]> {
  return read(async (tx) => {
    const [ticket, events] = await Promise.all([
      findTicketForAccess(tx, ticketId),
      listTicketEvents(tx, ticketId, timelineMax),
    ]);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'event.read', ticket);
    return events;
  });
}

/** A token for the ticket's status page: for an agent who may read the ticket, or for its customer. */
export async function createTicketLink(
  actor: AgentActor | CustomerActor,
  ticketId: string,
): Promise<Done<{ token: string; expiresAt: string }>> {
  const token = newToken();
  const tokenHash = tokenHashOf(token);
  if (tokenHash === null) throw new Error('a token of ours that is not one');
  return inActorsTransaction(actor, async (tx) => {
    const ticket = await findTicketForAccess(tx, ticketId);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'link.create', ticket);
    const expiresAt = await insertTicketLink(tx, {
      id: newId(),
      tokenHash,
      ticketId,
      livesForDays: linkLivesForDays,
    });
    const change = await noteLink(tx, actor, ticketId, 'ticket_link.created');
    return { value: { token, expiresAt }, events: [change] };
  });
}

/** Ends every link to a ticket; answers how many were live. */
export async function revokeTicketLinks(
  actor: AgentActor | CustomerActor,
  ticketId: string,
): Promise<Done<{ revoked: number }>> {
  return inActorsTransaction(actor, async (tx) => {
    const ticket = await findTicketForAccess(tx, ticketId);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'link.revoke', ticket);
    const revoked = await revokeLinks(tx, ticketId);
    if (revoked === 0) return { value: { revoked }, events: [] };
    return { value: { revoked }, events: [await noteLink(tx, actor, ticketId, 'ticket_link.revoked')] };
  });
}

async function noteLink(
  tx: Tx,
  actor: AgentActor | CustomerActor,
  ticketId: string,
  type: 'ticket_link.created' | 'ticket_link.revoked',
): Promise<ChangeEvent> {
  const id = newId();
  await insertEvent(tx, { id, type, ticketId, actor: { kind: actor.kind, id: actor.id } });
  return { id, type, ticketId, conversationId: null, entry: null, readersBefore: null, subjectId: null };
}

/** What a link shows, and nothing else; `not_found` for every token that opens nothing, whatever the reason. */
export async function getTicketStatus(token: string): Promise<TicketStatusPage> {
  const tokenHash = tokenHashOf(token);
  if (tokenHash === null) throw new RefusedError({ code: 'not_found', reason: 'token_invalid' });
  return read(async (tx) => {
    // The token is the right: whoever holds it acts as the system, for these five columns.
    if (!can({ kind: 'system' }, 'ticket.read', {})) throw new RefusedError({ code: 'forbidden' });
    const ticket = await findLinkedTicket(tx, tokenHash);
    if (ticket === null) throw new RefusedError({ code: 'not_found', reason: 'token_invalid' });
    const changes = await listStatusChanges(tx, ticket.id, timelineMax);
    const { number, subject, status } = ticket;
    const timeline = timelineOf(ticket.createdAt, changes);
    return { number, subject, status: statusForCustomer(status), timeline };
  });
}
