import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { asCustomer, read, sqlStateOf, transact } from '#/db/client.ts';
import { insertEvent, markPublished } from '#/db/events.ts';
import { changeEpoch } from '#/db/restore.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { type EventReader, latestPosition, numberEvents, readEvents } from '#/lib/api/event-feed.ts';
import { apiEnvironment } from '#/lib/api/testing.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';

/** The order of the feed, with transactions that commit in another order than they wrote. */

const writers = 4;
const subjects = 3;
let database: TestDatabase;
let clients: postgres.Sql[];

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  clients = Array.from({ length: writers }, () =>
    postgres(database.url, { max: 1, fetch_types: false, onnotice: () => {} }),
  );
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database.close();
});

type Step = { act: 'write' | 'commit' | 'rollback' | 'read'; writer: number; subject: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 5, arbitrary: fc.constant('write' as const) },
      { weight: 3, arbitrary: fc.constant('commit' as const) },
      { weight: 1, arbitrary: fc.constant('rollback' as const) },
      { weight: 3, arbitrary: fc.constant('read' as const) },
    ),
    writer: fc.nat({ max: writers - 1 }),
    subject: fc.nat({ max: subjects - 1 }),
  }),
  { minLength: 5, maxLength: 40 },
);

type Written = { id: string; subject: number };

/** Writers with open transactions, each holding what it wrote about until its end, as locks of records do. */
function openWriters() {
  const open = new Map<number, Written[]>();
  const committed: Written[] = [];
  const clientOf = (writer: number) => {
    const client = clients[writer];
    if (client === undefined) throw new Error('no such writer');
    return client;
  };
  async function end(writer: number, how: 'commit' | 'rollback'): Promise<void> {
    const written = open.get(writer);
    if (written === undefined) return;
    open.delete(writer);
    await clientOf(writer).unsafe(how);
    if (how === 'commit') committed.push(...written);
  }
  async function write(writer: number, subject: number): Promise<void> {
    // Whoever holds the subject comes first: a writer that wants it would wait for them.
    const holder = [...open].find(
      ([other, held]) => other !== writer && held.some((one) => one.subject === subject),
    );
    if (holder !== undefined) await end(holder[0], 'commit');
    const client = clientOf(writer);
    if (!open.has(writer)) await client.unsafe('begin');
    const id = newId();
    await client`insert into events (id, type, actor_kind, published_at) values (${id}, 'x', 'system', now())`;
    open.set(writer, [...(open.get(writer) ?? []), { id, subject }]);
  }
  return {
    committed,
    end,
    write,
    endAll: () => Promise.all([...open.keys()].map((writer) => end(writer, 'commit'))),
  };
}

/** A reader that remembers nothing but the position it has read through. */
function openReader(from: number) {
  let through = from;
  const seen: string[] = [];
  return {
    seen,
    async read(): Promise<void> {
      const { head } = await numberEvents();
      const rows = await read((tx) =>
        tx.execute<{ id: string }>(sql`
          select id from events where position > ${through}::bigint and position <= ${head}::bigint order by position`),
      );
      seen.push(...rows.map(({ id }) => id));
      through = head;
    },
  };
}

test('a reader hears each committed event once, whatever the order of commits, and of one thing in its order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (acts) => {
      const world = openWriters();
      const reader = openReader(await latestPosition());
      for (const { act, writer, subject } of acts) {
        if (act === 'write') await world.write(writer, subject);
        else if (act === 'read') await reader.read();
        else await world.end(writer, act);
      }
      await world.endAll();
      await reader.read();
      expect([...reader.seen].sort()).toEqual(world.committed.map(({ id }) => id).sort());
      for (let subject = 0; subject < subjects; subject++) {
        const own = world.committed.filter((one) => one.subject === subject).map(({ id }) => id);
        expect(reader.seen.filter((id) => own.includes(id))).toEqual(own);
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('numbering at once by many gives each event one position', async () => {
  const from = await latestPosition();
  const ids = Array.from({ length: 50 }, () => newId());
  await Promise.all(ids.map((id) => addEvent(id)));
  await Promise.all(Array.from({ length: 8 }, () => numberEvents()));
  const rows = await read((tx) =>
    tx.execute<{ position: number }>(sql`
      select position::float8 as position from events where position > ${from}::bigint order by position`),
  );
  expect(rows.map(({ position }) => position)).toEqual(ids.map((_, index) => from + 1 + index));
});

test('what another transaction holds is waited for, and nothing overtakes it', async () => {
  const from = await latestPosition();
  const [held, later] = [newId(), newId()];
  await addEvent(held);
  await addEvent(later);
  const [client] = clients;
  if (client === undefined) throw new Error('no client');
  await client.unsafe('begin');
  await client`select from events where id = ${held} for update`;
  expect(await numberEvents()).toEqual({ head: from, isComplete: false });
  await client.unsafe('rollback');
  expect(await numberEvents()).toEqual({ head: from + 2, isComplete: true });
  expect(await positionOf(held)).toBe(from + 1);
  expect(await positionOf(later)).toBe(from + 2);
});

test('events from before the feed come first, by their time', async () => {
  const from = await latestPosition();
  const [second, first, now] = [newId(), newId(), newId()];
  await addEvent(now);
  await transact(async (tx) => {
    await addOld(second, 2_000);
    await addOld(first, 9_000);
    async function addOld(id: string, agoMs: number): Promise<void> {
      await tx.execute(sql`
        insert into events (id, type, actor_kind, published_at, ordinal, created_at)
        values (${id}, 'x', 'system', now(), null, now() - make_interval(secs => ${agoMs / 1000}::float8))`);
    }
  });
  await numberEvents();
  expect([await positionOf(first), await positionOf(second), await positionOf(now)]).toEqual([
    from + 1,
    from + 2,
    from + 3,
  ]);
});

test('a long history is put in order in pieces, and goes on while nobody asks', async () => {
  const add = sql`insert into events (id, type, actor_kind, published_at)
    select gen_random_uuid(), 'x', 'system', now() from generate_series(1, 25000)`;
  await transact((tx) => tx.execute(add));
  await expect(latestPosition()).rejects.toMatchObject({
    failure: { code: 'unavailable', reason: 'events_not_numbered' },
  });
  await vi.waitFor(async () => expect(await countWaiting()).toBe(0), { timeout: 10_000 });
});

describe('where nobody asks', () => {
  test('writing and publishing neither number anything nor wait for whoever does', async () => {
    const { customer, conversationId } = await makeConversation(await makeWidget());
    await latestPosition();
    const [numberer] = clients;
    if (numberer === undefined) throw new Error('no client');
    await numberer.unsafe('begin');
    await numberer.unsafe('lock table event_feed in access exclusive mode');
    const { events } = await sendMessage(customer, { conversationId, id: newId(), text: 'Hello' });
    await transact((tx) =>
      markPublished(
        tx,
        events.map(({ id }) => id),
      ),
    );
    await numberer.unsafe('rollback');
    expect(events.length).toBeGreaterThan(0);
    for (const { id } of events) expect(await positionOf(id)).toBeNull();
  });

  test('a look at the feed locks no event, so that nobody who publishes waits for it', async () => {
    const id = newId();
    await addEvent(id);
    await latestPosition();
    const [publisher] = clients;
    if (publisher === undefined) throw new Error('no client');
    await publisher.unsafe('begin');
    await publisher`update events set published_at = now() where id = ${id}`;
    expect(await numberEvents()).toMatchObject({ isComplete: true });
    await publisher.unsafe('commit');
  });
});

test('history that was brought in is outside of the feed', async () => {
  const from = await latestPosition();
  const id = newId();
  await transact((tx) =>
    tx.execute(sql`
      insert into events (id, type, actor_kind, published_at, position) values (${id}, 'x', 'system', now(), 0)`),
  );
  expect(await latestPosition()).toBe(from);
  expect(await positionOf(id)).toBe(0);
});

test('a position is never given twice: not after its event went, and not after a restore', async () => {
  const id = newId();
  await addEvent(id);
  const before = await latestPosition();
  await transact((tx) => tx.execute(sql`delete from events where id = ${id}`));
  const next = newId();
  await addEvent(next);
  await numberEvents();
  expect(await positionOf(next)).toBe(before + 1);
  await makeWidget();
  await changeEpoch(database.url);
  const restored = newId();
  await addEvent(restored);
  await numberEvents();
  expect(await positionOf(restored)).toBeGreaterThan(before + 1_000_000);
});

test('a customer numbers nothing', async () => {
  const id = newId();
  const insert = sql`insert into events (id, type, actor_kind, actor_id, position)
    values (${newId()}, 'x', 'customer', ${id}, 7)`;
  const outcome = await asCustomer(id, (tx) => tx.execute(insert)).catch(sqlStateOf);
  expect(outcome).toBe('42501');
});

test('a page says how far it looked, beyond what the reader does not hear', async () => {
  const { ticketId } = await makeConversation(await makeWidget());
  const from = await latestPosition();
  const actor = await makeAgent('admin');
  const reader: EventReader = { actor, scopes: ['tickets:read'] };
  const told = { type: 'ticket.created', ticketId, actor: { kind: 'system', id: null } } as const;
  await transact(async (tx) => {
    for (let count = 0; count < 3; count++) await insertEvent(tx, { ...told, id: newId() });
  });
  await addEvent(newId());
  const first = await readEvents(reader, { after: from, limit: 2 });
  expect(first.events.map(({ position }) => position)).toEqual([from + 1, from + 2]);
  expect(first).toMatchObject({ nextAfter: from + 2, hasMore: true });
  const second = await readEvents(reader, { after: first.nextAfter, limit: 2 });
  expect(second.events).toHaveLength(1);
  expect(second).toMatchObject({ nextAfter: from + 4, hasMore: false });
  expect(await readEvents(reader, { after: from + 4, limit: 2 })).toEqual({
    events: [],
    nextAfter: from + 4,
    hasMore: false,
  });
  await expect(readEvents(reader, { after: from + 5, limit: 2 })).rejects.toMatchObject({
    failure: { code: 'invalid', reason: 'position_unknown', field: 'after' },
  });
});

async function addEvent(id: string): Promise<void> {
  const event = { id, type: 'tag.changed', actor: { kind: 'system', id: null }, isSettled: true } as const;
  await transact((tx) => insertEvent(tx, event));
}

async function positionOf(id: string): Promise<number | null> {
  const rows = await read((tx) =>
    tx.execute<{ position: number | null }>(sql`
      select position::float8 as position from events where id = ${id}`),
  );
  return rows[0]?.position ?? null;
}

async function countWaiting(): Promise<number> {
  const rows = await read((tx) =>
    tx.execute<{ count: number }>(sql`select count(*)::int as count from events where position is null`),
  );
  return rows[0]?.count ?? 0;
}
