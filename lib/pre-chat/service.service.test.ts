import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { findWidget, type Widget } from '#/db/widgets.ts';
import { startConversation, startTicket } from '#/lib/conversations/service.ts';
import { createField } from '#/lib/custom-fields/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import type { PreChat } from '#/lib/pre-chat/schema.ts';
import { getAsking, getPreChatForm, leaveAddress, savePreChat } from '#/lib/pre-chat/service.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { getTicket, listTimeline } from '#/lib/tickets/service.ts';
import { createWidget } from '#/lib/widgets/service.ts';

let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
let agent: AgentActor;
let departmentId: string;

beforeAll(async () => {
  database = await testDatabase();
  await makeWidget();
  admin = await makeAgent('admin');
  agent = await makeAgent();
  departmentId = await makeDepartment(false);
  for (const field of [
    { subject: 'customer', key: 'plan', label: 'Plan', type: 'choice', options: ['Free', 'Pro'] },
    { subject: 'ticket', key: 'orderNo', label: 'Order', type: 'text', options: [] },
  ] as const) {
    await createField(admin, { ...field, options: [...field.options], id: newId(), defaultValue: null });
  }
});
beforeEach(async () => {
  widget = await makeOwnWidget();
});
afterAll(() => database.close());

async function makeOwnWidget(): Promise<Widget> {
  const { value } = await createWidget(admin, { id: newId(), name: 'Site' });
  const made = await read((tx) => findWidget(tx, value.id));
  if (made === null) throw new Error('the widget is not there');
  return made;
}

const preChat: PreChat = {
  askedOf: 'newcomers',
  fields: [
    { kind: 'email', isRequired: true },
    { kind: 'name', isRequired: false },
    { kind: 'subject', isRequired: false },
    { kind: 'custom', isRequired: false, subject: 'customer', key: 'plan' },
    { kind: 'custom', isRequired: false, subject: 'ticket', key: 'orderNo' },
    { kind: 'consent', isRequired: true, text: 'I agree', link: null },
  ],
};
const ask = (part: Partial<PreChat> = {}) =>
  savePreChat(admin, { widgetId: widget.id, preChat: { ...preChat, ...part }, asksRating: true });
const right = { email: 'maya@home.test', consent: true };
const start = (
  answers?: Record<string, string | number | boolean>,
  ids = { ticketId: newId(), token: newToken() },
) =>
  startConversation(
    { kind: 'visitor', widgetId: widget.id },
    {
      ticketId: ids.ticketId,
      conversationId: newId(),
      id: newId(),
      text: 'Hello',
      sessionToken: ids.token,
      locale: null,
      timezone: null,
      page: null,
      ...(answers === undefined ? {} : { answers }),
    },
  );
const countCustomers = async () => {
  const [row] = await read((tx) => tx.execute<{ n: number }>(sql`select count(*)::int as n from customers`));
  return row?.n;
};

describe('a form before the first message', () => {
  test('is kept by admins, read by all, and told to visitors in words', async () => {
    await ask();
    expect(await getAsking(agent, widget.id)).toEqual({ preChat, asksRating: true });
    expect((await ask()).events).toEqual([]);
    await expect(
      savePreChat(agent, { widgetId: widget.id, preChat, asksRating: false }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(savePreChat(admin, { widgetId: newId(), preChat, asksRating: false })).rejects.toMatchObject(
      {
        code: 'not_found',
      },
    );
    const { form } = await getPreChatForm({ kind: 'visitor', widgetId: widget.id }, widget.id);
    expect(form.fields.find(({ id }) => id === 'customer.plan')).toEqual({
      id: 'customer.plan',
      kind: 'choice',
      isRequired: false,
      label: 'Plan',
      choices: ['Free', 'Pro'],
    });
  });

  test('its answers stand on customer and ticket, and what was agreed to in the record', async () => {
    await ask({
      fields: [...preChat.fields, { kind: 'department', isRequired: true, departmentIds: [departmentId] }],
    });
    const ticketId = newId();
    const answers = {
      ...right,
      name: 'Maya',
      subject: 'My refund',
      department: departmentId,
      'customer.plan': 'Pro',
      'ticket.orderNo': '1042',
    };
    await start(answers, { ticketId, token: newToken() });
    const ticket = await getTicket(admin, ticketId);
    expect(ticket).toMatchObject({
      ticket: {
        subject: 'My refund',
        department: { id: departmentId },
        fields: { orderNo: '1042' },
      },
      customer: { name: 'Maya', email: 'maya@home.test', isVerified: false, attributes: { plan: 'Pro' } },
    });
    const events = await listTimeline(admin, ticketId);
    expect(events.find(({ type }) => type === 'ticket.created')?.after).toMatchObject({
      consent: { text: 'I agree', url: null },
    });
  });

  test('a beginning without it is refused kindly and leaves nobody behind', async () => {
    await ask();
    const before = await countCustomers();
    await expect(start()).rejects.toMatchObject({
      failure: { code: 'invalid', field: 'answers.email', reason: 'answer_missing' },
    });
    const wrong: Record<string, string | number | boolean>[] = [
      { ...right, email: 'maya' },
      { ...right, consent: false },
      { ...right, 'customer.plan': 'Gold' },
      { ...right, name: 'x'.repeat(10_000) },
    ];
    for (const answers of wrong) {
      await expect(start(answers)).rejects.toMatchObject({ code: 'invalid' });
    }
    expect(await countCustomers()).toBe(before);
  });

  test('the same message goes through once the form is right, and a repeat needs no answers', async () => {
    await ask();
    const ids = { ticketId: newId(), token: newToken() };
    await expect(start({}, ids)).rejects.toMatchObject({ code: 'invalid' });
    await start(right, ids);
    const again = await start(undefined, { ...ids, ticketId: newId() });
    expect(again.value.conversation.subject).toBe('Hello');
  });

  test('somebody known is asked again only where everybody is', async () => {
    const { customer } = await makeConversation(widget);
    const first = () => ({
      ticketId: newId(),
      conversationId: newId(),
      id: newId(),
      text: 'More',
      answers: right,
    });
    await ask();
    const { answers: _, ...bare } = first();
    await startTicket(customer, bare);
    await ask({ askedOf: 'everybody' });
    const { answers: __, ...missing } = first();
    await expect(startTicket(customer, missing)).rejects.toMatchObject({
      failure: { field: 'answers.email' },
    });
    const given = first();
    const { events } = await startTicket(customer, {
      ...given,
      answers: { ...right, 'customer.plan': 'Free' },
    });
    expect(events.map(({ type }) => type)).toContain('customer.changed');
    expect((await getTicket(admin, given.ticketId)).customer).toMatchObject({
      email: 'maya@home.test',
      attributes: { plan: 'Free' },
    });
  });

  test('a typed address is a label: it opens nothing of whoever has the same one', async () => {
    await ask();
    const ana = await start(right);
    const ben = await start(right);
    expect(ben.value.customerId).not.toBe(ana.value.customerId);
  });

  test('what a site signed of somebody stays, whatever they type', async () => {
    const { customer, ticketId } = await makeConversation(widget);
    await transact((tx) =>
      tx.execute(sql`update customers set email = 'signed@shop.test', attributes = '{"plan":"Pro"}', verified_at = now(),
        signed_keys = '{email,plan}' where id = ${customer.id}`),
    );
    await ask({ askedOf: 'everybody' });
    const typed = { ...right, name: 'Maya', 'customer.plan': 'Free' };
    await startTicket(customer, {
      ticketId: newId(),
      conversationId: newId(),
      id: newId(),
      text: 'x',
      answers: typed,
    });
    await leaveAddress(customer, { email: 'typed@home.test' });
    expect((await getTicket(admin, ticketId)).customer).toMatchObject({
      name: 'Maya',
      email: 'signed@shop.test',
      attributes: { plan: 'Pro' },
    });
  });
});

const versionOf = async (ticketId: string) => {
  const [row] = await read((tx) =>
    tx.execute<{ version: number }>(sql`select version from tickets where id = ${ticketId}`),
  );
  return row?.version ?? 0;
};

describe('an address that somebody leaves outside hours', () => {
  test('is on their card, and lists that show them hear of it', async () => {
    const { customer, ticketId } = await makeConversation(widget);
    const before = await versionOf(ticketId);
    const { events } = await leaveAddress(customer, { email: ' maya@home.test ' });
    expect(events.map(({ type }) => type)).toEqual(['customer.changed']);
    const after = await getTicket(admin, ticketId);
    expect(after.customer.email).toBe('maya@home.test');
    expect(await versionOf(ticketId)).toBeGreaterThan(before);
    expect((await leaveAddress(customer, { email: 'maya@home.test' })).events).toEqual([]);
  });

  test('has to be one', async () => {
    const { customer } = await makeConversation(widget);
    for (const email of [
      '',
      'maya',
      'a@b',
      'a b@c.test',
      `${'x'.repeat(300)}@home.test`,
      'x'.repeat(10_000),
    ]) {
      await expect(leaveAddress(customer, { email })).rejects.toMatchObject({
        failure: { reason: 'email_not_valid' },
      });
    }
  });
});
