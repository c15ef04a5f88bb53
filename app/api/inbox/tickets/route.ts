import { agentRoute } from '#/lib/route.ts';
import { readFilterText } from '#/lib/tickets/filter.ts';
import { listTickets } from '#/lib/tickets/list.ts';
import { ticketListQuerySchema } from '#/lib/tickets/schema.ts';

export const GET = agentRoute({
  name: 'inbox.tickets',
  limit: 'inbox.read',
  input: ticketListQuerySchema,
  run: async (agent, query) => {
    const { filter, ignored } = readFilterText(query.filter);
    const list = await listTickets(agent, { ...query, filter });
    return { ...list, ignored: [...new Set([...ignored, ...list.ignored])] };
  },
});
