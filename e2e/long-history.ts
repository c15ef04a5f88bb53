import postgres from 'postgres';
import type { House } from './people.ts';

/** Entries that were always there: the conversation then has `count` of them, every seventh long, and none is unread. */
export async function fillHistory(house: House, conversationId: string, count: number): Promise<void> {
  await withDatabase(house, async (sql) => {
    const [own] = await sql<{ customer_id: string; last: number }[]>`
      select tickets.customer_id, last_public_seq::int as last from conversations
      join tickets on tickets.id = conversations.ticket_id where conversations.id = ${conversationId}`;
    if (own === undefined) throw new Error('There is no such conversation.');
    await sql`
      insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, text, sent_at)
      select ${conversationId}, seq, seq, uuidv7(), 'reply',
        case when seq % 3 > 0 then ${own.customer_id}::uuid end,
        case when seq % 3 = 0 then (select id from agents order by created_at limit 1) end,
        'Number ' || seq || case when seq % 7 = 0 then repeat(' and a little more to read', 12) else '' end,
        now() - (${count} - seq) * interval '11 minutes'
      from generate_series(${own.last + 1}::int, ${count}::int) seq`;
    await sql`
      update conversations set last_seq = ${count}, last_public_seq = ${count}, last_message_at = now()
      where id = ${conversationId}`;
    await sql`
      update participants set read_seq = ${count}
      where conversation_id = ${conversationId} and customer_id is not null`;
  });
}

/** As if it had never been, with its ticket: what an erasure does, or a backup from before. */
export async function removeTicketOf(house: House, conversationId: string): Promise<void> {
  await withDatabase(house, async (sql) => {
    await sql`
      delete from tickets where id = (select ticket_id from conversations where id = ${conversationId})`;
  });
}

async function withDatabase(house: House, act: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  try {
    await act(sql);
  } finally {
    await sql.end();
  }
}
