import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { transact } from '#/db/client.ts';
import { insertEvent } from '#/db/events.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { type AnyEndpoint, serve } from '#/lib/api/endpoint.ts';
import { agents } from '#/lib/api/endpoints/agents.ts';
import { customers } from '#/lib/api/endpoints/customers.ts';
import { departments } from '#/lib/api/endpoints/departments.ts';
import { events } from '#/lib/api/endpoints/events.ts';
import { messages } from '#/lib/api/endpoints/messages.ts';
import { tickets } from '#/lib/api/endpoints/tickets.ts';
import { latestPosition } from '#/lib/api/event-feed.ts';
import { countWaiters, waitersPerKeyMax } from '#/lib/api/event-waiting.ts';
import { problemSchema } from '#/lib/api/problems.ts';
import { type EventPage, eventPage, eventRecord } from '#/lib/api/records/events.ts';
import { type Scope, scopes } from '#/lib/api/scopes.ts';
import { apiEnvironment, ask, type Told } from '#/lib/api/testing.ts';
import { createKey, revokeKey, rotateKey } from '#/lib/api-keys/service.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { apiEvents, apiEventTypes, type EventSubject, subjectScopes } from '#/lib/events/schema.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { changeTypes } from '#/lib/realtime/changes.ts';
import { type Conversing, makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';

vi.mock('#/lib/realtime/publish.ts', () => ({ publishChanges: () => {}, publishAsCommitted: () => {} }));

type Key = Awaited<ReturnType<typeof makeKey>>;
type Side = { conversing: Conversing; departmentId: string; agent: AgentActor };
const allReads = scopes.filter((scope) => scope.endsWith(':read'));
let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
let ours: Side;
let theirs: Side;
let everything: Key;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  admin = await makeAgent('admin');
  [ours, theirs] = [await makeSide(false), await makeSide(true)];
  everything = await makeKey(allReads);
});
afterAll(() => database.close());

async function makeSide(isRestricted: boolean): Promise<Side> {
  const departmentId = await makeDepartment(isRestricted);
  const conversing = await makeConversation(widget);
  await transact((tx) => updateTicketDepartment(tx, conversing.ticketId, departmentId));
  return { conversing, departmentId, agent: await makeAgent('agent', departmentId) };
}

const list = (query: Record<string, string>, { token }: { token: string } = everything) =>
  ask(events.list, { token, query });
const pageIn = ({ body }: Told): EventPage => eventPage.parse(body);
const codeOf = ({ status, body }: Told) => [status, problemSchema.parse(body).code] as const;

async function readAll(key: { token: string }, from: number): Promise<EventPage['data']> {
  const data: EventPage['data'] = [];
  for (let after = from, hasMore = true; hasMore; ) {
    const page = pageIn(await list({ after: String(after), limit: '100' }, key));
    data.push(...page.data);
    ({ nextAfter: after, hasMore } = page);
  }
  return data;
}

/** One event of every type that there is, about a side's own records. */
async function makeEvents({ conversing, departmentId, agent }: Side): Promise<void> {
  const subjectIds: Partial<Record<EventSubject, string>> = {
    customer: conversing.customer.id,
    agent: agent.id,
    department: departmentId,
  };
  await transact(async (tx) => {
    for (const type of changeTypes) {
      if (type === 'message.created') continue;
      const told = apiEventTypes.find((known) => known === type);
      const about = told === undefined ? null : apiEvents[told].about;
      const isOfTicket = about === 'ticket' || type === 'customer.merged' || type === 'ticket_link.created';
      await insertEvent(tx, {
        ...{ id: newId(), type, actor: { kind: 'agent', id: agent.id }, isSettled: true },
        ...(isOfTicket ? { ticketId: conversing.ticketId, conversationId: conversing.conversationId } : {}),
        ...(about === 'ticket' ? {} : { subjectId: subjectIds[about ?? 'agent'] ?? agent.id }),
        after: {
          name: 'Z',
          status: 'open',
          readers: { departmentId },
          secret: 'canary',
          passwordHash: 'canary',
        },
      });
    }
  });
  const { customer, conversationId } = conversing;
  await sendMessage(customer, { conversationId, id: newId(), text: 'hello' });
  await writeNote(admin, { conversationId, id: newId(), text: 'between us' });
}

type Heard = EventPage['data'][number];
/** What the same key is answered when it GETs what the event is about. */
async function getSubject(event: Heard, { token }: Key): Promise<number> {
  const gets: Record<EventSubject, [AnyEndpoint, Record<string, string>]> = {
    ticket: [tickets.get, { ticketId: event.subjectId }],
    message: [messages.get, { conversationId: event.conversationId ?? '', messageId: event.subjectId }],
    customer: [customers.get, { customerId: event.subjectId }],
    agent: [agents.get, { agentId: event.subjectId }],
    department: [departments.get, { departmentId: event.subjectId }],
  };
  const [definition, params] = gets[apiEvents[event.type].about];
  return (await ask(definition, { token, params })).status;
}

describe('what a key may not GET, it never hears', () => {
  const keys: { title: string; scopes: Scope[]; of: 'all' | 'ours' }[] = [
    { title: 'everything', scopes: [...allReads], of: 'all' },
    { title: 'everything of one department', scopes: [...allReads], of: 'ours' },
    ...Object.values(subjectScopes).flatMap((scope) => [
      { title: scope, scopes: ['events:read', scope] satisfies Scope[], of: 'all' as const },
      {
        title: `${scope} of one department`,
        scopes: ['events:read', scope] satisfies Scope[],
        of: 'ours' as const,
      },
    ]),
    { title: 'events alone', scopes: ['events:read'], of: 'all' },
  ];

  test.each(keys)('a key with $title', async ({ scopes: held, of }) => {
    const key = await makeKey(held, of === 'all' ? {} : { departmentId: ours.departmentId });
    const from = await latestPosition();
    await makeEvents(ours);
    await makeEvents(theirs);
    const heard = await readAll(key, from);
    const known = await readAll(everything, from);
    expect(known.length).toBeGreaterThan(2 * apiEventTypes.length);
    for (const event of known) {
      const isHeard = heard.some(({ id }) => id === event.id);
      expect([event.type, event.subjectId, isHeard]).toEqual([
        event.type,
        event.subjectId,
        (await getSubject(event, key)) === 200,
      ]);
      const single = await ask(events.get, { token: key.token, params: { eventId: event.id } });
      expect(single.status).toBe(isHeard ? 200 : 404);
    }
    const text = JSON.stringify(heard);
    expect(text).not.toContain('canary');
    expect(text).not.toContain('"readers"');
    if (of === 'ours') {
      for (const secret of [theirs.departmentId, theirs.conversing.ticketId, theirs.conversing.customer.id]) {
        expect(text).not.toContain(secret);
      }
    }
    const { body } = await ask(events.count, { token: key.token, query: { after: String(from) } });
    expect(body).toEqual({ count: heard.length });
  });

  test('a type of the trail that the API does not name is told to nobody', async () => {
    const from = await latestPosition();
    await makeEvents(ours);
    const types = new Set((await readAll(everything, from)).map(({ type }) => type));
    expect([...types].sort()).toEqual([...apiEventTypes].sort());
  });

  test('a key without events:read is told which scope is missing', async () => {
    const { token } = await makeKey(['tickets:read']);
    const refused = await list({}, { token });
    expect(codeOf(refused)).toEqual([403, 'scope_missing']);
    expect(problemSchema.parse(refused.body).field).toBe('events:read');
  });

  test('a customer’s token reads no trail', async () => {
    expect(codeOf(await list({}, { token: ours.conversing.token }))).toEqual([403, 'not_for_customers']);
  });
});

test('an event names who did it and what changed, and shows what it is about as that is now', async () => {
  const { ticketId } = ours.conversing;
  const after = String(await latestPosition());
  await changeTicket(admin, { ticketId, id: newId(), change: { field: 'priority', to: 'urgent' } });
  await changeTicket(admin, { ticketId, id: newId(), change: { field: 'priority', to: 'low' } });
  const { data } = pageIn(await list({ after, ticketId, types: 'ticket.changed' }));
  expect(data).toMatchObject([
    { actor: { kind: 'agent', id: admin.id }, ticketId, subjectId: ticketId, after: { priority: 'urgent' } },
    { before: { priority: 'urgent' }, after: { priority: 'low' }, object: { id: ticketId, priority: 'low' } },
  ]);
  const [event] = data;
  const single = await ask(events.get, { token: everything.token, params: { eventId: event?.id ?? '' } });
  expect(eventRecord.parse(single.body).id).toBe(event?.id);
});

test('what a key did is told as a key’s doing', async () => {
  const writer = await makeKey(['tickets:write']);
  const after = String(await latestPosition());
  const { ticketId } = ours.conversing;
  await changeTicket(writer.actor, {
    ticketId,
    id: newId(),
    change: { field: 'subject', to: 'By a program' },
  });
  const { data } = pageIn(await list({ after }));
  expect(data).toMatchObject([
    { actor: { kind: 'key', id: writer.keyId }, after: { subject: 'By a program' } },
  ]);
});

describe('bad input is named', () => {
  const bad: [Record<string, string>, string, string][] = [
    [{ after: 'x' }, 'position_not_valid', 'after'],
    [{ after: '-1' }, 'position_not_valid', 'after'],
    [{ after: '9999999999999999' }, 'position_unknown', 'after'],
    [{ types: 'ticket.created,nothing' }, 'type_unknown', 'types'],
    [{ types: '' }, 'type_unknown', 'types'],
    [{ wait: '31' }, 'value_too_large', 'wait'],
    [{ wait: 'x' }, 'type_not_valid', 'wait'],
    [{ limit: '0' }, 'value_too_small', 'limit'],
    [{ limit: '101' }, 'value_too_large', 'limit'],
    [{ ticketId: 'x' }, 'value_not_valid', 'ticketId'],
    [{ cursor: 'x' }, 'unknown_parameter', 'cursor'],
  ];
  test.each(bad)('%j', async (query, code, field) => {
    const refused = await list(query);
    expect([...codeOf(refused), problemSchema.parse(refused.body).field]).toEqual([400, code, field]);
  });
});

describe('a long poll', () => {
  /** Resolves when so many wait. */
  const waiting = (count: number) => vi.waitFor(() => expect(countWaiters()).toBe(count), { timeout: 5_000 });
  const poll = async (key: { token: string } = everything, query: Record<string, string> = {}) =>
    list({ after: String(await latestPosition()), wait: '30', ...query }, key);

  test('is answered with the first event that comes', async () => {
    const answer = poll();
    await waiting(1);
    const { ticketId } = ours.conversing;
    const { events: told } = await changeTicket(admin, {
      ...{ ticketId, id: newId(), change: { field: 'subject', to: 'While you waited' } },
    });
    const page = pageIn(await answer);
    expect(page.data.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
    await waiting(0);
  });

  test('is not woken by what its key may not hear, and looks beyond it', async () => {
    const key = await makeKey(['events:read', 'tickets:read'], { departmentId: ours.departmentId });
    const from = await latestPosition();
    const answer = poll(key);
    await waiting(1);
    const change = (ticketId: string, to: string) =>
      changeTicket(admin, { ticketId, id: newId(), change: { field: 'subject', to } });
    await change(theirs.conversing.ticketId, 'Not yours');
    await change(ours.conversing.ticketId, 'Yours');
    const page = pageIn(await answer);
    expect(page.data).toMatchObject([{ after: { subject: 'Yours' }, position: from + 2 }]);
  });

  test('ends empty when the time is over, with where to go on', async () => {
    const from = await latestPosition();
    const page = pageIn(await list({ after: String(from), wait: '1' }));
    expect(page).toEqual({ data: [], nextAfter: from, hasMore: false });
  });

  test('does not wait when there is something already', async () => {
    expect(pageIn(await list({ after: '0', wait: '30', limit: '1' })).data).toHaveLength(1);
    expect(countWaiters()).toBe(0);
  });

  test('ends with 401 when its key is revoked meanwhile', async () => {
    const key = await makeKey(allReads);
    const answer = poll(key);
    await waiting(1);
    await revokeKey(admin, { id: key.keyId });
    expect(codeOf(await answer)).toEqual([401, 'key_revoked']);
  });

  test('ends with 401 when its token is replaced at once', async () => {
    const key = await makeKey(allReads);
    const answer = poll(key);
    await waiting(1);
    await rotateKey(admin, { id: key.keyId, overlap: 'none' });
    expect(codeOf(await answer)).toEqual([401, 'key_rotated']);
  });

  test('an event that comes after its key was revoked is never in its answer', async () => {
    const key = await makeKey(allReads);
    const answer = poll(key);
    await waiting(1);
    await revokeKey(admin, { id: key.keyId });
    const { ticketId } = ours.conversing;
    await changeTicket(admin, { ticketId, id: newId(), change: { field: 'subject', to: 'Too late' } });
    expect(codeOf(await answer)).toEqual([401, 'key_revoked']);
  });

  test('of a client that left is over at once', async () => {
    const client = new AbortController();
    const url = `http://parley.test/api/v1/events?wait=30&after=${await latestPosition()}`;
    const headers = { authorization: `Bearer ${everything.token}` };
    const request = new Request(url, { headers, signal: client.signal });
    const answer = serve(events.list)(request, { params: Promise.resolve({}) });
    await waiting(1);
    client.abort();
    await answer;
    expect(countWaiters()).toBe(0);
  });

  test('too many of one key are refused, and none of another', async () => {
    const [busy, other] = [await makeKey(allReads), await makeKey(allReads)];
    const answers = Array.from({ length: waitersPerKeyMax }, () => poll(busy));
    await waiting(waitersPerKeyMax);
    const refused = await poll(busy);
    expect(codeOf(refused)).toEqual([429, 'too_many_waiting']);
    expect(refused.headers.get('retry-after')).toBe('1');
    const others = poll(other);
    await waiting(waitersPerKeyMax + 1);
    await revokeKey(admin, { id: busy.keyId });
    for (const answer of answers) expect((await answer).status).toBe(401);
    await revokeKey(admin, { id: other.keyId });
    expect((await others).status).toBe(401);
  });
});

test('a key whose department is gone hears nothing any more', async () => {
  const departmentId = await makeDepartment(false);
  const id = newId();
  const input = { id, name: 'Gone', scopes: [...allReads], departmentId, lifeDays: null };
  const { value } = await createKey(admin, input);
  await transact((tx) => tx.execute(sql`delete from departments where id = ${departmentId}`));
  expect(codeOf(await list({}, { token: value.token }))).toEqual([401, 'key_without_department']);
});
