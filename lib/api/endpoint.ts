import * as z from 'zod/mini';
import { type Asker, type AskerKind, type Askers, askerOf, ownerOf, subjectOf } from '#/lib/api/actor.ts';
import { cursorsNow } from '#/lib/api/cursor.ts';
import { type Claim, claimKey, type PlainAnswer } from '#/lib/api/idempotency.ts';
import { idempotencyKeyOf, parseStrictly, readBody, readParameters } from '#/lib/api/input.ts';
import { answerHeadersOf, problemOf, problemStatus } from '#/lib/api/problems.ts';
import { type Asked, type ListSpec, parseAsked, selectFields } from '#/lib/api/query.ts';
import { hasScope, type Scope } from '#/lib/api/scopes.ts';
import { refusalAsNow } from '#/lib/customers/service.ts';
import { type Failure, RefusedError } from '#/lib/errors.ts';
import { failureOf } from '#/lib/failures.ts';
import { newId } from '#/lib/ids.ts';
import { limitRate, type RateState, type RuleName, rateStateOf } from '#/lib/rate-limit.ts';
import type { ChangeEvent } from '#/lib/realtime/changes.ts';
import { publishAsCommitted, publishChanges } from '#/lib/realtime/publish.ts';
import { requestIdNow } from '#/lib/request-context.ts';

/** What an endpoint is about, by which the documentation groups it. */
export const endpointNouns = [
  'customers',
  'agents',
  'departments',
  'tickets',
  'conversations',
  'participants',
  'messages',
  'typing',
  'read-marks',
  'events',
  'webhooks',
  'realtime',
  'customer-tokens',
  'reference',
] as const;
export type EndpointNoun = (typeof endpointNouns)[number];

export const endpointMethods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;
export type EndpointMethod = (typeof endpointMethods)[number];
export type SuccessStatus = 200 | 201 | 204;

/** The output of a schema; of none it is null. */
export type Parsed<Schema extends z.ZodMiniType | null> = Schema extends z.ZodMiniType
  ? z.infer<Schema>
  : null;

/** What a verb answers: the value, what to publish now that it is committed, and what differs from the usual answer. */
export type Answered<Value> = {
  value: Value;
  events?: readonly ChangeEvent[];
  /** Long work that nobody waits for: begins when `events` are on their way. */
  after?: AsyncIterable<readonly ChangeEvent[]>;
  status?: SuccessStatus;
  headers?: Readonly<Record<string, string>>;
};

export type EndpointInput<Params, Query, Body> = {
  params: Params;
  /** As its schema parsed it; `asked` has what `where`, `order`, `cursor`, `limit`, `include` and `fields` mean. */
  query: Query;
  body: Body;
  asked: Asked;
  /** For what a create makes, where the body names no id: the same at each attempt with one `Idempotency-Key`. */
  recordId: string;
  headers: Headers;
};

export type Example = {
  name: string;
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  answer?: unknown;
};

/** One operation of the public API: what the documentation says of it and what `serve` carries out. */
export type Endpoint<
  Kind extends AskerKind,
  Params extends z.ZodMiniType,
  Query extends z.ZodMiniType,
  Body extends z.ZodMiniType | null,
  Answer extends z.ZodMiniType | null,
> = {
  method: EndpointMethod;
  /** With parameters in braces: `/api/v1/tickets/{ticketId}`. */
  path: string;
  operationId: string;
  noun: EndpointNoun;
  summary: string;
  description?: string;
  /** What a key needs; null where no key is needed, or any will do. */
  scope: Scope | null;
  /** Who may ask at all; the policy decides about each record. */
  actors: readonly Kind[];
  /** By key, or by address; a customer's session has `api.customer` beside what keys have. */
  limit: RuleName;
  params: Params;
  query: Query;
  /** Null: a body is refused. */
  body: Body;
  /** What a success answers; null with 204. */
  answer: Answer;
  status: SuccessStatus;
  /** `id`: the body names the id of what is made. `key`: `Idempotency-Key` is heeded. */
  idempotency: 'id' | 'key' | 'none';
  /** The body may also come as an HTML form's fields. */
  takesForm?: boolean;
  /** For lists and counts, and (include, fields) for single records. */
  list?: ListSpec;
  examples: readonly Example[];
  run(
    actor: Askers[Kind],
    input: EndpointInput<z.infer<Params>, z.infer<Query>, Parsed<Body>>,
    request: Request,
  ): Promise<Answered<Parsed<Answer>>>;
};
export type AnyEndpoint = Endpoint<
  AskerKind,
  z.ZodMiniType,
  z.ZodMiniType,
  z.ZodMiniType | null,
  z.ZodMiniType | null
>;

/** For an endpoint without parameters in its path or its query. */
export const noParameters = z.strictObject({});

/** Says what an endpoint is; only `serve` makes a handler of it. */
export function endpoint<
  const Kind extends AskerKind,
  Params extends z.ZodMiniType,
  Query extends z.ZodMiniType,
  Body extends z.ZodMiniType | null,
  Answer extends z.ZodMiniType | null,
>(definition: Endpoint<Kind, Params, Query, Body, Answer>): Endpoint<Kind, Params, Query, Body, Answer> {
  return definition;
}

/** The answer of a list: `listOf(ticketRecord)`. */
export function listOf<Item extends z.ZodMiniType>(item: Item) {
  return z.strictObject({ data: z.array(item), nextCursor: z.nullable(z.string()) });
}
/** The answer of a count. */
export const countAnswer = z.strictObject({ count: z.int() });

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
export type EndpointHandler = (request: Request, context: RouteContext) => Promise<Response>;

/**
 * The route handler of an endpoint: who asks, their rate, their scope, strict parsing, the verb once for each
 * `Idempotency-Key`, publishing after the commit, and problem+json for every refusal.
 */
export function serve(definition: AnyEndpoint): EndpointHandler {
  return async (request, context) => {
    const call: Call = { definition, request, requestId: requestIdNow() ?? newId(), rate: null };
    try {
      return finish(call, await perform(call, context));
    } catch (error) {
      return finish(call, refusalOf(call, error));
    }
  };
}

type Call = {
  definition: AnyEndpoint;
  request: Request;
  requestId: string;
  rate: { rule: RuleName; state: RateState } | null;
};

async function perform(call: Call, context: RouteContext): Promise<PlainAnswer> {
  const { definition, request } = call;
  const actor = await askerOf(request, definition.actors);
  await countCall(call, actor);
  if (actor.kind === 'agent' && definition.scope !== null && !hasScope(actor.scopes, definition.scope)) {
    throw new RefusedError({ code: 'forbidden', reason: 'scope_missing', field: definition.scope });
  }
  const { params, query } = readParameters(request, await context.params);
  const parsed = {
    params: parseStrictly(definition.params, params, 'parameter'),
    query: parseStrictly(definition.query, query, 'parameter'),
    body: parseBody(definition, await readBody(request, definition)),
  };
  const bound = `${definition.operationId} ${JSON.stringify(params)} ${ownerOf(actor)}`;
  const asked = parseAsked(definition.list, query, cursorsNow(), bound);
  if (actor.kind === 'agent') for (const name of asked.include) refuseInclude(actor, name);
  const run = (recordId: string) =>
    carryOut(definition, actor, { ...parsed, asked, recordId, headers: request.headers }, request);
  const key = definition.idempotency === 'key' ? idempotencyKeyOf(request) : null;
  if (key === null || actor.kind === 'anybody') return run(newId());
  const ifMatch = request.headers.get('if-match');
  const asksFor = { method: definition.method, url: request.url, ifMatch, body: parsed.body };
  return once(call, await claimKey(ownerOf(actor), key, definition.operationId, asksFor), run);
}

/** By what is included: it is answered to keys that could ask for it by itself. */
export const includeScopes: Readonly<Record<string, Scope>> = {
  customer: 'customers:read',
  agent: 'agents:read',
  assignee: 'agents:read',
  department: 'departments:read',
  ticket: 'tickets:read',
  conversations: 'conversations:read',
};

function refuseInclude(actor: Askers['key'], name: string): void {
  const scope = includeScopes[name];
  if (scope === undefined) throw new Error(`nobody said which scope the include ${name} needs`);
  if (hasScope(actor.scopes, scope)) return;
  throw new RefusedError({ code: 'forbidden', reason: 'scope_missing', field: scope });
}

function parseBody({ body: schema }: AnyEndpoint, body: unknown): unknown {
  return schema === null ? null : parseStrictly(schema, body, 'field');
}

async function countCall(call: Call, actor: Asker): Promise<void> {
  const { actors, limit } = call.definition;
  const rule = actor.kind === 'customer' && actors.includes('key') ? 'api.customer' : limit;
  // What a refusal tells.
  call.rate = { rule, state: rateStateOf(rule) };
  call.rate = { rule, state: await limitRate(rule, subjectOf(actor)) };
}

async function carryOut(
  definition: AnyEndpoint,
  actor: Asker,
  input: EndpointInput<unknown, unknown, unknown>,
  request: Request,
): Promise<PlainAnswer> {
  const done = await runFor(definition, actor, input, request);
  publishChanges(done.events ?? []);
  if (done.after !== undefined) publishAsCommitted(done.after);
  const status = done.status ?? definition.status;
  const headers = done.headers ?? {};
  const body = status === 204 ? null : JSON.stringify(selectFields(done.value, input.asked));
  return { status, headers, body };
}

async function runFor(
  definition: AnyEndpoint,
  actor: Asker,
  input: EndpointInput<unknown, unknown, unknown>,
  request: Request,
): Promise<Answered<unknown>> {
  try {
    return await definition.run(actor, input, request);
  } catch (error) {
    // A session that ended while this was at work finds nothing any more: that is what its customer is told.
    throw actor.kind === 'customer' ? await refusalAsNow(actor, error) : error;
  }
}

/** Carries a request out for the first time, or answers what its first time answered. */
async function once(
  call: Call,
  claim: Claim,
  run: (recordId: string) => Promise<PlainAnswer>,
): Promise<PlainAnswer> {
  if (claim.kind === 'replay') {
    const { status, headers, body } = claim.answer;
    return { status, headers: { ...headers, 'Idempotent-Replayed': 'true' }, body };
  }
  let answer: PlainAnswer;
  try {
    answer = await run(claim.recordId);
  } catch (error) {
    answer = refusalOf(call, error);
  }
  await claim.settle(answer);
  return answer;
}

function refusalOf(call: Call, error: unknown): PlainAnswer {
  const failure: Failure = failureOf(error, `api ${call.definition.operationId}`);
  const status = problemStatus(failure);
  // What may go away by itself says when to come back, whether or not its cause knew.
  const retryAfterMs = failure.retryAfterMs ?? (status === 503 ? 1_000 : undefined);
  return {
    status,
    headers: {
      ...answerHeadersOf(error),
      'Content-Type': 'application/problem+json',
      ...(retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
    body: JSON.stringify(problemOf(failure, call.requestId)),
  };
}

function finish(call: Call, { status, headers: own, body }: PlainAnswer): Response {
  const headers = new Headers(body === null ? own : { 'Content-Type': 'application/json', ...own });
  headers.set('Cache-Control', 'private, no-store');
  for (const [name, value] of Object.entries(rateHeaders(call))) headers.set(name, value);
  return new Response(body, { status, headers });
}

/** As the IETF's current draft writes them: quota and window of the rule, what is left of it and for how long. */
function rateHeaders({ rate }: Call): Record<string, string> {
  if (rate === null) return {};
  const { rule, state } = rate;
  const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));
  return {
    'RateLimit-Policy': `"${rule}";q=${state.max};w=${seconds(state.windowMs)}`,
    RateLimit: `"${rule}";r=${state.remaining};t=${seconds(state.resetMs)}`,
  };
}
