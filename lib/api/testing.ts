import { type AnyEndpoint, serve } from '#/lib/api/endpoint.ts';

/** Asks endpoints as a request does. For tests only. */

/** An environment in which endpoints answer; where they publish to nobody listens, and that is none of a test's business. */
export function apiEnvironment(): void {
  const needed = {
    DATABASE_URL: 'postgres://parley:parley@127.0.0.1/none',
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    PUSHER_APP_ID: 'app',
    PUSHER_KEY: 'key',
    PUSHER_SECRET: 's'.repeat(32),
    PUSHER_HOST: '127.0.0.1',
    PUSHER_PORT: '1',
    PUSHER_TLS: 'false',
    RATE_LIMIT_SCALE: '100000',
  };
  Object.assign(process.env, { ...needed, ...process.env });
}

export type Given = {
  /** Of a key or a customer's session; none asks without. */
  token?: string;
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
};
export type Told = { status: number; headers: Headers; body: unknown };

/** What an endpoint answers; `body` is null where there is none. */
export async function ask(definition: AnyEndpoint, given: Given): Promise<Told> {
  const { token, params = {}, query = {}, body } = given;
  const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const url = new URL(path, 'http://parley.test');
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = new Headers(given.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const request = new Request(url, {
    method: definition.method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await serve(definition)(request, { params: Promise.resolve({ ...params }) });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
  };
}
