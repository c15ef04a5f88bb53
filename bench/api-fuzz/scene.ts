import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import { act, type ParleyAccess, signIn } from '#/bench/adapters/parley-calls.ts';
import { makeKey, revokeKey, scopesOf } from '#/bench/adapters/parley-keys.ts';
import { jsonIn, type Wire } from '#/bench/api/wire.ts';
import type { Caller } from '#/bench/api-fuzz/requests.ts';
import { askOver } from '#/bench/faults/ask.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { type ApiDocument, apiDocumentSchema } from '#/lib/api/schema.ts';
import { newId, newToken } from '#/lib/ids.ts';

/** A workspace with a little of everything, who may ask about it, and words that none of them may be told. */
export type Scene = {
  document: ApiDocument;
  callers: Caller[];
  /** By caller: words of what that caller may not read. */
  canaries: ReadonlyMap<string, readonly string[]>;
  /** Ids by the name that they have elsewhere. */
  ids: Map<string, string[]>;
  /** What the canaries stand in: whoever may read it leaves it alone, so that it stays where nobody else may. */
  hidden: ReadonlyMap<string, string>;
  special(name: string): unknown;
};

const startedSchema = z.object({ customerId: z.string() });
const forColleagues = 'canary-for-colleagues-only';
const elsewhere = 'canary-of-another-department';
/** A public address that needs no name server; nothing is sent there, since there is no worker. */
const receiver = 'https://93.184.215.14/parley';
const ofSomebodyElse = 'canary-of-another-customer';

/** Makes it through the pages' own actions, as people would. */
export async function setScene(access: ParleyAccess, superUrl: string, wire: Wire): Promise<Scene> {
  const answer = await wire.ask('GET', '/api/v1/openapi.json');
  const document = apiDocumentSchema.parse(jsonIn(answer.text));
  const scopes = scopesOf(document);
  const admin = openHttpClient(access.url);
  await signIn(admin, access);
  const [billing, shipping] = [
    await makeDepartment(admin, 'Billing'),
    await makeDepartment(admin, 'Shipping'),
  ];
  const mine = await startConversation(access, 'Where is my order?');
  const other = await startConversation(access, `Nobody else reads this: ${ofSomebodyElse}`);
  await moveTicket(admin, mine.ticketId, billing);
  await moveTicket(admin, other.ticketId, shipping);
  await act(admin, '/inbox', actionIdOf('app/(agent)/inbox/actions.ts', 'writeNote'), [
    { conversationId: mine.conversationId, id: newId(), text: `Between us: ${forColleagues}` },
  ]);
  await act(admin, '/inbox', actionIdOf('app/(agent)/inbox/actions.ts', 'writeNote'), [
    { conversationId: other.conversationId, id: newId(), text: `In Shipping: ${elsewhere}` },
  ]);
  const full = await makeKey(admin, { name: 'Everything', scopes });
  const reader = await makeKey(admin, {
    name: 'Reader',
    scopes: scopes.map((scope) => scope.replace(':write', ':read')),
  });
  const oneDepartment = await makeKey(admin, { name: 'Billing only', scopes, departmentId: billing });
  const revoked = await makeKey(admin, { name: 'Former', scopes });
  await revokeKey(admin, revoked);
  admin.close();
  const bearer = (token: string) => `Bearer ${token}`;
  const secret = await putIdentitySecret(superUrl, access.widgetKey);
  const adminId = await findAgentId(superUrl, access.email);
  const colleagueId = await putColleague(superUrl);
  const told = await putDelivery(superUrl, wire, full.token);
  return {
    document,
    callers: [
      ...Array.from({ length: 9 }, () => ({ name: 'full key', authorization: bearer(full.token) })),
      { name: 'reader', authorization: bearer(reader.token) },
      ...Array.from({ length: 3 }, () => ({
        name: 'department',
        authorization: bearer(oneDepartment.token),
      })),
      ...Array.from({ length: 3 }, () => ({ name: 'customer', authorization: bearer(mine.token) })),
      { name: 'revoked', authorization: bearer(revoked.token) },
      { name: 'made up', authorization: bearer(`parley_${newToken()}`) },
      { name: 'no bearer', authorization: 'Basic YTpi' },
      { name: 'nobody', authorization: null },
    ],
    canaries: new Map([
      ['customer', [forColleagues, elsewhere, ofSomebodyElse]],
      ['department', [elsewhere, ofSomebodyElse]],
      ...['revoked', 'made up', 'no bearer', 'nobody'].map((name): [string, string[]] => [
        name,
        [forColleagues, elsewhere, ofSomebodyElse],
      ]),
    ]),
    ids: new Map([
      ['ticketId', [mine.ticketId]],
      ['conversationId', [mine.conversationId]],
      ['customerId', [mine.customerId]],
      ['messageId', [mine.messageId]],
      ['departmentId', [billing]],
      ['agentId', [adminId, colleagueId]],
      ['assigneeId', [adminId, colleagueId]],
      ['webhookId', [told.webhookId]],
      ['deliveryId', [told.deliveryId]],
    ]),
    hidden: new Map([
      ['ticketId', other.ticketId],
      ['conversationId', other.conversationId],
      ['customerId', other.customerId],
      ['messageId', other.messageId],
      ['departmentId', shipping],
    ]),
    special(name) {
      if (name === 'widgetKey') return access.widgetKey;
      if (name === 'token') return signed(access.widgetKey, secret);
      if (name === 'url') return receiver;
      if (name === 'timezone') return 'Europe/Dublin';
      if (name === 'locale') return 'en';
      if (name === 'socket_id') return '123.456';
      if (name === 'channel_name') return 'private-tickets';
      return undefined;
    },
  };
}

async function makeDepartment(http: HttpClient, name: string): Promise<string> {
  const id = newId();
  const input = { id, name, isRestricted: true, memberIds: [], timezone: 'UTC', businessHours: null };
  const save = actionIdOf('app/(agent)/settings/actions.ts', 'saveDepartment');
  await act(http, '/settings/departments', save, [input]);
  return id;
}

async function moveTicket(http: HttpClient, ticketId: string, departmentId: string): Promise<void> {
  const change = { field: 'department', to: departmentId };
  const id = actionIdOf('app/(agent)/inbox/actions.ts', 'changeTicket');
  await act(http, '/inbox', id, [{ ticketId, id: newId(), change }]);
}

async function startConversation(access: ParleyAccess, text: string) {
  const http = openHttpClient(access.url);
  const ids = { ticketId: newId(), conversationId: newId(), messageId: newId(), token: newToken() };
  const input = {
    widgetKey: access.widgetKey,
    origin: access.url,
    sessionToken: ids.token,
    ticketId: ids.ticketId,
    conversationId: ids.conversationId,
    id: ids.messageId,
    text,
    locale: 'en',
    timezone: 'Europe/Dublin',
    page: null,
  };
  const path = `/widget?widget=${access.widgetKey}`;
  const answer = await act(http, path, actionIdOf('app/widget/actions.ts', 'startConversation'), [input]);
  http.close();
  return { ...ids, customerId: startedSchema.parse(answer).customerId };
}

async function putIdentitySecret(superUrl: string, widgetKey: string): Promise<string> {
  const secret = `ps_${newToken()}`;
  await askOver(superUrl)(
    (sql) => sql`insert into widget_secrets (id, widget_id, secret)
      select ${newId()}, id, ${secret} from widgets where key = ${widgetKey}`,
  );
  return secret;
}

async function findAgentId(superUrl: string, email: string): Promise<string> {
  const rows = await askOver(superUrl)(
    (sql) => sql<{ id: string }[]>`select id from agents where email = ${email}`,
  );
  return rows[0]?.id ?? '';
}

/** Somebody whom a key may switch off. */
async function putColleague(superUrl: string): Promise<string> {
  const id = newId();
  await askOver(superUrl)(
    (sql) => sql`insert into agents (id, name, email, role, password_hash)
      values (${id}, 'Ben', ${`${id}@example.com`}, 'agent', 'none')`,
  );
  return id;
}

/** A webhook, and one thing that it could not be told. */
async function putDelivery(superUrl: string, wire: Wire, token: string) {
  const [webhookId, deliveryId] = [newId(), newId()];
  const webhook = { id: webhookId, name: 'Order system', url: receiver, types: ['message.created'] };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const made = await wire.ask('POST', '/api/v1/webhooks', headers, Buffer.from(JSON.stringify(webhook)));
  if (made.status !== 201) throw new Error(`no webhook: ${made.text}`);
  await askOver(superUrl)(
    (sql) => sql`insert into webhook_deliveries (id, webhook_id, event_id, event_type, position, body, state,
        attempts, tries, expires_at, last_status, finished_at)
      select ${deliveryId}, ${webhookId}, id, type, 1, '{}', 'failed', 1, 1, now() + interval '1 day', 500, now()
      from events where type = 'message.created' limit 1`,
  );
  return { webhookId, deliveryId };
}

/** A token as a site's server signs it, good for one exchange. */
function signed(widgetKey: string, secret: string): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = { aud: widgetKey, sub: 'fuzz-1', jti: newId(), exp, name: 'Fuzz' };
  const body = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}
