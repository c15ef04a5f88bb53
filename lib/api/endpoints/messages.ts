import * as z from 'zod/mini';
import { findAgentsById } from '#/db/api/agents.ts';
import { findConversationsById } from '#/db/api/conversations.ts';
import { findCustomersById } from '#/db/api/customers.ts';
import {
  countMessageRecords,
  findMessageRecord,
  listMessageRecords,
  messageRecordOf,
} from '#/db/api/messages.ts';
import type { Tx } from '#/db/client.ts';
import type { KeyActor } from '#/lib/api/actor.ts';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { readAs } from '#/lib/api/endpoints/conversations.ts';
import { exampleAt, exampleIds } from '#/lib/api/example-world.ts';
import { apiId, countQuery, type ListSpec, listQuery, recordQuery, toPage } from '#/lib/api/query.ts';
import { type MessageRecord, messageRecord } from '#/lib/api/records/messages.ts';
import { RefusedError } from '#/lib/errors.ts';
import { type ConfirmedEntry, mentionsMax, messageKinds, messageText } from '#/lib/messages/schema.ts';
import { sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { limitRate } from '#/lib/rate-limit.ts';
import type { Done } from '#/lib/realtime/changes.ts';

const includable = ['customer', 'agent'] as const;
const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    order: { type: 'integer' },
    kind: { type: 'choice', values: messageKinds },
    customerId: { type: 'id', isNullable: true },
    agentId: { type: 'id', isNullable: true },
    text: { type: 'text', operators: ['contains'] },
    sentAt: { type: 'time' },
  },
  orderable: ['order'],
  defaultOrder: 'order',
  includable,
  selectable: Object.keys(messageRecord.shape).filter((name) => !includable.some((each) => each === name)),
};
const inConversation = z.strictObject({ conversationId: apiId });
const one = z.strictObject({ conversationId: apiId, messageId: apiId });

/** A conversation that whoever asks may not read has no messages that could be counted or looked for. */
async function refuseHidden(tx: Tx, actor: KeyActor | CustomerActor, conversationId: string): Promise<void> {
  const found = await findConversationsById(tx, actor, [conversationId]);
  if (!found.has(conversationId)) throw new RefusedError({ code: 'not_found' });
}

/** The same messages with their writers beside them, each kind in one query; a customer is not told more of anybody. */
async function withIncluded(
  tx: Tx,
  actor: KeyActor | CustomerActor,
  records: readonly MessageRecord[],
  include: ReadonlySet<string>,
): Promise<MessageRecord[]> {
  const idsOf = (name: string, pick: (record: MessageRecord) => string | null) =>
    include.has(name) && actor.kind === 'agent'
      ? [...new Set(records.map(pick).filter((id) => id !== null))]
      : [];
  const [customers, agents] = await Promise.all([
    findCustomersById(
      tx,
      actor,
      idsOf('customer', ({ customerId }) => customerId),
    ),
    findAgentsById(
      tx,
      actor,
      idsOf('agent', ({ agentId }) => agentId),
    ),
  ]);
  return records.map((record) => ({
    ...record,
    ...(include.has('customer') ? { customer: customers.get(record.customerId ?? '') ?? null } : {}),
    ...(include.has('agent') ? { agent: agents.get(record.agentId ?? '') ?? null } : {}),
  }));
}

async function getRecord(
  actor: KeyActor | CustomerActor,
  { conversationId, messageId }: z.infer<typeof one>,
  include: ReadonlySet<string> = new Set(),
): Promise<MessageRecord> {
  return readAs(actor, async (tx) => {
    await refuseHidden(tx, actor, conversationId);
    const record = await findMessageRecord(tx, actor, conversationId, messageId);
    if (record === null) throw new RefusedError({ code: 'not_found' });
    const [whole] = await withIncluded(tx, actor, [record], include);
    return whole ?? record;
  });
}

const sendInput = z.strictObject({
  id: apiId,
  text: messageText,
  kind: z
    ._default(z.enum(['reply', 'note']), 'reply')
    .register(z.globalRegistry, { description: 'A note is for staff alone; customers write replies.' }),
  mentionIds: z
    .optional(z.array(apiId).check(z.maxLength(mentionsMax, 'too_many_mentions')))
    .register(z.globalRegistry, { description: 'Agents whom a note mentions; they are notified.' }),
  expectedOrder: z
    .optional(z.int().check(z.nonnegative(), z.lte(Number.MAX_SAFE_INTEGER)))
    .register(z.globalRegistry, {
      description: 'Of a key: the newest `order` that it has read. Refused when somebody wrote after that.',
    }),
});
type SendInput = z.infer<typeof sendInput>;

async function send(
  actor: KeyActor | CustomerActor,
  conversationId: string,
  { id, text, kind, mentionIds, expectedOrder }: SendInput,
): Promise<Done<ConfirmedEntry>> {
  const entry = { conversationId, id, text, mentions: mentionIds, expected: expectedOrder };
  if (actor.kind === 'customer') await limitRate('message.send', actor.sessionId);
  return kind === 'note' ? writeNote(actor, entry) : sendMessage(actor, entry);
}

const first: MessageRecord = {
  id: exampleIds.message,
  conversationId: exampleIds.conversation,
  kind: 'reply',
  order: 1,
  publicOrder: 1,
  customerId: exampleIds.customer,
  agentId: null,
  senderName: 'Maya Okafor',
  text: 'My refund for order 1042 has not arrived.',
  change: null,
  mentions: [],
  files: [],
  read: true,
  sentAt: exampleAt,
};

export const messages = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/messages',
    operationId: 'listMessages',
    noun: 'messages',
    summary: 'Lists the messages of a conversation',
    description:
      'In the order in which they were stored. To read on from where you were: `where={"order":{"gt":42}}`. A customer sees replies, and that the ticket was resolved or opened again.',
    scope: 'messages:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: inConversation,
    query: listQuery,
    body: null,
    answer: listOf(messageRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'The newest replies',
        params: { conversationId: exampleIds.conversation },
        query: { order: '-order', limit: '10', where: '{"kind":"reply"}' },
      },
    ],
    run: async (actor, { params: { conversationId }, asked }) => {
      const value = await readAs(actor, async (tx) => {
        await refuseHidden(tx, actor, conversationId);
        const found = await listMessageRecords(tx, actor, conversationId, asked);
        const { data, nextCursor } = toPage(asked, found);
        return { data: await withIncluded(tx, actor, data, asked.include), nextCursor };
      });
      return { value };
    },
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/messages/count',
    operationId: 'countMessages',
    noun: 'messages',
    summary: 'Counts the messages of a conversation',
    scope: 'messages:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: inConversation,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'What the customer wrote',
        params: { conversationId: exampleIds.conversation },
        query: { where: `{"customerId":"${exampleIds.customer}"}` },
        answer: { count: 1 },
      },
    ],
    run: async (actor, { params: { conversationId }, asked }) => {
      const count = await readAs(actor, async (tx) => {
        await refuseHidden(tx, actor, conversationId);
        return countMessageRecords(tx, actor, conversationId, asked);
      });
      return { value: { count } };
    },
  }),

  get: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/messages/{messageId}',
    operationId: 'getMessage',
    noun: 'messages',
    summary: 'Answers one message',
    scope: 'messages:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: one,
    query: recordQuery,
    body: null,
    answer: messageRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'One message',
        params: { conversationId: exampleIds.conversation, messageId: exampleIds.message },
        answer: first,
      },
    ],
    run: async (actor, { params, asked }) => ({ value: await getRecord(actor, params, asked.include) }),
  }),

  create: endpoint({
    method: 'POST',
    path: '/api/v1/conversations/{conversationId}/messages',
    operationId: 'createMessage',
    noun: 'messages',
    summary: 'Sends a message',
    description:
      'You make its id, a UUIDv7 best of all; the same id again answers what is stored and sends nothing. Once this answers, the message is stored and everybody sees it once, in the same place.',
    scope: 'messages:write',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: inConversation,
    query: noParameters,
    body: sendInput,
    answer: messageRecord,
    status: 201,
    idempotency: 'id',
    examples: [
      {
        name: 'A reply',
        params: { conversationId: exampleIds.conversation },
        body: { id: exampleIds.newMessage, text: 'Your refund is on its way.' },
      },
      {
        name: 'A note for staff that mentions somebody',
        params: { conversationId: exampleIds.conversation },
        body: {
          id: exampleIds.newMessage,
          kind: 'note',
          text: 'Ben, can you look at the payment?',
          mentionIds: [exampleIds.otherAgent],
        },
      },
    ],
    run: async (actor, { params: { conversationId }, body }) => {
      const { value: entry, events } = await send(actor, conversationId, body);
      const headers = { Location: `/api/v1/conversations/${conversationId}/messages/${body.id}` };
      if (events.length > 0) return { value: messageRecordOf(conversationId, entry, false), events, headers };
      const value = await getRecord(actor, { conversationId, messageId: body.id });
      return { value, status: 200, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
    },
  }),
};
