import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { getWidgetState } from '#/lib/conversations/service.ts';
import { blockCustomer, findCustomerByToken } from '#/lib/customers/service.ts';
import { openAppSession } from '#/lib/identity/app-session.ts';
import { createSecret } from '#/lib/identity/service.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeWidget, signToken } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
let secret: string;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  admin = await makeAgent('admin');
  secret = (await createSecret(admin, { widgetId: widget.id, id: newId() })).value.secret;
});
afterAll(() => database.close());

const signed = (sub: string, key = secret) => signToken(widget.key, key, { sub });
const asking = (token: string, widgetKey = widget.key) => ({
  ...{ widgetKey, token, locale: 'de', timezone: 'Europe/Berlin' },
});
const refusedWith = (reason: string) => ({ failure: { code: 'forbidden', reason } });

describe('an app', () => {
  test('signs its user in with the site’s token, for an hour at most', async () => {
    const { value, events } = await openAppSession(asking(signed('ada')));
    const customer = await findCustomerByToken(value.token);
    expect(customer).toMatchObject({ kind: 'customer', id: value.customerId, widgetId: widget.id });
    expect(events.map(({ type }) => type)).toEqual(['customer.identified']);
    const [row] = await read((tx) =>
      tx.execute<{ lives_ms: number }>(sql`
        select (extract(epoch from expires_at - created_at) * 1000)::float8 as lives_ms
        from customer_sessions where id = ${customer?.sessionId ?? ''}`),
    );
    expect(row?.lives_ms).toBeLessThanOrEqual(3_600_000);
    expect(value.livesMs).toBe(3_600_000);
  });

  test('finds the same person in each session, and leaves their other sessions alone', async () => {
    const first = (await openAppSession(asking(signed('ben')))).value;
    const second = (await openAppSession(asking(signed('ben')))).value;
    expect(second.customerId).toBe(first.customerId);
    expect(second.token).not.toBe(first.token);
    for (const { token } of [first, second]) expect(await findCustomerByToken(token)).not.toBeNull();
  });

  test('sees nothing of anybody else', async () => {
    await makeConversation(widget);
    const { token } = (await openAppSession(asking(signed('cleo')))).value;
    const customer = await findCustomerByToken(token);
    if (customer === null) throw new Error('no session');
    expect((await getWidgetState(customer)).conversations).toEqual([]);
  });

  test('signs in once with each token', async () => {
    const token = signed('dan');
    await openAppSession(asking(token));
    await expect(openAppSession(asking(token))).rejects.toMatchObject(refusedWith('identity_jti_used'));
  });

  test('is refused with a token that nobody signed, for another widget, or for nobody', async () => {
    await expect(openAppSession(asking(signed('eve', 'x'.repeat(46))))).rejects.toMatchObject(
      refusedWith('identity_signature_wrong'),
    );
    await expect(openAppSession(asking(signed('eve'), 'wk_nothere0'))).rejects.toMatchObject({
      failure: { code: 'invalid', reason: 'widget_unknown', field: 'widgetKey' },
    });
    await expect(openAppSession(asking('JWT'))).rejects.toMatchObject(refusedWith('identity_token_not_jwt'));
    const rows = await read((tx) => tx.execute(sql`select 1 from customers where external_id = 'eve'`));
    expect(rows).toHaveLength(0);
  });

  test('is refused for a customer who is blocked', async () => {
    const { customerId } = (await openAppSession(asking(signed('fay')))).value;
    await blockCustomer(admin, { customerId, isBlocked: true });
    await expect(openAppSession(asking(signed('fay')))).rejects.toMatchObject(refusedWith('blocked'));
  });

  test('is out when its hour is over', async () => {
    const { token } = (await openAppSession(asking(signed('gil')))).value;
    await transact((tx) =>
      tx.execute(sql`update customer_sessions set expires_at = now() where revoked_at is null`),
    );
    expect(await findCustomerByToken(token)).toBeNull();
  });
});
