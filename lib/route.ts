import type * as z from 'zod/mini';
import type { SignedInAgent } from '#/lib/agents/service.ts';
import { agentOfCookie } from '#/lib/auth/agent-cookie.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { identifyVisitor } from '#/lib/conversations/service.ts';
import { findCustomerByToken, refusalAsNow, refusalOfToken } from '#/lib/customers/service.ts';
import { type ErrorCode, type Failure, fail, RefusedError, type Result, succeed } from '#/lib/errors.ts';
import { failureOf, parseInput } from '#/lib/failures.ts';
import { pageOriginHeader, widgetKeyHeader } from '#/lib/files/rules.ts';
import type { Uploader } from '#/lib/files/service.ts';
import { addressHeader } from '#/lib/forwarded.ts';
import { ownOriginOf } from '#/lib/own-origin.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { addressSubject, limitRate, type RuleName } from '#/lib/rate-limit.ts';

/**
 * The only ways to make a route handler: identity, rate limit, strict parsing, the verb, and a `Result` body with a
 * real status code. Nothing here may be cached or shared.
 */

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
type Handler = (request: Request, context: RouteContext) => Promise<Response>;
type Definition<Schema extends z.ZodMiniType, Who> = {
  /** For logs, and for nothing else. */
  name: string;
  limit: RuleName;
  /** Parses the query of a GET or DELETE, or the JSON body of a POST, together with the path's parameters. */
  input: Schema;
  /** The body is no JSON, and is left to `run`; `input` then parses the query. */
  isBodyRaw?: boolean;
  run(actor: Who, input: z.infer<Schema>, request: Request): Promise<unknown>;
};

const statusOf: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
};

/** A route for a signed-in agent. */
export function agentRoute<Schema extends z.ZodMiniType>(
  definition: Definition<Schema, SignedInAgent>,
): Handler {
  return (request, context) =>
    answer(definition.name, async () => {
      const agent = await agentOfCookie(request.headers.get('cookie'));
      if (agent === null) throw new RefusedError({ code: 'unauthenticated' });
      await limitRate(definition.limit, agent.id);
      return definition.run(agent, await readInput(definition, request, context), request);
    });
}

/** A route for a customer, by the session token in `Authorization: Bearer`. */
export function customerRoute<Schema extends z.ZodMiniType>(
  definition: Definition<Schema, CustomerActor>,
): Handler {
  return (request, context) =>
    answer(definition.name, async () => {
      const customer = await customerOf(request);
      if (customer === null) throw await refusalOfToken(tokenOf(request));
      await limitRate(definition.limit, customer.sessionId);
      try {
        return await definition.run(customer, await readInput(definition, request, context), request);
      } catch (error) {
        throw await refusalAsNow(customer, error);
      }
    });
}

/**
 * A route for whoever writes in a widget: by their session's token, or, before their first message, by the token that
 * their session will have, with the widget's key and the origin of the page that embeds it.
 */
export function writerRoute<Schema extends z.ZodMiniType>(
  definition: Definition<Schema, CustomerActor | Uploader> & { visitorLimit: RuleName },
): Handler {
  return (request, context) =>
    answer(definition.name, async () => {
      const customer = await customerOf(request);
      const writer = customer ?? (await visitorOf(request));
      if (writer === null) throw await refusalOfToken(tokenOf(request));
      if (writer.kind === 'customer') await limitRate(definition.limit, writer.sessionId);
      else {
        const address = request.headers.get(addressHeader) ?? '';
        await limitRate(definition.visitorLimit, addressSubject(address));
      }
      return definition.run(writer, await readInput(definition, request, context), request);
    });
}

async function visitorOf(request: Request): Promise<Uploader | null> {
  const tokenHash = tokenHashOf(tokenOf(request) ?? '');
  const widgetKey = request.headers.get(widgetKeyHeader);
  if (tokenHash === null || widgetKey === null) return null;
  const origin = request.headers.get(pageOriginHeader) ?? ownOriginOf(request.headers);
  const { widgetId } = await identifyVisitor(widgetKey, origin);
  return { kind: 'visitor', widgetId, tokenHash };
}

/** A route for either side: a bearer token makes a customer, else the cookie an agent. */
export function eitherRoute<Schema extends z.ZodMiniType>(
  definition: Definition<Schema, CustomerActor | SignedInAgent>,
): Handler {
  return (request, context) =>
    answer(definition.name, async () => {
      const hasToken = request.headers.has('authorization');
      const actor = hasToken ? await customerOf(request) : await agentOfCookie(request.headers.get('cookie'));
      if (actor === null) throw await refusalOfToken(tokenOf(request));
      await limitRate(definition.limit, actor.kind === 'agent' ? actor.id : actor.sessionId);
      return definition.run(actor, await readInput(definition, request, context), request);
    });
}

/** A route for anybody, limited by address. */
export function openRoute<Schema extends z.ZodMiniType>(
  definition: Definition<Schema, { address: string }>,
): Handler {
  return (request, context) =>
    answer(definition.name, async () => {
      const address = request.headers.get(addressHeader) ?? '';
      await limitRate(definition.limit, addressSubject(address));
      return definition.run({ address }, await readInput(definition, request, context), request);
    });
}

export async function customerOf(request: Request): Promise<CustomerActor | null> {
  const token = tokenOf(request);
  return token === null ? null : findCustomerByToken(token);
}

function tokenOf(request: Request): string | null {
  const [scheme, token, ...rest] = (request.headers.get('authorization') ?? '').split(' ');
  return scheme !== 'Bearer' || token === undefined || rest.length > 0 ? null : token;
}

async function answer(name: string, act: () => Promise<unknown>): Promise<Response> {
  try {
    const value = await act();
    return value instanceof Response ? value : respond(succeed(value));
  } catch (error) {
    return respond(fail(failureOf(error, name)));
  }
}

/** A `Result` as an answer that no cache keeps. */
export function respond(result: Result<unknown>): Response {
  const headers = new Headers({ 'Cache-Control': 'private, no-store' });
  if (result.ok) return Response.json(result, { headers });
  const { retryAfterMs }: Failure = result.error;
  if (retryAfterMs !== undefined) headers.set('Retry-After', String(Math.ceil(retryAfterMs / 1000)));
  return Response.json(result, { status: statusOf[result.error.code], headers });
}

async function readInput<Schema extends z.ZodMiniType>(
  { input: schema, isBodyRaw }: { input: Schema; isBodyRaw?: boolean },
  request: Request,
  context: RouteContext,
): Promise<z.infer<Schema>> {
  const params = await context.params;
  if (request.method === 'GET' || request.method === 'DELETE' || isBodyRaw === true) {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    return parseInput(schema, { ...query, ...params });
  }
  const body = await readJson(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RefusedError({ code: 'invalid' });
  return parseInput(schema, { ...body, ...params });
}

async function readJson(request: Request): Promise<unknown> {
  try {
    const text = await request.text();
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new RefusedError({ code: 'invalid', reason: 'body_not_json' });
  }
}
