import { notificationsQuerySchema } from '#/lib/notifications/schema.ts';
import { listNotifications } from '#/lib/notifications/service.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.notifications',
  limit: 'inbox.read',
  input: notificationsQuerySchema,
  run: (agent, query) => listNotifications(agent, query),
});
