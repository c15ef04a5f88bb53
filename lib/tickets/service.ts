import { sql } from 'drizzle-orm';
import { findAgent } from '#/db/agents.ts';
import { read, type Tx, transact } from '#/db/client.ts';
import { listReadMarks } from '#/db/conversations.ts';
import { findDepartment } from '#/db/departments.ts';
import { listDrafts } from '#/db/drafts.ts';
import { insertEvent, listStatusChanges, listTicketEvents, type TimelineEvent } from '#/db/events.ts';
import {
  appendEntries,
  findEntry,
  type LockedConversation,
  listEntries,
  lockConversation,
  pageOf,
} from '#/db/messages.ts';
import { ticketScope } from '#/db/scope.ts';
import { findLinkedTicket, insertTicketLink, revokeTicketLinks as revokeLinks } from '#/db/ticket-links.ts';
import {
  findTicketIdByNumber as findIdByNumber,
  findTicketDetail,
  findTicketForAccess,
  findTicketRow,
  findTicketValues,
  type TicketValues,
} from '#/db/tickets.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { isPublicChange, type LogEntry, staffEntry } from '#/lib/messages/rules.ts';
import { type Change, type EntryPage, pageEntriesDefault } from '#/lib/messages/schema.ts';
import { inActorsTransaction } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor, SystemActor } from '#/lib/permissions/actor.ts';
import { authorize, can } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done, Readership } from '#/lib/realtime/changes.ts';
import { statusForCustomer, type TicketStatusPage, timelineOf } from '#/lib/tickets/rules.ts';
import type { ChangeTicketInput, TicketChange, TicketDetail, TicketRow } from '#/lib/tickets/schema.ts';

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
    const [found, marks, drafts] = await Promise.all([
      listEntries(tx, conversationId, 'staff', query),
      listReadMarks(tx, conversationId, 'staff'),
      listDrafts(tx, actor.id, ticketId),
    ]);
    return { ...detail, marks, drafts, page: pageOf(found.entries.map(staffEntry), found, query) };
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

/**
 * Changes one thing about a ticket and writes it into the log. The same id again, or a change to what it is already,
 * answers the current row and changes nothing. Whoever loses sight of the ticket by it is told so.
 */
export async function changeTicket(actor: AgentActor, input: ChangeTicketInput): Promise<Done<TicketRow>> {
  return transact((tx) => changeIn(tx, actor, input));
}

async function changeIn(tx: Tx, actor: AgentActor, input: ChangeTicketInput): Promise<Done<TicketRow>> {
  const { locked, values } = await lockTicket(tx, actor, input.ticketId);
  authorize(actor, operationOf(input.change), locked);
  const stored = await findEntry(tx, locked.id, input.id);
  if (stored !== null) {
    const isOwn = stored.kind === 'event' && stored.sender.kind === 'agent' && stored.sender.id === actor.id;
    if (!isOwn) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  }
  const planned = stored === null ? await planChange(tx, actor, locked, values, input.change) : null;
  const events = planned === null ? [] : [await applyChange(tx, actor, locked, input.id, planned)];
  // The row as the actor may see it afterwards: who moved it out of sight gets the last answer without scope.
  const row = await findTicketRow(
    tx,
    input.ticketId,
    planned?.after === null ? ticketScope(actor) : sql`true`,
  );
  if (row === null) throw new RefusedError({ code: 'not_found' });
  return { value: row, events };
}

function operationOf(change: TicketChange): 'ticket.assign' | 'ticket.change' {
  return change.field === 'assignee' || change.field === 'department' ? 'ticket.assign' : 'ticket.change';
}

async function lockTicket(
  tx: Tx,
  actor: AgentActor | SystemActor,
  ticketId: string,
): Promise<{ locked: LockedConversation; values: TicketValues }> {
  const ticket = await findTicketForAccess(tx, ticketId);
  if (ticket === null) throw new RefusedError({ code: 'not_found' });
  authorize(actor, 'ticket.read', ticket);
  // The conversation first, then its ticket, as a send does: the same order everywhere cannot deadlock.
  const locked = await lockConversation(tx, ticket.conversationId, actor.kind === 'agent' ? actor : null);
  const values = await findTicketValues(tx, ticketId);
  if (locked === null || values === null) throw new RefusedError({ code: 'not_found' });
  return { locked, values };
}

/** A change that is one: its entry, the columns it sets, and who may read the ticket afterwards. */
type Planned = {
  change: Change;
  columns: ReturnType<typeof sql> | null;
  /** Null when it moves nobody's access. */
  after: Readership | null;
};

async function planChange(
  tx: Tx,
  actor: AgentActor | SystemActor,
  locked: LockedConversation,
  values: TicketValues,
  change: TicketChange,
): Promise<Planned | null> {
  const now = readershipOf(locked);
  switch (change.field) {
    case 'status':
      if (values.status === change.to) return null;
      return { change: { field: 'status', from: values.status, to: change.to }, columns: null, after: null };
    case 'priority':
      if (values.priority === change.to) return null;
      return {
        change: { field: 'priority', from: values.priority, to: change.to },
        columns: sql`priority = ${change.to}`,
        after: null,
      };
    case 'subject':
      if (values.subject === change.to) return null;
      return {
        change: { field: 'subject', from: values.subject, to: change.to },
        columns: sql`subject = ${change.to}`,
        after: null,
      };
    case 'assignee': {
      if ((values.assignee?.id ?? null) === change.to) return null;
      const to = change.to === null ? null : await getAssignee(tx, change.to);
      return {
        change: { field: 'assignee', from: values.assignee, to },
        columns: sql`assignee_id = ${change.to}`,
        after: { ...now, assigneeId: change.to },
      };
    }
    case 'department': {
      if ((values.department?.id ?? null) === change.to) return null;
      const to = change.to === null ? null : await findDepartment(tx, change.to);
      if (change.to !== null && to === null) {
        throw new RefusedError({ code: 'invalid', field: 'change.to', reason: 'department_unknown' });
      }
      authorize(actor, 'department.read', {});
      return {
        change: {
          field: 'department',
          from:
            values.department === null ? null : { id: values.department.id, name: values.department.name },
          to: to === null ? null : { id: to.id, name: to.name },
        },
        columns: sql`department_id = ${change.to}`,
        after: { ...now, departmentId: change.to, departmentIsRestricted: to?.isRestricted === true },
      };
    }
  }
}

async function getAssignee(tx: Tx, agentId: string): Promise<{ id: string; name: string }> {
  const assignee = await findAgent(tx, agentId);
  if (assignee === null || !assignee.isActive) {
    throw new RefusedError({ code: 'invalid', field: 'change.to', reason: 'agent_unknown' });
  }
  return { id: assignee.id, name: assignee.name };
}

async function applyChange(
  tx: Tx,
  actor: AgentActor | SystemActor,
  locked: LockedConversation,
  id: string,
  planned: Planned,
): Promise<ChangeEvent> {
  const { change } = planned;
  const isPublic = isPublicChange(change);
  const seq = locked.lastSeq + 1;
  const publicSeq = isPublic ? locked.lastPublicSeq + 1 : null;
  const before = readershipOf(locked);
  const readersBefore = planned.after !== null && hasMoved(before, planned.after) ? before : null;
  const eventId = newId();
  const status = change.field === 'status' ? change.to : null;
  const agentId = actor.kind === 'agent' ? actor.id : null;
  const { sentAt, epoch } = await appendEntries(
    tx,
    { id: locked.id, ticketId: locked.ticketId },
    [
      {
        id,
        seq,
        publicSeq,
        kind: 'event',
        customerId: null,
        agentId,
        text: '',
        change,
        event: {
          id: eventId,
          type: 'ticket.changed',
          actorKind: actor.kind,
          actorId: agentId,
          before: {
            [change.field]: change.from,
            ...(readersBefore === null ? {} : { readers: readersBefore }),
          },
          after: { [change.field]: change.to },
        },
      },
    ],
    {
      snippet: null,
      status,
      waiting: 'stays',
      isFirstReplyCandidate: false,
      reader: null,
      ...(planned.columns === null ? {} : { ticket: planned.columns }),
    },
  );
  const entry: LogEntry = {
    conversationId: locked.id,
    seq,
    publicSeq,
    id,
    kind: 'event',
    sender:
      agentId === null ? { kind: 'system' } : { kind: 'agent', id: agentId, name: locked.senderName ?? '' },
    text: '',
    change,
    sentAt,
    epoch,
  };
  const { ticketId, id: conversationId } = locked;
  return {
    id: eventId,
    type: 'ticket.changed',
    ticketId,
    conversationId,
    entry,
    readersBefore,
    subjectId: null,
  };
}

function readershipOf(record: Readership): Readership {
  const { departmentId, departmentIsRestricted, assigneeId } = record;
  return { departmentId, departmentIsRestricted, assigneeId };
}

/** Only what a restricted department decides: elsewhere everybody reads before and after. */
function hasMoved(before: Readership, after: Readership): boolean {
  if (!before.departmentIsRestricted && !after.departmentIsRestricted) return false;
  return (
    before.departmentIsRestricted !== after.departmentIsRestricted ||
    before.departmentId !== after.departmentId ||
    before.assigneeId !== after.assigneeId
  );
}

/** Takes a ticket away from an agent who was switched off, unless somebody else has it by now. */
export async function unassignTicket(
  actor: AgentActor | SystemActor,
  ticketId: string,
  agentId: string,
): Promise<Done<null>> {
  return transact(async (tx) => {
    const { locked, values } = await lockTicket(tx, actor, ticketId);
    authorize(actor, 'ticket.assign', locked);
    if (values.assignee?.id !== agentId) return { value: null, events: [] };
    const planned = await planChange(tx, actor, locked, values, { field: 'assignee', to: null });
    if (planned === null) return { value: null, events: [] };
    return { value: null, events: [await applyChange(tx, actor, locked, newId(), planned)] };
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
