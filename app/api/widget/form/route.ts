import * as z from 'zod/mini';
import { RefusedError } from '#/lib/errors.ts';
import { openRoute } from '#/lib/route.ts';
import { findWidgetServices } from '#/lib/widgets/frame.ts';
import { widgetKeySchema } from '#/lib/widgets/schema.ts';

/** The form as it is now, for a frame whose own was changed meanwhile. As public as the frame's page. */
export const GET = openRoute({
  name: 'widget.form',
  limit: 'widget.config',
  input: z.strictObject({ widget: widgetKeySchema }),
  run: async (_, { widget }) => {
    const services = await findWidgetServices(widget);
    if (services === null) throw new RefusedError({ code: 'not_found', reason: 'widget_unknown' });
    return { preChat: services.preChat };
  },
});
