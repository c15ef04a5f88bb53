import { agentRoute } from '#/lib/route.ts';
import { sightingsQuerySchema } from '#/lib/widgets/schema.ts';
import { listSightings } from '#/lib/widgets/service.ts';

export const GET = agentRoute({
  name: 'settings.sightings',
  limit: 'inbox.read',
  input: sightingsQuerySchema,
  run: (agent, { widgetId }) => listSightings(agent, widgetId),
});
