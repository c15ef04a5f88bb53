import * as z from 'zod/mini';
import { idSchema, pageQuerySchema } from '#/lib/messages/schema.ts';
import { listMessages } from '#/lib/messages/service.ts';
import { customerRoute } from '#/lib/route.ts';

export const GET = customerRoute({
  name: 'widget.messages',
  limit: 'widget.read',
  input: z.extend(pageQuerySchema, { conversationId: idSchema }),
  run: (customer, { conversationId, ...query }) => listMessages(customer, conversationId, query),
});
