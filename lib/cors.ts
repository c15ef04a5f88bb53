/** Cross-origin reading for the loader, which runs in the embedding page: exact origins only, never `*`, no cookies. */

const maxAgeSeconds = 600;

/** Headers that let the asking page read the answer if its origin is one of these; otherwise only `Vary`. */
export function allowOrigin(request: Request, origins: readonly string[]): Headers {
  const headers = new Headers({ Vary: 'Origin' });
  const origin = request.headers.get('origin');
  if (origin !== null && origins.includes(origin)) headers.set('Access-Control-Allow-Origin', origin);
  return headers;
}

/** The answer to a preflight: 204, and leave to send the bearer token if the origin is allowed. */
export function answerPreflight(
  originsFor: (request: Request) => Promise<readonly string[]>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const origins = await originsFor(request).catch(() => []);
    const headers = allowOrigin(request, origins);
    headers.set('Cache-Control', 'private, no-store');
    if (headers.has('Access-Control-Allow-Origin')) {
      headers.set('Access-Control-Allow-Methods', 'GET');
      headers.set('Access-Control-Allow-Headers', 'authorization');
      headers.set('Access-Control-Max-Age', String(maxAgeSeconds));
    }
    return new Response(null, { status: 204, headers });
  };
}
