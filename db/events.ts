import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { entryColumns, entryJoins, jsonParam, logEntryOf, type RawEntry } from '#/db/messages.ts';
import { events, messages } from '#/db/schema.ts';
import { newId } from '#/lib/ids.ts';
import { type ChangeEvent, type ChangeType, changeTypes, type Readership } from '#/lib/realtime/changes.ts';

export type NewEvent = {
  id: string;
  type: ChangeType;
  ticketId?: string;
  conversationId?: string;
  actor: { kind: 'visitor' | 'customer' | 'agent' | 'system'; id: string | null };
  subjectId?: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** True for what is only audit: nothing is published for it. */
  isSettled?: boolean;
};

export async function insertEvent(tx: Tx, event: NewEvent): Promise<void> {
  await tx.execute(sql`
    insert into ${events} (id, type, ticket_id, conversation_id, actor_kind, actor_id, subject_id, before, after,
      published_at)
    values (${event.id}, ${event.type}, ${event.ticketId ?? null}, ${event.conversationId ?? null},
      ${event.actor.kind}, ${event.actor.id}, ${event.subjectId ?? null}, ${jsonParam(event.before)},
      ${jsonParam(event.after)}, ${event.isSettled === true ? sql`now()` : sql`null`})`);
}

/** The row of a change that is no ticket's, and the same for publishing after the commit. */
export async function insertChange(
  tx: Tx,
  change: Omit<NewEvent, 'id' | 'ticketId' | 'conversationId'> & { subjectId: string },
): Promise<ChangeEvent> {
  const id = newId();
  const { type, subjectId, actor } = change;
  await insertEvent(tx, { ...change, id, actor: { kind: actor.kind, id: actor.id } });
  return { id, type, ticketId: null, conversationId: null, entry: null, readersBefore: null, subjectId };
}

/** Marks events as published; those that are already stay as they are. */
export async function markPublished(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  // By id alone: the index of what is unpublished keeps everything published since the last vacuum, and would be read
  // through. Behind a query of its own, the list is planned once whatever is in it.
  await tx.execute(sql`
    update ${events} set published_at = coalesce(${events.publishedAt}, now())
    where id = any((select ${`{${ids.join(',')}}`}::uuid[])::uuid[])`);
}

/**
 * Takes up to `limit` events that nobody published within `olderThanMs`, oldest first, locked until the end of the
 * transaction so that several processes share the work. Types that a newer build writes are left to that build.
 */
export async function takeUnpublished(
  tx: Tx,
  olderThanMs: number,
  limit: number,
  except: readonly string[] = [],
): Promise<ChangeEvent[]> {
  const known = sql`(${sql.join(
    changeTypes.map((type) => sql`${type}`),
    sql`, `,
  )})`;
  const rows = await tx.execute<
    RawEntry & {
      event_id: string;
      type: string;
      ticket_id: string | null;
      event_conversation_id: string | null;
      subject_id: string | null;
      before: Record<string, unknown> | null;
    }
  >(sql`
    select taken.id as event_id, taken.type, taken.ticket_id, taken.conversation_id as event_conversation_id,
      taken.subject_id, taken.before, ${entryColumns}
    from (
      select * from ${events} where ${events.publishedAt} is null and ${events.type} in ${known}
        and ${events.createdAt} < now() - make_interval(secs => ${olderThanMs / 1000}::float8)
        and ${events.id} <> all(${`{${except.join(',')}}`}::uuid[])
      order by ${events.createdAt} limit ${limit} for no key update skip locked
    ) taken
    left join ${messages} on ${messages.conversationId} = taken.conversation_id and ${messages.seq} = taken.seq
    ${entryJoins} order by taken.created_at, taken.seq`);
  return rows.flatMap((row): ChangeEvent[] => {
    const type = changeTypes.find((known) => known === row.type);
    if (type === undefined) return [];
    return [
      {
        id: row.event_id,
        type,
        ticketId: row.ticket_id,
        conversationId: row.event_conversation_id,
        entry: row.id === null ? null : logEntryOf(row),
        readersBefore: readershipOf(row.before),
        subjectId: row.subject_id,
      },
    ];
  });
}

/** A change that moves who may read a ticket keeps the former readership in `before.readers`. */
function readershipOf(before: Record<string, unknown> | null): Readership | null {
  const readers = before?.readers;
  if (typeof readers !== 'object' || readers === null) return null;
  const departmentId: unknown = Reflect.get(readers, 'departmentId');
  const assigneeId: unknown = Reflect.get(readers, 'assigneeId');
  return {
    departmentId: typeof departmentId === 'string' ? departmentId : null,
    departmentIsRestricted: Reflect.get(readers, 'departmentIsRestricted') === true,
    assigneeId: typeof assigneeId === 'string' ? assigneeId : null,
  };
}

export type TimelineEvent = {
  id: string;
  type: string;
  actor: { kind: 'visitor' | 'customer' | 'agent' | 'system'; id: string | null; name: string | null };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  at: string;
};

/** Every change of a ticket (messages excepted), newest first: who, what, from, to, when. */
export async function listTicketEvents(tx: Tx, ticketId: string, limit: number): Promise<TimelineEvent[]> {
  const rows = await tx.execute<{
    id: string;
    type: string;
    actor_kind: TimelineEvent['actor']['kind'];
    actor_id: string | null;
    actor_name: string | null;
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
    at: string;
  }>(sql`
    select ${events.id} as id, ${events.type} as type, ${events.actorKind} as actor_kind,
      ${events.actorId} as actor_id, coalesce(agents.name, customers.name) as actor_name,
      ${events.before} - 'readers' as before, ${events.after} as after, ${iso(events.createdAt)} as at
    from ${events}
    left join agents on ${events.actorKind} = 'agent' and agents.id = ${events.actorId}
    left join customers on ${events.actorKind} = 'customer' and customers.id = ${events.actorId}
    where ${events.ticketId} = ${ticketId} and ${events.type} <> 'message.created'
    order by ${events.createdAt} desc, ${events.id} desc limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    before: row.before,
    after: row.after,
    at: row.at,
  }));
}

/** The public side of a ticket's history: when it was opened, resolved, reopened and closed, oldest first. */
export async function listStatusChanges(
  tx: Tx,
  ticketId: string,
  limit: number,
): Promise<{ from: string; to: string; at: string }[]> {
  return await tx.execute<{ from: string; to: string; at: string }>(sql`
    select ${messages.change}->>'from' as "from", ${messages.change}->>'to' as "to",
      ${iso(messages.sentAt)} as at
    from ${messages} join conversations on conversations.id = ${messages.conversationId}
    where conversations.ticket_id = ${ticketId} and ${messages.kind} = 'event'
      and ${messages.publicSeq} is not null and ${messages.change}->>'field' = 'status'
    order by ${messages.sentAt}, ${messages.seq} limit ${limit}`);
}
