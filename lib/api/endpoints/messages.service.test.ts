import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { listOf } from '#/lib/api/endpoint.ts';
import { conversations } from '#/lib/api/endpoints/conversations.ts';
import { messages } from '#/lib/api/endpoints/messages.ts';
import { problemSchema } from '#/lib/api/problems.ts';
import { conversationRecord } from '#/lib/api/records/conversations.ts';
import { type MessageRecord, messageRecord } from '#/lib/api/records/messages.ts';
import { apiEnvironment, ask, type Told } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newId } from '#/lib/ids.ts';
import { markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { type Conversing, makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';

vi.mock('#/lib/realtime/publish.ts', () => ({ publishChanges: () => {}, publishAsCommitted: () => {} }));

type Key = Awaited<ReturnType<typeof makeKey>>;
let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let key: Key;
let departmentKey: Key;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  key = await makeKey([
    'messages:write',
    'conversations:write',
    'customers:read',
    'agents:read',
    'tickets:read',
  ]);
  departmentKey = await makeKey(['messages:write', 'conversations:write'], {
    departmentId: await makeDepartment(false),
  });
});
afterAll(() => database.close());

const codeOf = ({ status, body }: Told) => [status, problemSchema.parse(body).code] as const;
const fieldOf = ({ body }: Told) => problemSchema.parse(body).field;
const page = listOf(messageRecord);
const recordIn = ({ body }: Told): MessageRecord => messageRecord.parse(body);
const params = ({ conversationId }: { conversationId: string }) => ({ conversationId });
const send = (to: Conversing, body: unknown, { token }: { token: string } = key) =>
  ask(messages.create, { token, params: params(to), body });
const list = (of: Conversing, query: Record<string, string> = {}, { token }: { token: string } = key) =>
  ask(messages.list, { token, params: params(of), query });
async function logOf(of: Conversing, reader: { token: string } = key): Promise<MessageRecord[]> {
  return page.parse((await list(of, {}, reader)).body).data;
}

async function countRows({ conversationId }: Conversing): Promise<number> {
  const [row] = await read((tx) =>
    tx.execute<{ rows: number }>(sql`
      select count(*)::int as rows from messages where conversation_id = ${conversationId}`),
  );
  return row?.rows ?? 0;
}

describe('sending', () => {
  test('a reply stands in the log under the key’s name, and its customer reads it', async () => {
    const made = await makeConversation(widget);
    const id = newId();
    const told = await send(made, { id, text: 'On its way.' });
    expect(told.status).toBe(201);
    expect(told.headers.get('location')).toBe(`/api/v1/conversations/${made.conversationId}/messages/${id}`);
    expect(recordIn(told)).toMatchObject({
      ...{ id, kind: 'reply', order: 2, publicOrder: 2, text: 'On its way.', read: false },
      ...{ agentId: key.actor.id, customerId: null, senderName: key.actor.name },
    });
    const stored = await ask(messages.get, { token: key.token, params: { ...params(made), messageId: id } });
    expect(stored.body).toEqual(told.body);
    const [, seen] = await logOf(made, made);
    expect(seen).toMatchObject({ id, order: 2, publicOrder: null, text: 'On its way.' });
  });

  test('the same id again answers what is stored and sends nothing', async () => {
    const made = await makeConversation(widget);
    const body = { id: newId(), text: 'once' };
    const told = await Promise.all([send(made, body), send(made, body), send(made, body)]);
    expect(told.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const again = await send(made, { ...body, text: 'otherwise' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(recordIn(again).text).toBe('once');
    expect(await countRows(made)).toBe(2);
    expect(codeOf(await send(made, { id: made.firstId, text: 'x' }))).toEqual([409, 'id_used']);
    expect(codeOf(await send(made, body, made))).toEqual([409, 'id_used']);
  });

  test('a note is for staff alone, and tells whom it mentions', async () => {
    const made = await makeConversation(widget);
    const note = { id: newId(), kind: 'note', text: 'Can you look?', mentionIds: [agent.id, newId()] };
    const told = await send(made, note);
    expect(recordIn(told)).toMatchObject({
      kind: 'note',
      order: 2,
      publicOrder: null,
      mentions: [{ id: agent.id }],
    });
    expect((await logOf(made, made)).map(({ kind }) => kind)).toEqual(['reply']);
    const [notified] = await read((tx) =>
      tx.execute<{ kind: string }>(sql`
        select kind from notifications where agent_id = ${agent.id} and ticket_id = ${made.ticketId}`),
    );
    expect(notified?.kind).toBe('mention');
    expect(codeOf(await send(made, { ...note, id: newId() }, made))).toEqual([403, 'forbidden']);
  });

  test('waits for nobody, unless it says what it has read', async () => {
    const made = await makeConversation(widget);
    await sendMessage(made.customer, { ...params(made), id: newId(), text: 'something newer' });
    const refused = await send(made, { id: newId(), text: 'x', expectedOrder: 1 });
    expect(codeOf(refused)).toEqual([409, 'newer_entries']);
    expect((await send(made, { id: newId(), text: 'x', expectedOrder: 2 })).status).toBe(201);
  });

  test('a customer writes with a token of their own, and reopens what was resolved', async () => {
    const made = await makeConversation(widget);
    await changeTicket(agent, {
      ticketId: made.ticketId,
      id: newId(),
      change: { field: 'status', to: 'resolved' },
    });
    const told = await send(made, { id: newId(), text: 'It is not solved.' }, made);
    expect(recordIn(told)).toMatchObject({ customerId: made.customer.id, agentId: null, publicOrder: null });
    const read = await ask(conversations.get, { token: made.token, params: params(made) });
    expect(conversationRecord.parse(read.body).status).toBe('open');
  });

  test('what cannot be sent is named, and stores nothing', async () => {
    const made = await makeConversation(widget);
    const refused: [unknown, string, string | undefined][] = [
      [{ text: 'x' }, 'field_missing', 'id'],
      [{ id: 'x', text: 'x' }, 'value_not_valid', 'id'],
      [{ id: newId(), text: ' ' }, 'text_empty', 'text'],
      [{ id: newId(), text: 'x'.repeat(10_001) }, 'text_too_long', 'text'],
      [{ id: newId(), text: 'a\0' }, 'text_has_nul', 'text'],
      [{ id: newId(), text: 5 }, 'type_not_valid', 'text'],
      [{ id: newId(), text: 'x', kind: 'event' }, 'value_not_valid', 'kind'],
      [{ id: newId(), text: 'x', seq: 7 }, 'unknown_field', 'seq'],
      [{ id: newId(), text: 'x', agentId: agent.id }, 'unknown_field', 'agentId'],
      [{ id: newId(), text: 'x', expectedOrder: '1' }, 'type_not_valid', 'expectedOrder'],
    ];
    for (const [body, code, field] of refused) {
      const told = await send(made, body);
      expect([codeOf(told), fieldOf(told)]).toEqual([[400, code], field]);
    }
    expect(await countRows(made)).toBe(1);
  });
});

describe('who may', () => {
  test('another customer and a key of another department find nothing there', async () => {
    const made = await makeConversation(widget);
    const other = await makeConversation(widget);
    const body = { id: newId(), text: 'x' };
    for (const reader of [other, departmentKey]) {
      const { token } = reader;
      expect(codeOf(await list(made, {}, reader))).toEqual([404, 'not_found']);
      expect(codeOf(await send(made, body, reader))).toEqual([404, 'not_found']);
      expect(codeOf(await ask(messages.count, { token, params: params(made) }))).toEqual([404, 'not_found']);
      const one = { ...params(made), messageId: made.firstId };
      expect(codeOf(await ask(messages.get, { token, params: one }))).toEqual([404, 'not_found']);
      expect(codeOf(await ask(conversations.get, { token, params: params(made) }))).toEqual([
        404,
        'not_found',
      ]);
    }
    expect(await countRows(made)).toBe(1);
    const elsewhere = { ...params(other), messageId: made.firstId };
    expect(codeOf(await ask(messages.get, { token: key.token, params: elsewhere }))).toEqual([
      404,
      'not_found',
    ]);
  });

  test('a key of one department reads and writes there', async () => {
    const made = await makeConversation(widget);
    const { departmentId } = departmentKey;
    await transact((tx) => updateTicketDepartment(tx, made.ticketId, departmentId ?? ''));
    expect(await logOf(made, departmentKey)).toHaveLength(1);
    expect((await send(made, { id: newId(), text: 'x' }, departmentKey)).status).toBe(201);
  });

  test('a session that ended, and a customer who is blocked, are told so', async () => {
    const made = await makeConversation(widget);
    await transact((tx) =>
      tx.execute(sql`update customers set blocked_at = now() where id = ${made.customer.id}`),
    );
    expect(codeOf(await list(made, {}, made))).toEqual([403, 'blocked']);
    expect(codeOf(await list(made, {}, { token: 'x'.repeat(43) }))).toEqual([401, 'unauthenticated']);
  });

  test('scopes are of messages: those of conversations do not do', async () => {
    const made = await makeConversation(widget);
    const { token } = await makeKey(['conversations:write']);
    expect(codeOf(await list(made, {}, { token }))).toEqual([403, 'scope_missing']);
    const reading = await makeKey(['messages:read']);
    expect((await list(made, {}, reading)).status).toBe(200);
    expect(codeOf(await send(made, { id: newId(), text: 'x' }, reading))).toEqual([403, 'scope_missing']);
  });
});

describe('reading', () => {
  test('a message is read once the other side has come to it', async () => {
    const made = await makeConversation(widget);
    const reply = newId();
    await sendMessage(agent, { ...params(made), id: reply, text: 'second' });
    const note = newId();
    await writeNote(agent, { ...params(made), id: note, text: 'third, for us' });
    const readNow = async (reader?: { token: string }) =>
      Object.fromEntries((await logOf(made, reader)).map(({ id, read: isRead }) => [id, isRead]));
    // Who answers has read what is before the answer.
    expect(await readNow()).toEqual({ [made.firstId]: true, [reply]: false, [note]: false });
    await markRead(made.customer, { ...params(made), through: 2 });
    expect(await readNow()).toEqual({ [made.firstId]: true, [reply]: true, [note]: false });
    await markRead(await makeAgent(), { ...params(made), through: 3 });
    expect(await readNow()).toEqual({ [made.firstId]: true, [reply]: true, [note]: true });
    expect(await readNow(made)).toEqual({ [made.firstId]: true, [reply]: true });
    const fresh = await makeConversation(widget);
    expect((await logOf(fresh))[0]?.read).toBe(false);
  });

  test('goes on from an order, backwards too, and by conditions, in the reader’s own order', async () => {
    const made = await makeConversation(widget, 'one');
    await writeNote(agent, { ...params(made), id: newId(), text: 'two, for us' });
    for (const text of ['three', 'four', 'five']) {
      await sendMessage(agent, { ...params(made), id: newId(), text });
    }
    const textsOf = async (query: Record<string, string>, reader?: { token: string }) =>
      page.parse((await list(made, query, reader)).body).data.map(({ text }) => text);
    expect(await textsOf({ where: '{"order":{"gt":2}}' })).toEqual(['three', 'four', 'five']);
    expect(await textsOf({ where: '{"order":{"gt":2}}' }, made)).toEqual(['four', 'five']);
    expect(await textsOf({ order: '-order', limit: '2' })).toEqual(['five', 'four']);
    expect(await textsOf({ where: '{"kind":"note"}' })).toEqual(['two, for us']);
    expect(await textsOf({ where: '{"kind":"note"}' }, made)).toEqual([]);
    expect(await textsOf({ where: '{"text":{"contains":"FOR us"}}' }, made)).toEqual([]);
    expect(await textsOf({ where: '{"text":{"contains":"FO"}}' })).toEqual(['two, for us', 'four']);
    const counted = (token: string) => ask(messages.count, { token, params: params(made) });
    expect([(await counted(key.token)).body, (await counted(made.token)).body]).toEqual([
      { count: 5 },
      { count: 4 },
    ]);
    const query: Record<string, string> = { limit: '2' };
    const seen: number[] = [];
    for (let turn = 0; turn < 9; turn++) {
      const { data, nextCursor } = page.parse((await list(made, query, made)).body);
      seen.push(...data.map(({ order }) => order));
      if (nextCursor === null) break;
      query.cursor = nextCursor;
    }
    expect(seen).toEqual([1, 2, 3, 4]);
    const elsewhere = await makeConversation(widget);
    expect(codeOf(await list(elsewhere, query))).toEqual([400, 'cursor_not_valid']);
  });

  test('brings the writers along, to keys', async () => {
    const made = await makeConversation(widget);
    await sendMessage(agent, { ...params(made), id: newId(), text: 'hello' });
    const included = page.parse((await list(made, { include: 'customer,agent' })).body).data;
    expect(included.map(({ customer, agent: writer }) => [customer?.id, writer?.id])).toEqual([
      [made.customer.id, undefined],
      [undefined, agent.id],
    ]);
    const own = page.parse((await list(made, { include: 'customer,agent' }, made)).body).data;
    expect(own.map(({ customer, agent: writer }) => [customer, writer])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  test('a customer learns of the handling what the widget tells, and nothing else', async () => {
    const made = await makeConversation(widget);
    const change = (field: 'priority' | 'status', to: string) =>
      changeTicket(agent, {
        ticketId: made.ticketId,
        id: newId(),
        change:
          field === 'priority' ? { field, to: 'high' } : { field, to: to === 'open' ? 'open' : 'resolved' },
      });
    await change('priority', 'high');
    await change('status', 'resolved');
    await change('status', 'open');
    const seen = await logOf(made, made);
    expect(seen.map(({ kind, change: said }) => [kind, said?.field ?? null])).toEqual([
      ['reply', null],
      ['event', 'status'],
      ['event', 'status'],
    ]);
    expect((await logOf(made)).map(({ change: said }) => said?.field ?? null)).toEqual([
      null,
      'priority',
      'status',
      'status',
    ]);
  });
});

describe('conversations', () => {
  const conversationPage = listOf(conversationRecord);
  const idsOf = async (token: string, query: Record<string, string> = {}) =>
    conversationPage.parse((await ask(conversations.list, { token, query })).body).data.map(({ id }) => id);

  test('a customer has their own, a key those of the tickets that it may read', async () => {
    const [one, two] = [await makeConversation(widget), await makeConversation(widget)];
    expect(await idsOf(one.token)).toEqual([one.conversationId]);
    expect(await idsOf(key.token)).toEqual(expect.arrayContaining([one.conversationId, two.conversationId]));
    expect(await idsOf(departmentKey.token)).not.toContain(one.conversationId);
    const where = JSON.stringify({ customerId: two.customer.id });
    expect(await idsOf(key.token, { where })).toEqual([two.conversationId]);
    expect(await idsOf(one.token, { where })).toEqual([]);
    const count = await ask(conversations.count, { token: one.token });
    expect(count.body).toEqual({ count: 1 });
  });

  test('what only staff knows of the ticket is not told to its customer', async () => {
    const made = await makeConversation(widget);
    const { ticketId } = made;
    await changeTicket(agent, { ticketId, id: newId(), change: { field: 'status', to: 'pending' } });
    await writeNote(agent, { ...params(made), id: newId(), text: 'for us' });
    const asked = { params: params(made), query: { include: 'ticket,customer' } };
    const staff = conversationRecord.parse(
      (await ask(conversations.get, { token: key.token, ...asked })).body,
    );
    expect(staff).toMatchObject({ status: 'pending', publicHead: 1, ticket: { id: ticketId } });
    expect(staff.head).toBeGreaterThan(1);
    const own = conversationRecord.parse(
      (await ask(conversations.get, { token: made.token, ...asked })).body,
    );
    expect(own).toMatchObject({ status: 'open', head: 1, publicHead: null, ticket: null, customer: null });
    expect(await idsOf(made.token, { where: '{"status":"pending"}' })).toEqual([]);
    expect(await idsOf(made.token, { where: '{"status":"open"}' })).toEqual([made.conversationId]);
  });

  test('one in which only staff wrote is none for its customer', async () => {
    const made = await makeConversation(widget);
    const id = newId();
    await transact((tx) =>
      tx.execute(sql`insert into conversations (id, ticket_id) values (${id}, ${made.ticketId})`),
    );
    await writeNote(agent, { conversationId: id, id: newId(), text: 'for us' });
    expect(await idsOf(made.token)).toEqual([made.conversationId]);
    const { token } = made;
    expect(codeOf(await ask(conversations.get, { token, params: { conversationId: id } }))[0]).toBe(404);
    expect(codeOf(await ask(messages.list, { token, params: { conversationId: id } }))[0]).toBe(404);
  });

  test('a key begins a further one on a ticket, once for its ids', async () => {
    const made = await makeConversation(widget);
    const body = { id: newId(), ticketId: made.ticketId, message: { id: newId(), text: 'One more thing.' } };
    const create = () => ask(conversations.create, { token: key.token, body });
    const told = await Promise.all([create(), create()]);
    expect(told.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(conversationRecord.parse(told[0]?.body)).toMatchObject({ ticketId: made.ticketId, head: 1 });
    expect(await idsOf(made.token)).toHaveLength(2);
    const { token } = departmentKey;
    const hidden = { ...body, id: newId() };
    expect(codeOf(await ask(conversations.create, { token, body: hidden }))).toEqual([404, 'not_found']);
    const taken = { ...body, id: made.conversationId };
    expect(codeOf(await ask(conversations.create, { token: key.token, body: taken }))).toEqual([
      409,
      'id_used',
    ]);
  });

  test('a customer begins one on a new ticket', async () => {
    const made = await makeConversation(widget);
    const body = { id: newId(), ticketId: newId(), message: { id: newId(), text: 'Another matter.' } };
    const create = (more: object = {}) =>
      ask(conversations.create, { token: made.token, body: { ...body, ...more } });
    const told = await create();
    expect(told.status).toBe(201);
    expect(conversationRecord.parse(told.body)).toMatchObject({
      ticketId: body.ticketId,
      subject: 'Another matter.',
    });
    expect((await create()).status).toBe(200);
    const other = await makeConversation(widget);
    expect(codeOf(await create({ id: other.conversationId }))).toEqual([409, 'id_used']);
    expect(codeOf(await create({ id: newId(), followsConversationId: made.conversationId }))).toEqual([
      400,
      'ticket_or_follow_up',
    ]);
  });

  test('a customer follows up what ended, and nothing that takes messages', async () => {
    const made = await makeConversation(widget);
    const body = {
      id: newId(),
      followsConversationId: made.conversationId,
      message: { id: newId(), text: 'Once more.' },
    };
    const create = () => ask(conversations.create, { token: made.token, body });
    expect(codeOf(await create())).toEqual([409, 'followup_over']);
    await transact((tx) =>
      tx.execute(sql`
        update tickets set status = 'resolved', resolved_at = now() - interval '1 year'
        where id = ${made.ticketId}`),
    );
    expect(codeOf(await send(made, { id: newId(), text: 'x' }, made))).toEqual([409, 'followup_needed']);
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(200);
  });
});
