import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { ticketLinks, ticketMerges, tickets } from '#/db/schema.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

/** Answers when it expires. */
export async function insertTicketLink(
  tx: Tx,
  link: { id: string; tokenHash: string; ticketId: string; livesForDays: number },
): Promise<string> {
  const [row] = await tx.execute<{ at: string }>(sql`
    insert into ${ticketLinks} (id, token_hash, ticket_id, expires_at)
    values (${link.id}, ${link.tokenHash}, ${link.ticketId},
      now() + make_interval(days => ${link.livesForDays}::int))
    returning ${iso(sql`expires_at`)} as at`);
  return row?.at ?? '';
}

/** How many were live until now. */
export async function revokeTicketLinks(tx: Tx, ticketId: string): Promise<number> {
  const rows = await tx.execute(sql`
    update ${ticketLinks} set revoked_at = now() where ${ticketLinks.ticketId} = ${ticketId}
      and ${ticketLinks.revokedAt} is null and ${ticketLinks.expiresAt} > now() returning id`);
  return rows.length;
}

/** What a live link shows of its ticket, or of the one that this was merged into; null for any other token. */
export async function findLinkedTicket(
  tx: Tx,
  tokenHash: string,
): Promise<{ id: string; number: number; subject: string; status: TicketStatus; createdAt: string } | null> {
  const [row] = await tx.execute<{
    id: string;
    number: number;
    subject: string;
    status: TicketStatus;
    created_at: string;
  }>(sql`
    select ${tickets.id} as id, ${tickets.number} as number, ${tickets.subject} as subject,
      ${tickets.status} as status, ${iso(tickets.createdAt)} as created_at
    from ${ticketLinks} join ${tickets} on ${tickets.id} = (
      with recursive going as (
        select ${ticketLinks.ticketId} as id, 0 as steps
        union all
        select ${ticketMerges.targetId}, going.steps + 1 from going
        join ${ticketMerges} on ${ticketMerges.sourceId} = going.id and ${ticketMerges.undoneAt} is null
        where going.steps < 100)
      select going.id from going order by going.steps desc limit 1)
    where ${ticketLinks.tokenHash} = ${tokenHash} and ${ticketLinks.revokedAt} is null
      and ${ticketLinks.expiresAt} > now()`);
  if (row === undefined) return null;
  const { id, number, subject, status, created_at } = row;
  return { id, number, subject, status, createdAt: created_at };
}
