import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { typingShownMs, type WidgetStateQuery } from '#/lib/conversations/schema.ts';
import {
  countUnread,
  getWidgetState,
  identifyVisitor,
  startConversation,
  startTicket,
} from '#/lib/conversations/service.ts';
import { findCustomerByToken, revokeSession } from '#/lib/customers/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { listMessages, markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import { deliveriesOfMark } from '#/lib/realtime/deliveries.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget, testOrigin } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';
import { setTyping } from '#/lib/typing/service.ts';

let database: TestDatabase;
let widget: Widget;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
});
afterAll(() => database.close());

const visitor = () => ({ kind: 'visitor', widgetId: widget.id }) as const;
const hints = { locale: 'de-DE', timezone: 'Europe/Berlin' };
const newStart = (text = 'Hello') => ({
  ...hints,
  sessionToken: newToken(),
  ticketId: newId(),
  conversationId: newId(),
  id: newId(),
  text,
  page: 'https://shop.test/cart?coupon=secret#pay',
});
async function count(table: 'customers' | 'tickets' | 'messages'): Promise<number> {
  const [row] = await read((tx) =>
    tx.execute<{ count: number }>(sql`select count(*)::int as count from ${sql.identifier(table)}`),
  );
  return row?.count ?? 0;
}

describe('a first message', () => {
  test('makes customer, session, ticket and conversation, with a subject from the text', async () => {
    const start = newStart('My parcel never arrived\nIt was ordered on Monday.');
    const { value, events } = await startConversation(visitor(), start);
    expect(value.conversation).toMatchObject({
      id: start.conversationId,
      ticketId: start.ticketId,
      subject: 'My parcel never arrived It was ordered on Monday.',
      status: 'open',
      head: 1,
      readThrough: 1,
      unreadCount: 0,
    });
    expect(value.entry).toMatchObject({ id: start.id, order: 1, publicOrder: null, kind: 'reply' });
    expect(events.map((event) => event.type)).toEqual(['ticket.created', 'message.created']);
    expect(await findCustomerByToken(start.sessionToken)).toMatchObject({ id: value.customerId });
  });

  test('keeps neither the token nor what follows ? in the page it came from', async () => {
    const start = newStart();
    const { value } = await startConversation(visitor(), start);
    const rows = await read((tx) =>
      tx.execute(sql`select token_hash, last_page from customer_sessions
        join customers on customers.id = customer_id where customer_id = ${value.customerId}`),
    );
    expect(rows).toMatchObject([{ last_page: 'https://shop.test/cart' }]);
    expect(JSON.stringify(rows)).not.toContain(start.sessionToken);
  });

  test('sent again, or by ten at once, makes one of everything', async () => {
    const start = newStart();
    const before = [await count('customers'), await count('tickets'), await count('messages')];
    const answers = await Promise.all(Array.from({ length: 10 }, () => startConversation(visitor(), start)));
    await startConversation(visitor(), start);
    expect(new Set(answers.map(({ value }) => value.customerId)).size).toBe(1);
    expect([await count('customers'), await count('tickets'), await count('messages')]).toEqual(
      before.map((number) => number + 1),
    );
  });

  test('of a second tab with the same start joins the same conversation', async () => {
    const start = newStart('one');
    const second = { ...start, id: newId(), text: 'two' };
    const answers = await Promise.all([
      startConversation(visitor(), start),
      startConversation(visitor(), second),
    ]);
    expect(answers.map(({ value }) => value.entry.order).toSorted()).toEqual([1, 2]);
  });

  test.each(['ticketId', 'conversationId'] as const)(
    'with the %s of somebody else is a conflict that reveals nothing and stores nothing',
    async (field) => {
      const other = await makeConversation(widget);
      const before = [await count('tickets'), await count('messages')];
      const start = { ...newStart(), [field]: other[field] };
      await expect(startConversation(visitor(), start)).rejects.toMatchObject({
        failure: { code: 'conflict', reason: 'id_used' },
      });
      expect([await count('tickets'), await count('messages')]).toEqual(before);
    },
  );

  test('with a revoked token is refused: a session that is over starts nothing', async () => {
    const start = newStart();
    const { value } = await startConversation(visitor(), start);
    await revokeSession({
      kind: 'customer',
      id: value.customerId,
      sessionId: value.sessionId,
      widgetId: widget.id,
    });
    expect(await findCustomerByToken(start.sessionToken)).toBeNull();
    await expect(
      startConversation(visitor(), { ...newStart(), sessionToken: start.sessionToken }),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('who may start', () => {
  test('a page of an allowed origin, and no other', async () => {
    expect(await identifyVisitor(widget.key, testOrigin)).toEqual(visitor());
    for (const origin of [null, 'https://evil.test', `${testOrigin}.evil.test`, `${testOrigin}/`, 'null']) {
      await expect(identifyVisitor(widget.key, origin)).rejects.toMatchObject({
        failure: { code: 'forbidden', reason: 'origin_not_allowed' },
      });
    }
    await expect(identifyVisitor('wk_doesnotexist', testOrigin)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what the frame shows first', () => {
  test('the customer’s conversations, newest first, with page, marks and unread, and no note', async () => {
    const agent = await makeAgent();
    const { customer, conversationId } = await makeConversation(widget, 'first');
    await startTicket(customer, {
      ticketId: newId(),
      conversationId: newId(),
      id: newId(),
      text: 'another matter',
    });
    await writeNote(agent, { conversationId, id: newId(), text: 'a secret note' });
    await sendMessage(agent, { conversationId, id: newId(), text: 'an answer' });
    const state = await getWidgetState(customer);
    expect(state.conversations.map(({ subject, unreadCount, head }) => [subject, unreadCount, head])).toEqual(
      [
        ['first', 1, 2],
        ['another matter', 0, 1],
      ],
    );
    expect(state.page?.entries.map((entry) => entry.text)).toEqual(['first', 'an answer']);
    expect(JSON.stringify(state)).not.toContain('secret');
    expect(await countUnread(customer)).toBe(1);
    await markRead(customer, { conversationId, through: 2 });
    expect(await countUnread(customer)).toBe(0);
  });

  test('of the conversation that is open, what came after what the frame has', async () => {
    const agent = await makeAgent();
    const { customer, conversationId } = await makeConversation(widget, 'first');
    const other = { ticketId: newId(), conversationId: newId(), id: newId(), text: 'another matter' };
    await sendMessage(agent, { conversationId, id: newId(), text: 'an answer' });
    await startTicket(customer, other);
    await writeNote(agent, { conversationId, id: newId(), text: 'between us' });
    const textsOf = async (query: WidgetStateQuery) => {
      const { open, page } = await getWidgetState(customer, query);
      return [open, page?.entries.map(({ text }) => text), page?.through];
    };
    expect(await textsOf({})).toEqual([other.conversationId, ['another matter'], 1]);
    expect(await textsOf({ open: conversationId })).toEqual([conversationId, ['first', 'an answer'], 2]);
    expect(await textsOf({ open: conversationId, after: 1 })).toEqual([conversationId, ['an answer'], 2]);
    expect(await textsOf({ open: conversationId, after: 2 })).toEqual([conversationId, [], 2]);
    // One that is gone: the newest, from its end, whatever was asked of the other.
    expect(await textsOf({ open: newId(), after: 1 })).toEqual([other.conversationId, ['another matter'], 1]);
  });

  test('who types at this moment, but for oneself, until it is over or their message is there', async () => {
    const agent = await makeAgent();
    const { customer, conversationId } = await makeConversation(widget, 'first');
    const page = { limit: 50 };
    await setTyping(agent, { conversationId, isTyping: true });
    await setTyping(customer, { conversationId, isTyping: true });
    const forCustomer = await getWidgetState(customer);
    expect(forCustomer.typing).toMatchObject([{ sender: { kind: 'agent', id: agent.id } }]);
    expect(forCustomer.typing[0]?.forMs).toBeGreaterThan(0);
    expect(forCustomer.typing[0]?.forMs).toBeLessThanOrEqual(typingShownMs);
    expect((await listMessages(customer, conversationId, page)).typing).toMatchObject([
      { sender: { kind: 'agent', id: agent.id } },
    ]);
    expect((await listMessages(agent, conversationId, page)).typing).toMatchObject([
      { sender: { kind: 'customer', id: customer.id } },
    ]);
    await sendMessage(agent, { conversationId, id: newId(), text: 'an answer' });
    expect((await getWidgetState(customer)).typing).toEqual([]);
    await transact((tx) => tx.execute(sql`update typing_status set expires_at = now()`));
    expect((await listMessages(agent, conversationId, page)).typing).toEqual([]);
  });

  test('nothing of another customer', async () => {
    const ana = await makeConversation(widget, 'from Ana');
    const { customer } = await makeConversation(widget, 'from Ben');
    for (const query of [{}, { open: ana.conversationId }, { open: ana.conversationId, after: 0 }]) {
      const state = JSON.stringify(await getWidgetState(customer, query));
      expect(state).not.toContain('Ana');
      expect(state).not.toContain(ana.customer.id);
      expect(state).not.toContain(ana.conversationId);
    }
  });
});

describe('what staff do among themselves', () => {
  test('alters no byte of the customer’s state, messages and channels', async () => {
    const [agent, colleague] = await Promise.all([makeAgent('admin'), makeAgent('admin')]);
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    const look = async () =>
      JSON.stringify([
        await getWidgetState(customer),
        await listMessages(customer, conversationId, { limit: 50 }),
      ]);
    const read = async (actor: typeof agent, through: number) => {
      const mark = await markRead(actor, { conversationId, through });
      return mark === null ? [] : deliveriesOfMark(mark).map(({ channel }) => channel);
    };
    const change = (to: TicketChange) => changeTicket(agent, { id: newId(), ticketId, change: to });
    const forStaff = (reader: typeof agent) => [
      `private-staff-conversation-${conversationId}`,
      `private-agent-${reader.id}`,
    ];
    const forBoth = (reader: typeof agent) => [...forStaff(reader), `private-conversation-${conversationId}`];
    expect(await read(agent, 1)).toEqual(forBoth(agent));
    await sendMessage(agent, { conversationId, id: newId(), text: 'an answer' });
    expect(await read(colleague, 2)).toEqual(forBoth(colleague));
    const before = await look();

    await writeNote(colleague, { conversationId, id: newId(), text: 'between us' });
    await change({ field: 'priority', to: 'urgent' });
    await change({ field: 'department', to: await makeDepartment(true) });
    await change({ field: 'status', to: 'pending' });
    expect(await read(colleague, 6)).toEqual(forStaff(colleague));
    expect(await read(agent, 6)).toEqual(forStaff(agent));
    expect(await look()).toBe(before);
  });

  test('is not told as reading: who only wrote a note after a mark keeps the mark’s moment', async () => {
    const agent = await makeAgent();
    const { customer, conversationId } = await makeConversation(widget);
    const raised = await markRead(agent, { conversationId, through: 1 });
    await writeNote(agent, { conversationId, id: newId(), text: 'between us' });
    const { marks } = await getWidgetState(customer);
    const reader = { kind: 'agent', id: agent.id };
    expect(marks).toContainEqual({ reader, through: 1, at: raised?.at });
    await sendMessage(customer, { conversationId, id: newId(), text: 'and?' });
    const next = await markRead(agent, { conversationId, through: 3 });
    expect(next).toMatchObject({ staffThrough: 3, publicThrough: 2, isPublic: true });
    const later = await getWidgetState(customer);
    expect(later.marks).toContainEqual({ reader, through: 2, at: next?.at });
  });

  test('shows of a status only what customers may know, in the list and in the log', async () => {
    const agent = await makeAgent();
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    await changeTicket(agent, { id: newId(), ticketId, change: { field: 'status', to: 'pending' } });
    expect((await getWidgetState(customer)).conversations[0]?.status).toBe('open');
    await changeTicket(agent, { id: newId(), ticketId, change: { field: 'status', to: 'resolved' } });
    const page = await listMessages(customer, conversationId, { limit: 50 });
    expect(page.entries.at(-1)?.change).toEqual({ field: 'status', from: 'open', to: 'resolved' });
    expect(JSON.stringify(await getWidgetState(customer))).not.toContain('pending');
  });
});

describe('a blocked customer', () => {
  test('has no session any more', async () => {
    const { customer, token } = await makeConversation(widget);
    await transact((tx) =>
      tx.execute(sql`update customers set blocked_at = now() where id = ${customer.id}`),
    );
    expect(await findCustomerByToken(token)).toBeNull();
  });
});
