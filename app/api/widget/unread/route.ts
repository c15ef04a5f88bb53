import * as z from 'zod/mini';
import { countUnread } from '#/lib/conversations/service.ts';
import { allowOrigin, answerPreflight } from '#/lib/cors.ts';
import { succeed } from '#/lib/errors.ts';
import { customerRoute } from '#/lib/route.ts';
import { widgetKeySchema } from '#/lib/widgets/schema.ts';
import { listAllowedOriginsOfWidget, listEveryAllowedOrigin } from '#/lib/widgets/service.ts';

export const GET = customerRoute({
  name: 'widget.unread',
  limit: 'widget.read',
  // The loader may name its widget; what counts is the session's.
  input: z.strictObject({ widget: z.optional(widgetKeySchema) }),
  run: async (customer, _, request) => {
    const headers = allowOrigin(request, await listAllowedOriginsOfWidget(customer.widgetId));
    headers.set('Cache-Control', 'private, no-store');
    return Response.json(succeed({ unread: await countUnread(customer) }), { headers });
  },
});

/** A preflight carries no token, so it is answered for any widget's origin; the GET decides for the session's own. */
export const OPTIONS = answerPreflight(listEveryAllowedOrigin);
