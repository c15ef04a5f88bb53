import * as z from 'zod/mini';
import { getWidgetState } from '#/lib/conversations/service.ts';
import { customerRoute } from '#/lib/route.ts';

export const GET = customerRoute({
  name: 'widget.state',
  limit: 'widget.read',
  input: z.strictObject({}),
  run: (customer) => getWidgetState(customer),
});
