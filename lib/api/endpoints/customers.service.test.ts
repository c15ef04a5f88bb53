import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { customers } from '#/lib/api/endpoints/customers.ts';
import { type CustomerRecord, customerRecord } from '#/lib/api/records/customers.ts';
import { apiEnvironment, ask, type Given } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { createField } from '#/lib/custom-fields/service.ts';
import { findCustomerByToken } from '#/lib/customers/service.ts';
import { createSecret, identify } from '#/lib/identity/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget, signToken } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;
let token: string;
let keyId: string;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  ({ token, keyId } = await makeKey(['customers:write']));
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
});

const pageSchema = z.strictObject({ data: z.array(customerRecord), nextCursor: z.nullable(z.string()) });
const createdIds = z.object({ id: z.uuid() });

async function create(body: unknown, headers: Record<string, string> = {}): Promise<CustomerRecord> {
  const { status, body: made } = await ask(customers.create, { token, body, headers });
  expect(status).toBe(201);
  return customerRecord.parse(made);
}

async function get(customerId: string, given: Given = { token }): Promise<CustomerRecord> {
  const { status, body } = await ask(customers.get, { ...given, params: { customerId } });
  expect(status).toBe(200);
  return customerRecord.parse(body);
}

async function idsIn(query: Record<string, string>, by = token): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next: Record<string, string> = cursor === '' ? {} : { cursor };
    const { status, body } = await ask(customers.list, { token: by, query: { ...query, ...next } });
    expect(status).toBe(200);
    const page = pageSchema.parse(body);
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

async function countIn(query: Record<string, string>, by = token): Promise<unknown> {
  return (await ask(customers.count, { token: by, query })).body;
}

/** Somebody with a ticket in that department. */
async function makeCustomerIn(departmentId: string) {
  const made = await makeConversation(widget);
  await transact((tx) => updateTicketDepartment(tx, made.ticketId, departmentId));
  return made;
}

async function versionOf(ticketId: string): Promise<number> {
  const [row] = await read((tx) =>
    tx.execute<{ version: number }>(sql`select version from tickets where id = ${ticketId}`),
  );
  return row?.version ?? 0;
}

async function changesOf(customerId: string): Promise<{ type: string; actor_id: string | null }[]> {
  return read((tx) =>
    tx.execute<{ type: string; actor_id: string | null }>(
      sql`select type, actor_id from events where subject_id = ${customerId} order by created_at, id`,
    ),
  );
}

describe('lists of customers', () => {
  test('go page by page through everybody, each once, in the order asked for', async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index++) made.push((await create({ name: `Page ${index}` })).id);
    const where = JSON.stringify({ id: { in: made } });
    const ascending = await idsIn({ where, order: 'createdAt', limit: '2' });
    expect(ascending.toSorted()).toEqual(made.toSorted());
    expect(await idsIn({ where, limit: '2' })).toEqual(ascending.toReversed());
    expect(await idsIn({ where, order: '-createdAt', limit: '100' })).toEqual(ascending.toReversed());
    expect(await countIn({ where })).toEqual({ count: 5 });
  });

  test('find by address whatever its capitals, by number, by the site’s id and by time', async () => {
    const name = 'Sought';
    const email = `${newId()}@Example.test`;
    const sought = await create({
      ...{ name, email, phone: '+49 30 1234567', externalId: newId(), widgetKey: widget.key },
    });
    await create({ name });
    const found = async (where: unknown) => {
      const query = { where: JSON.stringify(where) };
      const ids = await idsIn(query);
      expect(await countIn(query)).toEqual({ count: ids.length });
      return ids;
    };
    expect(await found({ email: email.toUpperCase() })).toEqual([sought.id]);
    expect(await found({ email: { in: [email.toLowerCase(), 'nobody@example.test'] } })).toEqual([sought.id]);
    expect(await found({ phone: '+49301234567' })).toEqual([sought.id]);
    expect(await found({ externalId: sought.externalId, email })).toEqual([sought.id]);
    expect(await found({ id: sought.id, createdAt: { lt: sought.createdAt } })).toEqual([]);
    expect(await found({ id: sought.id, createdAt: { gte: sought.createdAt } })).toEqual([sought.id]);
  });

  test('answer only the fields that were asked for, and the id', async () => {
    const { id } = await create({ name: 'Short' });
    const query = { where: JSON.stringify({ id }), fields: 'name' };
    expect((await ask(customers.list, { token, query })).body).toEqual({
      data: [{ id, name: 'Short' }],
      nextCursor: null,
    });
  });

  test('name what they do not understand', async () => {
    const many = JSON.stringify({ id: { in: Array.from({ length: 10_000 }, () => newId()) } });
    for (const [query, code, field] of [
      [{ where: '{"name":"x"}' }, 'unknown_field', 'where.name'],
      [{ where: '{"__proto__":"x"}' }, 'unknown_field', 'where.__proto__'],
      [{ where: '{"email":{"like":"x"}}' }, 'unknown_operator', 'where.email.like'],
      [{ where: '{"email":{"contains":"x"}}' }, 'unknown_operator', 'where.email.contains'],
      [{ where: '{"email":7}' }, 'value_not_valid', 'where.email'],
      [{ where: '{"id":"7"}' }, 'value_not_valid', 'where.id'],
      [{ where: '{"createdAt":"yesterday"}' }, 'value_not_valid', 'where.createdAt'],
      [{ where: 'x' }, 'where_not_valid', 'where'],
      [{ order: 'email' }, 'unknown_order', 'order'],
      [{ include: 'tickets' }, 'unknown_include', 'include.tickets'],
      [{ fields: 'password' }, 'unknown_field', 'fields.password'],
      [{ cursor: 'made.up' }, 'cursor_not_valid', 'cursor'],
      [{ page: '2' }, 'unknown_parameter', 'page'],
      [{ limit: '101' }, 'value_too_large', 'limit'],
    ] as const) {
      const { status, body } = await ask(customers.list, { token, query });
      expect({ status, body, query }).toMatchObject({ status: 400, body: { code, field }, query });
    }
    expect((await ask(customers.list, { token, query: { where: many } })).status).toBe(400);
  });

  test('take no cursor of another list, order or key', async () => {
    const ids = [(await create({})).id, (await create({})).id];
    const where = JSON.stringify({ id: { in: ids } });
    const { body } = await ask(customers.list, { token, query: { where, limit: '1' } });
    const cursor = pageSchema.parse(body).nextCursor ?? '';
    const other = await makeKey(['customers:read']);
    const asked = async (query: Record<string, string>, by = token) =>
      (await ask(customers.list, { token: by, query: { ...query, cursor } })).status;
    expect(await asked({ where, limit: '1' })).toBe(200);
    expect(await asked({ limit: '1' })).toBe(400);
    expect(await asked({ where, order: 'createdAt' })).toBe(400);
    expect(await asked({ where, limit: '1' }, other.token)).toBe(400);
  });
});

describe('making a customer', () => {
  test('answers who was made, once for each Idempotency-Key', async () => {
    const body = {
      name: ' Ada\u202e  Lovelace ',
      email: 'ada@example.test',
      attributes: { plan: 'pro', gone: null },
    };
    const headers = { 'Idempotency-Key': newId() };
    const first = await ask(customers.create, { token, body, headers });
    const second = await ask(customers.create, { token, body, headers });
    const made = customerRecord.parse(first.body);
    expect(made).toMatchObject({ name: 'Ada Lovelace', verifiedAt: null, blockedAt: null, signedKeys: [] });
    expect(made.attributes).toMatchObject({ plan: 'pro' });
    expect(made.attributes).not.toHaveProperty('gone');
    expect(first.headers.get('location')).toBe(`/api/v1/customers/${made.id}`);
    expect([second.body, second.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
    expect(await get(made.id)).toEqual(made);
    expect(await get(made.id.toUpperCase())).toEqual(made);
    expect(await changesOf(made.id)).toEqual([{ type: 'customer.created', actor_id: keyId }]);
    const other = { token, body: { name: 'Somebody else' }, headers };
    expect(await ask(customers.create, other)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
  });

  test('with the site’s own id makes the person who signs in with it', async () => {
    const admin = await makeAgent('admin');
    const { secret } = (await createSecret(admin, { widgetId: widget.id, id: newId() })).value;
    const externalId = `user-${newId()}`;
    const made = await create({ name: 'Known', externalId, widgetKey: widget.key });
    expect(made).toMatchObject({ externalId, widgetKey: widget.key, verifiedAt: null });
    const claims = { sub: externalId, email: 'known@example.test' };
    const signed = signToken(widget.key, secret, claims);
    const { value } = await identify(
      { kind: 'visitor', widgetId: widget.id },
      {
        ...{ widgetKey: widget.key, origin: null, token: signed, held: null, next: newToken() },
        ...{ locale: null, timezone: null },
      },
    );
    expect(value.customerId).toBe(made.id);
    expect(await get(made.id)).toMatchObject({ email: 'known@example.test', signedKeys: ['email'] });
    const again = await ask(customers.create, { token, body: { externalId, widgetKey: widget.key } });
    expect(again).toMatchObject({ status: 409, body: { code: 'external_id_taken', field: 'externalId' } });
  });

  test('refuses what is not valid and stores nothing', async () => {
    const before = await countIn({});
    for (const [body, code, field] of [
      [{ externalId: 'a' }, 'widget_key_with_external_id', 'widgetKey'],
      [{ widgetKey: widget.key }, 'widget_key_with_external_id', 'widgetKey'],
      [{ externalId: 'a', widgetKey: 'wk_00000000000000000000' }, 'widget_unknown', 'widgetKey'],
      [{ externalId: ' ', widgetKey: widget.key }, 'external_id_empty', 'externalId'],
      [{ email: 'no address' }, 'email_not_valid', 'email'],
      [{ phone: '12' }, 'phone_not_valid', 'phone'],
      [{ name: '\u200e' }, 'name_empty', 'name'],
      [{ name: 7 }, 'type_not_valid', 'name'],
      [{ name: 'a\0b' }, 'text_has_nul', 'name'],
      [{ locale: 'not a language' }, 'locale_not_valid', 'locale'],
      [{ timezone: 'Mars/Olympus' }, 'timezone_unknown', 'timezone'],
      [{ attributes: { 'no key': 1 } }, 'value_not_valid', 'attributes.no key'],
      [{ attributes: { deep: { er: 1 } } }, 'value_not_valid', 'attributes.deep'],
      [{ attributes: { email: 'x@example.test' } }, 'attribute_key_wrong', 'attributes'],
      [{ verifiedAt: '2026-11-23T09:30:00Z' }, 'unknown_field', 'verifiedAt'],
      [{ id: newId() }, 'unknown_field', 'id'],
    ] as const) {
      const told = await ask(customers.create, { token, body });
      expect({ ...told, sent: body }).toMatchObject({ status: 400, body: { code, field }, sent: body });
    }
    expect(await countIn({})).toEqual(before);
  });
});

describe('changing a customer', () => {
  test('changes what is named and says who did it, and their tickets count as changed once', async () => {
    const { customer, ticketId } = await makeConversation(widget);
    const version = await versionOf(ticketId);
    const body = { name: 'Grace', phone: '0049 30 1234567', attributes: { plan: 'pro', seats: 3 } };
    const { status } = await ask(customers.change, { token, params: { customerId: customer.id }, body });
    expect([status, await versionOf(ticketId)]).toEqual([200, version + 1]);
    const changed = await get(customer.id);
    expect(changed).toMatchObject({ name: 'Grace', phone: '+49301234567', email: null });
    expect(changed.attributes).toMatchObject({ plan: 'pro', seats: 3 });
    const changes = (await changesOf(customer.id)).filter(({ type }) => type === 'customer.changed');
    expect(changes.map(({ actor_id }) => actor_id)).toEqual([keyId, keyId, keyId, keyId]);
    const less = { name: null, attributes: { plan: null } };
    await ask(customers.change, { token, params: { customerId: customer.id }, body: less });
    const emptied = await get(customer.id);
    expect([emptied.name, emptied.attributes]).toEqual([null, { seats: 3 }]);
    await ask(customers.change, { token, params: { customerId: customer.id }, body: less });
    expect(await versionOf(ticketId)).toBe(version + 2);
  });

  test('does all of it or nothing', async () => {
    const admin = await makeAgent('admin');
    const key = `tier${newId().replaceAll('-', '').slice(0, 12)}`;
    await createField(admin, {
      id: newId(),
      subject: 'customer',
      key,
      label: 'Tier',
      type: 'choice',
      options: ['gold'],
      defaultValue: null,
    });
    const { id } = await create({ name: 'Before' });
    const before = await get(id);
    const change = (body: unknown) => ask(customers.change, { token, params: { customerId: id }, body });
    expect(await change({ name: 'After', attributes: { [key]: 'lead' }, isBlocked: true })).toMatchObject({
      status: 400,
      body: { code: 'value_not_offered', field: `attributes.${key}` },
    });
    const large = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, 'x'.repeat(490)]));
    expect(await change({ name: 'After', attributes: large })).toMatchObject({
      status: 400,
      body: { code: 'attributes_too_large', field: 'attributes' },
    });
    expect(await change({})).toMatchObject({ status: 400, body: { code: 'nothing_to_change' } });
    expect(await change({ name: 'After', createdAt: 'now' })).toMatchObject({
      status: 400,
      body: { code: 'unknown_field', field: 'createdAt' },
    });
    expect(await get(id)).toEqual(before);
  });

  test('blocks and lets in again, sessions included', async () => {
    const { customer, token: session } = await makeConversation(widget);
    const block = (isBlocked: boolean) =>
      ask(customers.change, { token, params: { customerId: customer.id }, body: { isBlocked } });
    expect(await findCustomerByToken(session)).not.toBeNull();
    expect((await block(true)).status).toBe(200);
    expect(await findCustomerByToken(session)).toBeNull();
    expect((await get(customer.id)).blockedAt).not.toBeNull();
    await block(false);
    expect((await get(customer.id)).blockedAt).toBeNull();
    expect(await findCustomerByToken(session)).not.toBeNull();
  });
});

describe('who may', () => {
  test('a key of one department sees and changes those who have a ticket in it, and blocks and makes nobody', async () => {
    const departmentId = await makeDepartment(false);
    const own = await makeCustomerIn(departmentId);
    const other = await makeCustomerIn(await makeDepartment(false));
    const { token: placed } = await makeKey(['customers:write'], { departmentId });
    expect(await idsIn({}, placed)).toEqual([own.customer.id]);
    expect(await countIn({}, placed)).toEqual({ count: 1 });
    expect((await get(own.customer.id, { token: placed })).id).toBe(own.customer.id);
    const change = (customerId: string, body: unknown) =>
      ask(customers.change, { token: placed, params: { customerId }, body });
    expect((await change(own.customer.id, { name: 'Ours' })).status).toBe(200);
    expect(await change(own.customer.id, { name: 'Theirs', isBlocked: true })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect((await get(own.customer.id)).name).toBe('Ours');
    for (const hidden of [other.customer.id, newId()]) {
      expect(await change(hidden, { name: 'Mine' })).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
      const told = await ask(customers.get, { token: placed, params: { customerId: hidden } });
      expect(told).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect((await get(other.customer.id)).name).toBeNull();
    expect(await ask(customers.create, { token: placed, body: {} })).toMatchObject({ status: 403 });
  });

  test('a key that only reads changes nothing, and one without the scope reads nothing', async () => {
    const { id } = await create({ name: 'Read' });
    const params = { customerId: id };
    const reads = await makeKey(['customers:read']);
    const others = await makeKey(['tickets:write']);
    expect((await get(id, { token: reads.token })).id).toBe(id);
    const lacks = { status: 403, body: { code: 'scope_missing', field: 'customers:write' } };
    expect(await ask(customers.change, { token: reads.token, params, body: { name: 'x' } })).toMatchObject(
      lacks,
    );
    expect(await ask(customers.create, { token: reads.token, body: {} })).toMatchObject(lacks);
    for (const definition of [customers.list, customers.count]) {
      expect(await ask(definition, { token: others.token })).toMatchObject({
        status: 403,
        body: { code: 'scope_missing', field: 'customers:read' },
      });
    }
  });

  test('neither a customer’s token nor none opens any of it', async () => {
    const { customer, token: session } = await makeConversation(widget);
    const params = { customerId: customer.id };
    expect((await ask(customers.get, { token: session, params })).status).toBe(403);
    expect((await ask(customers.list, { token: session })).status).toBe(403);
    expect((await ask(customers.list, {})).status).toBe(401);
    expect((await ask(customers.list, { token: `parley_${newToken()}` })).status).toBe(401);
  });

  test('a visitor who turned out to be somebody is found as that person only', async () => {
    const { customer } = await makeConversation(widget);
    const { id: personId } = createdIds.parse(await create({ name: 'Person' }));
    await transact((tx) =>
      tx.execute(sql`update customers set merged_into = ${personId} where id = ${customer.id}`),
    );
    const params = { customerId: customer.id };
    expect((await ask(customers.get, { token, params })).status).toBe(404);
    expect((await ask(customers.change, { token, params, body: { name: 'x' } })).status).toBe(404);
    expect(await countIn({ where: JSON.stringify({ id: customer.id }) })).toEqual({ count: 0 });
  });
});
