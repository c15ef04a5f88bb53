import * as z from 'zod/mini';
import { agentRoute } from '#/lib/route.ts';
import { listSavedReplies } from '#/lib/saved-replies/service.ts';

export const GET = agentRoute({
  name: 'inbox.savedReplies',
  limit: 'inbox.read',
  input: z.strictObject({}),
  run: (agent) => listSavedReplies(agent),
});
