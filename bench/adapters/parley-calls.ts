import { z } from 'zod';
import { decodeAnswer, encodeArguments } from '#/bench/adapters/parley-actions.ts';
import type { HttpClient } from '#/bench/http-client.ts';
import { errorCodes, RefusedError } from '#/lib/errors.ts';

export const accessSchema = z.object({
  url: z.string(),
  /** Where the live connection goes, when not to the same server. */
  liveUrl: z.string().exactOptional(),
  widgetKey: z.string(),
  realtimeKey: z.string(),
  email: z.string(),
  password: z.string(),
});
export type ParleyAccess = z.infer<typeof accessSchema>;

const json = { 'content-type': 'application/json' };
const authorizationSchema = z.object({
  channels: z.record(
    z.string(),
    z.nullable(z.object({ auth: z.string(), channel_data: z.string().optional() })),
  ),
  user: z.object({ auth: z.string(), user_data: z.string() }).optional(),
});

export async function signIn(http: HttpClient, { url, email, password }: ParleyAccess): Promise<void> {
  const { csrfToken } = z
    .object({ csrfToken: z.string() })
    .parse(JSON.parse((await http.ask('GET', '/api/auth/csrf')).text));
  const form = new URLSearchParams({ csrfToken, email, password, callbackUrl: `${url}/inbox` });
  const answer = await http.ask('POST', '/api/auth/callback/credentials', form.toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
  const cookies = answer.headers['set-cookie'] ?? [];
  if (!cookies.some((cookie) => /session-token(\.\d+)?=[^;]/.test(cookie))) {
    throw new Error(`signing in was refused (${answer.status})`);
  }
}

export function authorizationOf(value: unknown) {
  const parsed = authorizationSchema.parse(value);
  return {
    ...(parsed.user === undefined ? {} : { user: parsed.user }),
    channels: Object.fromEntries(
      Object.entries(parsed.channels).map(([name, found]) => {
        if (found === null) return [name, null];
        const { auth, channel_data } = found;
        return [name, channel_data === undefined ? { auth } : { auth, channel_data }];
      }),
    ),
  };
}

export async function act(
  http: HttpClient,
  path: string,
  actionId: string,
  args: readonly unknown[],
): Promise<unknown> {
  const answer = await http.ask('POST', path, encodeArguments(args), {
    'content-type': 'text/plain;charset=UTF-8',
    accept: 'text/x-component',
    'next-action': actionId,
    'next-router-state-tree': routerTreeOf(path),
  });
  if (answer.status === 200) return valueIn(decodeAnswer(answer.text));
  // What is refused before an action runs comes as JSON, like any refusal of a route.
  throw refusalIn(answer.text) ?? new Error(`action answered ${answer.status}`);
}

function refusalIn(text: string): RefusedError | null {
  try {
    const result = resultSchema.parse(JSON.parse(text));
    return result.ok ? null : new RefusedError(result.error);
  } catch {
    return null;
  }
}

/** Where the router of the browser stands, which it tells with each action. */
function routerTreeOf(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  const search = searchParams.size === 0 ? '' : `?${JSON.stringify(Object.fromEntries(searchParams))}`;
  const page = [`__PAGE__${search}`, {}, null, null];
  const tree = ['', { children: [pathname.slice(1), { children: page }, null, null] }, null, null];
  return encodeURIComponent(JSON.stringify(tree));
}

export async function post(
  http: HttpClient,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<unknown> {
  return valueIn(
    JSON.parse((await http.ask('POST', path, JSON.stringify(body), { ...json, ...headers })).text),
  );
}

export async function get(
  http: HttpClient,
  path: string,
  headers: Record<string, string> = {},
): Promise<unknown> {
  return valueIn(JSON.parse((await http.ask('GET', path, undefined, headers)).text));
}

const resultSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.object({
      code: z.enum(errorCodes),
      reason: z.exactOptional(z.string()),
      retryAfterMs: z.exactOptional(z.number()),
    }),
  }),
]);

/** The value of a `Result`; a refusal is thrown as `RefusedError`. */
function valueIn(body: unknown): unknown {
  const result = resultSchema.parse(body);
  if (result.ok) return result.value;
  throw new RefusedError(result.error);
}
