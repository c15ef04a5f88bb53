import { sql } from 'drizzle-orm';
import type { LongConversation } from '#/bench/adapter.ts';
import { read, type Tx, transact } from '#/db/client.ts';

const deadlineMs = 300_000;
const longConversationMessages = 2_000;

/**
 * Fills the database up to this many tickets, in bulk: half open and half resolved, three entries each, over the last
 * ninety days, and one conversation of 2,000 messages. Needs PostgreSQL 18 for its `uuidv7(interval)`.
 */
export async function seedTickets(count: number): Promise<LongConversation> {
  await transact(
    async (tx) => {
      const [found] = await tx.execute<{ count: number }>(sql`select count(*)::int as count from tickets`);
      const missing = count - (found?.count ?? 0);
      if (missing <= 0) return;
      await tx.execute(sql`
        create temp table seeded on commit drop as
        select n, at, uuidv7(at - now()) as ticket_id, uuidv7(at - now()) as conversation_id,
          n % 2 = 0 as is_open, n / 5 as customer_no
        from (select n, now() - interval '1 hour' - n * (interval '90 days' / ${missing}::int) as at
          from generate_series(1, ${missing}::int) n) numbered`);
      await tx.execute(sql`
        create temp table seeded_customers on commit drop as
        select customer_no, uuidv7(min(at) - now()) as id, min(at) as at from seeded group by customer_no`);
      await tx.execute(sql`
        insert into customers (id, name, email, created_at)
        select id, 'Customer ' || customer_no, 'customer' || customer_no || '@example.com', at
        from seeded_customers`);
      await tx.execute(sql`
        insert into tickets (id, subject, status, priority, customer_id, department_id, assignee_id,
          waiting_since, first_replied_at, resolved_at, last_activity_at, created_at, version)
        select ticket_id, 'Question ' || n || ' about an order', case when is_open then 'open' else 'resolved' end,
          (array['low', 'normal', 'high', 'urgent'])[1 + n % 4], seeded_customers.id,
          (select id from departments order by created_at limit 1),
          case when n % 3 = 0 then (select id from agents order by created_at limit 1) end,
          case when is_open then seeded.at + interval '20 minutes' end, seeded.at + interval '9 minutes',
          case when is_open then null else seeded.at + interval '20 minutes' end,
          seeded.at + interval '20 minutes', seeded.at, 4
        from seeded join seeded_customers using (customer_no) order by n desc`);
      await tx.execute(sql`
        insert into conversations (id, ticket_id, last_seq, last_public_seq, last_message, last_message_at, created_at)
        select conversation_id, ticket_id, 3, 3, 'Thank you, and when will it be here?',
          at + interval '20 minutes', at
        from seeded order by n desc`);
      await tx.execute(sql`
        insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, text, change, sent_at)
        select conversation_id, seq, seq, uuidv7(seeded.at - now()),
          case when seq = 3 and not is_open then 'event' else 'reply' end,
          case when seq = 1 or (seq = 3 and is_open) then seeded_customers.id end,
          case when seq = 2 or (seq = 3 and not is_open)
            then (select id from agents order by created_at limit 1) end,
          case seq when 1 then 'Hello, my order ' || n || ' has not come. It was due last week.'
            when 2 then 'Let me look. It left our house on Monday and should be with you tomorrow.'
            else case when is_open then 'Thank you, and when will it be here?' else '' end end,
          case when seq = 3 and not is_open
            then '{"field": "status", "from": "open", "to": "resolved"}'::jsonb end,
          seeded.at + seq * interval '6 minutes'
        from seeded join seeded_customers using (customer_no), generate_series(1, 3) seq
        order by n desc, seq`);
      await tx.execute(sql`
        insert into participants (id, conversation_id, customer_id, read_seq, joined_at)
        select uuidv7(), conversation_id, seeded_customers.id, 3, seeded.at
        from seeded join seeded_customers using (customer_no)`);
      await tx.execute(sql`
        insert into participants (id, conversation_id, agent_id, read_seq, joined_at)
        select uuidv7(), conversation_id, (select id from agents order by created_at limit 1), 2, at
        from seeded where n % 4 <> 0`);
      await lengthenOne(tx);
      for (const table of ['customers', 'tickets', 'conversations', 'messages', 'participants']) {
        await tx.execute(sql`analyze ${sql.identifier(table)}`);
      }
    },
    { deadlineMs },
  );
  return findLongConversation();
}

/** Gives the oldest conversation its 2,000 messages, once. */
async function lengthenOne(tx: Tx): Promise<void> {
  const [oldest] = await tx.execute<{ id: string; customer_id: string; last_seq: number }>(sql`
    select conversations.id, tickets.customer_id, conversations.last_seq::int
    from tickets join conversations on conversations.ticket_id = tickets.id
    order by tickets.created_at limit 1`);
  if (oldest === undefined || oldest.last_seq >= longConversationMessages) return;
  await tx.execute(sql`
    insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, text, sent_at)
    select ${oldest.id}::uuid, seq, seq, uuidv7(), 'reply', ${oldest.customer_id}::uuid,
      'Line ' || seq || ' of a long story about a parcel.', now() - interval '80 days' + seq * interval '1 minute'
    from generate_series(${oldest.last_seq + 1}::int, ${longConversationMessages}::int) seq`);
  await tx.execute(sql`
    update conversations set last_seq = ${longConversationMessages}, last_public_seq = ${longConversationMessages}
    where id = ${oldest.id}::uuid`);
}

async function findLongConversation(): Promise<LongConversation> {
  const [row] = await read((tx) =>
    tx.execute<{ id: string; last_seq: number }>(sql`
      select id, last_seq::int from conversations where last_seq >= ${longConversationMessages} limit 1`),
  );
  if (row === undefined) throw new Error('nothing was seeded');
  return { conversationId: row.id, newest: row.last_seq };
}
