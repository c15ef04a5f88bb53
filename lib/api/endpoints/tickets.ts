import * as z from 'zod/mini';
import { findAgentsById } from '#/db/api/agents.ts';
import { listConversationsOfTickets } from '#/db/api/conversations.ts';
import { findCustomersById } from '#/db/api/customers.ts';
import { findDepartmentsById } from '#/db/api/departments.ts';
import { countTicketRecords, findTicketsById, listTicketRecords } from '#/db/api/tickets.ts';
import { read, type Tx } from '#/db/client.ts';
import type { KeyActor } from '#/lib/api/actor.ts';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { exampleAt, exampleIds } from '#/lib/api/example-world.ts';
import { refuseWith } from '#/lib/api/problems.ts';
import { apiId, countQuery, type ListSpec, listQuery, recordQuery, toPage } from '#/lib/api/query.ts';
import { createTicketInputSchema, editTicketInputSchema } from '#/lib/api/records/ticket-inputs.ts';
import { type TicketRecord, ticketRecord } from '#/lib/api/records/tickets.ts';
import { type Failure, RefusedError } from '#/lib/errors.ts';
import { createTicket } from '#/lib/tickets/create.ts';
import { editTicket } from '#/lib/tickets/edit.ts';
import { ticketPriorities, ticketStatuses } from '#/lib/tickets/schema.ts';

const includable = ['customer', 'department', 'assignee', 'conversations'] as const;
const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    number: { type: 'integer' },
    subject: { type: 'text' },
    status: { type: 'choice', values: ticketStatuses },
    priority: { type: 'choice', values: ticketPriorities },
    customerId: { type: 'id' },
    widgetId: { type: 'id', isNullable: true },
    departmentId: { type: 'id', isNullable: true },
    assigneeId: { type: 'id', isNullable: true },
    waitingSince: { type: 'time', isNullable: true },
    resolvedAt: { type: 'time', isNullable: true },
    lastActivityAt: { type: 'time' },
    createdAt: { type: 'time' },
    version: { type: 'integer' },
  },
  orderable: ['createdAt', 'lastActivityAt', 'number'],
  defaultOrder: '-createdAt',
  includable,
  selectable: Object.keys(ticketRecord.shape).filter((name) => !includable.some((each) => each === name)),
};
const params = z.strictObject({ ticketId: apiId });

/** The same tickets with what was asked for beside them, each kind in one query. */
async function withIncluded(
  tx: Tx,
  actor: KeyActor,
  records: readonly TicketRecord[],
  include: ReadonlySet<string>,
): Promise<TicketRecord[]> {
  const idsOf = (name: string, pick: (record: TicketRecord) => string | null) =>
    include.has(name) ? [...new Set(records.map(pick).filter((id) => id !== null))] : [];
  const [customers, departments, agents, conversations] = await Promise.all([
    findCustomersById(
      tx,
      actor,
      idsOf('customer', ({ customerId }) => customerId),
    ),
    findDepartmentsById(
      tx,
      actor,
      idsOf('department', ({ departmentId }) => departmentId),
    ),
    findAgentsById(
      tx,
      actor,
      idsOf('assignee', ({ assigneeId }) => assigneeId),
    ),
    listConversationsOfTickets(
      tx,
      actor,
      idsOf('conversations', ({ id }) => id),
    ),
  ]);
  return records.map((record) => ({
    ...record,
    ...(include.has('customer') ? { customer: customers.get(record.customerId) ?? null } : {}),
    ...(include.has('department') ? { department: departments.get(record.departmentId ?? '') ?? null } : {}),
    ...(include.has('assignee') ? { assignee: agents.get(record.assigneeId ?? '') ?? null } : {}),
    ...(include.has('conversations') ? { conversations: conversations.get(record.id) ?? [] } : {}),
  }));
}

async function getRecord(
  actor: KeyActor,
  ticketId: string,
  include: ReadonlySet<string> = new Set(),
): Promise<TicketRecord> {
  return read(async (tx) => {
    const record = (await findTicketsById(tx, actor, [ticketId])).get(ticketId);
    if (record === undefined) throw new RefusedError({ code: 'not_found' });
    const [whole] = await withIncluded(tx, actor, [record], include);
    return whole ?? record;
  });
}

function etagOf({ version }: TicketRecord): { ETag: string } {
  return { ETag: `"${version}"` };
}

/** The versions that an `If-Match` names; null where any will do. */
function versionsOf(headers: Headers): Set<number> | null {
  const text = headers.get('if-match');
  if (text === null || text.trim() === '*') return null;
  const versions = text.split(',').map((tag) => /^"(\d{1,10})"$/.exec(tag.trim())?.[1]);
  if (versions.length > 20 || versions.includes(undefined)) {
    throw new RefusedError({ code: 'invalid', reason: 'if_match_not_valid', field: 'If-Match' });
  }
  return new Set(versions.map(Number));
}

/** An `If-Match` that lost is told what it lost to. */
function withCurrentTag(error: unknown): unknown {
  const failure: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'failure') : null;
  if (!isLost(failure) || failure.current?.value === undefined) return error;
  const { code, reason } = failure;
  return refuseWith({ code, reason, field: 'If-Match' }, { ETag: `"${failure.current.value}"` });
}

function isLost(failure: unknown): failure is Failure & { reason: string } {
  return (
    typeof failure === 'object' && failure !== null && Reflect.get(failure, 'reason') === 'changed_meanwhile'
  );
}

const refund: TicketRecord = {
  id: exampleIds.ticket,
  number: 1001,
  subject: 'Refund for order 1042',
  description: null,
  status: 'open',
  priority: 'high',
  customerId: exampleIds.customer,
  widgetId: exampleIds.widget,
  departmentId: exampleIds.department,
  assigneeId: exampleIds.agent,
  tagIds: [],
  fields: {},
  snoozedUntil: null,
  waitingSince: null,
  firstRepliedAt: exampleAt,
  resolvedAt: null,
  lastActivityAt: exampleAt,
  createdAt: exampleAt,
  mergedIntoId: null,
  version: 1,
};

export const tickets = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/tickets',
    operationId: 'listTickets',
    noun: 'tickets',
    summary: 'Lists tickets',
    description: 'All tickets; with a key of one department those that are in it now.',
    scope: 'tickets:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: listQuery,
    body: null,
    answer: listOf(ticketRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'Open ones, the newest first, with their customers',
        query: { where: '{"status":"open"}', include: 'customer', order: '-createdAt', limit: '20' },
      },
      {
        name: 'What nobody has taken',
        query: { where: '{"assigneeId":null,"status":{"in":["open","pending"]}}', fields: 'number,subject' },
      },
    ],
    run: async (actor, { asked }) => {
      const value = await read(async (tx) => {
        const { data, nextCursor } = toPage(asked, await listTicketRecords(tx, actor, asked));
        return { data: await withIncluded(tx, actor, data, asked.include), nextCursor };
      });
      return { value };
    },
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/tickets/count',
    operationId: 'countTickets',
    noun: 'tickets',
    summary: 'Counts tickets',
    scope: 'tickets:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'Urgent ones that wait for an answer',
        query: { where: '{"priority":"urgent","waitingSince":{"isNull":false}}' },
        answer: { count: 0 },
      },
    ],
    run: async (actor, { asked }) => ({
      value: { count: await read((tx) => countTicketRecords(tx, actor, asked)) },
    }),
  }),

  get: endpoint({
    method: 'GET',
    path: '/api/v1/tickets/{ticketId}',
    operationId: 'getTicket',
    noun: 'tickets',
    summary: 'Answers one ticket',
    description: '`ETag` is its version, for `If-Match` of a change.',
    scope: 'tickets:read',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: recordQuery,
    body: null,
    answer: ticketRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      { name: 'One ticket', params: { ticketId: exampleIds.ticket }, answer: refund },
      {
        name: 'With its conversations',
        params: { ticketId: exampleIds.ticket },
        query: { include: 'conversations,assignee', fields: 'subject' },
      },
    ],
    run: async (actor, { params: { ticketId }, asked }) => {
      const value = await getRecord(actor, ticketId, asked.include);
      return { value, headers: etagOf(value) };
    },
  }),

  create: endpoint({
    method: 'POST',
    path: '/api/v1/tickets',
    operationId: 'createTicket',
    noun: 'tickets',
    summary: 'Opens a ticket for a customer',
    description:
      'You make the ids of the ticket and of its conversation; the same ids again answer what is there. Without a message its customer does not see the conversation yet. A key of one department opens it there, for customers who have, or had, a ticket in it.',
    scope: 'tickets:write',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: noParameters,
    body: createTicketInputSchema,
    answer: ticketRecord,
    status: 201,
    idempotency: 'id',
    examples: [
      {
        name: 'A ticket with its first message',
        body: {
          id: exampleIds.newTicket,
          conversationId: exampleIds.newConversation,
          customerId: exampleIds.customer,
          subject: 'Your parcel is late',
          priority: 'high',
          departmentId: exampleIds.department,
          message: { id: exampleIds.newMessage, text: 'Your parcel is late. We are looking into it.' },
        },
      },
    ],
    run: async (actor, { body }) => {
      const { value: made, events } = await createTicket(actor, body);
      const value = await getRecord(actor, body.id);
      const headers = { ...etagOf(value), Location: `/api/v1/tickets/${body.id}` };
      return made.isNew
        ? { value, events, headers }
        : { value, status: 200, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
    },
  }),

  update: endpoint({
    method: 'PATCH',
    path: '/api/v1/tickets/{ticketId}',
    operationId: 'updateTicket',
    noun: 'tickets',
    summary: 'Changes a ticket',
    description:
      'All of the changes happen, or none. What is left out stays. With `If-Match` nothing happens when the ticket was changed since it was read: 412 then brings the current `ETag`.',
    scope: 'tickets:write',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: editTicketInputSchema,
    answer: ticketRecord,
    status: 200,
    idempotency: 'key',
    examples: [
      {
        name: 'Hand it over',
        params: { ticketId: exampleIds.ticket },
        body: { assigneeId: exampleIds.otherAgent, priority: 'urgent' },
      },
      { name: 'It is solved', params: { ticketId: exampleIds.ticket }, body: { status: 'resolved' } },
    ],
    run: async (actor, { params: { ticketId }, body, headers }) => {
      if (Object.keys(body).length === 0) {
        throw new RefusedError({ code: 'invalid', reason: 'nothing_to_change' });
      }
      try {
        const done = await editTicket(actor, ticketId, body, versionsOf(headers));
        return { ...done, headers: etagOf(done.value) };
      } catch (error) {
        throw withCurrentTag(error);
      }
    },
  }),
};
