import * as z from 'zod/mini';
import { agentRoute } from '#/lib/route.ts';
import { listViews } from '#/lib/views/service.ts';

export const GET = agentRoute({
  name: 'inbox.views',
  limit: 'inbox.read',
  input: z.strictObject({}),
  run: (agent) => listViews(agent),
});
