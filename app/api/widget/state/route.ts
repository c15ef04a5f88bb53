import { widgetStateQuerySchema } from '#/lib/conversations/schema.ts';
import { getWidgetState } from '#/lib/conversations/service.ts';
import { customerRoute } from '#/lib/route.ts';

export const GET = customerRoute({
  name: 'widget.state',
  limit: 'widget.read',
  input: widgetStateQuerySchema,
  run: (customer, query) => getWidgetState(customer, query),
});
