import { agentRoute } from '#/lib/route.ts';
import { ticketRefSchema } from '#/lib/tickets/schema.ts';
import { getTicket } from '#/lib/tickets/service.ts';

export const GET = agentRoute({
  name: 'inbox.ticket',
  limit: 'inbox.read',
  input: ticketRefSchema,
  run: (agent, { ticketId }) => getTicket(agent, ticketId),
});
