import { publishViewing } from '#/lib/realtime/publish.ts';
import { agentRoute } from '#/lib/route.ts';
import { viewingInputSchema } from '#/lib/viewing/schema.ts';
import { setViewing } from '#/lib/viewing/service.ts';

export const POST = agentRoute({
  name: 'inbox.viewing',
  limit: 'signal.send',
  input: viewingInputSchema,
  run: async (agent, input) => {
    const { viewers, seen } = await setViewing(agent, input);
    for (const each of seen) publishViewing(each);
    return { viewers };
  },
});
