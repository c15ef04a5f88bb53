import { markReadInputSchema } from '#/lib/conversations/schema.ts';
import { markRead } from '#/lib/messages/service.ts';
import { publishMark } from '#/lib/realtime/publish.ts';
import { customerRoute } from '#/lib/route.ts';

export const POST = customerRoute({
  name: 'widget.read',
  limit: 'signal.send',
  input: markReadInputSchema,
  run: async (customer, input) => {
    const mark = await markRead(customer, input);
    if (mark !== null) publishMark(mark);
    return null;
  },
});
