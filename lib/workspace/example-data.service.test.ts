import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { exampleTickets } from '#/lib/workspace/example-conversations.ts';
import { loadExampleData, removeExampleData } from '#/lib/workspace/example-data.ts';

describe('the example workspace', () => {
  let database: TestDatabase;
  let sql: postgres.Sql;
  beforeAll(async () => {
    database = await testDatabase();
    // The superuser sees what is there, whatever row-level security says.
    sql = postgres(database.superUrl, { max: 1 });
  });
  afterAll(async () => {
    await sql.end();
    await database.close();
  });

  const real = {
    agent: newId(),
    support: newId(),
    customer: newId(),
    ticket: newId(),
    conversation: newId(),
  };
  async function insertRealRows() {
    await sql`insert into departments (id, name) values (${real.support}, 'Support')`;
    await sql`insert into agents (id, name, email, department_id, role)
      values (${real.agent}, 'Ada Keane', 'ada@shop.example', ${real.support}, 'admin')`;
    await sql`insert into customers (id, name) values (${real.customer}, 'Noor')`;
    await sql`insert into tickets (id, subject, customer_id) values (${real.ticket}, 'Real', ${real.customer})`;
    await sql`insert into conversations (id, ticket_id, last_seq, last_public_seq)
      values (${real.conversation}, ${real.ticket}, 1, 1)`;
    await sql`insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, text)
      values (${real.conversation}, 1, 1, ${newId()}, 'reply', ${real.customer}, 'hello?')`;
  }
  const tables = [
    'departments agents customers tickets conversations participants messages events typing_status invites',
  ].flatMap((names) => names.split(' '));
  async function snapshot() {
    const rows: Record<string, unknown> = {};
    for (const table of tables) {
      rows[table] = (await sql`select to_jsonb(row) as row from ${sql(table)} row order by 1`).map(
        (r) => r.row,
      );
    }
    return rows;
  }

  test('loading keeps every rule of the log, and removing leaves real rows as they were', async () => {
    await insertRealRows();
    const before = await snapshot();

    expect(await loadExampleData()).toEqual({ tickets: exampleTickets.length });
    expect(await loadExampleData()).toEqual({ tickets: 0 });

    const gaps = await sql`
      select conversations.id from conversations left join messages on messages.conversation_id = conversations.id
      group by conversations.id having max(seq) <> count(*) or min(seq) <> 1 or last_seq <> count(*)
        or last_public_seq <> count(public_seq) or max(public_seq) <> count(public_seq)`;
    expect(gaps).toHaveLength(0);
    const backwards = await sql`
      select id from (select id, sent_at < lag(sent_at) over (partition by conversation_id order by seq) as is_back
        from messages) log where is_back`;
    expect(backwards).toHaveLength(0);
    const future = await sql`select id from messages where sent_at > now()`;
    expect(future).toHaveLength(0);

    const wrongStatus = await sql`
      select tickets.id, tickets.status from tickets join conversations on conversations.ticket_id = tickets.id
      where tickets.status <> coalesce((select change->>'to' from messages
        where conversation_id = conversations.id and change->>'field' = 'status' order by seq desc limit 1), 'open')`;
    expect(wrongStatus).toHaveLength(0);
    const wrongWaiting = await sql`
      select tickets.id from tickets join conversations on conversations.ticket_id = tickets.id
      join lateral (select customer_id is not null as by_customer from messages
        where conversation_id = conversations.id and kind = 'reply' order by seq desc limit 1) newest on true
      where tickets.id <> ${real.ticket} and (tickets.waiting_since is not null)
        <> (newest.by_customer and tickets.status = 'open')`;
    expect(wrongWaiting).toHaveLength(0);
    const publicEvents = await sql`
      select id from messages where kind = 'event' and (public_seq is not null)
        <> (change->>'field' = 'status' and (change->>'from' = 'resolved' or change->>'to' = 'resolved'))`;
    expect(publicEvents).toHaveLength(0);
    const withoutEvent = await sql`
      select messages.id from messages where conversation_id <> ${real.conversation} and not exists (
        select from events where events.conversation_id = messages.conversation_id and events.seq = messages.seq
          and published_at is not null)`;
    expect(withoutEvent).toHaveLength(0);
    const wrongMarks = await sql`
      select participants.id from participants join conversations on conversations.id = conversation_id
      where read_seq > case when customer_id is null then last_seq else last_public_seq end`;
    expect(wrongMarks).toHaveLength(0);
    const numbers = await sql`select number, created_at from tickets
      where id <> ${real.ticket} order by created_at`;
    expect(numbers.map((row) => row.number)).toEqual(
      numbers.map((row) => row.number).toSorted((a, b) => a - b),
    );
    const [counts] = await sql`select
      (select count(*)::int from departments where name = 'Support') as support,
      (select count(*)::int from tickets where assignee_id = ${real.agent}) as mine,
      (select count(*)::int from tickets where assignee_id is null and waiting_since is not null) as unassigned`;
    expect(counts?.support).toBe(1);
    expect(counts?.mine).toBeGreaterThan(1);
    expect(counts?.unassigned).toBeGreaterThan(3);

    await removeExampleData();
    expect(await snapshot()).toEqual(before);
  });

  test('a real ticket held by an example agent is unassigned, and its log says so', async () => {
    await loadExampleData();
    const [ines] =
      await sql`select id, name from agents where is_example and email = 'ines@fernhill.example'`;
    const [orders] = await sql`select id from departments where name = 'Orders'`;
    await sql`update tickets set assignee_id = ${String(ines?.id)}, department_id = ${String(orders?.id)}
      where id = ${real.ticket}`;

    await removeExampleData();

    const [ticket] = await sql`select assignee_id, department_id from tickets where id = ${real.ticket}`;
    expect(ticket).toEqual({ assignee_id: null, department_id: orders?.id });
    const [entry] = await sql`select seq::int, public_seq, is_system, change, last_seq::int
      from messages join conversations on conversations.id = conversation_id
      where conversation_id = ${real.conversation} order by seq desc limit 1`;
    expect(entry).toEqual({
      seq: 2,
      public_seq: null,
      is_system: true,
      last_seq: 2,
      change: { field: 'assignee', from: { id: ines?.id, name: ines?.name }, to: null },
    });
    const [event] = await sql`select published_at, before from events where ticket_id = ${real.ticket}`;
    expect(event).toMatchObject({ published_at: null, before: { assignee: { id: ines?.id } } });
    const [left] = await sql`select (select count(*)::int from agents where is_example)
      + (select count(*)::int from customers where is_example)
      + (select count(*)::int from departments where is_example) as count`;
    expect(left?.count).toBe(0);
  });
});
