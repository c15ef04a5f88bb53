import { endingQuerySchema } from '#/lib/ratings/schema.ts';
import { getEnding } from '#/lib/ratings/service.ts';
import { customerRoute } from '#/lib/route.ts';

export const GET = customerRoute({
  name: 'widget.ending',
  limit: 'widget.read',
  input: endingQuerySchema,
  run: (customer, { conversationId }) => getEnding(customer, conversationId),
});
