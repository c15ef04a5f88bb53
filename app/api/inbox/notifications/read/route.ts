import { readNotificationsInputSchema } from '#/lib/notifications/schema.ts';
import { readNotifications } from '#/lib/notifications/service.ts';
import { publishNotificationsRead } from '#/lib/realtime/publish.ts';
import { agentRoute } from '#/lib/route.ts';

export const POST = agentRoute({
  name: 'inbox.readNotifications',
  limit: 'inbox.write',
  input: readNotificationsInputSchema,
  run: async (agent, input) => {
    const { unread, ids, hasChanged } = await readNotifications(agent, input);
    if (hasChanged) publishNotificationsRead(agent.id, { ids, unread });
    return { unread };
  },
});
