import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso, number } from '#/db/expressions.ts';
import { jsonParam } from '#/db/messages.ts';
import { conversations, messages, ticketMerges, tickets } from '#/db/schema.ts';
import { waitingByLogs } from '#/db/ticket-state.ts';
import type { TicketDetail, TicketStatus } from '#/lib/tickets/schema.ts';

/** What a merge took from its two tickets, to give it back. */
export type BeforeMerge = {
  status: TicketStatus;
  waitingSince: string | null;
  resolvedAt: string | null;
  snoozedUntil: string | null;
  snoozedBy: string | null;
  wokeAt: string | null;
  /** The status that the target had, when the merge opened it again. */
  targetStatus: TicketStatus | null;
};
export type StoredMerge = {
  id: string;
  sourceId: string;
  targetId: string;
  conversationIds: string[];
  before: BeforeMerge;
  mergedBy: string | null;
  mergedAt: string;
  isUndone: boolean;
};

type Joined = Pick<TicketDetail, 'conversations' | 'mergedInto' | 'merged'>;

/** A ticket's conversations, oldest first, and what it was merged with. */
export async function findMergesOf(tx: Tx, ticketId: string): Promise<Joined> {
  const reference = sql`jsonb_build_object('mergeId', ${ticketMerges.id}, 'id', other.id, 'number', other.number,
    'subject', other.subject)`;
  const [row] = await tx.execute<{
    conversations: Joined['conversations'];
    merged_into: Joined['mergedInto'];
    merged: Joined['merged'];
  }>(sql`
    select (select coalesce(jsonb_agg(jsonb_build_object('id', ${conversations.id}, 'head', ${conversations.lastSeq},
          'publicHead', ${conversations.lastPublicSeq}, 'startedAt', ${iso(conversations.createdAt)})
          order by ${conversations.createdAt}, ${conversations.id}), '[]')
        from ${conversations} where ${conversations.ticketId} = ${ticketId}) as conversations,
      (select ${reference} from ${ticketMerges} join tickets other on other.id = ${ticketMerges.targetId}
        where ${ticketMerges.sourceId} = ${ticketId} and ${ticketMerges.undoneAt} is null) as merged_into,
      (select coalesce(jsonb_agg(${reference} order by ${ticketMerges.mergedAt} desc, ${ticketMerges.id} desc), '[]')
        from ${ticketMerges} join tickets other on other.id = ${ticketMerges.sourceId}
        where ${ticketMerges.targetId} = ${ticketId} and ${ticketMerges.undoneAt} is null) as merged`);
  return {
    conversations: row?.conversations ?? [],
    mergedInto: row?.merged_into ?? null,
    merged: row?.merged ?? [],
  };
}

/** Whether the ticket's conversations went to another. */
export async function isMerged(tx: Tx, ticketId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${ticketMerges} where ${ticketMerges.sourceId} = ${ticketId} and ${ticketMerges.undoneAt} is null`);
  return rows.length > 0;
}

export async function findMerge(tx: Tx, id: string): Promise<StoredMerge | null> {
  const [row] = await tx.execute<{
    id: string;
    source_id: string;
    target_id: string;
    conversation_ids: string[];
    before: BeforeMerge;
    merged_by: string | null;
    merged_at: string;
    is_undone: boolean;
  }>(sql`
    select id, source_id, target_id, to_jsonb(conversation_ids) as conversation_ids, before, merged_by,
      ${iso(ticketMerges.mergedAt)} as merged_at, undone_at is not null as is_undone
    from ${ticketMerges} where ${ticketMerges.id} = ${id}`);
  if (row === undefined) return null;
  return {
    id: row.id,
    sourceId: row.source_id,
    targetId: row.target_id,
    conversationIds: row.conversation_ids,
    before: row.before,
    mergedBy: row.merged_by,
    mergedAt: row.merged_at,
    isUndone: row.is_undone,
  };
}

export type PairConversation = { id: string; ticketId: string; publicHead: number };

/**
 * Locks two tickets with all their conversations, conversations first and each by id: the order that a send has, so
 * that neither waits for the other. Null when a conversation came to one of them meanwhile: begin anew.
 */
export async function lockTicketPair(
  tx: Tx,
  ticketIds: readonly [string, string],
): Promise<PairConversation[] | null> {
  const ids = sql`any((select ${`{${ticketIds.join(',')}}`}::uuid[])::uuid[])`;
  const rows = await tx.execute<{ id: string; ticket_id: string; public_head: number }>(sql`
    select id, ticket_id, ${number(conversations.lastPublicSeq)} as public_head from ${conversations}
    where ${conversations.ticketId} = ${ids} order by id for no key update`);
  await tx.execute(sql`select 1 from ${tickets} where ${tickets.id} = ${ids} order by id for no key update`);
  const [now] = await tx.execute<{ ids: string[] }>(sql`
    select coalesce(jsonb_agg(id order by id), '[]') as ids from ${conversations}
    where ${conversations.ticketId} = ${ids}`);
  if (rows.map(({ id }) => id).join() !== (now?.ids ?? []).join()) return null;
  return rows.map((row) => ({ id: row.id, ticketId: row.ticket_id, publicHead: row.public_head }));
}

/** A conversation without a word in it: where a merged ticket's own log goes on. */
export async function insertHolding(tx: Tx, id: string, ticketId: string): Promise<void> {
  await tx.execute(sql`insert into ${conversations} (id, ticket_id) values (${id}, ${ticketId})`);
}

export async function moveConversations(tx: Tx, ids: readonly string[], ticketId: string): Promise<void> {
  await tx.execute(sql`
    update ${conversations} set ticket_id = ${ticketId}
    where ${conversations.id} = any((select ${`{${ids.join(',')}}`}::uuid[])::uuid[])`);
}

export async function insertMerge(tx: Tx, merge: Omit<StoredMerge, 'mergedAt' | 'isUndone'>): Promise<void> {
  await tx.execute(sql`
    insert into ${ticketMerges} (id, source_id, target_id, conversation_ids, before, merged_by)
    values (${merge.id}, ${merge.sourceId}, ${merge.targetId}, ${`{${merge.conversationIds.join(',')}}`}::uuid[],
      ${jsonParam(merge.before)}, ${merge.mergedBy}::uuid)`);
}

export async function markMergeUndone(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`update ${ticketMerges} set undone_at = now() where ${ticketMerges.id} = ${id}`);
}

/** Whether a customer, or anybody, wrote a public message in these conversations since. */
export async function findWordsSince(
  tx: Tx,
  ids: readonly string[],
  since: string,
): Promise<{ hasCustomers: boolean; hasAny: boolean }> {
  const [row] = await tx.execute<{ by_customer: number; any: number }>(sql`
    select count(*)::int as any, count(${messages.customerId})::int as by_customer from ${messages}
    where ${messages.conversationId} = any((select ${`{${ids.join(',')}}`}::uuid[])::uuid[])
      and ${messages.kind} = 'reply' and ${messages.sentAt} > ${since}::timestamptz`);
  return { hasCustomers: (row?.by_customer ?? 0) > 0, hasAny: (row?.any ?? 0) > 0 };
}

/** A ticket's columns as they were before its merge; who waits is as it was, or by what the logs say since. */
export function restoredColumns(
  ticketId: string,
  before: BeforeMerge,
  status: TicketStatus,
  wait: 'as_before' | { byLogsAfter: string | null },
): SQL {
  const keepsWaiting = status === 'open' || status === 'snoozed';
  const waiting = !keepsWaiting
    ? sql`null`
    : wait === 'as_before'
      ? sql`${before.waitingSince}::timestamptz`
      : waitingByLogs(ticketId, wait.byLogsAfter);
  const isSnoozed = status === 'snoozed';
  return sql`status = ${status}, waiting_since = ${waiting},
    resolved_at = ${status === 'resolved' ? before.resolvedAt : null}::timestamptz,
    snoozed_until = ${isSnoozed ? before.snoozedUntil : null}::timestamptz,
    snoozed_by = ${isSnoozed || before.wokeAt !== null ? before.snoozedBy : null}::uuid,
    woke_at = ${status === 'open' ? before.wokeAt : null}::timestamptz`;
}
