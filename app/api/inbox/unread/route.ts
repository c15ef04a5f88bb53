import { agentRoute } from '#/lib/route.ts';
import { setUnreadInputSchema } from '#/lib/unread-marks/schema.ts';
import { setUnread } from '#/lib/unread-marks/service.ts';

export const POST = agentRoute({
  name: 'inbox.unread',
  limit: 'inbox.write',
  input: setUnreadInputSchema,
  run: async (agent, input) => {
    await setUnread(agent, input);
    return null;
  },
});
