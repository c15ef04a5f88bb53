import { agentRoute } from '#/lib/route.ts';
import { ticketRefSchema } from '#/lib/tickets/schema.ts';
import { listTimeline } from '#/lib/tickets/service.ts';

export const GET = agentRoute({
  name: 'inbox.timeline',
  limit: 'inbox.read',
  input: ticketRefSchema,
  run: (agent, { ticketId }) => listTimeline(agent, ticketId),
});
