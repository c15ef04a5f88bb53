import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { webhooks } from '#/lib/api/endpoints/webhooks.ts';
import {
  type WebhookWithSecretRecord,
  webhookRecord,
  webhookWithSecretRecord,
} from '#/lib/api/records/webhooks.ts';
import { scopes } from '#/lib/api/scopes.ts';
import { apiEnvironment, ask } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newId } from '#/lib/ids.ts';
import { makeAgent, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { createWebhook, listWebhooks } from '#/lib/webhooks/service.ts';

let database: TestDatabase;
let token: string;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  await makeWidget();
  ({ token } = await makeKey(scopes));
});
afterEach(() => transact(async (tx) => void (await tx.execute(sql`delete from webhooks`))));
afterAll(() => database.close());

const url = 'https://93.184.215.14/parley';
const fresh = (more: Record<string, unknown> = {}) => ({
  ...{ id: newId(), name: 'Orders', url, types: ['message.created'] },
  ...more,
});
async function made(by = token, more: Record<string, unknown> = {}): Promise<WebhookWithSecretRecord> {
  const { status, body } = await ask(webhooks.create, { token: by, body: fresh(more) });
  expect(status).toBe(201);
  return webhookWithSecretRecord.parse(body);
}

test('the secret is in the answer that makes it and in no other', async () => {
  const { id, secret } = await made();
  const params = { webhookId: id };
  const answers = [
    await ask(webhooks.get, { token, params }),
    await ask(webhooks.list, { token }),
    await ask(webhooks.change, { token, params, body: { name: 'Warehouse' } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain(secret);
  const rotated = await ask(webhooks.rotateSecret, { token, params });
  expect(webhookWithSecretRecord.parse(rotated.body).secret).not.toBe(secret);
});

test('the same id again makes no second webhook, and tells the secret to nobody but its maker', async () => {
  const body = fresh();
  const first = await ask(webhooks.create, { token, body });
  const again = await ask(webhooks.create, { token, body });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toEqual(first.body);
  const { token: other } = await makeKey(scopes);
  const refused = await ask(webhooks.create, { token: other, body });
  expect([refused.status, refused.body]).toMatchObject([409, { code: 'id_used' }]);
});

test.each([
  ['http://127.0.0.1/', 'address_not_allowed'],
  ['https://127.0.0.1:8443/', 'address_not_allowed'],
  ['https://0x7f.1/', 'address_not_allowed'],
  ['https://2130706433/', 'address_not_allowed'],
  ['https://[::1]/', 'address_not_allowed'],
  ['https://[::ffff:127.0.0.1]/', 'address_not_allowed'],
  ['https://[64:ff9b::a00:1]/', 'address_not_allowed'],
  ['https://169.254.169.254/latest/meta-data', 'address_not_allowed'],
  ['https://localhost/', 'address_not_allowed'],
  ['http://93.184.215.14/', 'not_encrypted'],
  ['ftp://93.184.215.14/', 'scheme_not_allowed'],
  ['https://me:secret@93.184.215.14/', 'credentials_in_url'],
  ['https://93.184.215.14:22/', 'port_not_allowed'],
  ['not an address', 'url_not_valid'],
  ['', 'url_empty'],
])('%s is refused with its reason, and nothing is stored: %s', async (wrong, code) => {
  const refused = await ask(webhooks.create, { token, body: fresh({ url: wrong }) });
  expect([refused.status, refused.body]).toMatchObject([400, { code, field: 'url' }]);
  const { id } = await made();
  const kept = await ask(webhooks.change, {
    token,
    params: { webhookId: id },
    body: { url: wrong, name: 'X' },
  });
  expect(kept.status).toBe(400);
  const { body } = await ask(webhooks.get, { token, params: { webhookId: id } });
  expect(webhookRecord.parse(body)).toMatchObject({ url, name: 'Orders' });
  expect((await ask(webhooks.count, { token })).body).toEqual({ count: 1 });
});

test.each([
  [{ types: [] }, 'types_empty'],
  [{ types: ['message.created', 'message.created'] }, 'types_repeat'],
  [{ types: ['webhook.changed'] }, 'type_unknown'],
  [{ name: ' ' }, 'name_empty'],
  [{ secret: 'whsec_mine' }, 'unknown_field'],
  [{ departmentId: newId() }, 'department_unknown'],
])('%o is refused: %s', async (more, code) => {
  const refused = await ask(webhooks.create, { token, body: fresh(more) });
  expect([refused.status, refused.body]).toMatchObject([400, { code }]);
});

test('a key makes no webhook that hears more than the key may read, and sends none elsewhere', async () => {
  const { token: small } = await makeKey(['webhooks:write', 'tickets:read']);
  const refused = await ask(webhooks.create, { token: small, body: fresh() });
  expect([refused.status, refused.body]).toMatchObject([
    403,
    { code: 'scope_missing', field: 'messages:read' },
  ]);
  await made(small, { types: ['ticket.changed'] });
  const { id } = await made();
  const params = { webhookId: id };
  for (const [endpoint, body] of [
    [webhooks.change, { url: `${url}/mine` }],
    [webhooks.change, { types: ['ticket.changed'] }],
    [webhooks.rotateSecret, undefined],
  ] as const) {
    const { status } = await ask(endpoint, { token: small, params, ...(body === undefined ? {} : { body }) });
    expect(status).toBe(403);
  }
});

test('a key that may only read webhooks changes none, and one without that reads none', async () => {
  const { id } = await made();
  const params = { webhookId: id };
  const { token: reading } = await makeKey(['webhooks:read', 'messages:read']);
  expect((await ask(webhooks.get, { token: reading, params })).status).toBe(200);
  expect((await ask(webhooks.delete, { token: reading, params })).status).toBe(403);
  const { token: other } = await makeKey(['messages:write']);
  expect((await ask(webhooks.list, { token: other })).status).toBe(403);
});

test('a key of a department has the webhooks of that department', async () => {
  const [own, others] = [await makeDepartment(false), await makeDepartment(false)];
  const { token: narrow } = await makeKey(scopes, { departmentId: own });
  const { id, departmentId } = await made(narrow);
  expect(departmentId).toBe(own);
  const hidden = [await made(), await made(token, { departmentId: others })];
  const { body } = await ask(webhooks.list, { token: narrow });
  expect(body).toMatchObject({ data: [{ id }], nextCursor: null });
  expect((await ask(webhooks.count, { token: narrow })).body).toEqual({ count: 1 });
  for (const { id: webhookId } of hidden) {
    expect((await ask(webhooks.get, { token: narrow, params: { webhookId } })).status).toBe(404);
    expect((await ask(webhooks.delete, { token: narrow, params: { webhookId } })).status).toBe(404);
  }
  const wider = await ask(webhooks.create, { token: narrow, body: fresh({ departmentId: others }) });
  expect(wider.status).toBe(404);
});

test('a webhook that is gone is not there for anything', async () => {
  const { id } = await made();
  const params = { webhookId: id };
  expect((await ask(webhooks.delete, { token, params })).status).toBe(204);
  for (const endpoint of [webhooks.get, webhooks.delete, webhooks.rotateSecret, webhooks.listDeliveries]) {
    expect((await ask(endpoint, { token, params })).status).toBe(404);
  }
  const delivery = { token, params: { ...params, deliveryId: newId() } };
  expect((await ask(webhooks.getDelivery, delivery)).status).toBe(404);
  expect((await ask(webhooks.resendDelivery, delivery)).status).toBe(404);
});

test('people who are no admins have nothing to do with webhooks', async () => {
  const agent = await makeAgent();
  await expect(listWebhooks(agent)).rejects.toMatchObject({ code: 'forbidden' });
  const input = { id: newId(), name: 'Mine', url, types: ['message.created' as const] };
  await expect(createWebhook(agent, input)).rejects.toMatchObject({ code: 'forbidden' });
});
