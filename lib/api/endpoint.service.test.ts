import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { countAnswer, endpoint, noParameters } from '#/lib/api/endpoint.ts';
import { problemSchema } from '#/lib/api/problems.ts';
import { recordQuery } from '#/lib/api/query.ts';
import { apiEnvironment, ask, type Told } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { makeConversation, makeWidget } from '#/lib/testing.ts';

vi.mock('#/lib/realtime/publish.ts', () => ({ publishChanges: () => {}, publishAsCommitted: () => {} }));

let database: TestDatabase;
let reader: Awaited<ReturnType<typeof makeKey>>;
let writer: Awaited<ReturnType<typeof makeKey>>;
let customerToken: string;
let customerId: string;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  const { token, customer } = await makeConversation(await makeWidget());
  [customerToken, customerId] = [token, customer.id];
  reader = await makeKey(['tickets:read']);
  writer = await makeKey(['tickets:write']);
});
afterAll(() => database.close());

const common = {
  noun: 'tickets',
  summary: 'A thing',
  limit: 'api.key',
  params: noParameters,
  query: noParameters,
  examples: [],
} as const;
const plain = {
  ...common,
  method: 'GET',
  body: null,
  answer: countAnswer,
  status: 200,
  idempotency: 'none',
} as const;
const reading = endpoint({
  ...plain,
  path: '/api/v1/things',
  operationId: 'getThing',
  scope: 'tickets:read',
  actors: ['key'],
  run: async () => ({ value: { count: 1 } }),
});
const forCustomers = endpoint({
  ...plain,
  path: '/api/v1/own',
  operationId: 'getOwn',
  scope: null,
  actors: ['customer'],
  run: async () => ({ value: { count: 1 } }),
});
const forAnybody = endpoint({
  ...plain,
  path: '/api/v1/open',
  operationId: 'getOpen',
  scope: null,
  actors: ['anybody'],
  limit: 'api.open',
  run: async () => ({ value: { count: 1 } }),
});
const including = endpoint({
  ...plain,
  path: '/api/v1/included',
  operationId: 'getIncluded',
  scope: 'tickets:read',
  actors: ['key'],
  query: recordQuery,
  list: { filterable: {}, orderable: [], defaultOrder: '', includable: ['customer'], selectable: [] },
  run: async () => ({ value: { count: 1 } }),
});

/** What the making endpoint does next, and how often it was asked to. */
const making: { next: (recordId: string) => Promise<{ id: string }>; ids: string[] } = {
  next: async (id) => ({ id }),
  ids: [],
};
beforeEach(() => {
  making.next = async (id) => ({ id });
  making.ids = [];
});
const thing = z.strictObject({ id: z.uuid() });
const creating = endpoint({
  ...common,
  method: 'POST',
  path: '/api/v1/things',
  operationId: 'createThing',
  scope: 'tickets:write',
  actors: ['key', 'customer'],
  body: z.strictObject({ name: z.string() }),
  answer: thing,
  status: 201,
  idempotency: 'key',
  run: async (_actor, { recordId }) => {
    making.ids.push(recordId);
    const value = await making.next(recordId);
    return { value, headers: { Location: `/api/v1/things/${recordId}` } };
  },
});
const problemIn = ({ body }: Told) => problemSchema.parse(body);
const codeOf = (told: Told) => [told.status, problemIn(told).code] as const;
const create = (key: string | null, body: unknown = { name: 'x' }, token = writer.token) =>
  ask(creating, { token, body, ...(key === null ? {} : { headers: { 'Idempotency-Key': key } }) });

describe('who asks', () => {
  test('a key with the scope is answered, with its limits and for no cache', async () => {
    const told = await ask(reading, { token: reader.token });
    expect(told).toMatchObject({ status: 200, body: { count: 1 } });
    expect(told.headers.get('cache-control')).toBe('private, no-store');
    expect(told.headers.get('content-type')).toBe('application/json');
    expect(told.headers.get('ratelimit-policy')).toMatch(/^"api\.key";q=\d+;w=\d+$/);
    expect(told.headers.get('ratelimit')).toMatch(/^"api\.key";r=\d+;t=\d+$/);
  });

  test('writing includes reading, and reading does not include writing', async () => {
    expect((await ask(reading, { token: writer.token })).status).toBe(200);
    const refused = await create(null, { name: 'x' }, reader.token);
    expect(codeOf(refused)).toEqual([403, 'scope_missing']);
    expect(problemIn(refused).field).toBe('tickets:write');
    expect(making.ids).toEqual([]);
  });

  test('no token, one that nobody has, and a scheme of another kind are 401', async () => {
    for (const told of [
      await ask(reading, {}),
      await ask(reading, { token: newToken() }),
      await ask(reading, { token: `parley_${newToken()}` }),
      await ask(reading, { token: 'parley_x' }),
      await ask(reading, { headers: { authorization: `Basic ${reader.token}` } }),
      await ask(reading, { headers: { cookie: `token=${reader.token}` } }),
    ]) {
      expect(told.status).toBe(401);
      expect(told.headers.get('www-authenticate')).toBe('Bearer');
      expect(told.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  test('a customer is answered where customers are meant, and a key where keys are', async () => {
    expect((await ask(forCustomers, { token: customerToken })).status).toBe(200);
    expect(codeOf(await ask(forCustomers, { token: reader.token }))).toEqual([403, 'not_for_keys']);
    expect(codeOf(await ask(reading, { token: customerToken }))).toEqual([403, 'not_for_customers']);
    expect((await ask(forAnybody, {})).status).toBe(200);
  });

  test('what a key has no scope for comes with no include either', async () => {
    const query = { include: 'customer' };
    const refused = await ask(including, { token: reader.token, query });
    expect(codeOf(refused)).toEqual([403, 'scope_missing']);
    expect(problemIn(refused).field).toBe('customers:read');
    const both = await makeKey(['tickets:read', 'customers:read']);
    expect((await ask(including, { token: both.token, query })).status).toBe(200);
  });
});

describe('what is not understood', () => {
  test('is refused by name: parameters, fields, bodies', async () => {
    const token = writer.token;
    expect(codeOf(await ask(reading, { token, query: { limit: '1' } }))).toEqual([400, 'unknown_parameter']);
    const unknown = await create(null, { name: 'x', isAdmin: true });
    expect(codeOf(unknown)).toEqual([400, 'unknown_field']);
    expect(problemIn(unknown).field).toBe('isAdmin');
    expect(codeOf(await create(null, { name: 5 }))).toEqual([400, 'type_not_valid']);
    expect(codeOf(await create(null, {}))).toEqual([400, 'field_missing']);
    expect(codeOf(await create(null, []))).toEqual([400, 'type_not_valid']);
    expect(codeOf(await create(null, { name: 'a\0' }))).toEqual([400, 'text_has_nul']);
    expect(making.ids).toEqual([]);
  });

  test('a surprise tells nothing of itself', async () => {
    making.next = async () => {
      throw new Error('secret words from below');
    };
    const told = await create(null);
    expect(codeOf(told)).toEqual([503, 'unavailable']);
    expect(problemIn(told).incidentId).toBeDefined();
    expect(told.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(told.body)).not.toContain('secret');
  });
});

describe('an Idempotency-Key', () => {
  test('carries a request out once and answers the same again', async () => {
    const key = newId();
    const first = await create(key);
    const second = await create(key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect(making.ids).toHaveLength(1);
  });

  test('without one, every request is carried out', async () => {
    await create(null);
    await create(null);
    expect(new Set(making.ids).size).toBe(2);
  });

  test('with another request is a mistake', async () => {
    const key = newId();
    await create(key);
    const refused = await create(key, { name: 'another' });
    expect(codeOf(refused)).toEqual([422, 'idempotency_key_reused']);
    expect(making.ids).toHaveLength(1);
  });

  test('of one owner is none of another’s', async () => {
    const key = newId();
    const other = await makeKey(['tickets:write']);
    const [one, two, three] = [
      await create(key),
      await create(key, { name: 'y' }, other.token),
      await create(key, { name: 'z' }, customerToken),
    ];
    expect([one.status, two.status, three.status]).toEqual([201, 201, 201]);
    expect(new Set(making.ids).size).toBe(3);
  });

  test('is in progress until the first request is answered', async () => {
    const key = newId();
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    making.next = async (id) => {
      begun.resolve();
      await goOn.promise;
      return { id };
    };
    const first = create(key);
    await begun.promise;
    const second = await create(key);
    expect(codeOf(second)).toEqual([409, 'request_in_progress']);
    expect(second.headers.get('retry-after')).toBe('1');
    goOn.resolve();
    expect((await first).status).toBe(201);
    expect((await create(key)).headers.get('idempotent-replayed')).toBe('true');
    expect(making.ids).toHaveLength(1);
  });

  test('at once from twenty sides is carried out once', async () => {
    const key = newId();
    const told = await Promise.all(Array.from({ length: 20 }, () => create(key)));
    expect(making.ids).toHaveLength(1);
    expect(told.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    expect(told.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  test('keeps what was refused for good, and nothing that passes', async () => {
    const key = newId();
    making.next = async () => {
      throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    };
    expect(codeOf(await create(key))).toEqual([409, 'id_used']);
    making.next = async (id) => ({ id });
    const again = await create(key);
    expect(codeOf(again)).toEqual([409, 'id_used']);
    expect(again.headers.get('idempotent-replayed')).toBe('true');

    const passing = newId();
    making.next = async () => {
      throw new Error('the database is away');
    };
    expect((await create(passing)).status).toBe(503);
    making.next = async (id) => ({ id });
    expect((await create(passing)).status).toBe(201);
    // What the first attempt may have made is found by its id.
    expect(making.ids.at(-1)).toBe(making.ids.at(-2));
  });

  test('whose process died is taken over after a while, with the same id', async () => {
    const key = newId();
    const goOn = Promise.withResolvers<never>();
    goOn.promise.catch(() => {});
    const begun = Promise.withResolvers<void>();
    making.next = () => {
      begun.resolve();
      return goOn.promise;
    };
    const dead = create(key);
    await begun.promise;
    await transact((tx) =>
      tx.execute(sql`
        update api_idempotency set attempted_at = now() - interval '2 minutes' where key = ${key}`),
    );
    making.next = async (id) => ({ id });
    const taken = await create(key);
    expect(taken.status).toBe(201);
    expect(making.ids[1]).toBe(making.ids[0]);
    // The one that was given up changes nothing of what the other answered.
    goOn.reject(new RefusedError({ code: 'conflict' }));
    await dead;
    expect((await create(key)).body).toEqual(taken.body);
  });

  test('is forgotten after a day', async () => {
    const key = newId();
    await create(key);
    await transact((tx) =>
      tx.execute(sql`
        update api_idempotency set created_at = now() - interval '25 hours' where key = ${key}`),
    );
    expect((await create(key, { name: 'another' })).status).toBe(201);
    expect(new Set(making.ids).size).toBe(2);
  });

  test('belongs to a key or to a customer by id, and to nobody by token', async () => {
    const key = newId();
    await create(key, { name: 'x' }, customerToken);
    const [row] = await transact((tx) =>
      tx.execute<{ owner_id: string; body: string }>(
        sql`select owner_id, body from api_idempotency where key = ${key}`,
      ),
    );
    expect(row?.owner_id).toBe(customerId);
    expect(row?.body).not.toContain(customerToken);
  });
});
