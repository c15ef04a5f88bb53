import type { AnyEndpoint, EndpointNoun, SuccessStatus } from '#/lib/api/endpoint.ts';
import type { JsonSchema } from '#/lib/api/schema.ts';

/** What the OpenAPI document says in words, and the parts that all its operations share. */

export const introduction = `Everything that agents do in Parley, for programs: under the same permissions, through the same services.

Send a key that an admin made in the settings as \`Authorization: Bearer parley_…\`, or, in an app of your customers, the
session that \`POST /api/v1/customer-tokens\` answers. Cookies mean nothing here.

Bodies and answers are JSON in camelCase, times are ISO 8601 in UTC, ids are UUIDs. A list answers \`data\` and
\`nextCursor\`; a refusal answers \`application/problem+json\` with a \`code\` that stays. Answers may get more fields; what
you send may have no fields that are not described.`;

export const nouns: Readonly<Record<EndpointNoun, string>> = {
  customers: 'Who writes to you.',
  agents: 'Who answers. Keys act by a row of their own and are not listed.',
  departments: 'Who answers what. A restricted one hides its tickets from everybody else.',
  tickets: 'The case: status, priority, who has it. Its version is its `ETag`.',
  conversations:
    'A thread of messages on a ticket. A ticket has one, and gets another when it is followed up late.',
  participants: 'Who is in a conversation, and how far they have read.',
  messages: 'The log of a conversation, in the order in which it was stored, without gaps.',
  typing: 'Who is writing now. It is forgotten by itself after some seconds.',
  'read-marks': 'How far one has read. A mark only grows.',
  events: 'What happened, in order: to catch up from where you were, or to wait for what comes.',
  webhooks: 'Events sent to an address of yours, signed, and tried again for a day.',
  realtime: 'Live events over any Pusher client. What you may not read, you never hear.',
  'customer-tokens': 'A session of one of your customers, for an app that you make.',
  reference: 'What describes all of this.',
};

/** What is said of a path's parameter that has no words of its own. */
export function pathParameter(name: string): string {
  const noun = name.replace(/Id$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `Id of the ${noun}.`;
}

export const keySchema: JsonSchema = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' };
export const idempotencyKey =
  'Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours.';
export const etagSchema: JsonSchema = { type: 'string', maxLength: 40 };
export const ifMatch =
  'The `ETag` of what you read. If the ticket has changed since, nothing is changed and 412 is answered with the current one.';

export const successes: Readonly<Record<SuccessStatus, string>> = {
  200: 'Done.',
  201: 'Made.',
  204: 'Gone.',
};
export const replayed =
  'It was made before under this id, and this is what it is: `Idempotent-Replayed: true`.';

export const headers = {
  ETag: {
    description: 'The version of what is answered, for `If-Match`.',
    schema: { type: 'string' },
  },
  Location: { description: 'Where the new record is.', schema: { type: 'string' } },
  'Idempotent-Replayed': { description: '`true` where nothing was done anew.', schema: { type: 'string' } },
  'X-Request-Id': {
    description: 'Names this request in the log of the server.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'How many requests in how many seconds: `"api.key";q=600;w=60`.',
    schema: { type: 'string' },
  },
  RateLimit: {
    description: 'How many are left, and for how many seconds: `"api.key";r=598;t=31`.',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Seconds to wait before the next try.', schema: { type: 'string' } },
};

const everywhere = ['X-Request-Id', 'RateLimit-Policy', 'RateLimit'] as const;

export function headersOf({ noun, method, path, status, idempotency }: AnyEndpoint): Record<string, unknown> {
  const isTicket = noun === 'tickets' && path.endsWith('{ticketId}') && method !== 'DELETE';
  const names: (keyof typeof headers)[] = [...everywhere];
  if (isTicket) names.push('ETag');
  if (status === 201 && idempotency !== 'none') names.push('Location');
  if (idempotency !== 'none') names.push('Idempotent-Replayed');
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

export const refusalStatuses = {
  Invalid: 400,
  Unauthenticated: 401,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  ChangedMeanwhile: 412,
  TooLarge: 413,
  TypeNotSupported: 415,
  KeyReused: 422,
  RateLimited: 429,
  Unavailable: 503,
} as const;
export type RefusalName = keyof typeof refusalStatuses;

const refusalWords: Readonly<Record<RefusalName, string>> = {
  Invalid: 'Something in the request is not as described; `field` names it.',
  Unauthenticated: 'No key, or none that is good now.',
  Forbidden: 'The key has not got the scope, or its role may not do this.',
  NotFound: 'There is no such record, or none that you may know of.',
  Conflict: 'It cannot be done as things are now; `code` says why.',
  ChangedMeanwhile: 'Somebody changed it first. `ETag` has what it is now.',
  TooLarge: 'The body is larger than 256 KB.',
  TypeNotSupported: 'The body is not JSON.',
  KeyReused: 'The `Idempotency-Key` was used for another request.',
  RateLimited: 'Too many requests. `Retry-After` says how long to wait.',
  Unavailable: 'Not now. `Retry-After` says when to come back.',
};

/** The answers that refuse, by name, as components. */
export function refusals(problem: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(refusalWords).map(([name, description]) => {
      const waits = name === 'RateLimited' || name === 'Unavailable';
      const more = waits ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {};
      const named = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' }, ...more };
      const content = { 'application/problem+json': { schema: problem } };
      return [name, { description, headers: named, content }];
    }),
  );
}

/** Which of them an endpoint may answer. */
export function refusalsOf(definition: AnyEndpoint): RefusalName[] {
  const { actors, path, method, body, idempotency, noun } = definition;
  const isOpen = actors.every((actor) => actor === 'anybody');
  const changes = method !== 'GET';
  const hasCondition = noun === 'tickets' && method === 'PATCH';
  const names: (RefusalName | false)[] = [
    'Invalid',
    (!isOpen || body !== null) && 'Unauthenticated',
    (!isOpen || body !== null) && 'Forbidden',
    (path.includes('{') || body !== null) && 'NotFound',
    changes && 'Conflict',
    hasCondition && 'ChangedMeanwhile',
    changes && 'TooLarge',
    changes && 'TypeNotSupported',
    idempotency === 'key' && 'KeyReused',
    'RateLimited',
    'Unavailable',
  ];
  return names.filter((name) => name !== false);
}

export const securitySchemes = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key from the settings, `parley_…`. What it may do is its scopes: reading or writing, for each noun, of one department or of all.',
  },
  customer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The session of one customer, from `POST /api/v1/customer-tokens`: it sees what is theirs.',
  },
};

export const webhook =
  'Signed as Standard Webhooks has it: HMAC-SHA256 of `id.timestamp.body` with your secret. Answer with any 2xx within five seconds; do the work afterwards.';

export const webhookHeaders = [
  {
    name: 'webhook-id',
    in: 'header',
    required: true,
    description: 'Stays the same at every attempt: what you have seen, you may throw away.',
    schema: { type: 'string' },
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    description: 'Seconds since 1970, of this attempt. Refuse what is older than five minutes.',
    schema: { type: 'string' },
  },
  {
    name: 'webhook-signature',
    in: 'header',
    required: true,
    description:
      '`v1,` and the signature in base64; several with spaces between them while a secret is rotated.',
    schema: { type: 'string' },
  },
];
