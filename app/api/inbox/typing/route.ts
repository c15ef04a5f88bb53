import { typingInputSchema } from '#/lib/conversations/schema.ts';
import { publishTyping } from '#/lib/realtime/publish.ts';
import { agentRoute } from '#/lib/route.ts';
import { setTyping } from '#/lib/typing/service.ts';

export const POST = agentRoute({
  name: 'inbox.typing',
  limit: 'signal.send',
  input: typingInputSchema,
  run: async (agent, input) => {
    const signal = await setTyping(agent, input);
    if (signal !== null) publishTyping(signal);
    return null;
  },
});
