import * as z from 'zod/mini';
import { allowOrigin, answerPreflight } from '#/lib/cors.ts';
import { RefusedError } from '#/lib/errors.ts';
import { ownOriginOf } from '#/lib/own-origin.ts';
import { openRoute } from '#/lib/route.ts';
import { widgetKeySchema } from '#/lib/widgets/schema.ts';
import { findWidgetConfig, listAllowedOrigins } from '#/lib/widgets/service.ts';
import { noteSighting } from '#/lib/widgets/sightings.ts';

const cacheForSeconds = 60;

export const GET = openRoute({
  name: 'widget.config',
  limit: 'widget.config',
  input: z.strictObject({
    widget: widgetKeySchema,
    lang: z.optional(z.string().check(z.overwrite((tag) => tag.slice(0, 100)))),
  }),
  run: async (_, { widget, lang }, request) => {
    const config = await findWidgetConfig(widget, lang ?? null);
    if (config === null) throw new RefusedError({ code: 'not_found', reason: 'widget_unknown' });
    void noteSighting(widget, pageOriginOf(request));
    const headers = allowOrigin(request, await listAllowedOrigins(widget));
    // The launcher shows neither the name nor the key: what every page pays for stays well under 1 KB in any language.
    const { key: _key, name: _name, ...value } = config;
    // Public settings, the same for everybody: the only answer of ours that a cache may keep.
    headers.set('Cache-Control', `public, max-age=${cacheForSeconds}`);
    return Response.json({ ok: true, value }, { headers });
  },
});

export const OPTIONS = answerPreflight(async (request) => {
  const key = new URL(request.url).searchParams.get('widget');
  return key === null ? [] : listAllowedOrigins(key);
});

/** Browsers name the page's origin, except on a page of our own: the demo shop. */
function pageOriginOf(request: Request): string | null {
  const origin = request.headers.get('origin');
  if (origin !== null) return origin;
  return request.headers.get('sec-fetch-site') === 'same-origin' ? ownOriginOf(request.headers) : null;
}
