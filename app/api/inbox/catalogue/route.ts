import * as z from 'zod/mini';
import { getCatalogue } from '#/lib/catalogue/service.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.catalogue',
  limit: 'inbox.read',
  input: z.strictObject({}),
  run: (agent) => getCatalogue(agent),
});
