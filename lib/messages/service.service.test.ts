import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inOneStatement, read, transact } from '#/db/client.ts';
import { appendDirectly } from '#/db/messages.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { listMessages, markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { ticketStatuses } from '#/lib/tickets/schema.ts';
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

const page = { limit: 100 };
async function storedLog(conversationId: string) {
  return read((tx) =>
    tx.execute<{ seq: number; public_seq: number | null; id: string; kind: string }>(sql`
      select seq::float8 as seq, public_seq::float8 as public_seq, id, kind from messages
      where conversation_id = ${conversationId} order by seq`),
  );
}
async function restrict(ticketId: string, departmentId: string | null) {
  await transact((tx) =>
    tx.execute(sql`update tickets set department_id = ${departmentId} where id = ${ticketId}`),
  );
}

describe('sending', () => {
  test('both sides see one log in one order, each in its own numbers', async () => {
    const { customer, conversationId } = await makeConversation(widget, 'first');
    await writeNote(agent, { conversationId, id: newId(), text: 'only for us' });
    await sendMessage(agent, { conversationId, id: newId(), text: 'second' });
    await sendMessage(customer, { conversationId, id: newId(), text: 'third' });
    const staff = await listMessages(agent, conversationId, page);
    const own = await listMessages(customer, conversationId, page);
    expect(staff.entries.map(({ order, publicOrder, text }) => [order, publicOrder, text])).toEqual([
      [1, 1, 'first'],
      [2, null, 'only for us'],
      [3, 2, 'second'],
      [4, 3, 'third'],
    ]);
    expect(own.entries.map(({ order, text }) => [order, text])).toEqual([
      [1, 'first'],
      [2, 'second'],
      [3, 'third'],
    ]);
    expect([staff.head, own.head, own.through]).toEqual([4, 3, 3]);
  });

  test('a retried send keeps one row and answers the same entry', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const input = { conversationId, id: newId(), text: 'once' };
    const first = await sendMessage(customer, input);
    const second = await sendMessage(customer, { ...input, text: 'changed on the way' });
    expect(second.value).toEqual(first.value);
    expect(second.events).toEqual([]);
    expect((await storedLog(conversationId)).filter((row) => row.id === input.id)).toHaveLength(1);
  });

  test('the short way takes nothing once the ticket is not what was decided on', async () => {
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    const other = await makeConversation(widget);
    const entry = (id: string) => ({
      conversationId: id,
      id: newId(),
      kind: 'reply' as const,
      text: 'late',
      snippet: 'late',
      statuses: ticketStatuses,
      expected: null,
      eventId: newId(),
      markId: newId(),
    });
    const nobody = { departmentId: null, departmentIsRestricted: false, assigneeId: null };
    const byAgent = { ...entry(conversationId), sender: agent };
    const departmentId = await makeDepartment(true);
    const attempts = [
      { ...byAgent, readers: { ...nobody, assigneeId: agent.id } },
      { ...byAgent, readers: { ...nobody, departmentIsRestricted: true } },
      { ...byAgent, readers: nobody, statuses: ['closed'] as const },
      // Called for a customer it sees that customer's rows alone, on whatever connection.
      { ...entry(other.conversationId), sender: customer, readers: null },
    ];
    const before = [await storedLog(conversationId), await storedLog(other.conversationId)];
    for (const role of ['staff', 'customer'] as const) {
      for (const attempt of attempts) {
        expect(await inOneStatement(role, (tx) => appendDirectly(tx, attempt))).toBeNull();
      }
    }
    await restrict(ticketId, departmentId);
    expect(
      await inOneStatement('staff', (tx) => appendDirectly(tx, { ...byAgent, readers: nobody })),
    ).toBeNull();
    expect([await storedLog(conversationId), await storedLog(other.conversationId)]).toEqual(before);
  });

  test('the same id sent by ten at once keeps one row and answers all of them', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const input = { conversationId, id: newId(), text: 'impatient' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => sendMessage(customer, input)));
    expect(new Set(answers.map((done) => JSON.stringify(done.value))).size).toBe(1);
    expect((await storedLog(conversationId)).filter((row) => row.id === input.id)).toHaveLength(1);
  });

  test('an id that another sender used in this conversation is a conflict', async () => {
    const { customer, conversationId, firstId } = await makeConversation(widget);
    const noteId = newId();
    await writeNote(agent, { conversationId, id: noteId, text: 'x' });
    await expect(sendMessage(agent, { conversationId, id: firstId, text: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(sendMessage(customer, { conversationId, id: noteId, text: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('an id that exists in another conversation is as good as new', async () => {
    const other = await makeConversation(widget);
    const { customer, conversationId } = await makeConversation(widget);
    const sent = await sendMessage(customer, { conversationId, id: other.firstId, text: 'mine' });
    expect(sent.value.text).toBe('mine');
  });

  test('fifty senders at once leave a log without a gap, in both orders', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const input = { conversationId, id: newId(), text: `message ${index}` };
        if (index % 5 === 0) return writeNote(agent, input);
        return index % 2 === 0 ? sendMessage(customer, input) : sendMessage(agent, input);
      }),
    );
    const log = await storedLog(conversationId);
    expect(log.map((row) => row.seq)).toEqual(log.map((_, index) => index + 1));
    const open = log.filter((row) => row.public_seq !== null);
    expect(open.map((row) => row.public_seq)).toEqual(open.map((_, index) => index + 1));
    const [heads] = await read((tx) =>
      tx.execute(sql`select last_seq::float8 as seq, last_public_seq::float8 as public_seq
        from conversations where id = ${conversationId}`),
    );
    expect(heads).toEqual({ seq: log.length, public_seq: open.length });
  });

  test('each message writes one event row in the same transaction', async () => {
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    await sendMessage(customer, { conversationId, id: newId(), text: 'two' });
    const rows = await read((tx) =>
      tx.execute(
        sql`select type, seq::float8 as seq, actor_kind from events where ticket_id = ${ticketId} order by seq nulls first`,
      ),
    );
    expect(rows.map((row) => [row.type, row.seq, row.actor_kind])).toEqual([
      ['ticket.created', null, 'customer'],
      ['message.created', 1, 'customer'],
      ['message.created', 2, 'customer'],
    ]);
  });

  test('another customer gets not_found, for a send, a page and a mark', async () => {
    const { conversationId } = await makeConversation(widget);
    const { customer: stranger } = await makeConversation(widget);
    const refused = { code: 'not_found' };
    const input = { conversationId, id: newId(), text: 'let me in' };
    await expect(sendMessage(stranger, input)).rejects.toMatchObject(refused);
    await expect(listMessages(stranger, conversationId, page)).rejects.toMatchObject(refused);
    await expect(markRead(stranger, { conversationId, through: 1 })).rejects.toMatchObject(refused);
    expect(await storedLog(conversationId)).toHaveLength(1);
  });

  test('a conversation that is not there is not_found for both sides', async () => {
    const { customer } = await makeConversation(widget);
    const input = { conversationId: newId(), id: newId(), text: 'hello?' };
    await expect(sendMessage(customer, input)).rejects.toMatchObject({ code: 'not_found' });
    await expect(sendMessage(agent, input)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a customer writes no notes', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const input = { conversationId, id: newId(), text: 'x' };
    await expect(writeNote(customer, input)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a restricted department hides its tickets from other agents, not from members and admins', async () => {
    const departmentId = await makeDepartment(true);
    const [member, admin] = [await makeAgent('agent', departmentId), await makeAgent('admin')];
    const { conversationId, ticketId } = await makeConversation(widget);
    await restrict(ticketId, departmentId);
    const send = (actor: AgentActor) => sendMessage(actor, { conversationId, id: newId(), text: 'hi' });
    await expect(send(agent)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getTicket(agent, ticketId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(listMessages(agent, conversationId, page)).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(member)).resolves.toBeDefined();
    await expect(send(admin)).resolves.toBeDefined();
  });
});

describe('what a message does to its ticket', () => {
  test('the customer waits from the first unanswered message until an agent replies', async () => {
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    const since = (await getTicket(agent, ticketId)).ticket.waitingSince;
    expect(since).not.toBeNull();
    await sendMessage(customer, { conversationId, id: newId(), text: 'still here' });
    expect((await getTicket(agent, ticketId)).ticket.waitingSince).toBe(since);
    await writeNote(agent, { conversationId, id: newId(), text: 'looking' });
    expect((await getTicket(agent, ticketId)).ticket.waitingSince).toBe(since);
    await sendMessage(agent, { conversationId, id: newId(), text: 'here it is' });
    const { ticket } = await getTicket(agent, ticketId);
    expect([ticket.waitingSince, ticket.lastMessage]).toEqual([null, 'here it is']);
  });

  test.each([
    ['resolved', 2],
    ['pending', null],
  ] as const)('a reply to a %s ticket reopens it and says so in the log', async (status, publicOrder) => {
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    await changeTicket(agent, { ticketId, id: newId(), change: { field: 'status', to: status } });
    const { events } = await sendMessage(customer, { conversationId, id: newId(), text: 'again' });
    expect(events.map((event) => event.type)).toEqual(['message.created', 'ticket.changed']);
    expect((await getTicket(agent, ticketId)).ticket.status).toBe('open');
    const { entries } = await listMessages(agent, conversationId, page);
    expect(entries.at(-1)?.change).toEqual({ field: 'status', from: status, to: 'open' });
    expect(entries.at(-1)?.publicOrder === null).toBe(publicOrder === null);
    const own = await listMessages(customer, conversationId, page);
    expect(own.entries.map((entry) => entry.order)).toEqual(own.entries.map((_, index) => index + 1));
  });

  test('after the reopening window a reply is a conflict that asks for a follow-up', async () => {
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    await changeTicket(agent, { ticketId, id: newId(), change: { field: 'status', to: 'resolved' } });
    await transact((tx) =>
      tx.execute(sql`update tickets set resolved_at = now() - interval '30 days' where id = ${ticketId}`),
    );
    const input = { conversationId, id: newId(), text: 'too late' };
    await expect(sendMessage(customer, input)).rejects.toMatchObject({
      code: 'conflict',
      failure: { reason: 'followup_needed' },
    });
  });
});

describe('read marks', () => {
  test('grow only, stop at the head, and are told in both orders', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    await writeNote(agent, { conversationId, id: newId(), text: 'note' });
    await sendMessage(agent, { conversationId, id: newId(), text: 'reply' });
    const reader = await makeAgent();
    const raised = await markRead(reader, { conversationId, through: 3 });
    expect([raised?.staffThrough, raised?.publicThrough]).toEqual([3, 2]);
    expect(await markRead(reader, { conversationId, through: 1 })).toBeNull();
    expect((await markRead(customer, { conversationId, through: 99 }))?.publicThrough).toBe(2);
    const { marks } = await listMessages(customer, conversationId, page);
    expect(marks.map((mark) => mark.through).every((through) => through <= 2)).toBe(true);
  });

  test('writing reads: the sender has no unread message of their own', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const { marks } = await listMessages(customer, conversationId, page);
    expect(marks).toMatchObject([{ reader: { kind: 'customer', id: customer.id }, through: 1 }]);
  });
});
