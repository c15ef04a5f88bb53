import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asCustomer, read, sqlStateOf, type Tx, transact } from '#/db/client.ts';
import {
  agents,
  conversations,
  customerActions,
  customerSessions,
  customers,
  departments,
  events,
  messages,
  participants,
  ticketLinks,
  tickets,
  typingStatus,
  widgets,
  workspace,
} from '#/db/schema.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';

let database: TestDatabase;
const soon = new Date(Date.now() + 3_600_000);
const agentId = newId();
const widgetId = newId();
const departmentId = newId();
const ana = { id: newId(), ticketId: newId(), conversationId: newId() };
const ben = { id: newId(), ticketId: newId(), conversationId: newId() };

beforeAll(async () => {
  database = await testDatabase();
  await transact(async (tx) => {
    await tx.insert(workspace).values({ name: 'Shop', epoch: newId() });
    await tx.insert(departments).values({ id: departmentId, name: 'Fraud', isRestricted: true });
    await tx
      .insert(agents)
      .values({ id: agentId, name: 'Ada', email: 'ada@shop.example', passwordHash: 'argon' });
    await tx.insert(widgets).values({ id: widgetId, key: 'wk_shop', name: 'Shop' });
    for (const person of [ana, ben]) await insertPerson(tx, person);
  });
});
afterAll(() => database.close());

async function insertPerson(tx: Tx, { id, ticketId, conversationId }: typeof ana): Promise<void> {
  const shared = { conversationId, agentId: null, customerId: null, change: null };
  await tx.insert(customers).values({ id, name: 'A customer', email: 'someone@example.com' });
  await tx.execute(sql`
    update customers set attributes = '{"plan": "free", "seats": 3}', signed_keys = '{plan,email}' where id = ${id}`);
  await tx.insert(customerActions).values({ id: newId(), customerId: id, name: 'Opened the cart' });
  await tx
    .insert(customerSessions)
    .values({ id: newId(), tokenHash: id, customerId: id, widgetId, expiresAt: soon });
  await tx
    .insert(tickets)
    .values({ id: ticketId, subject: 'Help', customerId: id, departmentId, assigneeId: agentId });
  await tx.insert(conversations).values({ id: conversationId, ticketId, lastSeq: 3, lastPublicSeq: 2 });
  await tx.insert(participants).values([
    { id: newId(), conversationId, customerId: id, readSeq: 1 },
    { id: newId(), conversationId, agentId, readSeq: 3 },
  ]);
  await tx.insert(messages).values([
    { ...shared, seq: 1, publicSeq: 1, id: newId(), kind: 'reply', customerId: id, text: 'Hello' },
    { ...shared, seq: 2, publicSeq: null, id: newId(), kind: 'note', agentId, text: 'A thief?' },
    { ...shared, seq: 3, publicSeq: 2, id: newId(), kind: 'reply', agentId, text: 'Hi' },
  ]);
  await tx.insert(typingStatus).values([
    { conversationId, senderId: id, senderKind: 'customer', isTyping: true, expiresAt: soon },
    { conversationId, senderId: agentId, senderKind: 'agent', isTyping: true, expiresAt: soon },
  ]);
  await tx
    .insert(events)
    .values({ id: newId(), type: 'ticket.created', ticketId, actorKind: 'customer', actorId: id });
  await tx.insert(ticketLinks).values({ id: newId(), tokenHash: `link ${id}`, ticketId, expiresAt: soon });
}

const refused = '42501';
/** The SQLSTATE that PostgreSQL answers, or the number of rows it found or changed. */
async function outcome(customerId: string, query: ReturnType<typeof sql>): Promise<string | number | null> {
  try {
    return await asCustomer(customerId, async (tx) => (await tx.execute(query)).count);
  } catch (error) {
    return sqlStateOf(error);
  }
}

const tables =
  `workspace departments agents widgets customers customer_sessions tickets conversations participants
  messages typing_status events invites ticket_links rate_limits instances secret_fingerprints widget_sightings
  tags ticket_tags custom_fields saved_replies views view_places drafts notifications unread_marks viewing_status ticket_merges bulk_jobs
  bulk_items search_words search_tickets search_progress files ratings agent_pictures widget_secrets identity_tokens customer_actions
  api_idempotency api_keys api_key_tokens webhooks webhook_deliveries webhook_attempts event_feed`.split(
    /\s+/,
  );

describe('every table', () => {
  test('is bound by policies, also for its owner', async () => {
    const rows = await read((tx) =>
      tx.execute<{ name: string; is_bound: boolean }>(sql`
        select relname as name, relrowsecurity and relforcerowsecurity as is_bound from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`),
    );
    expect(rows.filter((row) => !row.is_bound)).toEqual([]);
    expect(rows.map((row) => row.name)).toEqual([...tables].sort());
  });

  test.each(tables)('%s shows nothing to the customer role without a customer', async (table) => {
    const sqlClient = postgres(database.superUrl, { max: 1, onnotice: () => {} });
    try {
      await sqlClient`set role parley_customer`;
      const found = await sqlClient`select ctid from ${sqlClient(table)}`.then(
        (rows) => rows.length,
        (error: unknown) => sqlStateOf(error),
      );
      expect([0, refused]).toContain(found);
      const granted = [
        ...['workspace', 'agents', 'widgets', 'customers', 'customer_sessions', 'tickets'],
        ...['conversations', 'participants', 'messages', 'typing_status', 'departments', 'ticket_links'],
        'customer_actions',
        'files',
      ];
      const key = granted.includes(table);
      const first =
        table === 'messages' || table === 'typing_status' || table === 'participants'
          ? 'conversation_id'
          : 'id';
      if (key) expect(await sqlClient`select ${sqlClient(first)} from ${sqlClient(table)}`).toHaveLength(0);
    } finally {
      await sqlClient.end();
    }
  });

  test('a customer that does not exist owns nothing', async () => {
    for (const table of ['customers', 'customer_sessions', 'tickets', 'conversations', 'ticket_links']) {
      expect(await outcome(newId(), sql`select id from ${sql.identifier(table)}`)).toBe(0);
    }
  });

  test('an id that is none is refused, and shows nothing', async () => {
    expect(await outcome("x' or true --", sql`select id from tickets`)).toBe('22P02');
    expect(await outcome('', sql`select id from tickets`)).toBe(0);
  });

  test('the lists that policies ask for hold nothing of another’s', async () => {
    const lists = sql`select current_ticket_ids() as tickets, current_conversation_ids() as conversations`;
    const asked = (id: string) => asCustomer(id, async (tx) => [...(await tx.execute(lists))]);
    expect(await asked(ana.id)).toEqual([
      { tickets: `{${ana.ticketId}}`, conversations: `{${ana.conversationId}}` },
    ]);
    expect(await asked('')).toEqual([{ tickets: '{}', conversations: '{}' }]);
  });

  test('the scope ends with its transaction', async () => {
    expect(await outcome(ana.id, sql`select id from tickets`)).toBe(1);
    expect(await outcome('', sql`select id from tickets`)).toBe(0);
  });

  test.each([
    sql`reset role`,
    sql`set role none`,
    sql`set session authorization parley`,
    sql`select set_config('role', 'none', false), set_config('parley.customer_id', ${ben.id}, false)`,
  ])(
    'a connection that lost its role is a customer’s again in the next transaction (%#)',
    async (statement) => {
      await asCustomer(ana.id, (tx) => tx.execute(statement));
      const rows = await asCustomer(ana.id, (tx) =>
        tx.execute(sql`select current_user::text as role, id from tickets`),
      );
      expect(rows).toEqual([{ role: 'parley_customer', id: ana.ticketId }]);
    },
  );
});

describe('a customer reads', () => {
  test('their own public rows', async () => {
    expect(await outcome(ana.id, sql`select id from customers where id = ${ana.id}`)).toBe(1);
    expect(await outcome(ana.id, sql`select id from tickets where id = ${ana.ticketId}`)).toBe(1);
    expect(await outcome(ana.id, sql`select id from conversations where id = ${ana.conversationId}`)).toBe(1);
    expect(await outcome(ana.id, sql`select id from participants`)).toBe(2);
    expect(await outcome(ana.id, sql`select sender_id from typing_status`)).toBe(2);
    expect(await outcome(ana.id, sql`select id from ticket_links`)).toBe(1);
    expect(await outcome(ana.id, sql`select name from agents where id = ${agentId}`)).toBe(1);
  });

  test('replies, and no note and no staff-only event', async () => {
    const rows = await asCustomer(ana.id, (tx) =>
      tx.execute<{ text: string }>(sql`select text from messages`),
    );
    expect(rows.map((row) => row.text).sort()).toEqual(['Hello', 'Hi']);
  });

  test.each([
    sql`select id from customers where id = ${ben.id}`,
    sql`select id from customer_sessions where customer_id = ${ben.id}`,
    sql`select id from tickets where id = ${ben.ticketId}`,
    sql`select id from conversations where id = ${ben.conversationId}`,
    sql`select id from participants where conversation_id = ${ben.conversationId}`,
    sql`select id from messages where conversation_id = ${ben.conversationId}`,
    sql`select sender_id from typing_status where conversation_id = ${ben.conversationId}`,
    sql`select id from ticket_links where ticket_id = ${ben.ticketId}`,
  ])("nothing of another customer's (%#)", async (query) => {
    expect(await outcome(ana.id, query)).toBe(0);
  });

  test.each([
    sql`select email from agents`,
    sql`select password_hash from agents`,
    sql`select * from agents`,
    sql`select identity_secret from widgets`,
    sql`select allowed_origins from widgets`,
    sql`select token_hash from customer_sessions`,
    sql`select token_hash from ticket_links`,
    sql`select external_id from customers`,
    sql`select merged_into from customers`,
    sql`select secret from widget_secrets`,
    sql`select jti_hash from identity_tokens`,
    sql`select scopes from api_keys`,
    sql`select token_hash from api_key_tokens`,
    sql`select role from agents`,
    sql`select name, details, page from customer_actions`,
    sql`select id from events`,
    sql`select id from invites`,
    sql`select key from rate_limits`,
    sql`select business_hours from departments`,
    sql`select hash from drizzle.__drizzle_migrations`,
    sql`select rolpassword from pg_authid`,
  ])('no column and no table that is staff’s (%#)', async (query) => {
    expect(await outcome(ana.id, query)).toBe(refused);
  });
});

describe('a rating', () => {
  const cleo = { id: newId(), ticketId: newId(), conversationId: newId() };
  const resolveId = newId();
  const replyId = newId();
  beforeAll(() =>
    transact(async (tx) => {
      await insertPerson(tx, cleo);
      const change = sql`${JSON.stringify({ field: 'status', from: 'open', to: 'resolved' })}::text::jsonb`;
      const { conversationId } = cleo;
      await tx.insert(messages).values([
        { conversationId, seq: 4, publicSeq: 3, id: resolveId, kind: 'event', agentId, change },
        { conversationId, seq: 5, publicSeq: 4, id: replyId, kind: 'reply', agentId, text: 'Bye' },
      ]);
    }),
  );
  const rating = (part: { conversationId?: string; resolveId?: string } = {}) => {
    const { conversationId, resolveId: of } = { conversationId: cleo.conversationId, resolveId, ...part };
    return sql`insert into ratings (conversation_id, resolve_id, score) values (${conversationId}, ${of}, 5)`;
  };

  test('is made by whose conversation was resolved, once, and of nothing else', async () => {
    expect(await outcome(ana.id, rating())).toBe(refused);
    expect(await outcome(cleo.id, rating({ resolveId: replyId }))).toBe(refused);
    expect(await outcome(cleo.id, rating({ resolveId: newId() }))).toBe(refused);
    expect(await outcome(cleo.id, rating({ conversationId: ana.conversationId }))).toBe(refused);
    const dated = sql`insert into ratings (conversation_id, resolve_id, score, created_at)
      values (${cleo.conversationId}, ${resolveId}, 5, now() + interval '9 years')`;
    expect(await outcome(cleo.id, dated)).toBe(refused);
    expect(await outcome(cleo.id, rating())).toBe(1);
    expect(await outcome(cleo.id, rating())).toBe('23505');
  });

  test('is seen and changed by nobody else, for a day, and taken away by nobody', async () => {
    const change = sql`update ratings set score = 1 where conversation_id = ${cleo.conversationId}`;
    expect(await outcome(ana.id, sql`select score from ratings`)).toBe(0);
    expect(await outcome(ana.id, change)).toBe(0);
    expect(await outcome(cleo.id, sql`update ratings set created_at = now()`)).toBe(refused);
    expect(await outcome(cleo.id, sql`update ratings set resolve_id = ${replyId}`)).toBe(refused);
    expect(await outcome(cleo.id, sql`delete from ratings`)).toBe(refused);
    expect(await outcome(cleo.id, change)).toBe(1);
    await transact((tx) => tx.execute(sql`update ratings set created_at = now() - interval '2 days'`));
    expect(await outcome(cleo.id, change)).toBe(0);
  });
});

describe('a customer writes', () => {
  const add = (entry: {
    conversationId?: string;
    seq?: number;
    publicSeq?: number | null;
    kind?: string;
    customerId?: string | null;
    agentId?: string | null;
    isSystem?: boolean;
    change?: string | null;
  }) => {
    const row = {
      ...{
        conversationId: ana.conversationId,
        seq: 4,
        publicSeq: 3,
        kind: 'reply',
        customerId: ana.id,
        agentId: null,
      },
      ...{ isSystem: false, change: null },
      ...entry,
    };
    return sql`insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, is_system, change)
      values (${row.conversationId}, ${row.seq}, ${row.publicSeq}, ${newId()}, ${row.kind}, ${row.customerId},
        ${row.agentId}, ${row.isSystem}, ${row.change}::text::jsonb)`;
  };
  /** Tried, and taken back. */
  const tried = async (query: ReturnType<typeof sql>) => {
    const undo = new Error('undo');
    let count: number | null = null;
    try {
      await asCustomer(ana.id, async (tx) => {
        count = (await tx.execute(query)).count;
        throw undo;
      });
    } catch (error) {
      if (error !== undo) return sqlStateOf(error);
    }
    return count;
  };
  const reopening = JSON.stringify({ field: 'status', from: 'resolved', to: 'open' });

  test('a reply of their own at the end of the log, and the reopening that it causes', async () => {
    expect(await tried(add({}))).toBe(1);
    expect(await tried(add({ kind: 'event', change: reopening }))).toBe(1);
    expect(await tried(add({ kind: 'event', change: reopening, publicSeq: null }))).toBe(1);
  });

  test('that they rated it, in their own name and for staff alone', async () => {
    const change = JSON.stringify({ field: 'rating', from: null, to: 5, comment: null });
    expect(await tried(add({ kind: 'event', change, publicSeq: null }))).toBe(1);
    expect(await tried(add({ kind: 'event', change }))).toBe(refused);
    expect(await tried(add({ kind: 'event', change, publicSeq: null, customerId: ben.id }))).toBe(refused);
    const bySystem = { customerId: null, isSystem: true, publicSeq: null };
    expect(await tried(add({ kind: 'event', change, ...bySystem }))).toBe(refused);
  });

  test.each([
    ['a reply in the name of an agent', add({ customerId: null, agentId })],
    ['a reply in the name of another customer', add({ customerId: ben.id })],
    ['a reply in the name of the system', add({ customerId: null, isSystem: true })],
    ['a note', add({ kind: 'note', publicSeq: null })],
    ["into another customer's conversation", add({ conversationId: ben.conversationId })],
    ['with a number above the next', add({ seq: 400 })],
    ['with a public number above the next', add({ seq: 5, publicSeq: 5 })],
    ['with a number that is taken', add({ seq: 3, publicSeq: 2 })],
    ['an event other than reopening', add({ kind: 'event', change: JSON.stringify({ field: 'assignee' }) })],
    [
      'the end of a ticket',
      add({ kind: 'event', change: JSON.stringify({ field: 'status', to: 'closed' }) }),
    ],
  ])('no entry %s', async (_name, query) => {
    expect(await tried(query)).toBe(refused);
  });

  test.each([
    ['moves a ticket to another customer', sql`update tickets set customer_id = ${ben.id}`],
    ['assigns a ticket', sql`update tickets set assignee_id = null`],
    ['chooses a department', sql`update tickets set department_id = null`],
    ['chooses a priority', sql`update tickets set priority = 'urgent'`],
    ['renames a ticket', sql`update tickets set subject = 'x'`],
    ['moves a conversation', sql`update conversations set ticket_id = ${ben.ticketId}`],
    ['rewrites a message', sql`update messages set text = 'x'`],
    ['deletes a message', sql`delete from messages`],
    ['deletes a ticket', sql`delete from tickets`],
    ['deletes a conversation', sql`delete from conversations`],
    ['verifies themselves', sql`update customers set verified_at = now()`],
    ['takes an external id', sql`update customers set external_id = '1'`],
    ['says where they come from', sql`update customers set identity_widget_id = null`],
    ['says what the site signed', sql`update customers set signed_keys = '{}'`],
    ['becomes somebody else', sql`update customers set merged_into = ${ben.id}`],
    ['says otherwise than the site signed', sql`update customers set attributes = '{"plan": "gold"}'`],
    ['takes away what the site signed', sql`update customers set attributes = attributes - 'plan'`],
    ['has another address than the site signed', sql`update customers set email = 'x@example.com'`],
    [
      'makes a secret',
      sql`insert into widget_secrets (id, widget_id, secret) values (${newId()}, ${widgetId}, 'x')`,
    ],
    ['makes a key', sql`insert into api_keys (id, scopes) select id, '{tickets:write}' from agents limit 1`],
    ['changes what was tracked', sql`update customer_actions set name = 'x'`],
    [
      'tracks in the name of another',
      sql`insert into customer_actions (id, customer_id, name) values (${newId()}, ${ben.id}, 'x')`,
    ],
    [
      'dates ahead what was tracked',
      sql`insert into customer_actions (id, customer_id, name, at)
        values (${newId()}, ${ana.id}, 'x', now() + interval '1 day')`,
    ],
    ['unblocks themselves', sql`update customers set blocked_at = null`],
    ['prolongs a session', sql`update customer_sessions set expires_at = now() + interval '9 years'`],
    ['revives a session', sql`update customer_sessions set revoked_at = null`],
    ['changes an agent', sql`update agents set name = 'x'`],
    ['takes an agent’s picture away', sql`delete from agent_pictures`],
    ['reads pictures without their ids', sql`select picture from agent_pictures`],
    [
      'invites themselves',
      sql`insert into invites (id, token_hash, kind, role, expires_at)
        values (${newId()}, 'x', 'agent', 'admin', now())`,
    ],
    ['changes the workspace', sql`update workspace set name = 'x'`],
    ['changes a widget', sql`update widgets set key = 'wk_x'`],
    ['rewrites what happened', sql`update events set after = null`],
    ['empties a table', sql`truncate messages`],
    ['makes a table', sql`create table loot (id int)`],
  ])('nothing that %s', async (_name, query) => {
    expect(await tried(query)).toBe(refused);
  });

  test.each([
    sql`update tickets set status = 'open', version = version + 1 where id = ${ben.ticketId}`,
    sql`update conversations set last_seq = 99 where id = ${ben.conversationId}`,
    sql`update participants set read_seq = 99 where conversation_id = ${ben.conversationId}`,
    sql`update participants set read_seq = 99 where agent_id = ${agentId}`,
    sql`update customers set name = 'x' where id = ${ben.id}`,
    sql`update customer_sessions set revoked_at = now() where customer_id = ${ben.id}`,
    sql`update ticket_links set revoked_at = now() where ticket_id = ${ben.ticketId}`,
    sql`delete from typing_status where conversation_id = ${ben.conversationId}`,
    sql`delete from typing_status where sender_id = ${agentId}`,
    sql`delete from customer_actions where customer_id = ${ben.id}`,
    sql`update customers set attributes = '{}' where id = ${ben.id}`,
  ])("nothing to a row of another's (%#)", async (query) => {
    expect(await tried(query)).toBe(0);
  });

  test.each([
    sql`insert into tickets (id, subject, customer_id) values (${newId()}, 'x', ${ben.id})`,
    sql`insert into tickets (id, subject, customer_id, assignee_id) values (${newId()}, 'x', ${ana.id}, ${agentId})`,
    sql`insert into tickets (id, subject, customer_id, priority) values (${newId()}, 'x', ${ana.id}, 'urgent')`,
    sql`insert into tickets (id, subject, customer_id, status) values (${newId()}, 'x', ${ana.id}, 'closed')`,
    sql`insert into conversations (id, ticket_id) values (${newId()}, ${ben.ticketId})`,
    sql`insert into participants (id, conversation_id, customer_id) values (${newId()}, ${ben.conversationId}, ${ana.id})`,
    sql`insert into participants (id, conversation_id, agent_id) values (${newId()}, ${ana.conversationId}, ${agentId})`,
    sql`insert into customers (id) values (${newId()})`,
    sql`insert into customer_sessions (id, token_hash, customer_id, widget_id, expires_at)
      values (${newId()}, 'x', ${ben.id}, ${widgetId}, now())`,
    sql`insert into ticket_links (id, token_hash, ticket_id, expires_at) values (${newId()}, 'x', ${ben.ticketId}, now())`,
    sql`insert into typing_status values (${ben.conversationId}, ${ana.id}, 'customer', true, now())`,
    sql`insert into typing_status values (${ana.conversationId}, ${newId()}, 'agent', true, now())`,
    sql`insert into typing_status values (${ana.conversationId}, ${ana.id}, 'agent', true, now())`,
    sql`insert into events (id, type, actor_kind, actor_id) values (${newId()}, 'x', 'customer', ${ben.id})`,
    sql`insert into events (id, type, actor_kind, actor_id) values (${newId()}, 'x', 'agent', ${agentId})`,
    sql`insert into events (id, type, actor_kind, actor_id, ticket_id)
      values (${newId()}, 'x', 'customer', ${ana.id}, ${ben.ticketId})`,
    sql`insert into events (id, type, actor_kind, actor_id, subject_id)
      values (${newId()}, 'agent.deactivated', 'customer', ${ana.id}, ${agentId})`,
  ])('no new row in the name of another (%#)', async (query) => {
    expect(await tried(query)).toBe(refused);
  });

  test('what starting a conversation needs', async () => {
    const id = newId();
    const ticketId = newId();
    const conversationId = newId();
    await asCustomer(id, async (tx) => {
      await tx.insert(customers).values({ id, locale: 'de' });
      await tx
        .insert(customerSessions)
        .values({ id: newId(), tokenHash: id, customerId: id, widgetId, expiresAt: soon });
      await tx.insert(tickets).values({ id: ticketId, subject: 'x', customerId: id, widgetId, departmentId });
      await tx.insert(conversations).values({ id: conversationId, ticketId });
      await tx.execute(sql`select from conversations join tickets on tickets.id = ticket_id for update`);
      await tx
        .insert(messages)
        .values({ conversationId, seq: 1, publicSeq: 1, id: newId(), kind: 'reply', customerId: id });
      await tx.update(conversations).set({ lastSeq: 1, lastPublicSeq: 1 });
      await tx.update(tickets).set({ waitingSince: new Date(), version: 2 });
      await tx.insert(participants).values({ id: newId(), conversationId, customerId: id, readSeq: 1 });
      const typing = {
        conversationId,
        senderId: id,
        senderKind: 'customer',
        isTyping: true,
        expiresAt: soon,
      } as const;
      await tx.insert(typingStatus).values(typing);
      await tx.insert(events).values({
        id: newId(),
        type: 'ticket.created',
        ticketId,
        conversationId,
        actorKind: 'customer',
        actorId: id,
      });
      await tx.insert(ticketLinks).values({ id: newId(), tokenHash: newId(), ticketId, expiresAt: soon });
    });
    expect(await outcome(id, sql`select id from messages`)).toBe(1);
    expect(await outcome(ana.id, sql`select id from tickets where id = ${ticketId}`)).toBe(0);
  });
});
