import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { identifyExampleCustomer, resetExampleWorld } from '#/db/api/testing.ts';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { everyEndpoint, openApiDocument } from '#/lib/api/endpoints/openapi-document.ts';
import { exampleIds, exampleWidgetKey } from '#/lib/api/example-world.ts';
import { type ApiCall, type ApiOperation, type NamedOperation, operationsOf } from '#/lib/api/schema.ts';
import { apiEnvironment } from '#/lib/api/testing.ts';
import { findApiRoutes } from '#/lib/api-routes.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { signToken } from '#/lib/testing.ts';
import { ensureWorkspace } from '#/lib/workspace/service.ts';

/** Carries out every example of the document against the one workspace that they are all about. */

const secret = newToken();
const customerToken = newToken();
const widgetSecret = `ps_${newToken()}`;
let database: TestDatabase;
let server: Server;
let address: string;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  process.env.DATABASE_URL = database.url;
  await ensureWorkspace({ origins: [] });
  const routes = findApiRoutes(join(import.meta.dirname, '../..'));
  server = createServer((request, response) => {
    const [pathname = ''] = (request.url ?? '').split('?');
    routes.answer(pathname, request, response).then(
      (isAnswered) => isAnswered || response.writeHead(404).end('no route'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${portOf(server)}`;
});
afterAll(async () => {
  server.close();
  await database.close();
});
beforeEach(async () => {
  const [keyHash, customerHash] = [tokenHashOf(secret) ?? '', tokenHashOf(customerToken) ?? ''];
  await transact((tx) => resetExampleWorld(tx, { keyHash, customerHash, widgetSecret }));
});
// What goes on after an answer is over before the next example begins.
afterEach(() => drainPublishing());

/** Safe: a server that listens on a port has an address with one. */
function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

const operations = operationsOf(openApiDocument());
const calls = operations.flatMap((named) =>
  named.operation['x-examples'].map((call) => ({
    ...named,
    call,
    title: `${named.operation.operationId}: ${call.name}`,
  })),
);

describe('every example of the document works', () => {
  test.each(calls)('$title', async ({ path, method, operation, call }) => {
    const body = await prepare(operation, call);
    const response = await fetch(`${address}${call.url}`, {
      method: method.toUpperCase(),
      headers: { ...headersOf(operation), ...call.headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(operation.responses[String(response.status)], text).toBeDefined();
    expect(response.status, text).toBeLessThan(300);
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    checkSchema({ path, method, operation }, call, answer);
    if (call.answer !== undefined) expect(differences(answer, call.answer, '')).toEqual([]);
  });
});

test('a ticket is answered with its ETag and with what is left of the rate, for no cache to keep', async () => {
  const headers = headersOf(
    operations.find(({ operation }) => operation.operationId === 'getTicket')?.operation,
  );
  const response = await fetch(`${address}/api/v1/tickets/${exampleIds.ticket}`, { headers });
  expect(response.headers.get('etag')).toBe('"1"');
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  expect(response.headers.get('ratelimit-policy')).toMatch(/^"api\.key";q=\d+;w=\d+$/);
  expect(response.headers.get('ratelimit')).toMatch(/^"api\.key";r=\d+;t=\d+$/);
});

/** The body that is really sent: a token in an example is only the word for one. */
async function prepare(operation: ApiOperation, { body }: ApiCall): Promise<unknown> {
  if (operation.operationId !== 'createCustomerToken') return body;
  await transact((tx) => identifyExampleCustomer(tx, 'maya'));
  return {
    ...Object(body),
    token: signToken(exampleWidgetKey, widgetSecret, { sub: 'maya', name: 'Maya Okafor' }),
  };
}

function headersOf(operation: ApiOperation | undefined): Record<string, string> {
  const requirements = operation?.security ?? [];
  const takesKey = requirements.some((requirement) => 'key' in requirement);
  const takesCustomer = requirements.some((requirement) => 'customer' in requirement);
  const token = takesKey ? `parley_${secret}` : takesCustomer ? customerToken : null;
  const isKeyed = operation?.parameters.some(({ name }) => name === 'Idempotency-Key') === true;
  return {
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(isKeyed ? { 'idempotency-key': newId() } : {}),
  };
}

function checkSchema({ operation }: NamedOperation, { url }: ApiCall, answer: unknown): void {
  const definition = everyEndpoint.find(({ operationId }) => operationId === operation.operationId);
  if (definition?.answer === null) expect(answer).toBeUndefined();
  if (definition?.answer === null || new URL(url, address).searchParams.has('fields')) return;
  const parsed = definition?.answer.safeParse(answer);
  expect(parsed?.error?.issues ?? []).toEqual([]);
}

const isMoment = (value: unknown) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
/** Numbers that are counted up, and texts that are random. */
const changing =
  /^(?:number|version|position|nextAfter|expiresIn|forMs|token|secret|secretHint|url|auth|nextCursor)$/;

/** Where an answer is not as the example says; moments, counters and secrets only have to be of the same kind. */
function differences(answer: unknown, said: unknown, path: string): string[] {
  const name = path.replace(/^.*[.\]]/, '');
  if (Array.isArray(said) && Array.isArray(answer)) {
    const isAsLong = said.length === answer.length;
    if (!isAsLong) return [`${path}: ${answer.length} instead of ${said.length}`];
    return said.flatMap((each, index) => differences(answer[index], each, `${path}[${index}]`));
  }
  if (isObject(said) && isObject(answer)) {
    const names = [...new Set([...Object.keys(said), ...Object.keys(answer)])];
    return names.flatMap((each) => differences(answer[each], said[each], `${path}.${each}`));
  }
  if (answer === said || (isMoment(answer) && isMoment(said))) return [];
  if (changing.test(name) && typeof answer === typeof said) return [];
  return [`${path}: ${JSON.stringify(answer)} instead of ${JSON.stringify(said)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
