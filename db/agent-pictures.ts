import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { agentPictures, conversations, participants, tickets } from '#/db/schema.ts';

/** The agent's picture from now on. `id` is another one each time, since whoever has a picture keeps it by its id. */
export async function replacePicture(
  tx: Tx,
  { agentId, id, picture }: { agentId: string; id: string; picture: Uint8Array },
): Promise<void> {
  const encoded = Buffer.from(picture).toString('base64');
  await tx.execute(sql`
    insert into ${agentPictures} (agent_id, id, picture) values (${agentId}, ${id}, decode(${encoded}, 'base64'))
    on conflict (agent_id) do update set id = excluded.id, picture = excluded.picture, created_at = now()`);
}

/** Whether there was one. */
export async function deletePicture(tx: Tx, agentId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    delete from ${agentPictures} where ${agentPictures.agentId} = ${agentId} returning 1`);
  return rows.length > 0;
}

export async function findPictureId(tx: Tx, agentId: string): Promise<string | null> {
  const [row] = await tx.execute<{ id: string }>(sql`
    select id from ${agentPictures} where ${agentPictures.agentId} = ${agentId}`);
  return row?.id ?? null;
}

export async function findPicture(tx: Tx, id: string): Promise<Buffer | null> {
  const [row] = await tx.execute<{ encoded: string }>(sql`
    select encode(picture, 'base64') as encoded from ${agentPictures} where ${agentPictures.id} = ${id}`);
  return row === undefined ? null : Buffer.from(row.encoded, 'base64');
}

/** Of those who answer this customer or wrote to them, by the agent's id. */
export async function listPicturesForCustomer(tx: Tx, customerId: string): Promise<Record<string, string>> {
  const rows = await tx.execute<{ agent_id: string; id: string }>(sql`
    select agent_id, id from ${agentPictures} where agent_id in (
      select assignee_id from ${tickets} where ${tickets.customerId} = ${customerId}
      union
      select ${participants.agentId} from ${tickets}
      join ${conversations} on ${conversations.ticketId} = ${tickets.id}
      join ${participants} on ${participants.conversationId} = ${conversations.id}
      where ${tickets.customerId} = ${customerId} and ${participants.joinedAt} is not null)`);
  return Object.fromEntries(rows.map((row) => [row.agent_id, row.id]));
}
