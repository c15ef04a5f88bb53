import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { filterCondition, listTicketIds } from '#/db/ticket-filter.ts';
import { listTicketRows } from '#/db/tickets.ts';
import { newId } from '#/lib/ids.ts';
import { compareRows, matches, resolveFilter } from '#/lib/tickets/filter.ts';
import { positionOf } from '#/lib/tickets/rules.ts';
import {
  type TicketFilter,
  type TicketListRow,
  ticketPriorities,
  ticketSorts,
  ticketStatuses,
} from '#/lib/tickets/schema.ts';

/** What the browser says of a row and what PostgreSQL says are one thing, over tickets and filters of every kind. */

const ticketCount = 240;
const now = new Date('2026-03-01T12:00:00.000Z');
const agents = Array.from({ length: 3 }, newId);
const departments = Array.from({ length: 3 }, newId);
const tags = Array.from({ length: 4 }, newId);
const customers = Array.from({ length: 12 }, newId);
const me = { id: agents[0] ?? '' };

let database: TestDatabase;
let rows: TicketListRow[];

beforeAll(async () => {
  database = await testDatabase();
  await transact(seed);
  rows = (await read((tx) => listTicketRows(tx, me.id, ids))).rows;
  expect(rows).toHaveLength(ticketCount);
});
afterAll(() => database.close());

const ids = Array.from({ length: ticketCount }, newId);

async function seed(tx: Parameters<Parameters<typeof transact>[0]>[0]): Promise<void> {
  const pick = <Item>(items: readonly Item[], index: number): Item | null =>
    items[index % items.length] ?? null;
  const json = (value: unknown) => sql`${JSON.stringify(value)}::text::jsonb`;
  await tx.execute(sql`insert into agents (id, name, email)
    select id, 'Agent ' || id, id || '@example.test' from unnest(${`{${agents.join(',')}}`}::uuid[]) id`);
  await tx.execute(sql`insert into departments (id, name)
    select id, 'Department ' || id from unnest(${`{${departments.join(',')}}`}::uuid[]) id`);
  await tx.execute(sql`insert into tags (id, name, color)
    select id, 'Tag ' || id, 'red' from unnest(${`{${tags.join(',')}}`}::uuid[]) id`);
  await tx.execute(sql`insert into custom_fields (id, subject, key, label, type) values
    (${newId()}, 'ticket', 'plan', 'Plan', 'text'), (${newId()}, 'ticket', 'seats', 'Seats', 'number'),
    (${newId()}, 'customer', 'vip', 'VIP', 'boolean'), (${newId()}, 'customer', 'plan', 'Plan', 'text')`);
  const made = customers.map((id, index) => ({
    id,
    attributes: {
      ...(index % 3 === 0 ? {} : { vip: index % 3 === 1 }),
      ...(index % 4 === 0 ? { plan: pick(['gold', 'silver', '1', "'; drop"], index / 4) } : {}),
      secret: 'of the site’s own',
      ...(index % 5 === 0 ? { plan: ['gold'] } : {}),
    },
  }));
  await tx.execute(sql`insert into customers (id, attributes)
    select id, attributes from jsonb_to_recordset(${json(made)}) as row (id uuid, attributes jsonb)`);
  const tickets = ids.map((id, index) => {
    // Coarse on purpose: many are equal, and then the id decides.
    const hour = (step: number) => new Date(now.getTime() - ((index * step) % 11) * 3_600_000).toISOString();
    return {
      id,
      customer_id: pick(customers, index * 7),
      status: pick(ticketStatuses, index),
      priority: pick(ticketPriorities, Math.floor(index / 5)),
      assignee_id: pick([null, ...agents], Math.floor(index / 3)),
      department_id: pick([null, ...departments], Math.floor(index / 7)),
      fields: {
        ...(index % 3 === 0 ? { plan: pick(['gold', 'silver', 'true'], index / 3) } : {}),
        ...(index % 4 === 0 ? { seats: pick([0, 1, 2.5, -3], index / 4) } : {}),
      },
      waiting_since: index % 5 === 0 ? null : hour(3),
      woke_at: index % 6 === 0 ? hour(5) : null,
      last_activity_at: hour(7),
      created_at: hour(2),
      tags: tags.filter((_, tag) => (index >> tag) % 3 === 0),
      conversation_id: newId(),
    };
  });
  await tx.execute(sql`
    insert into tickets (id, subject, customer_id, status, priority, assignee_id, department_id, fields, waiting_since,
      woke_at, last_activity_at, created_at)
    select id, 'Ticket', customer_id, status, priority, assignee_id, department_id, fields, waiting_since, woke_at,
      last_activity_at, created_at
    from jsonb_to_recordset(${json(tickets)}) as row (id uuid, customer_id uuid, status text, priority text,
      assignee_id uuid, department_id uuid, fields jsonb, waiting_since timestamptz, woke_at timestamptz,
      last_activity_at timestamptz, created_at timestamptz)`);
  await tx.execute(sql`insert into conversations (id, ticket_id)
    select conversation_id, id from jsonb_to_recordset(${json(tickets)}) as row (id uuid, conversation_id uuid)`);
  await tx.execute(sql`insert into ticket_tags (ticket_id, tag_id)
    select row.id, tag::uuid from jsonb_to_recordset(${json(tickets)}) as row (id uuid, tags jsonb),
      jsonb_array_elements_text(row.tags) tag`);
}

const some = <Item>(...items: readonly Item[]) => fc.uniqueArray(fc.constantFrom(...items), { maxLength: 4 });
const instant = fc
  .integer({ min: -1, max: 12 })
  .map((hours) => new Date(now.getTime() - hours * 3_600_000).toISOString());
const everything: fc.Arbitrary<Required<TicketFilter>> = fc.record({
  status: some(...ticketStatuses),
  priority: some(...ticketPriorities),
  assignee: some('me', 'none', ...agents, newId()),
  department: some('none', ...departments, newId()),
  tag: some(...tags, newId()),
  customer: fc.option(fc.constantFrom(...customers)),
  createdFrom: fc.option(instant),
  createdTo: fc.option(instant),
  waitingMinutes: fc.option(fc.integer({ min: 1, max: 700 })),
  fields: fc.array(
    fc.oneof(
      fc.record({
        subject: fc.constant('ticket' as const),
        key: fc.constantFrom('plan', 'seats'),
        is: fc.constantFrom<string | number | boolean>('gold', 'silver', 'true', true, 0, 1, 2.5, -3, '1'),
      }),
      fc.record({
        subject: fc.constant('customer' as const),
        key: fc.constantFrom('plan', 'vip'),
        is: fc.constantFrom<string | number | boolean>('gold', "'; drop", true, false, 1, '1'),
      }),
    ),
    { maxLength: 3 },
  ),
});
/** A few conditions at once: many of them leave nothing. */
const filters: fc.Arbitrary<TicketFilter> = fc
  .tuple(everything, fc.integer({ min: 0, max: 3 }), fc.infiniteStream(fc.nat(9)))
  .map(([whole, count, places]) => {
    const parts = Object.entries(whole);
    const chosen = [...places.take(count)].map((place) => parts[place]);
    return Object.fromEntries(chosen.filter((part) => part !== undefined));
  });

const moment = sql`${now.toISOString()}::timestamptz`;

test('a row is in the list for the browser exactly when it is for PostgreSQL', async () => {
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      const found = await read((tx) =>
        tx.execute<{ id: string }>(
          sql`select id from tickets where ${filterCondition(filter, me, { now: moment })}`,
        ),
      );
      const here = rows.filter((row) => matches(row, filter, me, now.getTime())).map(({ id }) => id);
      expect(found.map(({ id }) => id).sort()).toEqual(here.sort());
      if (here.length > 0 && here.length < ticketCount) hits++;
    }),
    { numRuns: 300 },
  );
  expect(hits).toBeGreaterThan(50);
}, 60_000);

test('page after page in any sort is the whole list in the browser’s own order, and is counted', async () => {
  await fc.assert(
    fc.asyncProperty(
      filters,
      fc.constantFrom(...ticketSorts),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      fc.constantFrom(0, 20, 2_000),
      async (given, sort, limit, isUnfiltered, fewMax) => {
        const filter = resolveFilter(
          {},
          isUnfiltered && given.status !== undefined ? { status: given.status } : given,
        );
        const expected = rows
          .filter((row) => matches(row, filter, me, now.getTime()))
          .sort((a, b) => compareRows(a, b, sort));
        const walked: string[] = [];
        let after: ReturnType<typeof positionOf> | null = null;
        for (;;) {
          const selection = { filter, sort, after, limit, me, scope: sql`true`, now: moment, fewMax };
          const { ids: page, matching } = await transact((tx) => listTicketIds(tx, selection));
          expect(matching).toBe(expected.length);
          walked.push(...page);
          const last = rows.find(({ id }) => id === page.at(-1));
          if (page.length < limit || last === undefined) break;
          after = positionOf(last, sort);
        }
        expect(walked).toEqual(expected.map(({ id }) => id));
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);

test('the reader’s scope bounds what is listed and counted', async () => {
  const department = departments[0] ?? '';
  const scope = sql`tickets.department_id = ${department}`;
  const filter: TicketFilter = { status: ['open'] };
  const selection = { filter, sort: 'newest' as const, after: null, limit: 100, me, scope };
  const listed = await transact((tx) => listTicketIds(tx, selection));
  const expected = rows.filter((row) => row.status === 'open' && row.department?.id === department);
  expect(expected.length).toBeGreaterThan(0);
  expect(listed.ids.toSorted()).toEqual(expected.map(({ id }) => id).sort());
  expect(listed.matching).toBe(expected.length);
});
