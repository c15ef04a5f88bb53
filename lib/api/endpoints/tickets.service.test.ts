import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { listOf } from '#/lib/api/endpoint.ts';
import { tickets } from '#/lib/api/endpoints/tickets.ts';
import { problemSchema } from '#/lib/api/problems.ts';
import { type TicketRecord, ticketRecord } from '#/lib/api/records/tickets.ts';
import { apiEnvironment, ask, type Told } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { type Conversing, makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';

vi.mock('#/lib/realtime/publish.ts', () => ({ publishChanges: () => {}, publishAsCommitted: () => {} }));

type Key = Awaited<ReturnType<typeof makeKey>>;
let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let all: Key;
/** Two tickets of one customer's department and one of another's. */
let billing: string;
let shipping: string;
let ours: Conversing;
let theirs: Conversing;
let departmentKey: Key;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  all = await makeKey([
    'tickets:write',
    'customers:read',
    'agents:read',
    'departments:read',
    'conversations:read',
  ]);
  [billing, shipping] = [await makeDepartment(false), await makeDepartment(true)];
  [ours, theirs] = [await makeConversation(widget, 'ours'), await makeConversation(widget, 'theirs')];
  await transact((tx) => updateTicketDepartment(tx, ours.ticketId, billing));
  await transact((tx) => updateTicketDepartment(tx, theirs.ticketId, shipping));
  departmentKey = await makeKey(['tickets:write', 'customers:read'], { departmentId: billing });
});
afterAll(() => database.close());

const codeOf = ({ status, body }: Told) => [status, problemSchema.parse(body).code] as const;
const fieldOf = ({ body }: Told) => problemSchema.parse(body).field;
const recordIn = ({ body }: Told): TicketRecord => ticketRecord.parse(body);
const page = listOf(ticketRecord);
const idsIn = ({ body }: Told) => page.parse(body).data.map(({ id }) => id);
const get = (ticketId: string, { token }: { token: string } = all, query: Record<string, string> = {}) =>
  ask(tickets.get, { token, params: { ticketId }, query });
const list = (query: Record<string, string>, { token }: { token: string } = all) =>
  ask(tickets.list, { token, query });
const patch = (
  ticketId: string,
  body: unknown,
  { token = all.token, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
) => ask(tickets.update, { token, params: { ticketId }, body, headers });

async function countRows(): Promise<number> {
  const [row] = await read((tx) =>
    tx.execute<{ rows: number }>(sql`select count(*)::int as rows from tickets`),
  );
  return row?.rows ?? 0;
}

describe('one ticket', () => {
  test('is answered as it is, with its version as ETag', async () => {
    const told = await get(ours.ticketId);
    expect(recordIn(told)).toMatchObject({
      id: ours.ticketId,
      subject: 'ours',
      status: 'open',
      customerId: ours.customer.id,
      departmentId: billing,
      assigneeId: null,
      tagIds: [],
    });
    expect(told.headers.get('etag')).toBe(`"${recordIn(told).version}"`);
    expect((await get(ours.ticketId.toUpperCase())).status).toBe(200);
  });

  test('of another department is none for a key of one, restricted or not', async () => {
    expect((await get(ours.ticketId, departmentKey)).status).toBe(200);
    expect(codeOf(await get(theirs.ticketId, departmentKey))).toEqual([404, 'not_found']);
    const nowhere = await makeConversation(widget, 'of no department');
    expect(codeOf(await get(nowhere.ticketId, departmentKey))).toEqual([404, 'not_found']);
    expect(codeOf(await get(newId()))).toEqual([404, 'not_found']);
    expect(codeOf(await get('1001'))).toEqual([400, 'value_not_valid']);
  });

  test('brings along what was asked for, and no more than that', async () => {
    const query = { include: 'customer,department,assignee,conversations', fields: 'subject' };
    const { body } = await get(ours.ticketId, all, query);
    expect(body).toMatchObject({
      id: ours.ticketId,
      subject: 'ours',
      customer: { id: ours.customer.id },
      department: { id: billing },
      assignee: null,
      conversations: [{ id: ours.conversationId, ticketId: ours.ticketId }],
    });
    expect(body).not.toHaveProperty('status');
    expect(codeOf(await get(ours.ticketId, all, { include: 'messages' }))).toEqual([400, 'unknown_include']);
    const { token } = await makeKey(['tickets:read']);
    expect(codeOf(await get(ours.ticketId, { token }, { include: 'customer' }))).toEqual([
      403,
      'scope_missing',
    ]);
  });
});

describe('a list of tickets', () => {
  test('holds what the key may read, by its conditions and in its order, page by page', async () => {
    const { customer } = ours;
    const made: string[] = [];
    for (let index = 0; index < 5; index++) {
      const id = newId();
      const body = {
        id,
        conversationId: newId(),
        customerId: customer.id,
        subject: `List ${index}`,
        departmentId: billing,
      };
      expect((await ask(tickets.create, { token: all.token, body })).status).toBe(201);
      made.push(id);
    }
    const where = JSON.stringify({ subject: { contains: 'list ' }, departmentId: billing });
    const seen: string[] = [];
    const query: Record<string, string> = { where, order: 'number', limit: '2' };
    for (let turn = 0; turn < 3; turn++) {
      const told = await list(query, departmentKey);
      const { data, nextCursor } = page.parse(told.body);
      seen.push(...data.map(({ id }) => id));
      if (nextCursor === null) break;
      query.cursor = nextCursor;
    }
    expect(seen).toEqual(made);
    expect(idsIn(await list({ where, order: '-number' }))).toEqual(made.toReversed());
    const counted = await ask(tickets.count, { token: departmentKey.token, query: { where } });
    expect(counted.body).toEqual({ count: 5 });
  });

  test('of a key of one department holds nothing of the others, whatever its conditions', async () => {
    expect(idsIn(await list({}, departmentKey))).not.toContain(theirs.ticketId);
    expect(idsIn(await list({}))).toEqual(expect.arrayContaining([ours.ticketId, theirs.ticketId]));
    for (const where of [
      { id: theirs.ticketId },
      { departmentId: shipping },
      { customerId: theirs.customer.id },
    ]) {
      expect(idsIn(await list({ where: JSON.stringify(where) }, departmentKey))).toEqual([]);
      const query = { where: JSON.stringify(where) };
      expect((await ask(tickets.count, { token: departmentKey.token, query })).body).toEqual({ count: 0 });
    }
  });

  test('refuses by name what it does not know', async () => {
    const ids = Array.from({ length: 10_000 }, () => newId());
    const refused: [Record<string, string>, string, string | undefined][] = [
      [{ where: '{"passwordHash":"x"}' }, 'unknown_field', 'where.passwordHash'],
      [{ where: '{"status":{"matches":"x"}}' }, 'unknown_operator', 'where.status.matches'],
      [{ where: '{"number":"1001"}' }, 'value_not_valid', 'where.number'],
      [{ order: 'customer' }, 'unknown_order', 'order'],
      [{ include: 'messages' }, 'unknown_include', 'include.messages'],
      [{ fields: 'sessions' }, 'unknown_field', 'fields.sessions'],
      [{ limit: '101' }, 'value_too_large', 'limit'],
      [{ limit: 'many' }, 'type_not_valid', 'limit'],
      [{ offset: '10' }, 'unknown_parameter', 'offset'],
      [{ cursor: 'eyJhIjoxfQ.x' }, 'cursor_not_valid', 'cursor'],
      [{ where: JSON.stringify({ id: { in: ids.slice(0, 101) } }) }, 'too_many_values', 'where.id.in'],
      [{ where: JSON.stringify({ id: { in: ids } }) }, 'value_too_large', 'where'],
    ];
    for (const [query, code, field] of refused) {
      const told = await list(query);
      expect([codeOf(told), fieldOf(told)]).toEqual([[400, code], field]);
    }
  });

  test('gives cursors that are good for it alone', async () => {
    const { nextCursor } = page.parse((await list({ limit: '1' })).body);
    const cursor = nextCursor ?? '';
    expect((await list({ cursor, limit: '1' })).status).toBe(200);
    for (const told of [
      await list({ cursor }, departmentKey),
      await list({ cursor, where: '{"status":"open"}' }),
      await list({ cursor, order: 'createdAt' }),
      await list({ cursor: `x${cursor}` }),
    ]) {
      expect(codeOf(told)).toEqual([400, 'cursor_not_valid']);
    }
  });
});

describe('opening a ticket', () => {
  const bodyFor = (more: Record<string, unknown> = {}) => ({
    ...{ id: newId(), conversationId: newId(), customerId: ours.customer.id, subject: 'Late parcel' },
    ...more,
  });
  const create = (body: unknown, { token }: { token: string } = all) => ask(tickets.create, { token, body });

  test('makes it with its conversation and first message, under the key’s name', async () => {
    const message = { id: newId(), text: 'We are looking into it.' };
    const body = bodyFor({
      message,
      priority: 'high',
      departmentId: billing,
      assigneeId: agent.id,
      description: 'd',
    });
    const told = await create(body);
    expect(told.status).toBe(201);
    expect(told.headers.get('location')).toBe(`/api/v1/tickets/${body.id}`);
    expect(recordIn(told)).toMatchObject({
      ...{ id: body.id, subject: 'Late parcel', priority: 'high', departmentId: billing },
      ...{ assigneeId: agent.id, description: 'd', status: 'open' },
    });
    const events = await read((tx) =>
      tx.execute<{ type: string; actor_id: string }>(sql`
        select type, actor_id from events where ticket_id = ${body.id} order by created_at, type desc`),
    );
    expect(events.map(({ type, actor_id }) => [type, actor_id])).toEqual([
      ['ticket.created', all.actor.id],
      ['message.created', all.actor.id],
    ]);
    const [notified] = await read((tx) =>
      tx.execute<{ kind: string }>(sql`
        select kind from notifications where ticket_id = ${body.id} and agent_id = ${agent.id}`),
    );
    expect(notified?.kind).toBe('assigned');
  });

  test('with the same ids answers what is there, also when both come at once', async () => {
    const body = bodyFor({ message: { id: newId(), text: 'Hello' } });
    const before = await countRows();
    const told = await Promise.all([create(body), create(body), create(body)]);
    expect(told.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const again = await create(body);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(await countRows()).toBe(before + 1);
  });

  test('with ids of something else is refused, and makes nothing', async () => {
    const before = await countRows();
    for (const body of [
      bodyFor({ id: theirs.ticketId }),
      bodyFor({ conversationId: theirs.conversationId }),
      bodyFor({ id: ours.ticketId, conversationId: ours.conversationId, customerId: theirs.customer.id }),
    ]) {
      expect(codeOf(await create(body))).toEqual([409, 'id_used']);
    }
    expect(await countRows()).toBe(before);
  });

  test('names what is not there', async () => {
    const before = await countRows();
    const refused: [Record<string, unknown>, string, string][] = [
      [{ customerId: newId() }, 'customer_unknown', 'customerId'],
      [{ departmentId: newId() }, 'department_unknown', 'departmentId'],
      [{ assigneeId: newId() }, 'agent_unknown', 'assigneeId'],
      [{ assigneeId: all.actor.id }, 'agent_unknown', 'assigneeId'],
      [{ subject: ' ' }, 'subject_empty', 'subject'],
      [{ subject: 'x'.repeat(201) }, 'subject_too_long', 'subject'],
      [{ status: 'closed' }, 'unknown_field', 'status'],
      [{ version: 7 }, 'unknown_field', 'version'],
      [{ priority: 3 }, 'value_not_valid', 'priority'],
      [{ message: { id: newId(), text: ' ' } }, 'text_empty', 'message.text'],
    ];
    for (const [more, code, field] of refused) {
      const told = await create(bodyFor(more));
      expect([codeOf(told), fieldOf(told)]).toEqual([[400, code], field]);
    }
    expect(await countRows()).toBe(before);
  });

  test('by a key of one department is there, for customers whom it knows', async () => {
    const told = await create(bodyFor(), departmentKey);
    expect(recordIn(told).departmentId).toBe(billing);
    expect(
      codeOf(await create(bodyFor({ departmentId: shipping }), departmentKey))[0],
    ).toBeGreaterThanOrEqual(403);
    const stranger = await create(bodyFor({ customerId: theirs.customer.id }), departmentKey);
    expect([codeOf(stranger), fieldOf(stranger)]).toEqual([[400, 'customer_unknown'], 'customerId']);
  });
});

describe('changing a ticket', () => {
  async function makeTicket(): Promise<string> {
    const { ticketId } = await makeConversation(widget, 'to be changed');
    await transact((tx) => updateTicketDepartment(tx, ticketId, billing));
    return ticketId;
  }

  test('does all of it at once, and each part is in the log under the key’s name', async () => {
    const ticketId = await makeTicket();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const told = await patch(ticketId, {
      ...{ subject: 'Changed', priority: 'urgent', assigneeId: agent.id },
      ...{ departmentId: shipping, snoozedUntil: until, tagIds: [] },
    });
    expect(recordIn(told)).toMatchObject({
      ...{ subject: 'Changed', priority: 'urgent', assigneeId: agent.id, departmentId: shipping },
      ...{ status: 'snoozed', snoozedUntil: until },
    });
    expect(told.headers.get('etag')).toBe(`"${recordIn(told).version}"`);
    const changes = await read((tx) =>
      tx.execute<{ field: string; agent_id: string }>(sql`
        select change->>'field' as field, agent_id from messages
        join conversations on conversations.id = messages.conversation_id
        where conversations.ticket_id = ${ticketId} and kind = 'event' order by seq`),
    );
    expect(changes.map(({ field }) => field)).toEqual([
      'subject',
      'priority',
      'status',
      'assignee',
      'department',
    ]);
    expect(new Set(changes.map(({ agent_id }) => agent_id))).toEqual(new Set([all.actor.id]));
  });

  test('happens as a whole or not at all, and names the part that cannot be', async () => {
    const ticketId = await makeTicket();
    const before = recordIn(await get(ticketId));
    const refused: [Record<string, unknown>, string, string | undefined][] = [
      [{ subject: 'Half', assigneeId: newId() }, 'agent_unknown', 'assigneeId'],
      [{ subject: 'Half', departmentId: newId() }, 'department_unknown', 'departmentId'],
      [{ subject: 'Half', tagIds: [newId()] }, 'tag_unknown', 'tagIds'],
      [{ subject: 'Half', fields: { nothing: 1 } }, 'field_unknown', 'fields.nothing'],
      [{ subject: 'Half', snoozedUntil: '2020-01-01T00:00:00Z' }, 'moment_past', 'snoozedUntil'],
      [{ subject: 'Half', snoozedUntil: 'tomorrow' }, 'moment_unknown', 'snoozedUntil'],
      [{ subject: 'Half', status: 'closed' }, 'value_not_valid', 'status'],
      [{ subject: 'Half', customerId: newId() }, 'unknown_field', 'customerId'],
      [{ subject: 'Half', number: 1 }, 'unknown_field', 'number'],
      [{ subject: 5 }, 'type_not_valid', 'subject'],
      [{}, 'nothing_to_change', undefined],
    ];
    for (const [body, code, field] of refused) {
      const told = await patch(ticketId, body);
      expect([codeOf(told), fieldOf(told)]).toEqual([[400, code], field]);
    }
    expect(recordIn(await get(ticketId))).toEqual(before);
  });

  test('takes tags as a whole', async () => {
    const ticketId = await makeTicket();
    const ids = [newId(), newId(), newId()];
    await transact((tx) =>
      tx.execute(sql`
        insert into tags (id, name, color) select id, id::text, 'grey'
        from unnest(${`{${ids.join(',')}}`}::uuid[]) id`),
    );
    const [a = '', b = '', c = ''] = ids;
    const tagsAfter = async (tagIds: string[]) => recordIn(await patch(ticketId, { tagIds })).tagIds;
    expect(await tagsAfter([a, b])).toEqual([a, b].sort());
    expect(await tagsAfter([b.toUpperCase(), c])).toEqual([b, c].sort());
    expect(await tagsAfter([])).toEqual([]);
  });

  test('with an If-Match that lost does nothing and tells what is there now', async () => {
    const ticketId = await makeTicket();
    const etag = (await get(ticketId)).headers.get('etag') ?? '';
    await changeTicket(agent, { ticketId, id: newId(), change: { field: 'priority', to: 'low' } });
    const lost = await patch(ticketId, { priority: 'urgent' }, { headers: { 'If-Match': etag } });
    expect([codeOf(lost), fieldOf(lost)]).toEqual([[412, 'changed_meanwhile'], 'If-Match']);
    const now = await get(ticketId);
    expect(recordIn(now).priority).toBe('low');
    expect(lost.headers.get('etag')).toBe(now.headers.get('etag'));
    const current = lost.headers.get('etag') ?? '';
    const won = await patch(ticketId, { priority: 'urgent' }, { headers: { 'If-Match': current } });
    expect(recordIn(won).priority).toBe('urgent');
    expect((await patch(ticketId, { priority: 'high' }, { headers: { 'If-Match': '*' } })).status).toBe(200);
  });

  test('a message counts as a change too: who read before it is told', async () => {
    const made = await makeConversation(widget, 'once more');
    const etag = (await get(made.ticketId)).headers.get('etag') ?? '';
    await sendMessage(made.customer, {
      conversationId: made.conversationId,
      id: newId(),
      text: 'one more thing',
    });
    const lost = await patch(made.ticketId, { status: 'resolved' }, { headers: { 'If-Match': etag } });
    expect(lost.status).toBe(412);
  });

  test('of two with one ETag exactly one wins', async () => {
    const ticketId = await makeTicket();
    const headers = { 'If-Match': (await get(ticketId)).headers.get('etag') ?? '' };
    const told = await Promise.all(
      ['One', 'Two', 'Three'].map((subject) => patch(ticketId, { subject }, { headers })),
    );
    expect(told.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  test('with an Idempotency-Key happens once, and on another If-Match it is another request', async () => {
    const ticketId = await makeTicket();
    const tag = (await get(ticketId)).headers.get('etag') ?? '';
    const headers = { 'If-Match': tag, 'Idempotency-Key': newId() };
    const first = await patch(ticketId, { subject: 'Once' }, { headers });
    const again = await patch(ticketId, { subject: 'Once' }, { headers });
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = { ...headers, 'If-Match': first.headers.get('etag') ?? '' };
    expect(codeOf(await patch(ticketId, { subject: 'Once' }, { headers: other }))).toEqual([
      422,
      'idempotency_key_reused',
    ]);
  });

  test('with an If-Match that is no ETag is refused', async () => {
    for (const tag of ['7', 'W/"7"', '"x"', '"1",']) {
      const told = await patch(ours.ticketId, { priority: 'low' }, { headers: { 'If-Match': tag } });
      expect(codeOf(told)).toEqual([400, 'if_match_not_valid']);
    }
  });

  test('of another department is none for a key of one; what it gives away it sees a last time', async () => {
    const { token } = departmentKey;
    expect(codeOf(await patch(theirs.ticketId, { priority: 'low' }, { token }))).toEqual([404, 'not_found']);
    const ticketId = await makeTicket();
    const given = await patch(ticketId, { departmentId: shipping, priority: 'low' }, { token });
    expect(recordIn(given)).toMatchObject({ departmentId: shipping, priority: 'low' });
    expect(codeOf(await get(ticketId, departmentKey))).toEqual([404, 'not_found']);
  });

  test('needs the scope for writing', async () => {
    const { token } = await makeKey(['tickets:read', 'conversations:write']);
    expect(codeOf(await patch(ours.ticketId, { priority: 'low' }, { token }))).toEqual([
      403,
      'scope_missing',
    ]);
  });
});
