import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { startConversation } from '#/lib/conversations/service.ts';
import { createField } from '#/lib/custom-fields/service.ts';
import { changeCustomerInputSchema } from '#/lib/customers/schema.ts';
import {
  blockCustomer,
  changeCustomer,
  findCustomerByToken,
  refusalOfToken,
  refuseBlocked,
} from '#/lib/customers/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { getTicket } from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
});
afterAll(() => database.close());

describe('a customer’s data', () => {
  test('is edited in place, once, and the rows of their tickets count as changed', async () => {
    const { customer, ticketId } = await makeConversation(widget);
    const before = (await getTicket(agent, ticketId)).ticket.version;
    const change = { field: 'name', to: 'Ada Lovelace' } as const;
    const { value, events } = await changeCustomer(agent, { customerId: customer.id, change });
    expect([value.name, events[0]?.type]).toEqual(['Ada Lovelace', 'customer.changed']);
    expect((await changeCustomer(agent, { customerId: customer.id, change })).events).toEqual([]);
    const { ticket } = await getTicket(agent, ticketId);
    expect([ticket.customer.name, ticket.version]).toEqual(['Ada Lovelace', before + 1]);
    const emptied = { field: 'name', to: null } as const;
    expect((await changeCustomer(agent, { customerId: customer.id, change: emptied })).value.name).toBeNull();
  });

  test('is not overwritten by who saw something else', async () => {
    const { customer } = await makeConversation(widget);
    const set = (to: string, from: string | null) =>
      changeCustomer(agent, { customerId: customer.id, change: { field: 'name', to }, from });
    const settled = await Promise.allSettled([set('Ada', null), set('Grace', null)]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(settled.find((each) => each.status === 'rejected')?.reason).toMatchObject({
      failure: { reason: 'changed_meanwhile' },
    });
  });

  test('takes numbers as people write them, and no address that is none', () => {
    const parse = (change: unknown) => changeCustomerInputSchema.safeParse({ customerId: newId(), change });
    expect(parse({ field: 'phone', to: '+49 (0)30 / 12-34' }).data?.change).toMatchObject({
      to: '+490301234',
    });
    expect(parse({ field: 'phone', to: '0049 30 1234' }).data?.change).toMatchObject({ to: '+49301234' });
    for (const wrong of [
      { field: 'phone', to: '12' },
      { field: 'email', to: 'not an address' },
      { field: 'name', to: ' ' },
      { field: 'name', to: 'a\0b' },
      { field: 'attributes', key: '__proto__', to: 'x' },
      { field: 'attributes', key: 'plan', to: { deep: true } },
      { field: 'verifiedAt', to: 'now' },
    ]) {
      expect(parse(wrong).success).toBe(false);
    }
  });

  test('holds a custom field to its type, and leaves the site’s own attributes free', async () => {
    const admin = await makeAgent('admin');
    const field = { id: newId(), subject: 'customer', key: 'seats', label: 'Seats', type: 'number' } as const;
    await createField(admin, { ...field, options: [], defaultValue: null });
    const { customer, ticketId } = await makeConversation(widget);
    const set = (key: string, to: string | number | null) =>
      changeCustomer(agent, { customerId: customer.id, change: { field: 'attributes', key, to } });
    await expect(set('seats', 'five')).rejects.toMatchObject({ failure: { reason: 'value_not_number' } });
    await set('seats', 5);
    await set('site_plan', 'gold');
    const detail = await getTicket(agent, ticketId);
    expect(detail.customer.attributes).toEqual({ seats: 5, site_plan: 'gold' });
    expect(detail.ticket.customer.fields).toEqual({ seats: 5 });
    expect((await set('seats', null)).value.attributes).toEqual({ site_plan: 'gold' });
  });

  test('of nobody is not found, and no customer edits it here', async () => {
    const change = { field: 'name', to: 'x' } as const;
    await expect(changeCustomer(agent, { customerId: newId(), change })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(blockCustomer(agent, { customerId: newId(), isBlocked: true })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('who is blocked', () => {
  const blocked = { failure: { code: 'forbidden', reason: 'blocked' } };

  test('gets in with no token, is told so, and comes back to everything when it is lifted', async () => {
    const { customer, token, ticketId } = await makeConversation(widget);
    expect(await findCustomerByToken(token)).not.toBeNull();
    const { value, events } = await blockCustomer(agent, { customerId: customer.id, isBlocked: true });
    expect([value.isBlocked, events[0]?.type]).toEqual([true, 'customer.blocked']);
    expect(await findCustomerByToken(token)).toBeNull();
    expect(await refusalOfToken(token)).toMatchObject(blocked);
    expect((await getTicket(agent, ticketId)).customer.isBlocked).toBe(true);
    await expect(transact((tx) => refuseBlocked(tx, customer.id))).rejects.toMatchObject(blocked);
    const ids = { ticketId: newId(), conversationId: newId(), id: newId() };
    await expect(
      startConversation(
        { kind: 'visitor', widgetId: widget.id },
        { ...ids, sessionToken: token, text: 'again', locale: null, timezone: null, page: null },
      ),
    ).rejects.toMatchObject(blocked);
    expect((await blockCustomer(agent, { customerId: customer.id, isBlocked: true })).events).toEqual([]);
    await blockCustomer(agent, { customerId: customer.id, isBlocked: false });
    expect(await findCustomerByToken(token)).toMatchObject({ id: customer.id });
  });

  test('is told nothing that a stranger with a made-up token is not told', async () => {
    expect(await refusalOfToken(newToken())).toMatchObject({ failure: { code: 'unauthenticated' } });
    expect(await refusalOfToken('x')).toMatchObject({ failure: { code: 'unauthenticated' } });
    const { customer, token } = await makeConversation(widget);
    await transact((tx) =>
      tx.execute(sql`update customer_sessions set revoked_at = now() where customer_id = ${customer.id}`),
    );
    await blockCustomer(agent, { customerId: customer.id, isBlocked: true });
    expect(await refusalOfToken(token)).toMatchObject({ failure: { code: 'unauthenticated' } });
  });
});
