import * as z from 'zod/mini';
import { type ErrorCode, type Failure, RefusedError } from '#/lib/errors.ts';

/**
 * What the public API says when it refuses: problem+json (RFC 9457) with a code that never changes its meaning. One
 * entry for each code; a reason without one is told by the code of its kind.
 */
export type Problem = { status: number; title: string; detail: string };

const invalid = (title: string, detail: string): Problem => ({ status: 400, title, detail });
const unauthenticated = (title: string, detail: string): Problem => ({ status: 401, title, detail });
const forbidden = (title: string, detail: string): Problem => ({ status: 403, title, detail });
const conflict = (title: string, detail: string): Problem => ({ status: 409, title, detail });

/** By code, in the order of the documentation. */
export const problems = {
  invalid: invalid('Not valid', 'Something in the request is not as it is described.'),
  unauthenticated: unauthenticated('Not signed in', 'The token opens nothing.'),
  forbidden: forbidden('Not allowed', 'This may not be done with this token.'),
  not_found: {
    status: 404,
    title: 'Not found',
    detail: 'There is no such thing, or none that this token may see.',
  },
  conflict: conflict('Not possible now', 'What is stored does not go together with this request.'),
  too_large: { status: 413, title: 'Too large', detail: 'The request is larger than what is taken.' },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: 'The limit of this token is used up: try again after the time in Retry-After.',
  },
  unavailable: {
    status: 503,
    title: 'Not available',
    detail: 'This could not be done now. What happened is unknown: the same request may be sent again.',
  },

  // Of the request as a whole.
  host_not_valid: invalid('No such host', 'The Host header is not one that can exist.'),
  url_not_valid: invalid('Address not valid', 'This is no address that can be read.'),
  url_too_long: { status: 414, title: 'Address too long', detail: 'An address may have 8,192 characters.' },
  header_not_valid: invalid('Header not valid', 'A header of the request is not one that can be read.'),
  method_not_allowed: {
    status: 405,
    title: 'No such method',
    detail: 'Allow names the methods of this address.',
  },
  origin_not_allowed: forbidden('Foreign page', 'A page of another site may not ask here with a browser.'),
  encoding_not_supported: {
    status: 415,
    title: 'Packed body',
    detail: 'Bodies are taken as they are, without Content-Encoding.',
  },
  type_not_supported: {
    status: 415,
    title: 'Type not supported',
    detail: 'A body is JSON: Content-Type: application/json.',
  },
  length_required: { status: 411, title: 'Length required', detail: 'Content-Length is missing.' },
  body_too_large: { status: 413, title: 'Body too large', detail: 'A body may have 262,144 bytes.' },
  body_not_valid: invalid('Body not valid', 'The body is not JSON in UTF-8, or nested too deeply.'),
  body_not_json: invalid('Body not JSON', 'The body is not JSON.'),
  body_not_expected: invalid('Unexpected body', 'This request takes no body.'),
  overloaded: {
    status: 503,
    title: 'Busy',
    detail: 'There is too much to do. Nothing was begun: try again after the time in Retry-After.',
  },
  request_failed: {
    status: 500,
    title: 'Failed',
    detail: 'This failed for a reason of ours; the request id finds it in the log.',
  },

  // Who asks.
  token_missing: unauthenticated('No token', 'Send Authorization: Bearer with a key or a customer token.'),
  session_over: unauthenticated('Session over', 'This session has ended.'),
  blocked: forbidden('Blocked', 'This customer is blocked.'),
  scope_missing: forbidden('Scope missing', 'The key was not given the scope that this needs.'),
  not_for_keys: forbidden('Not for keys', 'This is for a customer token, not for a key.'),
  not_for_customers: forbidden('Not for customers', 'This is for a key, not for a customer token.'),

  // What is asked for.
  unknown_parameter: invalid('Unknown parameter', 'There is no such parameter here.'),
  parameter_repeated: invalid('Parameter repeated', 'A parameter may stand in the request once.'),
  unknown_field: invalid('Unknown field', 'There is no such field here.'),
  field_missing: invalid('Field missing', 'This has to be given.'),
  type_not_valid: invalid(
    'Wrong type',
    'This is of another type: a number is no text and a text is no number.',
  ),
  value_not_valid: invalid('Value not valid', 'This value is not one that can stand here.'),
  value_too_small: invalid('Too small', 'This is less than what can stand here.'),
  value_too_large: invalid('Too large', 'This is more than what can stand here.'),
  text_has_nul: invalid('NUL in a text', 'A text has no NUL characters.'),
  where_not_valid: invalid(
    'Conditions not valid',
    'where is a JSON object of fields and what they are compared to.',
  ),
  unknown_operator: invalid('Unknown operator', 'This field cannot be compared so.'),
  too_many_conditions: invalid('Too many conditions', 'where takes 20 conditions.'),
  too_many_values: invalid('Too many values', 'in takes 100 values.'),
  unknown_order: invalid('Unknown order', 'This list cannot be ordered so.'),
  unknown_include: invalid('Unknown include', 'There is nothing of this name to include.'),
  cursor_not_valid: invalid(
    'Cursor not valid',
    'A cursor is good for the list, conditions, order and key that it was answered to.',
  ),
  nothing_to_change: invalid('Nothing to change', 'Name at least one field to change.'),

  // Repeats and races.
  idempotency_key_not_valid: invalid(
    'Key not valid',
    'Idempotency-Key has 1 to 255 visible ASCII characters.',
  ),
  idempotency_key_reused: {
    status: 422,
    title: 'Key used before',
    detail: 'This Idempotency-Key came with another request within the last 24 hours.',
  },
  request_in_progress: conflict(
    'In progress',
    'The first request with this Idempotency-Key is still being carried out: try again after the time in Retry-After.',
  ),
  if_match_not_valid: invalid('If-Match not valid', 'If-Match is an ETag of this record.'),
  changed_meanwhile: {
    status: 412,
    title: 'Changed meanwhile',
    detail: 'Somebody else changed it since it was read. ETag is of what it is now.',
  },
  id_used: conflict('Id used', 'This id belongs to something else already: make a new one.'),

  // Tickets, conversations, messages.
  customer_unknown: invalid('No such customer', 'There is no customer with this id.'),
  agent_unknown: invalid('No such agent', 'There is no active agent with this id.'),
  department_unknown: invalid('No such department', 'There is no department with this id.'),
  tag_unknown: invalid('No such tag', 'There is no tag with this id.'),
  field_unknown: invalid('No such custom field', 'There is no custom field with this key.'),
  value_not_number: invalid('Not a number', 'The custom field takes a number.'),
  value_not_offered: invalid('Not offered', 'The custom field does not offer this value.'),
  too_many_tags: invalid('Too many tags', 'A ticket has 20 tags at most.'),
  too_many_fields: invalid('Too many fields', 'A change names 50 custom fields at most.'),
  key_not_valid: invalid(
    'Key not valid',
    'The key of a custom field is a letter and then letters, digits and underscores.',
  ),
  value_has_nul: invalid('NUL in a text', 'A text has no NUL characters.'),
  moment_past: invalid('In the past', 'This moment has to lie ahead.'),
  moment_too_far: invalid('Too far ahead', 'This moment lies too far ahead.'),
  moment_unknown: invalid('No such moment', 'A moment is ISO 8601 with a zone: 2026-11-23T09:30:00Z.'),
  merged: conflict('Merged', 'This ticket was merged into another one and cannot be changed any more.'),
  newer_entries: conflict('Newer entries', 'Somebody wrote after what you read last.'),
  followup_needed: conflict(
    'Follow-up needed',
    'The time for replies to this resolved ticket is over: start a conversation that follows this one.',
  ),
  followup_over: conflict('Takes messages again', 'The conversation takes messages again: send them there.'),
  subject_empty: invalid('No subject', 'A subject has at least one character.'),
  subject_too_long: invalid('Subject too long', 'A subject has 200 characters at most.'),
  subject_has_nul: invalid('NUL in a text', 'A text has no NUL characters.'),
  description_too_long: invalid('Description too long', 'A description has 10,000 characters at most.'),
  ticket_or_follow_up: invalid(
    'One or the other',
    'A conversation begins on a new ticket or follows another conversation, not both.',
  ),
  answer_missing: invalid('Answer missing', 'The widget asks for this before a first message.'),
  too_many_answers: invalid('Too many answers', 'There are more answers than the widget asks for.'),
  text_empty: invalid('No text', 'A message has at least one character.'),
  text_too_long: invalid('Text too long', 'A message has 10,000 characters at most.'),
  too_many_mentions: invalid('Too many mentions', 'A note mentions 20 agents at most.'),

  // Keys and customer tokens.
  key_unknown: unauthenticated('No such key', 'There is no key with this token.'),
  key_expired: unauthenticated(
    'Key expired',
    'The key has ended: an admin can let it go on, with a new token.',
  ),
  key_revoked: unauthenticated('Key revoked', 'The key was revoked for good.'),
  key_rotated: unauthenticated('Token replaced', 'The key has a newer token, and the day beside it is over.'),
  key_without_department: unauthenticated(
    'Department gone',
    'The key was for a department that was taken away.',
  ),
  widget_unknown: invalid('No such widget', 'There is no widget with this key.'),
  identity_signature_wrong: forbidden('Wrong signature', 'No live secret of this widget signed the JWT.'),
  identity_jti_used: forbidden('Used before', 'The JWT signed somebody in already: each does so once.'),
  identity_exp_past: forbidden(
    'JWT expired',
    'exp lies in the past: sign a new one, or look at your server’s clock.',
  ),
  identity_exp_too_far: forbidden('JWT lives too long', 'exp may lie an hour ahead at most.'),
  identity_exp_missing: forbidden('exp missing', 'The JWT has to say when it ends, in exp.'),
  identity_exp_milliseconds: forbidden('exp in milliseconds', 'exp counts seconds.'),
  identity_nbf_future: forbidden('Not valid yet', 'nbf lies ahead.'),
  identity_iat_future: forbidden('Signed in the future', 'iat lies ahead: look at your server’s clock.'),
  identity_aud_missing: forbidden('aud missing', 'aud has to be the key of the widget.'),
  identity_aud_wrong: forbidden('Wrong aud', 'aud has to be the key of the widget.'),
  identity_aud_other_widget: forbidden('Another widget’s', 'aud is the key of another widget.'),
  identity_sub_missing: forbidden('sub missing', 'sub has to be your own id of the person.'),
  identity_sub_not_text: forbidden(
    'sub is no text',
    'sub has to be a text: put quotation marks around the id.',
  ),
  identity_jti_missing: forbidden('jti missing', 'jti has to be a new value in each JWT.'),
  identity_token_not_jwt: forbidden('Not a JWT', 'This is not a signed JWT.'),
  identity_algorithm_none: forbidden('Not signed', 'The JWT has to be signed with HS256.'),
  identity_token_empty: forbidden('No JWT', 'The JWT is empty.'),
  identity_token_too_long: forbidden('JWT too long', 'A JWT has 8,192 characters at most.'),
  identity_token_encrypted: forbidden('Encrypted', 'The JWT has to be signed, not encrypted.'),
  identity_algorithm_missing: forbidden('alg missing', 'The header has to name HS256 in alg.'),
  identity_header_critical: forbidden('crit in the header', 'A header with crit is not understood.'),
  identity_exp_not_number: forbidden('exp is no number', 'exp has to be a number of seconds.'),
  identity_nbf_not_number: forbidden('nbf is no number', 'nbf has to be a number of seconds.'),
  identity_iat_not_number: forbidden('iat is no number', 'iat has to be a number of seconds.'),
  identity_sub_too_long: forbidden('sub too long', 'sub has 255 characters at most.'),
  identity_jti_not_text: forbidden('jti is no text', 'jti has to be a text.'),
  identity_jti_too_long: forbidden('jti too long', 'jti has 255 characters at most.'),
  identity_claim_wrong: forbidden('Claim not valid', 'A name, address or number in the JWT is not valid.'),
  identity_attributes_not_object: forbidden('attributes is no object', 'attributes has to be an object.'),
  identity_attributes_too_many: forbidden('Too many attributes', 'attributes has 50 keys at most.'),
  identity_attributes_too_large: forbidden('Attributes too large', 'attributes has 2,048 bytes at most.'),
  identity_attribute_key_wrong: forbidden('Key not valid', 'A key of attributes is not valid.'),
  identity_attribute_wrong: forbidden('Attribute not valid', 'An attribute does not fit its custom field.'),
  identity_algorithm_wrong: forbidden('Wrong algorithm', 'The JWT has to be signed with HS256.'),

  // Customers, agents, departments.
  name_empty: invalid('No name', 'A name has at least one character that can be seen.'),
  name_too_long: invalid('Name too long', 'A customer’s name has 100 characters at most, any other 80.'),
  name_taken: conflict('Name taken', 'Another one has this name already, whatever its capitals.'),
  email_not_valid: invalid('No address', 'This is no e-mail address.'),
  email_invalid: invalid('No address', 'This is no e-mail address.'),
  email_too_long: invalid('Address too long', 'An e-mail address has 254 characters at most.'),
  email_taken: conflict('Address taken', 'There is an account with this address already.'),
  phone_not_valid: invalid('No phone number', 'A phone number begins with + and its country: +49301234.'),
  external_id_empty: invalid('No id', 'An id of yours has at least one character that can be seen.'),
  external_id_too_long: invalid('Id too long', 'An id of yours has 255 characters at most.'),
  external_id_not_text: invalid('No id', 'An id of yours is text without halves of characters.'),
  external_id_taken: conflict('Id taken', 'There is a customer with this id of the same site already.'),
  widget_key_with_external_id: invalid(
    'Half of an identity',
    'externalId and widgetKey come together: ids of two sites name two people.',
  ),
  locale_not_valid: invalid('No language', 'A language is a BCP 47 tag such as de or pt-BR.'),
  timezone_unknown: invalid('No such time zone', 'A time zone is an IANA name such as Europe/Berlin.'),
  attribute_key_wrong: invalid(
    'Key not valid',
    'name, email and phone are fields of their own and no attributes.',
  ),
  attributes_too_many: invalid('Too many attributes', 'A request brings 50 attributes at most.'),
  attributes_too_large: invalid(
    'Too many attributes',
    'A customer has 100 attributes and 16,384 bytes of them at most.',
  ),
  value_too_long: invalid('Value too long', 'A value has 500 characters at most.'),
  value_not_text: invalid('Not a text', 'The custom field takes a text.'),
  value_not_boolean: invalid('Not true or false', 'The custom field takes true or false.'),
  value_not_date: invalid('Not a date', 'The custom field takes a date: 2026-11-23.'),
  hours_invalid: invalid(
    'Hours not valid',
    'Spans of one day go from 00:00 to 24:00, five at most, and do not overlap.',
  ),
  last_admin: conflict('Last admin', 'This is the only admin there is.'),
  admins_by_people_only: forbidden('Only by people', 'No key makes admins or switches them on or off.'),

  // Webhooks.
  url_empty: invalid('No URL', 'A webhook leads somewhere.'),
  scheme_not_allowed: invalid('Not https', 'The URL begins with https://.'),
  not_encrypted: invalid('Not https', 'The URL begins with https://: what is sent has to be encrypted.'),
  credentials_in_url: invalid(
    'Credentials in the URL',
    'The URL names no user and no password: check the signature.',
  ),
  port_not_allowed: invalid('Port not allowed', 'The URL leads to port 80, 443, 8080 or 8443.'),
  address_not_allowed: invalid(
    'Address not allowed',
    'The URL leads inside: to a machine that is not one of the public internet.',
  ),
  types_empty: invalid('No types', 'A webhook is told of one type of events at least.'),
  types_repeat: invalid('Type repeated', 'Each type can be there once.'),
  type_unknown: invalid('No such type', 'There is no such type of events.'),
  webhooks_full: conflict('Too many webhooks', 'There are 50 webhooks already: delete one first.'),
  webhook_disabled: conflict('Switched off', 'The webhook is switched off: switch it on first.'),

  // Events and live events.
  position_not_valid: invalid('No position', 'after is a position, a whole number, or latest.'),
  position_unknown: invalid(
    'Position unknown',
    'The feed has not come so far: pass the nextAfter of an answer.',
  ),
  events_not_numbered: {
    status: 503,
    title: 'Events not in order yet',
    detail: 'A long history is put in order before its end is known: try again in a minute.',
  },
  too_many_waiting: {
    status: 429,
    title: 'Too many waiting',
    detail: 'A key waits for events ten times at once: let the earlier requests end.',
  },
  channel_refused: forbidden(
    'Channel refused',
    'There is no such channel, or none that this token may join.',
  ),
  socket_id_not_valid: invalid('No socket', 'socket_id is what the server gave the connection: 1234.5678.'),
} as const satisfies Readonly<Record<string, Problem>>;

const all: Readonly<Record<string, Problem>> = problems;

export const problemSchema = z.strictObject({
  type: z.string().register(z.globalRegistry, { description: 'Where the documentation explains the code.' }),
  title: z.string(),
  status: z.int(),
  code: z.string().register(z.globalRegistry, {
    description: 'What went wrong, as a word that never changes its meaning.',
  }),
  field: z.optional(z.string()).register(z.globalRegistry, {
    description: 'The field, parameter, header or scope that it is about.',
  }),
  detail: z.string(),
  requestId: z.string(),
  incidentId: z.optional(z.string()).register(z.globalRegistry, {
    description: 'With a status of 500 and more: finds the cause in the log.',
  }),
});
export type ProblemBody = z.infer<typeof problemSchema>;

/** The status that a refusal is answered with. */
export function problemStatus(failure: Failure): number {
  return problemFor(failure).problem.status;
}

/** A refusal as the public API tells it. */
export function problemOf(failure: Failure, requestId: string): ProblemBody {
  const { code, problem } = problemFor(failure);
  const { field, incidentId } = failure;
  return {
    type: `/docs/api#${code}`,
    title: problem.title,
    status: problem.status,
    code,
    ...(field === undefined ? {} : { field }),
    detail: problem.detail,
    requestId,
    ...(incidentId === undefined ? {} : { incidentId }),
  };
}

function problemFor({ code, reason }: Failure): { code: string; problem: Problem } {
  const byReason = reason !== undefined && Object.hasOwn(all, reason) ? all[reason] : undefined;
  return byReason === undefined || reason === undefined
    ? { code, problem: problems[code] }
    : { code: reason, problem: byReason };
}

/** A refusal of a guard in front of the endpoints. */
export function problemOfGuard(status: number, reason: string, requestId: string): ProblemBody {
  const known = codeOfStatus[status] ?? 'unavailable';
  return { ...problemOf({ code: known, reason }, requestId), status };
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'invalid',
  411: 'invalid',
  413: 'too_large',
  414: 'too_large',
  415: 'invalid',
  429: 'rate_limited',
};

/** A refusal that brings headers of its own, such as the current ETag. */
export function refuseWith(failure: Failure, headers: Readonly<Record<string, string>>): RefusedError {
  return Object.assign(new RefusedError(failure), { answerHeaders: headers });
}

/** The headers of `refuseWith`; none of any other error. */
export function answerHeadersOf(error: unknown): Record<string, string> {
  const held: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'answerHeaders') : null;
  if (typeof held !== 'object' || held === null) return {};
  return Object.fromEntries(Object.entries(held).map(([name, value]) => [name, String(value)]));
}
