import { agentRoute } from '#/lib/route.ts';
import { searchQuerySchema } from '#/lib/search/schema.ts';
import { searchInbox } from '#/lib/search/service.ts';

export const GET = agentRoute({
  name: 'inbox.search',
  limit: 'inbox.search',
  input: searchQuerySchema,
  run: (agent, query) => searchInbox(agent, query),
});
