import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { agents, customers, typingStatus } from '#/db/schema.ts';
import type { TypingNow } from '#/lib/messages/schema.ts';

type TypingRow = {
  conversationId: string;
  senderId: string;
  senderKind: 'customer' | 'agent';
  name: string | null;
};

type RawTyping = {
  conversation_id: string;
  sender_id: string;
  sender_kind: 'customer' | 'agent';
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

/** Who else types in a conversation now, and for how long that is still shown. */
export async function listTyping(
  tx: Tx,
  conversationId: string,
  reader: { id: string },
): Promise<TypingNow[]> {
  const rows = await tx.execute<RawTyping & { for_ms: number }>(sql`
    select ${typingStatus.conversationId} as conversation_id, ${typingStatus.senderId} as sender_id,
      ${typingStatus.senderKind} as sender_kind, coalesce(${agents.name}, ${customers.name}) as name,
      (extract(epoch from ${typingStatus.expiresAt} - now()) * 1000)::int as for_ms
    from ${typingStatus} ${namesOf('typing_status')}
    where ${typingStatus.conversationId} = ${conversationId} and ${typingStatus.senderId} <> ${reader.id}
      and ${typingStatus.expiresAt} > now()`);
  return rows.map(({ sender_id: id, sender_kind: kind, name, for_ms: forMs }) => ({
    sender: kind === 'customer' ? { kind, id, name } : { kind, id, name: name ?? '' },
    forMs,
  }));
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
  const rows = await tx.execute<RawTyping>(sql`
    with expired as (
      delete from ${typingStatus} where (conversation_id, sender_id) in (
        select conversation_id, sender_id from ${typingStatus} where ${typingStatus.expiresAt} < now()
        order by ${typingStatus.expiresAt} limit ${limit} for update skip locked)
      returning conversation_id, sender_id, sender_kind)
    select expired.*, coalesce(${agents.name}, ${customers.name}) as name from expired ${namesOf('expired')}`);
  return rows.map(typingRowOf);
}

function namesOf(rows: 'typing_status' | 'expired') {
  const of = sql.identifier(rows);
  return sql`left join ${agents} on ${of}.sender_kind = 'agent' and ${agents.id} = ${of}.sender_id
    left join ${customers} on ${of}.sender_kind = 'customer' and ${customers.id} = ${of}.sender_id`;
}

function typingRowOf(row: RawTyping): TypingRow {
  return {
    conversationId: row.conversation_id,
    senderId: row.sender_id,
    senderKind: row.sender_kind,
    name: row.name,
  };
}
