import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { unreadMarks } from '#/db/schema.ts';

export async function insertUnreadMark(tx: Tx, agentId: string, ticketId: string): Promise<void> {
  await tx.execute(sql`
    insert into ${unreadMarks} (agent_id, ticket_id) values (${agentId}, ${ticketId}) on conflict do nothing`);
}

export async function deleteUnreadMark(tx: Tx, agentId: string, ticketId: string): Promise<void> {
  await tx.execute(sql`
    delete from ${unreadMarks} where agent_id = ${agentId} and ticket_id = ${ticketId}`);
}
