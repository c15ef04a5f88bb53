import { sql } from 'drizzle-orm';
import { type Tx, transact } from '#/db/client.ts';
import { newId } from '#/lib/ids.ts';

const deadlineMs = 900_000;
export const messagesPerTicket = 10;

/** What the measurements ask for. */
export type SeededInbox = {
  departmentId: string;
  restrictedDepartmentId: string;
  /** On three tickets, and on one of eight. */
  rareTagId: string;
  commonTagId: string;
  customerId: string;
  savedViewIds: string[];
};

/**
 * This many tickets with ten entries each, as an inbox that has been worked in for two years: a fifth open, a tenth
 * pending, most of the rest ended; eight departments, one of them restricted; twenty colleagues, thirty tags, custom
 * fields on tickets and customers, a dozen saved views. This agent has as many tickets as each of the others. Set by set; needs PostgreSQL 18 for its `uuidv7(interval)`.
 */
export async function seedInbox(ticketCount: number, agentId: string): Promise<SeededInbox> {
  const made = await transact(
    async (tx) => {
      await tx.execute(sql`set local work_mem = '256MB'`);
      const people = await seedPeople(tx, ticketCount);
      await seedTickets(tx, ticketCount, agentId);
      return { ...people, ...(await seedTagsAndViews(tx)) };
    },
    { deadlineMs },
  );
  await transact(seedMessages, { deadlineMs });
  const tables = [
    'customers',
    'tickets',
    'conversations',
    'messages',
    'participants',
    'ticket_tags',
    'agents',
  ];
  for (const table of tables) {
    await transact((tx) => tx.execute(sql`analyze ${sql.identifier(table)}`), { deadlineMs });
  }
  return made;
}

async function seedPeople(
  tx: Tx,
  ticketCount: number,
): Promise<Pick<SeededInbox, 'departmentId' | 'restrictedDepartmentId' | 'customerId'>> {
  await tx.execute(sql`
    insert into departments (id, name, is_restricted)
    select uuidv7(), 'Department ' || n, n = 8 from generate_series(1, 8) n`);
  await tx.execute(sql`
    insert into agents (id, name, email) select uuidv7(), 'Colleague ' || n, 'colleague' || n || '@example.com'
    from generate_series(1, 19) n`);
  await tx.execute(sql`
    insert into customers (id, name, email, attributes, created_at)
    select uuidv7(), 'Customer ' || n, 'customer' || n || '@example.com',
      case when n % 500 = 0 then '{"tier": "platinum"}'::jsonb when n % 3 = 0 then '{"tier": "gold"}' else '{}' end,
      now() - interval '2 years'
    from generate_series(1, ${Math.ceil(ticketCount / 5)}::int) n`);
  await tx.execute(sql`
    insert into custom_fields (id, subject, key, label, type) values (${newId()}, 'ticket', 'plan', 'Plan', 'text'),
      (${newId()}, 'ticket', 'order', 'Order', 'text'), (${newId()}, 'customer', 'tier', 'Tier', 'text')`);
  const [row] = await tx.execute<Record<string, string>>(sql`
    select (select id from departments where name = 'Department 3') as department,
      (select id from departments where is_restricted) as restricted,
      (select id from customers where name = 'Customer 77') as customer`);
  return {
    departmentId: row?.department ?? '',
    restrictedDepartmentId: row?.restricted ?? '',
    customerId: row?.customer ?? '',
  };
}

async function seedTickets(tx: Tx, count: number, agentId: string): Promise<void> {
  await tx.execute(sql`
    create temp table numbered_customers on commit drop as
    select id, (row_number() over ())::int - 1 as no from customers where name like 'Customer %'`);
  await tx.execute(sql`
    create temp table numbered_agents on commit drop as
    select id, (row_number() over (order by name))::int - 1 as no from agents
    where name like 'Colleague %' or id = ${agentId}`);
  await tx.execute(sql`
    create temp table numbered_departments on commit drop as
    select id, (row_number() over (order by name))::int - 1 as no from departments where name like 'Department %'`);
  // Mixed by a multiplier, so that no two columns go in step.
  await tx.execute(sql`
    create temp table seeded on commit drop as
    select n, uuidv7(at - now()) as ticket_id, uuidv7(at - now()) as conversation_id,
      date_trunc('milliseconds', at) as at, (n::bigint * 7919 % 100)::int as share, (n::bigint * 104729 % 997)::int as mixed
    from (select n, now() - interval '2 minutes' - n * (interval '730 days' / ${count}::int) as at
      from generate_series(1, ${count}::int) n) spaced`);
  await tx.execute(sql`
    insert into tickets (id, subject, status, priority, customer_id, department_id, assignee_id, fields, waiting_since,
      snoozed_until, snoozed_at, woke_at, first_replied_at, resolved_at, last_activity_at, created_at, version)
    select ticket_id, 'Question ' || n || ' about an order',
      case when share < 20 then 'open' when share < 30 then 'pending' when share < 33 then 'snoozed'
        when share < 40 then 'resolved' else 'closed' end,
      case when mixed % 40 = 0 then 'urgent' when mixed % 8 = 1 then 'high' when mixed % 8 = 2 then 'low'
        else 'normal' end,
      numbered_customers.id, numbered_departments.id, numbered_agents.id,
      jsonb_build_object('plan', (array['free', 'team', 'company'])[1 + mixed % 3])
        || case when mixed < 3 then jsonb_build_object('order', 'ORD-' || n) else '{}' end,
      case when share < 15 then at + interval '50 minutes' end,
      case when share between 30 and 32 then now() + n * interval '1 second' end,
      case when share between 30 and 32 then at + interval '1 hour' end,
      case when share = 3 and mixed < 20 then now() - mixed * interval '1 minute' end,
      at + interval '9 minutes', case when share >= 33 then at + interval '1 hour' end,
      at + interval '1 hour', at, 10
    from seeded join numbered_customers on numbered_customers.no = n % (select count(*) from numbered_customers)
      left join numbered_departments on numbered_departments.no = mixed % 9
      left join numbered_agents on numbered_agents.no = (mixed / 7) % 30
    order by n desc`);
  await tx.execute(sql`
    insert into conversations (id, ticket_id, last_seq, last_public_seq, last_message, last_message_at, created_at)
    select conversation_id, ticket_id, ${messagesPerTicket}, ${messagesPerTicket},
      'Thank you, and when will it be here?', at + interval '50 minutes', at
    from seeded order by n desc`);
}

async function seedTagsAndViews(
  tx: Tx,
): Promise<Pick<SeededInbox, 'rareTagId' | 'commonTagId' | 'savedViewIds'>> {
  const [rareTagId, commonTagId] = [newId(), newId()];
  await tx.execute(sql`
    insert into tags (id, name, color) select uuidv7(), 'tag-' || n, 'blue' from generate_series(1, 28) n`);
  await tx.execute(sql`
    insert into tags (id, name, color) values (${rareTagId}, 'rare', 'red'), (${commonTagId}, 'common', 'green')`);
  await tx.execute(sql`
    insert into ticket_tags (ticket_id, tag_id)
    select ticket_id, ${commonTagId}::uuid from seeded where mixed % 8 = 0
    union all (select ticket_id, ${rareTagId}::uuid from seeded where share < 30 order by mixed, n limit 3)
    union all
    select ticket_id, tags.id from seeded join tags on tags.name = 'tag-' || (1 + mixed % 28) where mixed % 3 = 0`);
  const [plain] = await tx.execute<{ id: string }>(sql`select id from tags where name = 'tag-4'`);
  const filters = [
    { tag: [rareTagId] },
    { tag: [commonTagId], status: ['open'] },
    { tag: [plain?.id], status: ['open', 'pending'] },
    { priority: ['urgent', 'high'], status: ['open'] },
    { priority: ['urgent'], assignee: ['none'], status: ['open', 'pending'] },
    { waitingMinutes: 43_200, status: ['open'] },
    { assignee: ['me'], status: ['snoozed'] },
    { status: ['resolved'], assignee: ['me'] },
    { fields: [{ subject: 'ticket', key: 'order', is: 'ORD-1' }] },
    { fields: [{ subject: 'customer', key: 'tier', is: 'platinum' }], status: ['open'] },
    { fields: [{ subject: 'ticket', key: 'plan', is: 'company' }], status: ['open', 'pending'] },
    { department: ['none'], status: ['open', 'pending'] },
  ];
  const savedViewIds: string[] = [];
  for (const filter of filters) {
    const id = newId();
    savedViewIds.push(id);
    await tx.execute(sql`
      insert into views (id, name, filter, sort, position)
      values (${id}, ${`View ${savedViewIds.length}`}, ${JSON.stringify(filter)}::text::jsonb, 'waiting',
        ${savedViewIds.length})`);
  }
  return { rareTagId, commonTagId, savedViewIds };
}

async function seedMessages(tx: Tx): Promise<void> {
  await tx.execute(sql`
    insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, text, sent_at)
    select conversations.id, seq, seq, uuidv7(), 'reply', case when seq % 2 = 0 then tickets.customer_id end,
      case when seq % 2 = 1 then coalesce(tickets.assignee_id, (select id from agents order by name limit 1)) end,
      case when seq % 2 = 0 then 'Hello, my order ' || tickets.number || ' has not come. It was due last week.'
        else 'Let me look. It left our house on Monday and should be with you tomorrow.' end,
      tickets.created_at + seq * interval '5 minutes'
    from tickets join conversations on conversations.ticket_id = tickets.id and conversations.last_seq = ${messagesPerTicket},
      generate_series(1, ${messagesPerTicket}::int) seq
    where not exists (select from messages where messages.conversation_id = conversations.id)
    order by conversations.id, seq`);
  await tx.execute(sql`
    insert into participants (id, conversation_id, agent_id, read_seq, joined_at)
    select uuidv7(), conversations.id, tickets.assignee_id, 8, tickets.created_at
    from tickets join conversations on conversations.ticket_id = tickets.id
    where tickets.assignee_id is not null on conflict do nothing`);
}
