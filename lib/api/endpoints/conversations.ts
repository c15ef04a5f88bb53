import * as z from 'zod/mini';
import {
  countConversationRecords,
  findConversationsById,
  listConversationRecords,
} from '#/db/api/conversations.ts';
import { findCustomersById } from '#/db/api/customers.ts';
import { findTicketsById } from '#/db/api/tickets.ts';
import { asCustomer, read, type Tx } from '#/db/client.ts';
import type { KeyActor } from '#/lib/api/actor.ts';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { exampleAt, exampleIds } from '#/lib/api/example-world.ts';
import { apiId, countQuery, type ListSpec, listQuery, recordQuery, toPage } from '#/lib/api/query.ts';
import { type ConversationRecord, conversationRecord } from '#/lib/api/records/conversations.ts';
import { firstMessage } from '#/lib/api/records/ticket-inputs.ts';
import { startFollowUp } from '#/lib/conversations/follow-up.ts';
import { startFurther } from '#/lib/conversations/further.ts';
import { startTicket } from '#/lib/conversations/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { answersSchema } from '#/lib/pre-chat/schema.ts';
import { limitRate } from '#/lib/rate-limit.ts';
import type { ChangeEvent } from '#/lib/realtime/changes.ts';
import { ticketStatuses } from '#/lib/tickets/schema.ts';

const includable = ['ticket', 'customer'] as const;
const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    ticketId: { type: 'id' },
    customerId: { type: 'id' },
    status: { type: 'choice', values: ticketStatuses },
    lastMessageAt: { type: 'time', isNullable: true },
    createdAt: { type: 'time' },
  },
  orderable: ['createdAt'],
  defaultOrder: '-createdAt',
  includable,
  selectable: Object.keys(conversationRecord.shape).filter(
    (name) => !includable.some((each) => each === name),
  ),
};
const params = z.strictObject({ conversationId: apiId });

/** Runs a query with the reader's own eyes: a customer's under row-level security. */
export function readAs<Value>(
  actor: KeyActor | CustomerActor,
  query: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  return actor.kind === 'customer' ? asCustomer(actor.id, query) : read(query);
}

/** The same conversations with what was asked for beside them, each kind in one query; a customer has neither. */
async function withIncluded(
  tx: Tx,
  actor: KeyActor | CustomerActor,
  records: readonly ConversationRecord[],
  include: ReadonlySet<string>,
): Promise<ConversationRecord[]> {
  const idsOf = (name: string, pick: (record: ConversationRecord) => string) =>
    include.has(name) && actor.kind === 'agent' ? [...new Set(records.map(pick))] : [];
  const [tickets, customers] = await Promise.all([
    findTicketsById(
      tx,
      actor,
      idsOf('ticket', ({ ticketId }) => ticketId),
    ),
    findCustomersById(
      tx,
      actor,
      idsOf('customer', ({ customerId }) => customerId),
    ),
  ]);
  return records.map((record) => ({
    ...record,
    ...(include.has('ticket') ? { ticket: tickets.get(record.ticketId) ?? null } : {}),
    ...(include.has('customer') ? { customer: customers.get(record.customerId) ?? null } : {}),
  }));
}

async function getRecord(
  actor: KeyActor | CustomerActor,
  conversationId: string,
  include: ReadonlySet<string> = new Set(),
): Promise<ConversationRecord> {
  return readAs(actor, async (tx) => {
    const record = (await findConversationsById(tx, actor, [conversationId])).get(conversationId);
    if (record === undefined) throw new RefusedError({ code: 'not_found' });
    const [whole] = await withIncluded(tx, actor, [record], include);
    return whole ?? record;
  });
}

const startInput = z.strictObject({
  id: apiId,
  ticketId: z.optional(apiId).register(z.globalRegistry, {
    description: 'Of a key: the ticket that it is on. Of a customer: the id for the new ticket.',
  }),
  followsConversationId: z.optional(apiId).register(z.globalRegistry, {
    description: 'Of a customer, instead of `ticketId`: the conversation whose time for replies is over.',
  }),
  answers: z.optional(answersSchema).register(z.globalRegistry, {
    description: 'Of a customer: to the form that stands before a first message, where the widget has one.',
  }),
  message: firstMessage,
});
type StartInput = z.infer<typeof startInput>;

/** Begins it as who asks may: a key on a ticket that there is, a customer with a new one or following one that ended. */
async function start(
  actor: KeyActor | CustomerActor,
  input: StartInput,
): Promise<{ isNew: boolean; events: readonly ChangeEvent[] }> {
  const { id: conversationId, ticketId, followsConversationId, answers, message } = input;
  if (actor.kind === 'agent') {
    if (followsConversationId !== undefined) throw refused('unknown_field', 'followsConversationId');
    if (answers !== undefined) throw refused('unknown_field', 'answers');
    if (ticketId === undefined) throw refused('field_missing', 'ticketId');
    const { value, events } = await startFurther(actor, { conversationId, ticketId, message });
    return { isNew: value.isNew, events };
  }
  await limitRate('ticket.start', actor.sessionId);
  if (ticketId !== undefined && followsConversationId !== undefined) {
    throw refused('ticket_or_follow_up', 'followsConversationId');
  }
  if (ticketId !== undefined) {
    const { events } = await startTicket(actor, { ...message, ticketId, conversationId, answers });
    return { isNew: events.length > 0, events };
  }
  if (followsConversationId === undefined) throw refused('field_missing', 'ticketId');
  const { events } = await startFollowUp(actor, { ...message, followsConversationId, conversationId });
  return { isNew: events.length > 0, events };
}

function refused(reason: string, field: string): RefusedError {
  return new RefusedError({ code: 'invalid', reason, field });
}

const refund: ConversationRecord = {
  id: exampleIds.conversation,
  ticketId: exampleIds.ticket,
  customerId: exampleIds.customer,
  number: 1001,
  subject: 'Refund for order 1042',
  status: 'open',
  head: 2,
  publicHead: 2,
  lastMessage: null,
  lastMessageAt: exampleAt,
  createdAt: exampleAt,
};

export const conversations = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/conversations',
    operationId: 'listConversations',
    noun: 'conversations',
    summary: 'Lists conversations',
    description:
      'To a customer their own in which something was said; to a key those on the tickets it may read.',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: noParameters,
    query: listQuery,
    body: null,
    answer: listOf(conversationRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'Of one customer, with their tickets',
        query: { where: `{"customerId":"${exampleIds.customer}"}`, include: 'ticket' },
      },
    ],
    run: async (actor, { asked }) => {
      const value = await readAs(actor, async (tx) => {
        const { data, nextCursor } = toPage(asked, await listConversationRecords(tx, actor, asked));
        return { data: await withIncluded(tx, actor, data, asked.include), nextCursor };
      });
      return { value };
    },
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/count',
    operationId: 'countConversations',
    noun: 'conversations',
    summary: 'Counts conversations',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: noParameters,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'All of them' }],
    run: async (actor, { asked }) => ({
      value: { count: await readAs(actor, (tx) => countConversationRecords(tx, actor, asked)) },
    }),
  }),

  get: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}',
    operationId: 'getConversation',
    noun: 'conversations',
    summary: 'Answers one conversation',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params,
    query: recordQuery,
    body: null,
    answer: conversationRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'One conversation',
        params: { conversationId: exampleIds.conversation },
        query: { fields: 'ticketId,customerId,number,subject,status,head,publicHead' },
        answer: {
          id: refund.id,
          ticketId: refund.ticketId,
          customerId: refund.customerId,
          number: refund.number,
          subject: refund.subject,
          status: refund.status,
          head: refund.head,
          publicHead: refund.publicHead,
        },
      },
    ],
    run: async (actor, { params: { conversationId }, asked }) => ({
      value: await getRecord(actor, conversationId, asked.include),
    }),
  }),

  create: endpoint({
    method: 'POST',
    path: '/api/v1/conversations',
    operationId: 'createConversation',
    noun: 'conversations',
    summary: 'Begins a conversation',
    description:
      'With its first message. A key begins a further one on a ticket; a customer one on a new ticket, or, when the time for replies to a resolved one is over, one that follows it. You make the ids; the same ids again answer what is there.',
    scope: 'conversations:write',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: noParameters,
    query: noParameters,
    body: startInput,
    answer: conversationRecord,
    status: 201,
    idempotency: 'id',
    examples: [
      {
        name: 'A further one on a ticket',
        body: {
          id: exampleIds.newConversation,
          ticketId: exampleIds.ticket,
          message: { id: exampleIds.newMessage, text: 'One more thing about your refund.' },
        },
      },
    ],
    run: async (actor, { body }) => {
      const { isNew, events } = await start(actor, body);
      const value = await getRecord(actor, body.id);
      const headers = { Location: `/api/v1/conversations/${body.id}` };
      return isNew
        ? { value, events, headers }
        : { value, status: 200, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
    },
  }),
};
