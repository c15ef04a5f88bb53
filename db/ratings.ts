import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { conversations, messages, ratings, tickets } from '#/db/schema.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

/** The public entry by which a conversation was resolved last; null when something ended or reopened it since. */
export async function findResolve(tx: Tx, conversationId: string): Promise<string | null> {
  const [row] = await tx.execute<{ id: string; to: string }>(sql`
    select ${messages.id} as id, ${messages.change} ->> 'to' as "to" from ${messages}
    where ${messages.conversationId} = ${conversationId} and ${messages.publicSeq} is not null
      and ${messages.kind} = 'event' and ${messages.change} ->> 'field' = 'status'
    order by ${messages.publicSeq} desc limit 1`);
  return row?.to === 'resolved' ? row.id : null;
}

/** What decides how a conversation goes on; null when there is none, or none that row-level security shows. */
export async function findState(
  tx: Tx,
  conversationId: string,
): Promise<{
  customerId: string;
  status: TicketStatus;
  resolvedForMs: number | null;
  reopeningHours: number;
} | null> {
  const [row] = await tx.execute<{
    customer_id: string;
    status: TicketStatus;
    resolved_for_ms: number | null;
    reopening_hours: number;
  }>(sql`
    select ${tickets.customerId} as customer_id, ${tickets.status} as status,
      (extract(epoch from clock_timestamp() - ${tickets.resolvedAt}) * 1000)::float8 as resolved_for_ms,
      coalesce((select reopening_hours from workspace), 168) as reopening_hours
    from ${conversations} join ${tickets} on ${tickets.id} = ${conversations.ticketId}
    where ${conversations.id} = ${conversationId}`);
  if (row === undefined) return null;
  return {
    customerId: row.customer_id,
    status: row.status,
    resolvedForMs: row.resolved_for_ms,
    reopeningHours: row.reopening_hours,
  };
}

export type StoredRating = { score: number; comment: string | null; ratedAt: string; ageMs: number };

/** What was thought of one resolve, if anybody said. */
export async function findRating(
  tx: Tx,
  conversationId: string,
  resolveId: string,
): Promise<StoredRating | null> {
  const [row] = await tx.execute<{
    score: number;
    comment: string | null;
    rated_at: string;
    age_ms: number;
  }>(sql`
    select score, comment, ${iso(ratings.createdAt)} as rated_at,
      (extract(epoch from clock_timestamp() - ${ratings.createdAt}) * 1000)::float8 as age_ms
    from ${ratings} where ${ratings.conversationId} = ${conversationId} and ${ratings.resolveId} = ${resolveId}`);
  if (row === undefined) return null;
  return { score: row.score, comment: row.comment, ratedAt: row.rated_at, ageMs: row.age_ms };
}

/** Makes it or changes it, and answers when it was made. Its conversation is locked by the transaction, so no other one comes between. */
export async function writeRating(
  tx: Tx,
  rating: { conversationId: string; resolveId: string; score: number; comment: string | null },
): Promise<{ ratedAt: string }> {
  const [row] = await tx.execute<{ rated_at: string }>(sql`
    insert into ${ratings} (conversation_id, resolve_id, score, comment)
    values (${rating.conversationId}, ${rating.resolveId}, ${rating.score}, ${rating.comment})
    on conflict (conversation_id, resolve_id) do update
      set score = excluded.score, comment = excluded.comment, changed_at = now()
    returning ${iso(ratings.createdAt)} as rated_at`);
  if (row === undefined) throw new Error('the rating was not stored');
  return { ratedAt: row.rated_at };
}
