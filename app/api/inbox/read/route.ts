import { markReadInputSchema } from '#/lib/conversations/schema.ts';
import { markRead } from '#/lib/messages/service.ts';
import { publishMark } from '#/lib/realtime/publish.ts';
import { agentRoute } from '#/lib/route.ts';

export const POST = agentRoute({
  name: 'inbox.read',
  limit: 'signal.send',
  input: markReadInputSchema,
  run: async (agent, input) => {
    const mark = await markRead(agent, input);
    if (mark !== null) publishMark(mark);
    return null;
  },
});
