import * as z from 'zod/mini';
import { listTyping } from '#/db/typing.ts';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { inConversation, type Reader } from '#/lib/api/endpoints/participants.ts';
import { exampleIds } from '#/lib/api/example-world.ts';
import { apiId } from '#/lib/api/query.ts';
import { ownTypingRecord, type TypingRecord, typingRecord } from '#/lib/api/records/typing.ts';
import { typingShownMs } from '#/lib/conversations/schema.ts';
import { publishTyping } from '#/lib/realtime/publish.ts';
import { setTyping } from '#/lib/typing/service.ts';

const params = z.strictObject({ conversationId: apiId });

async function typingNow(actor: Reader, conversationId: string): Promise<TypingRecord[]> {
  const now = await inConversation(actor, conversationId, (tx) => listTyping(tx, conversationId, actor));
  return now.flatMap(({ sender, forMs }): TypingRecord[] =>
    sender.kind === 'system' ? [] : [{ kind: sender.kind, id: sender.id, name: sender.name, forMs }],
  );
}

export const typing = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/typing',
    operationId: 'listTyping',
    noun: 'typing',
    summary: 'Lists who else types in a conversation now',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: null,
    answer: listOf(typingRecord),
    status: 200,
    idempotency: 'none',
    examples: [{ name: 'Now', params: { conversationId: exampleIds.conversation } }],
    run: async (actor, { params: { conversationId } }) => {
      return { value: { data: await typingNow(actor, conversationId), nextCursor: null } };
    },
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/conversations/{conversationId}/typing/count',
    operationId: 'countTyping',
    noun: 'typing',
    summary: 'Counts who else types in a conversation now',
    scope: 'conversations:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    examples: [{ name: 'Now', params: { conversationId: exampleIds.conversation } }],
    run: async (actor, { params: { conversationId } }) => {
      return { value: { count: (await typingNow(actor, conversationId)).length } };
    },
  }),

  set: endpoint({
    method: 'PUT',
    path: '/api/v1/conversations/{conversationId}/typing',
    operationId: 'setTyping',
    noun: 'typing',
    summary: 'Says that one types, or stopped',
    description:
      'Shown to the others for as long as the answer says: repeat it at half of that while it goes on. Sending a message does not end it. An integration’s typing bears the name of its key.',
    scope: 'conversations:write',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: z.strictObject({ isTyping: z.boolean() }),
    answer: ownTypingRecord,
    status: 200,
    idempotency: 'none',
    examples: [
      {
        name: 'Begins',
        params: { conversationId: exampleIds.conversation },
        body: { isTyping: true },
        answer: { isTyping: true, forMs: typingShownMs },
      },
    ],
    run: async (actor, { params: { conversationId }, body: { isTyping } }) => {
      const signal = await setTyping(actor, { conversationId, isTyping });
      if (signal !== null) publishTyping(signal);
      return { value: { isTyping, forMs: isTyping ? typingShownMs : 0 } };
    },
  }),
};
