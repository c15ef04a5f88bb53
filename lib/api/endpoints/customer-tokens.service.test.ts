import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { problems } from '#/lib/api/problems.ts';
import { customerTokenRecord } from '#/lib/api/records/customer-tokens.ts';
import { findCustomerByToken } from '#/lib/customers/service.ts';
import { tokenReasons } from '#/lib/identity/schema.ts';
import { createSecret } from '#/lib/identity/service.ts';
import { newId } from '#/lib/ids.ts';
import { makeAgent, makeWidget, signToken } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;
let secret: string;
let send: (body: unknown) => Promise<Response>;

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    PUSHER_APP_ID: 'app',
    PUSHER_KEY: 'key',
    PUSHER_SECRET: 's'.repeat(32),
    // Nobody listens: publishing fails at once and is none of this test's business.
    PUSHER_HOST: '127.0.0.1',
    PUSHER_PORT: '1',
    PUSHER_TLS: 'false',
  });
  widget = await makeWidget();
  const admin = await makeAgent('admin');
  secret = (await createSecret(admin, { widgetId: widget.id, id: newId() })).value.secret;
  const { POST } = await import('#/app/api/v1/customer-tokens/route.ts');
  send = (body) =>
    POST(
      new Request('http://parley.test/api/v1/customer-tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-parley-address': '192.0.2.1' },
        body: JSON.stringify(body),
      }),
      { params: Promise.resolve({}) },
    );
});
afterAll(async () => {
  const { drainPublishing } = await import('#/lib/realtime/publish.ts');
  await drainPublishing();
  await database.close();
});

describe('POST /api/v1/customer-tokens', () => {
  test('answers a token that opens a customer’s session, once and for no cache', async () => {
    const asked = { widgetKey: widget.key, token: signToken(widget.key, secret, { sub: 'ada' }) };
    const response = await send(asked);
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    const { token, customerId, expiresIn } = customerTokenRecord.parse(await response.json());
    expect(expiresIn).toBe(3_600);
    expect(await findCustomerByToken(token)).toMatchObject({ id: customerId, widgetId: widget.id });

    const again = await send(asked);
    expect(again.status).toBe(403);
    expect(again.headers.get('content-type')).toBe('application/problem+json');
    expect(await again.json()).toMatchObject({ code: 'identity_jti_used', status: 403 });
  });

  test.each([
    [{ widgetKey: 'wk_nothere0', token: 'x' }, 400, 'widget_unknown'],
    [{ widgetKey: 'nothere', token: 'x' }, 400, undefined],
    [{ widgetKey: 'wk_nothere0', token: 1 }, 400, undefined],
    [{ widgetKey: 'wk_nothere0', token: 'x', role: 'admin' }, 400, 'unknown_field'],
    [{ token: 'x' }, 400, 'field_missing'],
  ])('refuses %j', async (body, status, code) => {
    const response = await send(body);
    expect(response.status).toBe(status);
    const problem: unknown = await response.json();
    expect(problem).toMatchObject(code === undefined ? { status } : { status, code });
  });

  test('has words for everything that a site’s token may be refused for', () => {
    const told = tokenReasons.filter(
      (reason) =>
        reason !== 'secret_missing' && (!reason.startsWith('signature_') || reason === 'signature_wrong'),
    );
    expect(told.filter((reason) => !Object.hasOwn(problems, `identity_${reason}`))).toEqual([]);
  });
});
