import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { agents, customers, typingStatus } from '#/db/schema.ts';

type TypingRow = {
  conversationId: string;
  senderId: string;
  senderKind: 'customer' | 'agent';
  name: string | null;
};

/** Notes that somebody types in a conversation, until `forMs` from now. */
export async function upsertTyping(
  tx: Tx,
  typing: { conversationId: string; senderId: string; senderKind: 'customer' | 'agent'; forMs: number },
): Promise<void> {
  await tx.execute(sql`
    insert into ${typingStatus} (conversation_id, sender_id, sender_kind, is_typing, expires_at)
    values (${typing.conversationId}, ${typing.senderId}, ${typing.senderKind}, true,
      now() + make_interval(secs => ${typing.forMs / 1000}::float8))
    on conflict (conversation_id, sender_id) do update set is_typing = true, expires_at = excluded.expires_at`);
}

/** True when there was something to end. */
export async function deleteTyping(tx: Tx, conversationId: string, senderId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    delete from ${typingStatus} where ${typingStatus.conversationId} = ${conversationId}
      and ${typingStatus.senderId} = ${senderId} returning sender_id`);
  return rows.length > 0;
}

/** Takes away what expired, at most `limit` at a time, and says whose it was. */
export async function takeExpiredTyping(tx: Tx, limit: number): Promise<TypingRow[]> {
  const rows = await tx.execute<{
    conversation_id: string;
    sender_id: string;
    sender_kind: 'customer' | 'agent';
    name: string | null;
  }>(sql`
    with expired as (
      delete from ${typingStatus} where (conversation_id, sender_id) in (
        select conversation_id, sender_id from ${typingStatus} where ${typingStatus.expiresAt} < now()
        order by ${typingStatus.expiresAt} limit ${limit} for update skip locked)
      returning conversation_id, sender_id, sender_kind)
    select expired.*, coalesce(${agents.name}, ${customers.name}) as name from expired
    left join ${agents} on expired.sender_kind = 'agent' and ${agents.id} = expired.sender_id
    left join ${customers} on expired.sender_kind = 'customer' and ${customers.id} = expired.sender_id`);
  return rows.map(typingRowOf);
}

function typingRowOf(row: {
  conversation_id: string;
  sender_id: string;
  sender_kind: 'customer' | 'agent';
  name: string | null;
}): TypingRow {
  return {
    conversationId: row.conversation_id,
    senderId: row.sender_id,
    senderKind: row.sender_kind,
    name: row.name,
  };
}
