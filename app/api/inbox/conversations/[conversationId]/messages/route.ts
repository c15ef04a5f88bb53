import * as z from 'zod/mini';
import { idSchema, pageQuerySchema } from '#/lib/messages/schema.ts';
import { listMessages } from '#/lib/messages/service.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.messages',
  limit: 'inbox.read',
  input: z.extend(pageQuerySchema, { conversationId: idSchema }),
  run: (agent, { conversationId, ...query }) => listMessages(agent, conversationId, query),
});
