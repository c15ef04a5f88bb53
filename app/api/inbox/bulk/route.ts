import * as z from 'zod/mini';
import { listBulkJobs } from '#/lib/bulk/service.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.bulk',
  limit: 'inbox.read',
  input: z.strictObject({}),
  run: (agent) => listBulkJobs(agent),
});
