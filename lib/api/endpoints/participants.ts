import * as z from 'zod/mini';
import { findAgentsById } from '#/db/api/agents.ts';
import { findCustomersById } from '#/db/api/customers.ts';
import {
  type Audience,
  countParticipantRecords,
  findParticipantRecord,
  listParticipantRecords,
} from '#/db/api/participants.ts';
import { read, type Tx } from '#/db/client.ts';
import { findTicketOfConversation } from '#/db/tickets.ts';
import { countAnswer, endpoint, listOf } from '#/lib/api/endpoint.ts';
import { exampleIds } from '#/lib/api/example-world.ts';
import {
  type Asked,
  apiId,
  countQuery,
  type ListSpec,
  listQuery,
  recordQuery,
  toPage,
} from '#/lib/api/query.ts';
import {
  type ParticipantRecord,
  participantKinds,
  participantRecord,
} from '#/lib/api/records/participants.ts';
import { RefusedError } from '#/lib/errors.ts';
import { inActorsTransaction } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';

export type Reader = AgentActor | CustomerActor;

const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    kind: { type: 'choice', values: participantKinds },
    customerId: { type: 'id', isNullable: true },
    agentId: { type: 'id', isNullable: true },
  },
  orderable: ['id'],
  defaultOrder: 'id',
  includable: ['customer', 'agent'],
  selectable: Object.keys(participantRecord.shape).filter(
    (field) => field !== 'customer' && field !== 'agent',
  ),
};
const ofConversation = z.strictObject({ conversationId: apiId });

/** Runs in the reader's own transaction, once they are known to see the conversation. */
export function inConversation<T>(
  actor: Reader,
  id: string,
  work: (tx: Tx, audience: Audience) => Promise<T>,
): Promise<T> {
  return inActorsTransaction(actor, async (tx) => {
    const ticket = await findTicketOfConversation(tx, id);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'conversation.read', ticket);
    return work(tx, actor.kind === 'customer' ? 'customer' : 'staff');
  });
}

/** The related records that the reader may see: to a customer nobody's, since who reads them needs a key. */
async function withIncluded(
  actor: Reader,
  { include }: Pick<Asked, 'include'>,
  records: readonly ParticipantRecord[],
): Promise<ParticipantRecord[]> {
  if (include.size === 0) return [...records];
  const idsOf = (field: 'customerId' | 'agentId') => records.flatMap((record) => record[field] ?? []);
  const isStaff = actor.kind === 'agent';
  const nobody = new Map<string, never>();
  const [customers, agents] = await read((tx) =>
    Promise.all([
      include.has('customer') && isStaff ? findCustomersById(tx, actor, idsOf('customerId')) : nobody,
      include.has('agent') && isStaff ? findAgentsById(tx, actor, idsOf('agentId')) : nobody,
    ]),
  );
  return records.map((record) => ({
    ...record,
    ...(include.has('customer') ? { customer: customers.get(record.customerId ?? '') ?? null } : {}),
    ...(include.has('agent') ? { agent: agents.get(record.agentId ?? '') ?? null } : {}),
  }));
}

export const participants = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/participants',
    operationId: 'listParticipants',
    noun: 'participants',
    summary: 'Lists who takes part in a conversation',
    description:
      'Everybody who read or wrote in it, with how far they read. To a customer, agents who only wrote notes are not among them, and no related records are included.',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: ofConversation,
    query: listQuery,
    body: null,
    answer: listOf(participantRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'Who read and wrote',
        params: { conversationId: exampleIds.conversation },
        query: { include: 'agent' },
      },
    ],
    run: async (actor, { params, asked }) => {
      const found = await inConversation(actor, params.conversationId, (tx, audience) =>
        listParticipantRecords(tx, params.conversationId, audience, asked),
      );
      const { data, nextCursor } = toPage(asked, found);
      return { value: { data: await withIncluded(actor, asked, data), nextCursor } };
    },
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/participants/count',
    operationId: 'countParticipants',
    noun: 'participants',
    summary: 'Counts who takes part in a conversation',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: ofConversation,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'Agents',
        params: { conversationId: exampleIds.conversation },
        query: { where: '{"kind":"agent"}' },
      },
    ],
    run: async (actor, { params, asked }) => ({
      value: {
        count: await inConversation(actor, params.conversationId, (tx, audience) =>
          countParticipantRecords(tx, params.conversationId, audience, asked),
        ),
      },
    }),
  }),

  get: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/participants/{participantId}',
    operationId: 'getParticipant',
    noun: 'participants',
    summary: 'Answers one participant of a conversation',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: z.strictObject({ conversationId: apiId, participantId: apiId }),
    query: recordQuery,
    body: null,
    answer: participantRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'One of them',
        params: { conversationId: exampleIds.conversation, participantId: exampleIds.participant },
      },
    ],
    run: async (actor, { params, asked }) => {
      const found = await inConversation(actor, params.conversationId, (tx, audience) =>
        findParticipantRecord(tx, params.conversationId, audience, params.participantId),
      );
      const [value] = found === null ? [] : await withIncluded(actor, asked, [found]);
      if (value === undefined) throw new RefusedError({ code: 'not_found' });
      return { value };
    },
  }),
};
