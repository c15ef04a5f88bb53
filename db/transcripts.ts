import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { conversations, tickets } from '#/db/schema.ts';

/** What a conversation is called, and whose it is; null when there is none, or none that row-level security shows. */
export async function findTicketTitle(
  tx: Tx,
  conversationId: string,
): Promise<{ customerId: string; subject: string; number: number; company: string } | null> {
  const [row] = await tx.execute<{
    customer_id: string;
    subject: string;
    number: number;
    company: string | null;
  }>(sql`
    select ${tickets.customerId} as customer_id, ${tickets.subject} as subject, ${tickets.number} as number,
      (select name from workspace) as company
    from ${conversations} join ${tickets} on ${tickets.id} = ${conversations.ticketId}
    where ${conversations.id} = ${conversationId}`);
  if (row === undefined) return null;
  const { subject, number } = row;
  return { customerId: row.customer_id, subject, number, company: row.company ?? '' };
}
