import * as z from 'zod/mini';
import { bearerOf, type KeyActor } from '#/lib/api/actor.ts';
import { countAnswer, endpoint, noParameters } from '#/lib/api/endpoint.ts';
import { countEvents, findEvent, latestPosition, readEvents } from '#/lib/api/event-feed.ts';
import { type Wait, waitForEvents } from '#/lib/api/event-waiting.ts';
import { exampleIds } from '#/lib/api/example-world.ts';
import { apiId } from '#/lib/api/query.ts';
import { type EventPage, eventPage, eventRecord } from '#/lib/api/records/events.ts';
import { isKeyLive, refusalOfKeyToken } from '#/lib/api-keys/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import {
  type ApiEventType,
  apiEventTypes,
  eventsPerPageDefault,
  eventsPerPageMax,
  waitSecondsMax,
} from '#/lib/events/schema.ts';

const filters = {
  after: z
    ._default(z.string().check(z.maxLength(20), z.regex(/^(?:latest|\d{1,16})$/, 'position_not_valid')), '0')
    .register(z.globalRegistry, {
      description:
        'The position you have read through: the `nextAfter` of the answer before. 0 begins at the beginning, `latest` with what is yet to come.',
    }),
  types: z.optional(z.string().check(z.maxLength(1_000))).register(z.globalRegistry, {
    description: 'Only events of these types, separated by commas.',
  }),
  ticketId: z
    .optional(apiId)
    .register(z.globalRegistry, { description: 'Only what happened to this ticket.' }),
};
const pageQuery = z.strictObject({
  ...filters,
  limit: z
    ._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(eventsPerPageMax)), eventsPerPageDefault)
    .register(z.globalRegistry, { description: 'How many at most.' }),
  wait: z
    ._default(z.coerce.number().check(z.int(), z.gte(0), z.lte(waitSecondsMax)), 0)
    .register(z.globalRegistry, {
      description: 'How many seconds to wait for the next event when there is none yet.',
    }),
});
type PageQuery = z.infer<typeof pageQuery>;

async function positionOf(after: string): Promise<number> {
  return after === 'latest' ? latestPosition() : Number(after);
}

function typesOf(text: string | undefined): ApiEventType[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((word) => {
    const type = apiEventTypes.find((known) => known === word.trim());
    if (type === undefined)
      throw new RefusedError({ code: 'invalid', reason: 'type_unknown', field: 'types' });
    return type;
  });
}

/** The next page; where there is none yet, the first that comes while the client waits and its key is one. */
async function nextPage(actor: KeyActor, query: PageQuery, request: Request): Promise<EventPage> {
  const untilMs = performance.now() + query.wait * 1_000;
  const { ticketId, limit } = query;
  const reader = { actor, scopes: actor.scopes };
  const narrowed = { types: typesOf(query.types), ticketId };
  const token = bearerOf(request) ?? '';
  let after = await positionOf(query.after);
  for (;;) {
    const { events, nextAfter, hasMore } = await readEvents(reader, { ...narrowed, after, limit });
    const leftMs = untilMs - performance.now();
    if (events.length > 0 || hasMore || leftMs <= 0) return { data: events, nextAfter, hasMore };
    after = nextAfter;
    const wait: Wait = {
      ...{ ...narrowed, reader, keyId: actor.keyId, token, after },
      ...{ forMs: leftMs, signal: request.signal },
    };
    const end = await waitForEvents(wait);
    if (end !== 'gone' && !(await isKeyLive(token))) throw await refusalOfKeyToken(token);
    if (end !== 'news') return { data: [], nextAfter, hasMore: false };
  }
}

const common = {
  noun: 'events',
  scope: 'events:read',
  actors: ['key'],
  limit: 'api.key',
  body: null,
  status: 200,
  idempotency: 'none',
} as const;

export const events = {
  list: endpoint({
    ...common,
    method: 'GET',
    path: '/api/v1/events',
    operationId: 'listEvents',
    summary: 'Reads on in the event feed, or waits for what comes',
    description:
      'Events in the order in which things happened, each once, and none missed: `nextAfter` never lies beyond an event that is still to appear. A key hears what it may GET: tickets need `tickets:read`, messages `messages:read`, and so on. With `wait` the answer comes with the first event, or empty after that time; a key that is revoked meanwhile ends it with 401. A key may wait ten times at once.',
    params: noParameters,
    query: pageQuery,
    answer: eventPage,
    examples: [
      { name: 'From the beginning', query: { after: '0', types: 'message.created' } },
      { name: 'From now on', query: { after: 'latest' } },
    ],
    run: async (actor, { query }, request) => ({ value: await nextPage(actor, query, request) }),
  }),

  count: endpoint({
    ...common,
    method: 'GET',
    path: '/api/v1/events/count',
    operationId: 'countEvents',
    summary: 'Counts the events after a position',
    description: 'Counts to 10,000 and no further.',
    params: noParameters,
    query: z.strictObject(filters),
    answer: countAnswer,
    examples: [{ name: 'All', answer: { count: 1 } }],
    run: async (actor, { query }) => {
      const types = typesOf(query.types);
      const asked = { after: await positionOf(query.after), types, ticketId: query.ticketId };
      return { value: { count: await countEvents({ actor, scopes: actor.scopes }, asked) } };
    },
  }),

  get: endpoint({
    ...common,
    method: 'GET',
    path: '/api/v1/events/{eventId}',
    operationId: 'getEvent',
    summary: 'Reads one event',
    params: z.strictObject({ eventId: apiId }),
    query: noParameters,
    answer: eventRecord,
    examples: [{ name: 'A message was written', params: { eventId: exampleIds.event } }],
    run: async (actor, { params }) => {
      const event = await findEvent({ actor, scopes: actor.scopes }, params.eventId);
      if (event === null) throw new RefusedError({ code: 'not_found' });
      return { value: event };
    },
  }),
};
