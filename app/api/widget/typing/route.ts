import { typingInputSchema } from '#/lib/conversations/schema.ts';
import { publishTyping } from '#/lib/realtime/publish.ts';
import { customerRoute } from '#/lib/route.ts';
import { setTyping } from '#/lib/typing/service.ts';

export const POST = customerRoute({
  name: 'widget.typing',
  limit: 'signal.send',
  input: typingInputSchema,
  run: async (customer, input) => {
    const signal = await setTyping(customer, input);
    if (signal !== null) publishTyping(signal);
    return null;
  },
});
