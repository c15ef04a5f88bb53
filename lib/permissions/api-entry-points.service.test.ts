import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import type { AnyEndpoint } from '#/lib/api/endpoint.ts';
import { everyEndpoint } from '#/lib/api/endpoints/openapi-document.ts';
import { scopes } from '#/lib/api/scopes.ts';
import { apiEnvironment } from '#/lib/api/testing.ts';
import { createKey, findKeyByToken, revokeKey } from '#/lib/api-keys/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { type Conversing, makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';

/**
 * Operation of the public API × who asks → answer, for a ticket in a restricted department. An operation without a row
 * fails; that every route is an operation is tested with the document.
 */

const whos = [
  'nobody',
  // A signed-in admin's browser: cookies mean nothing here.
  'cookie',
  // The ticket's customer, and another one.
  'owner',
  'stranger',
  // A key of the ticket's department, of another one, and of all.
  'member',
  'outsider',
  'all',
  // A key of all departments with every scope but that of this noun.
  'scopeless',
  'revoked',
] as const;
type Who = (typeof whos)[number];
/** `nothing`: a list or a count that is answered and does not have it. */
type Answer = 'ok' | 'nothing' | 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict';
type Scene = { who: Who; subject: Conversing; agentId: string; participantId: string; eventId: string };
type Given = { params?: Record<string, string>; query?: Record<string, string>; body?: unknown };
type Row = { answers: Record<Who, Answer>; given(scene: Scene): Given | Promise<Given> };

const no = 'unauthenticated';
const whoever = (answer: Answer) => answersOf(Object.fromEntries(whos.map((who) => [who, answer])));

/** In the order owner, stranger, member, outsider, all; the others follow from what a key is. */
function forCallers(
  owner: Answer,
  stranger: Answer,
  member: Answer,
  outsider: Answer,
  all: Answer,
): Record<Who, Answer> {
  const keys = { member, outsider, all, scopeless: 'forbidden', revoked: no } as const;
  return { nobody: no, cookie: no, owner, stranger, ...keys };
}
const forKeys = (member: Answer, outsider: Answer, all: Answer) =>
  forCallers('forbidden', 'forbidden', member, outsider, all);
const ofTicket = forKeys('ok', 'not_found', 'ok');
const listOfTicket = forKeys('ok', 'nothing', 'ok');
const ofConversation = forCallers('ok', 'not_found', 'ok', 'not_found', 'ok');
const listOfConversation = forCallers('ok', 'nothing', 'ok', 'nothing', 'ok');
/** What a key of one department does not administer, though it knows of it. */
const administered = forKeys('forbidden', 'forbidden', 'ok');
/** What is administered and of the department: the key of another one does not know of it. */
const administeredOfDepartment = forKeys('forbidden', 'not_found', 'ok');

/** Safe: made of every one of `whos`. */
function answersOf(answers: object): Record<Who, Answer> {
  return answers as Record<Who, Answer>;
}

const whereId = (id: string): Given => ({ query: { where: JSON.stringify({ id }) } });
const ofSubject = ({ subject: { conversationId } }: Scene): Given => ({ params: { conversationId } });
const first = () => ({ id: newId(), text: 'Hello there.' });

const rows: Record<string, Row> = {
  listTickets: { answers: listOfTicket, given: ({ subject }) => whereId(subject.ticketId) },
  countTickets: { answers: listOfTicket, given: ({ subject }) => whereId(subject.ticketId) },
  getTicket: { answers: ofTicket, given: ({ subject: { ticketId } }) => ({ params: { ticketId } }) },
  createTicket: {
    answers: ofTicket,
    given: ({ subject: { customer } }) => ({
      body: {
        id: newId(),
        conversationId: newId(),
        customerId: customer.id,
        subject: 'About your order',
        departmentId,
        message: first(),
      },
    }),
  },
  updateTicket: {
    answers: ofTicket,
    given: ({ subject: { ticketId } }) => ({ params: { ticketId }, body: { priority: 'high' } }),
  },
  listConversations: { answers: listOfConversation, given: ({ subject }) => whereId(subject.conversationId) },
  countConversations: {
    answers: listOfConversation,
    given: ({ subject }) => whereId(subject.conversationId),
  },
  getConversation: { answers: ofConversation, given: ofSubject },
  createConversation: {
    // A customer's is on a ticket of its own.
    answers: forCallers('ok', 'ok', 'ok', 'not_found', 'ok'),
    given: ({ who, subject: { ticketId } }) => ({
      body: {
        id: newId(),
        ticketId: who === 'owner' || who === 'stranger' ? newId() : ticketId,
        message: first(),
      },
    }),
  },
  listMessages: { answers: ofConversation, given: ofSubject },
  countMessages: { answers: ofConversation, given: ofSubject },
  getMessage: {
    answers: ofConversation,
    given: ({ subject: { conversationId, firstId } }) => ({
      params: { conversationId, messageId: firstId },
    }),
  },
  createMessage: { answers: ofConversation, given: (scene) => ({ ...ofSubject(scene), body: first() }) },
  listParticipants: { answers: ofConversation, given: ofSubject },
  countParticipants: { answers: ofConversation, given: ofSubject },
  getParticipant: {
    answers: ofConversation,
    given: ({ subject: { conversationId }, participantId }) => ({
      params: { conversationId, participantId },
    }),
  },
  getReadMark: { answers: ofConversation, given: ofSubject },
  setReadMark: {
    answers: ofConversation,
    given: (scene) => ({ ...ofSubject(scene), body: { through: 1 } }),
  },
  listTyping: { answers: ofConversation, given: ofSubject },
  countTyping: { answers: ofConversation, given: ofSubject },
  setTyping: {
    answers: ofConversation,
    given: (scene) => ({ ...ofSubject(scene), body: { isTyping: true } }),
  },
  listCustomers: { answers: listOfTicket, given: ({ subject: { customer } }) => whereId(customer.id) },
  countCustomers: { answers: listOfTicket, given: ({ subject: { customer } }) => whereId(customer.id) },
  getCustomer: {
    answers: ofTicket,
    given: ({ subject: { customer } }) => ({ params: { customerId: customer.id } }),
  },
  createCustomer: { answers: administered, given: () => ({ body: { name: 'Lena Fischer' } }) },
  updateCustomer: {
    answers: ofTicket,
    given: ({ subject: { customer } }) => ({ params: { customerId: customer.id }, body: { name: 'Ada' } }),
  },
  listAgents: { answers: listOfTicket, given: ({ agentId }) => whereId(agentId) },
  countAgents: { answers: listOfTicket, given: ({ agentId }) => whereId(agentId) },
  getAgent: { answers: ofTicket, given: ({ agentId }) => ({ params: { agentId } }) },
  updateAgent: {
    answers: administeredOfDepartment,
    given: ({ agentId }) => ({ params: { agentId }, body: { departmentId: null } }),
  },
  deactivateAgent: {
    answers: administeredOfDepartment,
    given: ({ agentId }) => ({ params: { agentId }, body: {} }),
  },
  reactivateAgent: {
    answers: administeredOfDepartment,
    given: ({ agentId }) => ({ params: { agentId }, body: {} }),
  },
  listInvitations: { answers: administered, given: () => ({}) },
  createInvitation: { answers: administered, given: () => ({ body: { email: `${newId()}@b.test` } }) },
  deleteInvitation: {
    answers: administered,
    given: async () => {
      const made = await ask('createInvitation', 'all', { body: { email: `${newId()}@b.test` } });
      return { params: { invitationId: idIn(made.body) } };
    },
  },
  listDepartments: { answers: listOfTicket, given: () => whereId(departmentId) },
  countDepartments: { answers: listOfTicket, given: () => whereId(departmentId) },
  getDepartment: { answers: ofTicket, given: () => ({ params: { departmentId } }) },
  createDepartment: {
    answers: administered,
    given: () => ({ body: { name: `Department ${newId()}` } }),
  },
  updateDepartment: {
    answers: administeredOfDepartment,
    given: () => ({ params: { departmentId }, body: { isRestricted: true } }),
  },
  deleteDepartment: {
    // Another one that both do not know of.
    answers: forKeys('not_found', 'not_found', 'ok'),
    given: async () => ({ params: { departmentId: await makeDepartment(true) } }),
  },
  listEvents: { answers: listOfTicket, given: ({ subject: { ticketId } }) => ({ query: { ticketId } }) },
  countEvents: { answers: listOfTicket, given: ({ subject: { ticketId } }) => ({ query: { ticketId } }) },
  getEvent: { answers: ofTicket, given: ({ eventId }) => ({ params: { eventId } }) },
  getRealtime: { answers: forCallers('ok', 'ok', 'ok', 'ok', 'ok'), given: () => ({}) },
  authorizeRealtime: {
    // Each audience has a channel of its own.
    answers: forCallers('ok', 'forbidden', 'ok', 'forbidden', 'ok'),
    given: ({ who, subject: { conversationId } }) => {
      const isCustomer = who === 'owner' || who === 'stranger';
      const channel = isCustomer
        ? channels.conversation(conversationId)
        : channels.staffConversation(conversationId);
      return { body: { socket_id: '1.2', channel_name: channel } };
    },
  },
  listWebhooks: { answers: listOfTicket, given: async () => whereId(await makeWebhook()) },
  countWebhooks: { answers: listOfTicket, given: async () => whereId(await makeWebhook()) },
  getWebhook: { answers: ofTicket, given: ofNewWebhook },
  createWebhook: { answers: ofTicket, given: () => ({ body: webhook() }) },
  updateWebhook: {
    answers: ofTicket,
    given: async () => ({ ...(await ofNewWebhook()), body: { isEnabled: false } }),
  },
  deleteWebhook: { answers: ofTicket, given: ofNewWebhook },
  rotateWebhookSecret: { answers: ofTicket, given: ofNewWebhook },
  listWebhookDeliveries: { answers: ofTicket, given: ofNewWebhook },
  countWebhookDeliveries: { answers: ofTicket, given: ofNewWebhook },
  // Of this webhook there is none: who may read it is told so, and nobody else is told more.
  getWebhookDelivery: { answers: forKeys('not_found', 'not_found', 'not_found'), given: ofNoDelivery },
  resendWebhookDelivery: { answers: forKeys('not_found', 'not_found', 'not_found'), given: ofNoDelivery },
  createCustomerToken: {
    // The token is the right, whoever else asks.
    answers: whoever('forbidden'),
    given: () => ({ body: { widgetKey: widget.key, token: 'e30.e30.' } }),
  },
  getOpenApiDocument: { answers: whoever('ok'), given: () => ({}) },
};

const webhook = () => ({
  id: newId(),
  name: 'Order system',
  url: 'https://example.com/parley',
  types: ['ticket.changed'],
  departmentId,
});

async function makeWebhook(): Promise<string> {
  // As many as there can be would be reached before the last row.
  for (const webhookId of madeWebhooks.splice(0))
    await ask('deleteWebhook', 'all', { params: { webhookId } });
  const body = webhook();
  madeWebhooks.push(body.id);
  return idIn((await ask('createWebhook', 'all', { body })).body);
}
const madeWebhooks: string[] = [];

async function ofNewWebhook(): Promise<Given> {
  return { params: { webhookId: await makeWebhook() } };
}

async function ofNoDelivery(): Promise<Given> {
  return { params: { webhookId: await makeWebhook(), deliveryId: newId() } };
}

let database: TestDatabase;
let widget: Widget;
let departmentId: string;
let admin: AgentActor;
const authSecret = 'a'.repeat(32);
const tokens = new Map<string, string>();

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  process.env.DATABASE_URL = database.url;
  widget = await makeWidget();
  departmentId = await makeDepartment(true);
  admin = await makeAgent('admin');
  await makeToken('member', scopes, departmentId);
  await makeToken('outsider', scopes, await makeDepartment(true));
  await makeToken('all', scopes, null);
  const revoked = await makeToken('revoked', scopes, null);
  await revokeKey(admin, { id: revoked });
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
});

/** Answers the key's id. */
async function makeToken(
  who: string,
  given: readonly (typeof scopes)[number][],
  department: string | null,
): Promise<string> {
  const id = newId();
  const input = { id, name: 'Order sync', scopes: [...given], departmentId: department, lifeDays: null };
  tokens.set(who, (await createKey(admin, input)).value.token);
  return id;
}

/** The token of who asks for this operation; a key that has all scopes but its noun's is made when it is needed. */
async function tokenOf(who: Who, definition: AnyEndpoint, scene: Scene | null): Promise<string | null> {
  if (who === 'owner') return scene?.subject.token ?? null;
  if (who === 'stranger') return (await makeConversation(widget)).token;
  if (who !== 'scopeless') return tokens.get(who) ?? null;
  const noun = definition.scope?.split(':')[0] ?? '';
  const name = `scopeless ${noun}`;
  if (!tokens.has(name)) {
    const others = scopes.filter((scope) => !scope.startsWith(`${noun}:`));
    await makeToken(name, others, null);
  }
  return tokens.get(name) ?? null;
}

async function makeScene(who: Who): Promise<Scene> {
  const subject = await makeConversation(widget);
  await transact((tx) => updateTicketDepartment(tx, subject.ticketId, departmentId));
  const agent = await makeAgent('agent', departmentId);
  const { conversationId } = subject;
  const found = await ask('listParticipants', 'all', { params: { conversationId } });
  const event = subject.events.find(({ type }) => type === 'message.created');
  return { who, subject, agentId: agent.id, participantId: firstIdIn(found.body), eventId: event?.id ?? '' };
}

type Handler = (request: Request, context: { params: Promise<object> }) => Promise<Response>;

/** Asks through the route's own file, as the server does. */
async function ask(
  operationId: string,
  who: Who,
  { params = {}, query = {}, body }: Given,
  scene: Scene | null = null,
): Promise<{ status: number; body: unknown }> {
  const definition = everyEndpoint.find((each) => each.operationId === operationId);
  if (definition === undefined) throw new Error(`there is no operation ${operationId}`);
  const { method, path } = definition;
  const url = new URL(
    path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ''),
    'http://parley.test',
  );
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = new Headers({ 'x-parley-address': '192.0.2.1' });
  const token = await tokenOf(who, definition, scene);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  if (who === 'cookie') headers.set('cookie', `authjs.session-token=${await cookieOfAdmin()}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const handler = handlerOf((await routeOf(path))[method]);
  const response = await handler(new Request(url, { method, headers, ...sent }), {
    params: Promise.resolve(params),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

function cookieOfAdmin(): Promise<string> {
  const token = { sub: admin.id, sessionVersion: 1 };
  return encode({ token, secret: authSecret, salt: 'authjs.session-token' });
}

function routeOf(path: string): Promise<Record<string, unknown>> {
  const folder = path.replaceAll(/\{(\w+)\}/g, '[$1]');
  const file = join(import.meta.dirname, '../..', `app${folder}/route.ts`);
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}

/** Safe: a route module exports nothing but handlers. */
function handlerOf(exported: unknown): Handler {
  return exported as Handler;
}

function idIn(body: unknown): string {
  return String(Reflect.get(Object(body), 'id'));
}

function firstIdIn(body: unknown): string {
  const found: unknown = Reflect.get(Object(body), 'data');
  return Array.isArray(found) ? idIn(found[0]) : '';
}

const refusals: Readonly<Record<number, Answer>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
};

function answerOf({ status, body }: { status: number; body: unknown }): Answer | number {
  if (status >= 300) return refusals[status] ?? status;
  const [found, count]: unknown[] = [Reflect.get(Object(body), 'data'), Reflect.get(Object(body), 'count')];
  return count === 0 || (Array.isArray(found) && found.length === 0) ? 'nothing' : 'ok';
}

/** Lists that may be empty for who may well read them. */
const mayBeEmpty = new Set([
  'listTyping',
  'countTyping',
  'listWebhookDeliveries',
  'countWebhookDeliveries',
  'listInvitations',
]);

describe.each(Object.entries(rows))('%s', (operationId, row) => {
  test.each(whos)('%s', async (who) => {
    const scene = await makeScene(who);
    const answer = answerOf(await ask(operationId, who, await row.given(scene), scene));
    const wanted = row.answers[who];
    expect(mayBeEmpty.has(operationId) && answer === 'nothing' ? 'ok' : answer).toBe(wanted);
  });
});

test('a key that was revoked opens nothing, and the others do', async () => {
  const opened = await Promise.all(
    ['member', 'outsider', 'all', 'revoked'].map((who) => findKeyByToken(tokens.get(who) ?? newToken())),
  );
  expect(opened.map((holder) => holder !== null)).toEqual([true, true, true, false]);
});

test('every operation of the public API has a row', () => {
  const served = everyEndpoint.map(({ operationId }) => operationId);
  expect(Object.keys(rows).toSorted()).toEqual(served.toSorted());
});
