import { findCustomersById } from '#/db/api/customers.ts';
import { type Tx, transact } from '#/db/client.ts';
import { listFields } from '#/db/custom-fields.ts';
import { findDepartment } from '#/db/departments.ts';
import { insertEvent } from '#/db/events.ts';
import { findEntry, lockConversation } from '#/db/messages.ts';
import { insertNotification } from '#/db/notifications.ts';
import { findTicketForAccess, findTicketOfConversation, insertTicket } from '#/db/tickets.ts';
import type { CreateTicketInput } from '#/lib/api/records/ticket-inputs.ts';
import { settleStart } from '#/lib/conversations/service.ts';
import { defaultsOf } from '#/lib/custom-fields/rules.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { appendMessage } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize, can } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { getAssignee } from '#/lib/tickets/change.ts';

/**
 * Opens a ticket for a customer whom the actor knows, with its conversation and, where there is one, a first reply. The
 * same ids again answer what is stored and change nothing. A key of one department opens it there unless it says where.
 */
export async function createTicket(
  actor: AgentActor,
  input: CreateTicketInput,
): Promise<Done<{ isNew: boolean }>> {
  return settleStart(() => transact((tx) => createIn(tx, actor, input)));
}

async function createIn(
  tx: Tx,
  actor: AgentActor,
  input: CreateTicketInput,
): Promise<Done<{ isNew: boolean }>> {
  const { id: ticketId, conversationId, customerId } = input;
  if (await isThere(tx, actor, input)) return { value: { isNew: false }, events: [] };
  const department = await findPlace(tx, input.departmentId ?? ownDepartment(actor));
  const record = {
    customerId,
    departmentId: department?.id ?? null,
    departmentIsRestricted: department?.isRestricted === true,
  };
  authorize(actor, 'conversation.start', record);
  const customers = await findCustomersById(tx, actor, [customerId]);
  if (!customers.has(customerId)) throw unknown('customerId', 'customer_unknown');
  const { assigneeId = null } = input;
  if (assigneeId !== null) await getAssignee(tx, assigneeId, 'assigneeId');
  const ticket = {
    id: ticketId,
    subject: input.subject,
    description: input.description ?? null,
    customerId,
    widgetId: null,
    departmentId: record.departmentId,
    priority: input.priority ?? 'normal',
    assigneeId,
    fields: defaultsOf(await listFields(tx), 'ticket'),
  };
  await insertTicket(tx, ticket, conversationId);
  const created = await tellCreated(tx, actor, ticket, conversationId);
  const sent = await sendFirst(tx, actor, input);
  return { value: { isNew: true }, events: [created, ...sent] };
}

/** Throws `id_used` for ids that belong to something else, or to what the actor may not see. */
async function isThere(tx: Tx, actor: AgentActor, input: CreateTicketInput): Promise<boolean> {
  const [held, ticket] = await Promise.all([
    findTicketOfConversation(tx, input.conversationId),
    findTicketForAccess(tx, input.id),
  ]);
  if (ticket === null && held === null) return false;
  // Asked again: another attempt that was committed between the two is seen as a whole from here on.
  const [conversation, entry] = await Promise.all([
    findTicketOfConversation(tx, input.conversationId),
    input.message === undefined ? null : findEntry(tx, input.conversationId, input.message.id),
  ]);
  const hasMessage =
    input.message === undefined || (entry?.sender.kind === 'agent' && entry.sender.id === actor.id);
  const isSame =
    ticket !== null &&
    can(actor, 'ticket.read', ticket) &&
    ticket.customerId === input.customerId &&
    // Not by its ticket: a merge may have brought it to another one.
    conversation?.customerId === input.customerId &&
    hasMessage;
  if (!isSame) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  return true;
}

function ownDepartment(actor: AgentActor): string | null {
  return actor.role === 'department_robot' ? actor.departmentId : null;
}

async function findPlace(
  tx: Tx,
  departmentId: string | null,
): Promise<{ id: string; isRestricted: boolean } | null> {
  if (departmentId === null) return null;
  const department = await findDepartment(tx, departmentId);
  if (department === null) throw unknown('departmentId', 'department_unknown');
  return department;
}

async function tellCreated(
  tx: Tx,
  actor: AgentActor,
  ticket: { id: string; subject: string; departmentId: string | null; assigneeId: string | null },
  conversationId: string,
): Promise<ChangeEvent> {
  const created: ChangeEvent = {
    id: newId(),
    type: 'ticket.created',
    ticketId: ticket.id,
    conversationId,
    entry: null,
    readersBefore: null,
    subjectId: null,
  };
  await insertEvent(tx, {
    id: created.id,
    type: 'ticket.created',
    ticketId: ticket.id,
    conversationId,
    actor: { kind: actor.kind, id: actor.id },
    after: { subject: ticket.subject, departmentId: ticket.departmentId },
  });
  if (ticket.assigneeId === null) return created;
  await insertNotification(tx, {
    id: newId(),
    agentId: ticket.assigneeId,
    kind: 'assigned',
    ticketId: ticket.id,
    conversationId,
    seq: null,
    eventId: created.id,
    actorId: actor.id,
  });
  return created;
}

async function sendFirst(
  tx: Tx,
  actor: AgentActor,
  { conversationId, message }: CreateTicketInput,
): Promise<ChangeEvent[]> {
  if (message === undefined) return [];
  const made = await lockConversation(tx, conversationId, actor);
  if (made === null) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  authorize(actor, 'message.send', made);
  return (await appendMessage(tx, actor, made, { ...message, kind: 'reply' })).events;
}

function unknown(field: string, reason: string): RefusedError {
  return new RefusedError({ code: 'invalid', field, reason });
}
