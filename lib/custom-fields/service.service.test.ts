import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read } from '#/db/client.ts';
import { findCustomerCard } from '#/db/customers.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { valueProblem } from '#/lib/custom-fields/rules.ts';
import type { CreateFieldInput, CustomField } from '#/lib/custom-fields/schema.ts';
import { changeField, createField, orderFields } from '#/lib/custom-fields/service.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { getTicket } from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let admin: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  admin = await makeAgent('admin');
});
afterAll(() => database.close());

let made = 0;
const input = (given: Partial<CreateFieldInput> = {}): CreateFieldInput => ({
  id: newId(),
  subject: 'ticket',
  key: `key_${made++}`,
  label: 'Order',
  type: 'text',
  options: [],
  defaultValue: null,
  ...given,
});

test('only an admin makes, changes and orders fields', async () => {
  const forbidden = { code: 'forbidden' };
  await expect(createField(agent, input())).rejects.toMatchObject(forbidden);
  const { value } = await createField(admin, input());
  await expect(changeField(agent, { id: value.id, label: 'x' })).rejects.toMatchObject(forbidden);
  await expect(orderFields(agent, { subject: 'ticket', ids: [] })).rejects.toMatchObject(forbidden);
});

test('the same id again is the same field, and a key is taken once a subject', async () => {
  const first = input({ key: 'size' });
  const { value } = await createField(admin, first);
  expect(await createField(admin, { ...first, label: 'Other' })).toEqual({ value, events: [] });
  await expect(createField(admin, input({ key: 'size' }))).rejects.toMatchObject({
    failure: { code: 'conflict', reason: 'key_taken' },
  });
  expect((await createField(admin, input({ key: 'size', subject: 'customer' }))).value.key).toBe('size');
});

test('options belong to choices alone, are different, and hold the default', async () => {
  const refused = (given: Partial<CreateFieldInput>, reason: string) =>
    expect(createField(admin, input(given))).rejects.toMatchObject({ failure: { code: 'invalid', reason } });
  await refused({ type: 'choice' }, 'options_empty');
  await refused({ options: ['a'] }, 'options_not_offered');
  await refused({ type: 'choice', options: ['a', 'a'] }, 'options_repeat');
  await refused({ type: 'choice', options: ['a'], defaultValue: 'b' }, 'value_not_offered');
  await refused({ type: 'number', defaultValue: 'b' }, 'value_not_number');
});

test('a changed field keeps its key and type, and a change to what it is changes nothing', async () => {
  const { value } = await createField(
    admin,
    input({ type: 'choice', options: ['a', 'b'], defaultValue: 'a', subject: 'customer' }),
  );
  const changed = await changeField(admin, { id: value.id, label: 'Plan', options: ['a', 'c'] });
  expect(changed.value).toEqual({ ...value, label: 'Plan', options: ['a', 'c'] });
  expect(changed.events).toHaveLength(1);
  expect((await changeField(admin, { id: value.id, label: 'Plan' })).events).toEqual([]);
  await expect(changeField(admin, { id: value.id, options: ['c'] })).rejects.toMatchObject({
    failure: { reason: 'value_not_offered' },
  });
  await expect(changeField(admin, { id: newId(), label: 'x' })).rejects.toMatchObject({ code: 'not_found' });
});

test('fields stand in the order they are put in, the others after them', async () => {
  const fields = [];
  for (let index = 0; index < 3; index++) {
    fields.push((await createField(admin, input({ subject: 'customer' }))).value.id);
  }
  const wanted = [fields[2], fields[0]].filter((id) => id !== undefined);
  const { value } = await orderFields(admin, { subject: 'customer', ids: wanted });
  const order = value.filter(({ subject }) => subject === 'customer').map(({ id }) => id);
  expect(order.slice(0, 2)).toEqual(wanted);
  expect((await orderFields(admin, { subject: 'customer', ids: order })).events).toEqual([]);
});

test('new tickets and customers begin with the defaults of the fields in use', async () => {
  await createField(admin, input({ key: 'channel', defaultValue: 'chat' }));
  const { value: old } = await createField(admin, input({ key: 'old', defaultValue: 'x' }));
  await changeField(admin, { id: old.id, isArchived: true });
  await createField(admin, input({ key: 'plan', subject: 'customer', type: 'number', defaultValue: 3 }));
  const { ticketId, customer } = await makeConversation(widget);
  const { ticket } = await getTicket(agent, ticketId);
  expect(ticket.fields).toEqual({ channel: 'chat' });
  expect(ticket.customer.fields).toMatchObject({ plan: 3 });
  expect((await read((tx) => findCustomerCard(tx, customer.id)))?.attributes).toEqual(ticket.customer.fields);
});

describe('a value', () => {
  const field = (type: CustomField['type']) => ({ type, options: ['a', 'b'] });
  test.each([
    ['text', 'x', null],
    ['text', ' ', 'value_not_text'],
    ['text', 1, 'value_not_text'],
    ['number', 1.5, null],
    ['number', Number.NaN, 'value_not_number'],
    ['number', '1', 'value_not_number'],
    ['boolean', false, null],
    ['boolean', 'false', 'value_not_boolean'],
    ['date', '2026-02-28', null],
    ['date', '2026-02-30', 'value_not_date'],
    ['date', '2026-2-1', 'value_not_date'],
    ['date', 20260228, 'value_not_date'],
    ['choice', 'a', null],
    ['choice', 'c', 'value_not_offered'],
  ] as const)('of %s that is %j has the problem %j', (type, value, problem) => {
    expect(valueProblem(field(type), value)).toBe(problem);
  });
});
