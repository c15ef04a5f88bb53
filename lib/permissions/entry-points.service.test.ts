import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { inviteAgent } from '#/lib/agents/service.ts';
import type { CreateKeyInput } from '#/lib/api-keys/schema.ts';
import { createKey } from '#/lib/api-keys/service.ts';
import { startTicket } from '#/lib/conversations/service.ts';
import type { CreateFieldInput } from '#/lib/custom-fields/schema.ts';
import { createField } from '#/lib/custom-fields/service.ts';
import type { ErrorCode } from '#/lib/errors.ts';
import { addFile, openFile } from '#/lib/files/service.ts';
import { filesEnvironment, uploadOf } from '#/lib/files/testing.ts';
import { createSecret } from '#/lib/identity/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { mergeTickets } from '#/lib/merges/service.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import { operationsPaths } from '#/lib/operations.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { createTag } from '#/lib/tags/service.ts';
import {
  type Conversing,
  makeAgent,
  makeConversation,
  makeDepartment,
  makeWidget,
  testOrigin,
} from '#/lib/testing.ts';
import { createTicketLink } from '#/lib/tickets/service.ts';
import { saveView } from '#/lib/views/service.ts';
import type { CreateWebhookInput } from '#/lib/webhooks/schema.ts';
import { createWebhook as createTheWebhook, deleteWebhook } from '#/lib/webhooks/service.ts';
import { createWidget } from '#/lib/widgets/service.ts';

/** Entry point × who asks → answer, for a ticket in a restricted department. What is exported without a row fails. */

const asked = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock('next/headers', () => ({ headers: () => Promise.resolve(asked.headers) }));
// The library needs Next's bundler; what it does with a session cookie is tested in the browser.
vi.mock('#/lib/auth/next-auth.ts', () => ({
  isSecureCookie: () => false,
  signIn: () => Promise.resolve(),
  signOut: () => Promise.resolve(),
  handlers: { GET: () => new Response(), POST: () => new Response() },
}));

const authSecret = 'a'.repeat(32);
Object.assign(process.env, {
  AUTH_SECRET: authSecret,
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  PUSHER_APP_ID: 'app',
  PUSHER_KEY: 'key',
  PUSHER_SECRET: 's'.repeat(32),
  // Nobody listens: publishing fails at once and is none of this test's business.
  PUSHER_HOST: '127.0.0.1',
  PUSHER_PORT: '1',
  PUSHER_TLS: 'false',
  RATE_LIMIT_SCALE: '100000',
});

const whos = ['nobody', 'owner', 'stranger', 'outsider', 'member', 'admin'] as const;
type Who = (typeof whos)[number];
type Answer = 'ok' | ErrorCode;
type Scene = {
  who: Who;
  token: string;
  subject: Conversing;
  agents: Record<'outsider' | 'member' | 'admin', AgentActor>;
};
type Row = { answers: Record<Who, Answer>; ask(scene: Scene): Promise<unknown> };

/** Answers in the order of `whos`. */
const expecting = (...[nobody, owner, stranger, outsider, member, admin]: Answer[]): Record<Who, Answer> => ({
  nobody: nobody ?? 'ok',
  owner: owner ?? 'ok',
  stranger: stranger ?? 'ok',
  outsider: outsider ?? 'ok',
  member: member ?? 'ok',
  admin: admin ?? 'ok',
});
const no = 'unauthenticated';
const customersOwn = expecting(no, 'ok', 'not_found', no, no, no);
const anyCustomer = expecting(no, 'ok', 'ok', no, no, no);
const staffOfTicket = expecting(no, no, no, 'not_found', 'ok', 'ok');
const anyAgent = expecting(no, no, no, 'ok', 'ok', 'ok');
const adminOnly = expecting(no, no, no, 'forbidden', 'forbidden', 'ok');
const anybody = expecting('ok', 'ok', 'ok', 'ok', 'ok', 'ok');

const load = {
  widget: () => import('#/app/widget/actions.ts'),
  inbox: () => import('#/app/(agent)/inbox/actions.ts'),
  settings: () => import('#/app/(agent)/settings/actions.ts'),
  profile: () => import('#/app/(agent)/settings/profile/actions.ts'),
  identity: () => import('#/app/(agent)/settings/identity/actions.ts'),
  apiKeys: () => import('#/app/(agent)/settings/api-keys/actions.ts'),
  webhooks: () => import('#/app/(agent)/settings/webhooks/actions.ts'),
};
const get = (path: string, params: Record<string, string> = {}) => ({
  method: 'GET',
  path,
  params,
  body: null,
});
const post = (path: string, body: unknown) => ({ method: 'POST', path, params: {}, body });
type Asked = { method: string; path: string; params: Record<string, string>; body: unknown };
type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

async function send(handler: Promise<Record<string, unknown>>, request: Asked): Promise<unknown> {
  const headers = new Headers(asked.headers);
  if (request.body !== null) headers.set('content-type', 'application/json');
  const made = new Request(`http://parley.test${request.path}`, {
    method: request.method,
    headers,
    ...(request.body === null ? {} : { body: JSON.stringify(request.body) }),
  });
  const run = handlerOf((await handler)[request.method]);
  const response = await run(made, { params: Promise.resolve(request.params) });
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return isJson ? response.json() : { ok: true, value: await response.text() };
}

async function sendUpload(handler: Promise<Record<string, unknown>>, path: string): Promise<unknown> {
  const headers = new Headers(asked.headers);
  headers.set('content-type', 'application/octet-stream');
  headers.set('content-length', '5');
  const made = new Request(`http://parley.test${path}`, { method: 'POST', headers, body: 'hello' });
  return (await handlerOf((await handler).POST)(made, { params: Promise.resolve({}) })).json();
}

/** A file that hangs on a message of the scene's customer. */
async function makeSentFile({ subject: { customer, conversationId } }: Scene): Promise<string> {
  const { id } = await addFile(customer, uploadOf('a.txt', new TextEncoder().encode('hello')));
  await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [id] });
  return id;
}

/** Safe: a route module exports nothing but handlers. */
function handlerOf(exported: unknown): Handler {
  return exported as Handler;
}

const message = (scene: Scene) => ({
  conversationId: scene.subject.conversationId,
  id: newId(),
  text: 'hello',
});
const aKey = (): CreateKeyInput => ({
  id: newId(),
  name: 'Order sync',
  scopes: ['tickets:read'],
  departmentId: null,
  lifeDays: null,
});
const aWebhook = (): CreateWebhookInput => ({
  id: newId(),
  name: 'Orders',
  url: 'https://93.184.215.14/parley',
  types: ['ticket.changed'],
});
async function madeWebhook({ agents: { admin } }: Scene): Promise<string> {
  const webhook = aWebhook();
  await createTheWebhook(admin, webhook);
  // As many as there can be would be reached before the last row.
  madeWebhooks.push(webhook.id);
  for (const id of madeWebhooks.splice(0, madeWebhooks.length - 1)) await deleteWebhook(admin, id);
  return webhook.id;
}
const madeWebhooks: string[] = [];
async function makeSharedView(maker: AgentActor): Promise<string> {
  const id = newId();
  await saveView(maker, { id, name: 'Shared', filter: {}, sort: 'waiting', isShared: true });
  return id;
}
const start = () => ({ ticketId: newId(), conversationId: newId(), id: newId(), text: 'hello', page: null });
const bulk = ({ ticketId }: Conversing) => ({
  id: newId(),
  act: { field: 'priority', to: 'low' } as const,
  on: { ids: [ticketId] },
});
const field = (): CreateFieldInput => ({
  id: newId(),
  subject: 'ticket',
  key: `k${newId().replaceAll('-', '').slice(12)}`,
  label: 'Order',
  type: 'text',
  options: [],
  defaultValue: null,
});
/** Another ticket of the same customer, in the same department. */
async function makeSibling({ customer }: Conversing): Promise<string> {
  const { ticketId, conversationId, id, text } = start();
  await startTicket(customer, { ticketId, conversationId, id, text });
  await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
  return ticketId;
}
let widget: Widget;

const savedReply = () => ({ id: newId(), title: 'Thanks', shortcut: null, text: 'Thank you.' });
async function pendingInvite(admin: AgentActor): Promise<string> {
  const email = `${newId()}@b.test`;
  const { events } = await inviteAgent(admin, { email, role: 'agent', departmentId: null });
  return events[0]?.subjectId ?? '';
}

const rows: Record<string, Row> = {
  'app/widget/actions.ts startConversation': {
    answers: anybody,
    ask: async () => {
      const input = { ...start(), widgetKey: widget.key, origin: testOrigin, locale: null, timezone: null };
      return (await load.widget()).startConversation({ ...input, sessionToken: newToken() });
    },
  },
  'app/widget/actions.ts startTicket': {
    answers: anyCustomer,
    ask: async ({ token }) => (await load.widget()).startTicket(token, start()),
  },
  'app/widget/actions.ts startFollowUp': {
    // To its owner: the ticket takes messages, so there is nothing to follow up.
    answers: expecting(no, 'conflict', 'not_found', no, no, no),
    ask: async (scene) =>
      (await load.widget()).startFollowUp(scene.token, {
        followsConversationId: scene.subject.conversationId,
        conversationId: newId(),
        id: newId(),
        text: 'hello again',
      }),
  },
  'app/widget/actions.ts sendMessage': {
    answers: customersOwn,
    ask: async (scene) => (await load.widget()).sendMessage(scene.token, message(scene)),
  },
  'app/widget/actions.ts requestTicketLink': {
    answers: customersOwn,
    ask: async ({ token, subject }) =>
      (await load.widget()).requestTicketLink(token, { ticketId: subject.ticketId }),
  },
  'app/widget/actions.ts rateConversation': {
    // To its owner: nothing is resolved yet.
    answers: expecting(no, 'conflict', 'not_found', no, no, no),
    ask: async ({ token, subject: { conversationId } }) =>
      (await load.widget()).rateConversation(token, {
        conversationId,
        resolveId: newId(),
        score: 5,
        comment: null,
      }),
  },
  'app/widget/actions.ts leaveAddress': {
    answers: anyCustomer,
    ask: async ({ token }) => (await load.widget()).leaveAddress(token, { email: 'me@home.test' }),
  },
  'app/api/widget/conversations/[conversationId]/ending/route.ts GET': {
    answers: customersOwn,
    ask: ({ subject: { conversationId } }) =>
      send(
        import('#/app/api/widget/conversations/[conversationId]/ending/route.ts'),
        get(`/api/widget/conversations/${conversationId}/ending`, { conversationId }),
      ),
  },
  'app/api/widget/conversations/[conversationId]/transcript/route.ts GET': {
    answers: customersOwn,
    ask: ({ subject: { conversationId } }) =>
      send(
        import('#/app/api/widget/conversations/[conversationId]/transcript/route.ts'),
        get(`/api/widget/conversations/${conversationId}/transcript`, { conversationId }),
      ),
  },
  'app/api/widget/form/route.ts GET': {
    answers: anybody,
    ask: () => send(import('#/app/api/widget/form/route.ts'), get(`/api/widget/form?widget=${widget.key}`)),
  },
  'app/widget/actions.ts identify': {
    // The token is the right, whoever else asks: without one that its site signed, nobody is let in.
    answers: expecting('forbidden', 'forbidden', 'forbidden', 'forbidden', 'forbidden', 'forbidden'),
    ask: async ({ token }) => {
      const asked = { token: 'e30.e30.', held: token === '' ? null : token, next: newToken() };
      const input = { ...asked, widgetKey: widget.key, origin: testOrigin, locale: null, timezone: null };
      return (await load.widget()).identify(input);
    },
  },
  'app/widget/actions.ts setAttributes': {
    answers: anyCustomer,
    ask: async ({ token }) => (await load.widget()).setAttributes(token, { attributes: { plan: 'free' } }),
  },
  'app/widget/actions.ts track': {
    answers: anyCustomer,
    ask: async ({ token }) => {
      const at = new Date().toISOString();
      return (await load.widget()).track(token, { id: newId(), name: 'Paid', data: {}, page: null, at });
    },
  },
  'app/(agent)/settings/profile/actions.ts savePicture': {
    answers: anyAgent,
    ask: async () => (await load.profile()).savePicture({ picture: null }),
  },
  'app/api/pictures/[pictureId]/route.ts GET': {
    // Under an id that nobody was told there is none.
    answers: expecting('not_found', 'not_found', 'not_found', 'not_found', 'not_found', 'not_found'),
    ask: () => {
      const pictureId = newId();
      const path = `/api/pictures/${pictureId}`;
      return send(import('#/app/api/pictures/[pictureId]/route.ts'), get(path, { pictureId }));
    },
  },
  'app/(agent)/settings/identity/actions.ts createIdentitySecret': {
    answers: adminOnly,
    ask: async ({ agents: { admin } }) => {
      const { value } = await createWidget(admin, { id: newId(), name: 'Another site' });
      return (await load.identity()).createIdentitySecret({ widgetId: value.id, id: newId() });
    },
  },
  'app/(agent)/settings/identity/actions.ts revokeIdentitySecret': {
    answers: adminOnly,
    ask: async ({ agents: { admin } }) => {
      const { value } = await createWidget(admin, { id: newId(), name: 'Another site' });
      const secretId = newId();
      await createSecret(admin, { widgetId: value.id, id: secretId });
      return (await load.identity()).revokeIdentitySecret({ widgetId: value.id, secretId });
    },
  },
  'app/(agent)/settings/identity/actions.ts checkIdentityToken': {
    answers: adminOnly,
    ask: async () => (await load.identity()).checkIdentityToken({ widgetId: widget.id, token: 'x' }),
  },
  'app/(agent)/settings/api-keys/actions.ts createApiKey': {
    answers: adminOnly,
    ask: async () => (await load.apiKeys()).createApiKey(aKey()),
  },
  'app/(agent)/settings/api-keys/actions.ts rotateApiKey': {
    answers: adminOnly,
    ask: async ({ agents: { admin } }) => {
      const key = aKey();
      await createKey(admin, key);
      return (await load.apiKeys()).rotateApiKey({ id: key.id, overlap: 'day' });
    },
  },
  'app/(agent)/settings/api-keys/actions.ts revokeApiKey': {
    answers: adminOnly,
    ask: async ({ agents: { admin } }) => {
      const key = aKey();
      await createKey(admin, key);
      return (await load.apiKeys()).revokeApiKey({ id: key.id });
    },
  },
  'app/(agent)/settings/webhooks/actions.ts createWebhook': {
    answers: adminOnly,
    ask: async () => (await load.webhooks()).createWebhook(aWebhook()),
  },
  'app/(agent)/settings/webhooks/actions.ts changeWebhook': {
    answers: adminOnly,
    ask: async (scene) =>
      (await load.webhooks()).changeWebhook({ id: await madeWebhook(scene), name: 'Warehouse' }),
  },
  'app/(agent)/settings/webhooks/actions.ts rotateWebhookSecret': {
    answers: adminOnly,
    ask: async (scene) => (await load.webhooks()).rotateWebhookSecret({ id: await madeWebhook(scene) }),
  },
  'app/(agent)/settings/webhooks/actions.ts resendWebhookDelivery': {
    // There is no such delivery, which only who may resend it learns.
    answers: { ...adminOnly, admin: 'not_found' },
    ask: async (scene) =>
      (await load.webhooks()).resendWebhookDelivery({
        webhookId: await madeWebhook(scene),
        deliveryId: newId(),
      }),
  },
  'app/(agent)/settings/webhooks/actions.ts deleteWebhook': {
    answers: adminOnly,
    ask: async (scene) => (await load.webhooks()).deleteWebhook({ id: await madeWebhook(scene) }),
  },
  'app/(agent)/inbox/actions.ts sendReply': {
    answers: staffOfTicket,
    ask: async (scene) => (await load.inbox()).sendReply(message(scene)),
  },
  'app/(agent)/inbox/actions.ts writeNote': {
    answers: staffOfTicket,
    ask: async (scene) => (await load.inbox()).writeNote(message(scene)),
  },
  'app/(agent)/inbox/actions.ts changeTicket': {
    answers: staffOfTicket,
    ask: async ({ subject }) =>
      (await load.inbox()).changeTicket({
        ticketId: subject.ticketId,
        id: newId(),
        change: { field: 'priority', to: 'high' },
      }),
  },
  'app/(agent)/inbox/actions.ts createTicketLink': {
    answers: staffOfTicket,
    ask: async ({ subject }) => (await load.inbox()).createTicketLink({ ticketId: subject.ticketId }),
  },
  'app/(agent)/inbox/actions.ts revokeTicketLinks': {
    answers: staffOfTicket,
    ask: async ({ subject }) => (await load.inbox()).revokeTicketLinks({ ticketId: subject.ticketId }),
  },
  'app/(agent)/inbox/actions.ts saveView': {
    answers: anyAgent,
    ask: async () =>
      (await load.inbox()).saveView({
        id: newId(),
        name: 'Mine',
        filter: {},
        sort: 'newest',
        isShared: false,
      }),
  },
  'app/(agent)/inbox/actions.ts changeView': {
    // A shared view of a member: the outsider reads it.
    answers: expecting(no, no, no, 'forbidden', 'ok', 'ok'),
    ask: async (scene) =>
      (await load.inbox()).changeView({ id: await makeSharedView(scene.agents.member), name: 'Ours' }),
  },
  'app/(agent)/inbox/actions.ts orderViews': {
    answers: anyAgent,
    ask: async (scene) =>
      (await load.inbox()).orderViews({ ids: [await makeSharedView(scene.agents.member)] }),
  },
  'app/(agent)/inbox/actions.ts deleteView': {
    answers: expecting(no, no, no, 'forbidden', 'ok', 'ok'),
    ask: async (scene) => (await load.inbox()).deleteView({ id: await makeSharedView(scene.agents.member) }),
  },
  'app/api/inbox/views/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/views/route.ts'), get('/api/inbox/views')),
  },
  'app/api/inbox/unread/route.ts POST': {
    answers: staffOfTicket,
    ask: ({ subject: { ticketId } }) =>
      send(
        import('#/app/api/inbox/unread/route.ts'),
        post('/api/inbox/unread', { ticketId, isUnread: true }),
      ),
  },
  'app/api/inbox/viewing/route.ts POST': {
    answers: staffOfTicket,
    ask: ({ subject: { ticketId } }) =>
      send(
        import('#/app/api/inbox/viewing/route.ts'),
        post('/api/inbox/viewing', { pageId: newId(), ticketId, isTyping: false }),
      ),
  },
  'app/(agent)/settings/actions.ts inviteAgent': {
    answers: adminOnly,
    ask: async () =>
      (await load.settings()).inviteAgent({ email: `${newId()}@b.test`, role: 'agent', departmentId: null }),
  },
  'app/(agent)/settings/actions.ts deactivateAgent': {
    answers: adminOnly,
    ask: async () =>
      (await load.settings()).deactivateAgent({
        agentId: (await makeAgent()).id,
        handOver: { to: 'nobody' },
      }),
  },
  'app/(agent)/settings/actions.ts reactivateAgent': {
    answers: adminOnly,
    ask: async () => (await load.settings()).reactivateAgent({ agentId: (await makeAgent()).id }),
  },
  'app/(agent)/settings/actions.ts changeAgent': {
    answers: adminOnly,
    ask: async () =>
      (await load.settings()).changeAgent({ agentId: (await makeAgent()).id, departmentId: null }),
  },
  'app/(agent)/settings/actions.ts renewInvite': {
    answers: adminOnly,
    ask: async ({ agents }) =>
      (await load.settings()).renewInvite({ inviteId: await pendingInvite(agents.admin) }),
  },
  'app/(agent)/settings/actions.ts revokeInvite': {
    answers: adminOnly,
    ask: async ({ agents }) =>
      (await load.settings()).revokeInvite({ inviteId: await pendingInvite(agents.admin) }),
  },
  'app/(agent)/settings/actions.ts saveDepartment': {
    answers: adminOnly,
    ask: async () => {
      const id = newId();
      const hours = { timezone: 'UTC', businessHours: null };
      return (await load.settings()).saveDepartment({
        id,
        name: `Department ${id}`,
        isRestricted: false,
        memberIds: [],
        ...hours,
      });
    },
  },
  'app/(agent)/settings/actions.ts deleteDepartment': {
    answers: adminOnly,
    ask: async () =>
      (await load.settings()).deleteDepartment({ id: await makeDepartment(true), moveTo: null }),
  },
  'app/(agent)/settings/actions.ts saveReply': {
    answers: adminOnly,
    ask: async () => (await load.settings()).saveReply({ ...savedReply(), isShared: true }),
  },
  'app/(agent)/settings/actions.ts deleteReply': {
    answers: anyAgent,
    ask: async () => (await load.settings()).deleteReply({ id: newId() }),
  },
  'app/(agent)/settings/actions.ts createWidget': {
    answers: adminOnly,
    ask: async () => (await load.settings()).createWidget({ id: newId(), name: 'Second site' }),
  },
  'app/(agent)/settings/actions.ts saveWorkspace': {
    answers: adminOnly,
    ask: async () => (await load.settings()).saveWorkspace({ name: 'Parley', reopeningHours: 168 }),
  },
  'app/(agent)/settings/actions.ts saveWidget': {
    answers: adminOnly,
    ask: async () => (await load.settings()).saveWidget({ widgetId: widget.id, name: 'Website' }),
  },
  'app/(agent)/settings/actions.ts saveWidgetTexts': {
    answers: adminOnly,
    ask: async () =>
      (await load.settings()).saveWidgetTexts({
        widgetId: widget.id,
        texts: { de: { 'home.start': 'Moin' } },
      }),
  },
  'app/(agent)/settings/actions.ts savePreChat': {
    answers: adminOnly,
    ask: async () =>
      (await load.settings()).savePreChat({
        widgetId: widget.id,
        preChat: { askedOf: 'nobody', fields: [] },
        asksRating: true,
      }),
  },
  'app/(agent)/settings/actions.ts removeExampleData': {
    answers: adminOnly,
    ask: async () => (await load.settings()).removeExampleData({}),
  },
  'app/(agent)/inbox/actions.ts mergeTickets': {
    answers: staffOfTicket,
    ask: async ({ subject }) =>
      (await load.inbox()).mergeTickets({
        id: newId(),
        sourceId: await makeSibling(subject),
        targetId: subject.ticketId,
      }),
  },
  'app/(agent)/inbox/actions.ts undoMerge': {
    answers: staffOfTicket,
    ask: async ({ subject, agents: { admin } }) => {
      const sourceId = await makeSibling(subject);
      const { value } = await mergeTickets(admin, { id: newId(), sourceId, targetId: subject.ticketId });
      return (await load.inbox()).undoMerge({ id: value.id });
    },
  },
  'app/(agent)/inbox/actions.ts startBulk': {
    answers: anyAgent,
    ask: async ({ subject }) => (await load.inbox()).startBulk(bulk(subject)),
  },
  'app/(agent)/inbox/actions.ts undoBulk': {
    // Somebody else's job, or none: each person's own ones are tested with the service.
    answers: expecting(no, no, no, 'not_found', 'not_found', 'not_found'),
    ask: async () => (await load.inbox()).undoBulk({ id: newId(), of: newId() }),
  },
  'app/(agent)/inbox/actions.ts cancelBulk': {
    answers: anyAgent,
    ask: async ({ subject }) => {
      const input = bulk(subject);
      await (await load.inbox()).startBulk(input);
      return (await load.inbox()).cancelBulk({ id: input.id });
    },
  },
  'app/(agent)/inbox/actions.ts changeCustomer': {
    answers: anyAgent,
    ask: async ({ subject }) =>
      (await load.inbox()).changeCustomer({
        customerId: subject.customer.id,
        change: { field: 'name', to: 'Ada' },
      }),
  },
  'app/(agent)/inbox/actions.ts blockCustomer': {
    answers: anyAgent,
    ask: async ({ subject }) =>
      (await load.inbox()).blockCustomer({ customerId: subject.customer.id, isBlocked: true }),
  },
  'app/(agent)/inbox/actions.ts createTag': {
    answers: anyAgent,
    ask: async () =>
      (await load.inbox()).createTag({ id: newId(), name: `Tag ${newId()}`.slice(0, 40), color: 'red' }),
  },
  'app/(agent)/settings/actions.ts createTag': {
    answers: anyAgent,
    ask: async () =>
      (await load.settings()).createTag({ id: newId(), name: `Tag ${newId()}`.slice(0, 40), color: 'red' }),
  },
  'app/(agent)/settings/actions.ts changeTag': {
    answers: adminOnly,
    ask: async ({ agents: { admin } }) => {
      const tag = { id: newId(), name: newId(), color: 'red' } as const;
      await createTag(admin, tag);
      return (await load.settings()).changeTag({ id: tag.id, color: 'blue' });
    },
  },
  'app/(agent)/settings/actions.ts deleteTag': {
    answers: adminOnly,
    ask: async () => (await load.settings()).deleteTag({ id: newId() }),
  },
  'app/(agent)/settings/actions.ts mergeTag': {
    answers: adminOnly,
    ask: async ({ agents: { admin } }) => {
      const [id, into] = [newId(), newId()];
      for (const each of [id, into]) await createTag(admin, { id: each, name: each, color: 'red' });
      return (await load.settings()).mergeTag({ id, into });
    },
  },
  'app/(agent)/settings/actions.ts createField': {
    answers: adminOnly,
    ask: async () => (await load.settings()).createField(field()),
  },
  'app/(agent)/settings/actions.ts changeField': {
    answers: adminOnly,
    ask: async ({ agents: { admin } }) => {
      const made = field();
      await createField(admin, made);
      return (await load.settings()).changeField({ id: made.id, label: 'Other' });
    },
  },
  'app/(agent)/settings/actions.ts orderFields': {
    answers: adminOnly,
    ask: async () => (await load.settings()).orderFields({ subject: 'ticket', ids: [] }),
  },
  'app/api/inbox/bulk/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/bulk/route.ts'), get('/api/inbox/bulk')),
  },
  'app/api/inbox/catalogue/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/catalogue/route.ts'), get('/api/inbox/catalogue')),
  },
  'app/api/inbox/tickets/[ticketId]/merge-preview/route.ts GET': {
    answers: staffOfTicket,
    ask: async ({ subject }) =>
      send(
        import('#/app/api/inbox/tickets/[ticketId]/merge-preview/route.ts'),
        get(`/api/inbox/tickets/x/merge-preview?with=${await makeSibling(subject)}`, {
          ticketId: subject.ticketId,
        }),
      ),
  },
  'app/(agent)/inbox/actions.ts savePreferences': {
    answers: anyAgent,
    ask: async () => (await load.inbox()).savePreferences({ density: 'compact' }),
  },
  'app/(agent)/inbox/actions.ts setAvailability': {
    answers: anyAgent,
    ask: async () => (await load.inbox()).setAvailability({ availability: 'away' }),
  },
  'app/(agent)/settings/profile/actions.ts savePreferences': {
    answers: anyAgent,
    ask: async () => (await load.profile()).savePreferences({ sound: false }),
  },
  'app/(agent)/settings/profile/actions.ts saveProfile': {
    answers: anyAgent,
    ask: async () =>
      (await load.profile()).saveProfile({ name: 'Ana', timezone: null, availability: 'online' }),
  },
  // Agents of this test have no password that anybody could know.
  'app/(agent)/settings/profile/actions.ts changePassword': {
    answers: expecting(no, no, no, 'forbidden', 'forbidden', 'forbidden'),
    ask: async () =>
      (await load.profile()).changePassword({ current: 'a guess', next: 'correct horse battery' }),
  },
  'app/(public)/sign-in/actions.ts signIn': {
    answers: anybody,
    ask: async () =>
      (await import('#/app/(public)/sign-in/actions.ts')).signIn({ email: 'a@b.test', password: 'x' }),
  },
  'app/(public)/sign-in/actions.ts signOut': {
    answers: anybody,
    ask: async () => (await import('#/app/(public)/sign-in/actions.ts')).signOut(),
  },
  'app/(public)/setup/actions.ts completeSetup': {
    answers: expecting(...whos.map(() => 'not_found' as const)),
    ask: async () =>
      (await import('#/app/(public)/setup/actions.ts')).completeSetup({
        token: newToken(),
        workspaceName: 'Mine now',
        name: 'Eve',
        email: 'eve@b.test',
        password: 'long enough to try',
        withExampleData: false,
      }),
  },
  'app/(public)/invite/actions.ts acceptInvite': {
    answers: expecting(...whos.map(() => 'not_found' as const)),
    ask: async () =>
      (await import('#/app/(public)/invite/actions.ts')).acceptInvite({
        token: newToken(),
        name: 'Eve',
        password: 'long enough to try',
      }),
  },
  'app/api/widget/config/route.ts GET': {
    answers: anybody,
    ask: () =>
      send(import('#/app/api/widget/config/route.ts'), get(`/api/widget/config?widget=${widget.key}`)),
  },
  'app/api/widget/unread/route.ts GET': {
    answers: anyCustomer,
    ask: () => send(import('#/app/api/widget/unread/route.ts'), get('/api/widget/unread')),
  },
  'app/api/widget/state/route.ts GET': {
    answers: anyCustomer,
    ask: () => send(import('#/app/api/widget/state/route.ts'), get('/api/widget/state')),
  },
  'app/api/widget/conversations/[conversationId]/messages/route.ts GET': {
    answers: customersOwn,
    ask: ({ subject: { conversationId } }) =>
      send(
        import('#/app/api/widget/conversations/[conversationId]/messages/route.ts'),
        get('/api/widget/conversations/x/messages', { conversationId }),
      ),
  },
  'app/api/widget/read/route.ts POST': {
    answers: customersOwn,
    ask: ({ subject: { conversationId } }) =>
      send(
        import('#/app/api/widget/read/route.ts'),
        post('/api/widget/read', { conversationId, through: 1 }),
      ),
  },
  'app/api/widget/typing/route.ts POST': {
    answers: customersOwn,
    ask: ({ subject: { conversationId } }) =>
      send(
        import('#/app/api/widget/typing/route.ts'),
        post('/api/widget/typing', { conversationId, isTyping: true }),
      ),
  },
  'app/api/widget/shutdown/route.ts POST': {
    answers: anyCustomer,
    ask: () => send(import('#/app/api/widget/shutdown/route.ts'), post('/api/widget/shutdown', {})),
  },
  'app/api/inbox/search/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/search/route.ts'), get('/api/inbox/search?q=hello')),
  },
  'app/api/inbox/tickets/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/tickets/route.ts'), get('/api/inbox/tickets')),
  },
  'app/api/inbox/tickets/[ticketId]/route.ts GET': {
    answers: staffOfTicket,
    ask: ({ subject: { ticketId } }) =>
      send(import('#/app/api/inbox/tickets/[ticketId]/route.ts'), get('/api/inbox/tickets/x', { ticketId })),
  },
  'app/api/inbox/sightings/route.ts GET': {
    answers: adminOnly,
    ask: () =>
      send(import('#/app/api/inbox/sightings/route.ts'), get(`/api/inbox/sightings?widgetId=${widget.id}`)),
  },
  'app/api/inbox/saved-replies/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/saved-replies/route.ts'), get('/api/inbox/saved-replies')),
  },
  'app/api/inbox/tickets/[ticketId]/events/route.ts GET': {
    answers: staffOfTicket,
    ask: ({ subject: { ticketId } }) =>
      send(
        import('#/app/api/inbox/tickets/[ticketId]/events/route.ts'),
        get('/api/inbox/tickets/x/events', { ticketId }),
      ),
  },
  'app/api/inbox/conversations/[conversationId]/messages/route.ts GET': {
    answers: staffOfTicket,
    ask: ({ subject: { conversationId } }) =>
      send(
        import('#/app/api/inbox/conversations/[conversationId]/messages/route.ts'),
        get('/api/inbox/conversations/x/messages', { conversationId }),
      ),
  },
  'app/api/inbox/drafts/route.ts GET': {
    answers: staffOfTicket,
    ask: ({ subject: { ticketId } }) =>
      send(import('#/app/api/inbox/drafts/route.ts'), get(`/api/inbox/drafts?ticketId=${ticketId}`)),
  },
  'app/api/inbox/drafts/route.ts POST': {
    answers: staffOfTicket,
    ask: ({ subject: { ticketId } }) =>
      send(
        import('#/app/api/inbox/drafts/route.ts'),
        post('/api/inbox/drafts', { ticketId, mode: 'reply', text: 'not yet', version: 1 }),
      ),
  },
  'app/api/inbox/notifications/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/notifications/route.ts'), get('/api/inbox/notifications')),
  },
  'app/api/widget/files/route.ts GET': {
    answers: anyCustomer,
    ask: () => send(import('#/app/api/widget/files/route.ts'), get('/api/widget/files')),
  },
  'app/api/widget/files/route.ts POST': {
    answers: anyCustomer,
    ask: () => sendUpload(import('#/app/api/widget/files/route.ts'), '/api/widget/files'),
  },
  'app/api/widget/files/[fileId]/route.ts GET': {
    answers: customersOwn,
    ask: async (scene) =>
      send(
        import('#/app/api/widget/files/[fileId]/route.ts'),
        get('/api/widget/files/x', { fileId: await makeSentFile(scene) }),
      ),
  },
  'app/api/widget/files/[fileId]/route.ts DELETE': {
    // Taken back is what is one's own and unsent: of anything else nothing is told, and nothing changes.
    answers: anyCustomer,
    ask: async (scene) => {
      const fileId = await makeSentFile(scene);
      const asking = { method: 'DELETE', path: '/api/widget/files/x', params: { fileId }, body: null };
      const answer = await send(import('#/app/api/widget/files/[fileId]/route.ts'), asking);
      await expect(openFile(scene.subject.customer, fileId)).resolves.toBeDefined();
      return answer;
    },
  },
  'app/api/inbox/files/route.ts GET': {
    answers: anyAgent,
    ask: () => send(import('#/app/api/inbox/files/route.ts'), get('/api/inbox/files')),
  },
  'app/api/inbox/files/route.ts POST': {
    answers: anyAgent,
    ask: () => sendUpload(import('#/app/api/inbox/files/route.ts'), '/api/inbox/files'),
  },
  'app/api/inbox/files/[fileId]/route.ts GET': {
    answers: staffOfTicket,
    ask: async (scene) =>
      send(
        import('#/app/api/inbox/files/[fileId]/route.ts'),
        get('/api/inbox/files/x', { fileId: await makeSentFile(scene) }),
      ),
  },
  'app/api/inbox/files/[fileId]/route.ts DELETE': {
    answers: anyAgent,
    ask: async (scene) => {
      const fileId = await makeSentFile(scene);
      const asking = { method: 'DELETE', path: '/api/inbox/files/x', params: { fileId }, body: null };
      const answer = await send(import('#/app/api/inbox/files/[fileId]/route.ts'), asking);
      await expect(openFile(scene.subject.customer, fileId)).resolves.toBeDefined();
      return answer;
    },
  },
  'app/api/inbox/notifications/read/route.ts POST': {
    answers: anyAgent,
    ask: () =>
      send(
        import('#/app/api/inbox/notifications/read/route.ts'),
        post('/api/inbox/notifications/read', { all: true }),
      ),
  },
  'app/api/inbox/read/route.ts POST': {
    answers: staffOfTicket,
    ask: ({ subject: { conversationId } }) =>
      send(import('#/app/api/inbox/read/route.ts'), post('/api/inbox/read', { conversationId, through: 1 })),
  },
  'app/api/inbox/typing/route.ts POST': {
    answers: staffOfTicket,
    ask: ({ subject: { conversationId } }) =>
      send(
        import('#/app/api/inbox/typing/route.ts'),
        post('/api/inbox/typing', { conversationId, isTyping: true }),
      ),
  },
  'app/api/realtime/auth/route.ts POST': {
    // Each channel's own grant is decided one by one: see the tests of `authorizeChannels`.
    answers: expecting(no, 'ok', 'ok', 'ok', 'ok', 'ok'),
    ask: () =>
      send(
        import('#/app/api/realtime/auth/route.ts'),
        post('/api/realtime/auth', { socketId: '1.2', channels: [] }),
      ),
  },
  'app/api/ticket-status/route.ts POST': {
    answers: anybody,
    ask: async ({ subject }) => {
      const { value } = await createTicketLink(subject.customer, subject.ticketId);
      return send(
        import('#/app/api/ticket-status/route.ts'),
        post('/api/ticket-status', { token: value.token }),
      );
    },
  },
};

/** Answered in front of Next; `lib/operations.test.ts` attacks them. The metrics tell strangers that there are none. */
const inFront = ['/api/health/live', '/api/health/ready', '/api/metrics'];

/** Preflights and health tell nothing of anybody; the session library's own routes are tested in the browser. */
const open = [
  'app/api/health/route.ts GET',
  'app/api/widget/config/route.ts OPTIONS',
  'app/api/widget/unread/route.ts OPTIONS',
  'app/api/auth/[...nextauth]/route.ts GET',
  'app/api/auth/[...nextauth]/route.ts POST',
];

let database: TestDatabase;
let place: Awaited<ReturnType<typeof filesEnvironment>>;
let departmentId: string;
let agents: Scene['agents'];

beforeAll(async () => {
  database = await testDatabase();
  place = await filesEnvironment();
  process.env.DATABASE_URL = database.url;
  widget = await makeWidget();
  departmentId = await makeDepartment(true);
  agents = {
    outsider: await makeAgent(),
    member: await makeAgent('agent', departmentId),
    admin: await makeAgent('admin'),
  };
});
afterAll(async () => {
  const { drainPublishing } = await import('#/lib/realtime/publish.ts');
  await drainPublishing();
  await database.close();
  await place.close();
});

async function makeScene(who: Who): Promise<Scene> {
  const subject = await makeConversation(widget);
  await transact((tx) => updateTicketDepartment(tx, subject.ticketId, departmentId));
  const stranger = who === 'stranger' ? await makeConversation(widget) : null;
  const token = who === 'owner' ? subject.token : (stranger?.token ?? '');
  asked.headers = new Headers({ 'x-parley-address': '192.0.2.1' });
  if (token !== '') asked.headers.set('authorization', `Bearer ${token}`);
  if (who === 'outsider' || who === 'member' || who === 'admin') {
    asked.headers.set('cookie', `authjs.session-token=${await sessionOf(agents[who])}`);
  }
  return { who, token, subject, agents };
}

function sessionOf(agent: AgentActor): Promise<string> {
  const token = { sub: agent.id, sessionVersion: 1 };
  return encode({ token, secret: authSecret, salt: 'authjs.session-token' });
}

function answerOf(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return 'no result';
  if (Reflect.get(result, 'ok') === true) return 'ok';
  const error: unknown = Reflect.get(result, 'error');
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : 'no error';
}

describe.each(Object.entries(rows))('%s', (_name, row) => {
  test.each(whos)('%s', async (who) => {
    const scene = await makeScene(who);
    expect(answerOf(await row.ask(scene))).toBe(row.answers[who]);
  });
});

test('everything that is exported or routed has a row', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const found = readdirSync(join(root, 'app'), { recursive: true, encoding: 'utf8' })
    .map((path) => `app/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    // The public API has a table of its own, of keys and customers: api-entry-points.service.test.ts.
    .filter((path) => !path.startsWith('app/api/v1/'))
    .flatMap((path) => entryPointsOf(path, readFileSync(join(root, path), 'utf8')));
  expect(found.toSorted()).toEqual([...Object.keys(rows), ...open].toSorted());
  expect([...operationsPaths].toSorted()).toEqual(inFront);
});

function entryPointsOf(path: string, source: string): string[] {
  const isRoute = path.endsWith('/route.ts');
  if (!isRoute && !/^\s*'use server'/m.test(source)) return [];
  const names = [...source.matchAll(/^export (?:const|async function|function) (\w+)/gm)].map(
    (match) => match[1],
  );
  const grouped = [...source.matchAll(/^export const \{([^}]*)\}/gm)].flatMap((match) =>
    (match[1] ?? '').split(','),
  );
  return [...names, ...grouped.map((name) => name.trim())]
    .filter((name) => name !== undefined && name !== '' && name !== 'dynamic')
    .map((name) => `${path} ${name}`);
}
