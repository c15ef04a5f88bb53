import { agentRoute } from '#/lib/route.ts';
import { ticketListQuerySchema } from '#/lib/tickets/schema.ts';
import { listTickets } from '#/lib/tickets/service.ts';

export const GET = agentRoute({
  name: 'inbox.tickets',
  limit: 'inbox.read',
  input: ticketListQuerySchema,
  run: (agent, query) => listTickets(agent, query),
});
