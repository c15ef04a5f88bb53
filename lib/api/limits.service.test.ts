import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { conversations } from '#/lib/api/endpoints/conversations.ts';
import { tickets } from '#/lib/api/endpoints/tickets.ts';
import { apiEnvironment, ask, type Told } from '#/lib/api/testing.ts';
import { rotateKey } from '#/lib/api-keys/service.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newToken } from '#/lib/ids.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  // A hundredth of every limit: 6 requests of a key, 2 of a customer, 12 of an address.
  process.env.RATE_LIMIT_SCALE = '0.01';
  apiEnvironment();
  database = await testDatabase();
});
afterAll(() => database.close());

/** Three seconds into a window of ten. */
const nowMs = 1_800_000_003_000;
beforeEach(() => void vi.setSystemTime(nowMs));
afterEach(() => void vi.useRealTimers());

const list = (token: string): Promise<Told> => ask(tickets.list, { token });
const limitsOf = ({ headers }: Told) =>
  ['ratelimit-policy', 'ratelimit', 'retry-after'].map((name) => headers.get(name));

test('a key is told what is left of its quota; beyond it is 429 with when to come back, and others go on', async () => {
  const [key, other] = [await makeKey(['tickets:read']), await makeKey(['tickets:read'])];
  for (let left = 5; left >= 0; left--) {
    const told = await list(key.token);
    expect([told.status, ...limitsOf(told)]).toEqual([
      200,
      '"api.key";q=6;w=10',
      `"api.key";r=${left};t=7`,
      null,
    ]);
  }
  const refused = await list(key.token);
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', status: 429 } });
  expect(limitsOf(refused)).toEqual(['"api.key";q=6;w=10', '"api.key";r=0;t=7', '7']);
  expect((await list(other.token)).status).toBe(200);
  vi.setSystemTime(nowMs + 7_000);
  expect((await list(key.token)).status).toBe(200);
});

test('the tokens of a key share its quota', async () => {
  const { token, keyId } = await makeKey(['tickets:read']);
  const { value } = await rotateKey(await makeAgent('admin'), { id: keyId, overlap: 'day' });
  for (let turn = 0; turn < 3; turn++) {
    for (const each of [token, value.token]) expect((await list(each)).status).toBe(200);
  }
  expect((await list(value.token)).status).toBe(429);
});

test('a customer’s session has a quota of its own, smaller than a key’s', async () => {
  const widget = await makeWidget();
  const [one, other] = [await makeConversation(widget), await makeConversation(widget)];
  const own = ({ token }: { token: string }) => ask(conversations.list, { token });
  const first = await own(one);
  expect([first.status, ...limitsOf(first)]).toEqual([
    200,
    '"api.customer";q=2;w=10',
    '"api.customer";r=1;t=7',
    null,
  ]);
  expect([(await own(one)).status, (await own(one)).status]).toEqual([200, 429]);
  expect((await own(other)).status).toBe(200);
});

test('who guesses tokens is refused by address after a while', async () => {
  const headers = { 'x-parley-address': '192.0.2.77' };
  const guess = () => ask(tickets.list, { token: `parley_${newToken()}`, headers });
  for (let turn = 0; turn < 12; turn++) expect((await guess()).status).toBe(401);
  const refused = await guess();
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  const { token } = await makeKey(['tickets:read']);
  expect((await ask(tickets.list, { token, headers })).status).toBe(200);
});
