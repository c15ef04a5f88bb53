import * as z from 'zod/mini';
import { revokeSession } from '#/lib/customers/service.ts';
import { publishChanges } from '#/lib/realtime/publish.ts';
import { customerRoute } from '#/lib/route.ts';

export const POST = customerRoute({
  name: 'widget.shutdown',
  limit: 'signal.send',
  input: z.strictObject({}),
  run: async (customer) => {
    const { events } = await revokeSession(customer);
    publishChanges(events);
    return null;
  },
});
