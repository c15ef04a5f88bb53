import * as z from 'zod/mini';
import { listReadMarks } from '#/db/conversations.ts';
import { endpoint, noParameters } from '#/lib/api/endpoint.ts';
import { inConversation } from '#/lib/api/endpoints/participants.ts';
import { exampleIds } from '#/lib/api/example-world.ts';
import { apiId } from '#/lib/api/query.ts';
import { type ReadMarkRecord, readMarkRecord } from '#/lib/api/records/read-marks.ts';
import { markRead } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { publishMark } from '#/lib/realtime/publish.ts';

const params = z.strictObject({ conversationId: apiId });

async function getOwn(actor: AgentActor | CustomerActor, conversationId: string): Promise<ReadMarkRecord> {
  const marks = await inConversation(actor, conversationId, (tx, audience) =>
    listReadMarks(tx, conversationId, audience),
  );
  const own = marks.find(({ reader }) => reader.kind === actor.kind && reader.id === actor.id);
  return { kind: actor.kind, id: actor.id, through: own?.through ?? 0, at: own?.at ?? null };
}

/** One's own; everybody's stand beside their names among the participants. */
export const readMarks = {
  get: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/read-mark',
    operationId: 'getReadMark',
    noun: 'read-marks',
    summary: 'Answers how far one has read',
    description: 'Of the key, or of the customer whose token asks; others’ marks are among the participants.',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: null,
    answer: readMarkRecord,
    status: 200,
    idempotency: 'none',
    examples: [{ name: 'One’s own', params: { conversationId: exampleIds.conversation } }],
    run: async (actor, { params: { conversationId } }) => ({ value: await getOwn(actor, conversationId) }),
  }),

  set: endpoint({
    method: 'PUT',
    path: '/api/v1/conversations/{conversationId}/read-mark',
    operationId: 'setReadMark',
    noun: 'read-marks',
    summary: 'Says how far one has read',
    description:
      'In one’s own order, as messages have it: `order` of the newest entry that was read. Marks only grow: an earlier place changes nothing, and one beyond the end is the end. A key’s mark tells the customer that their message was read.',
    scope: 'conversations:write',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: z.strictObject({ through: z.int().check(z.nonnegative()) }),
    answer: readMarkRecord,
    status: 200,
    idempotency: 'none',
    examples: [
      { name: 'The first entry', params: { conversationId: exampleIds.conversation }, body: { through: 1 } },
    ],
    run: async (actor, { params: { conversationId }, body: { through } }) => {
      const mark = await markRead(actor, { conversationId, through });
      if (mark !== null) publishMark(mark);
      return { value: await getOwn(actor, conversationId) };
    },
  }),
};
