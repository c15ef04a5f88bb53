import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import {
  agents,
  conversations,
  departments,
  messages,
  ticketMerges,
  tickets,
  ticketTags,
} from '#/db/schema.ts';
import type { Change } from '#/lib/messages/schema.ts';
import type { FieldValues, TicketPriority, TicketStatus } from '#/lib/tickets/schema.ts';

type Named = { id: string; name: string };
export type MergedInto = { mergeId: string; id: string; number: number; subject: string };
/** What a ticket is before a change. */
export type TicketState = {
  number: number;
  subject: string;
  status: TicketStatus;
  priority: TicketPriority;
  assignee: Named | null;
  department: (Named & { isRestricted: boolean }) | null;
  /** Null unless it is snoozed. */
  snoozedUntil: string | null;
  isSnoozeOver: boolean;
  /** Who snoozed it, also after it woke. */
  snoozedBy: string | null;
  wokeAt: string | null;
  waitingSince: string | null;
  resolvedAt: string | null;
  tags: Named[];
  fields: FieldValues;
  mergedInto: MergedInto | null;
};

/** The ticket as this transaction sees it; read it once its conversation is locked. Null when there is none. */
export async function findTicketState(tx: Tx, ticketId: string): Promise<TicketState | null> {
  const [row] = await tx.execute<{
    number: number;
    subject: string;
    status: TicketStatus;
    priority: TicketPriority;
    assignee_id: string | null;
    assignee_name: string | null;
    department_id: string | null;
    department_name: string | null;
    is_restricted: boolean;
    snoozed_until: string | null;
    is_snooze_over: boolean;
    snoozed_by: string | null;
    woke_at: string | null;
    waiting_since: string | null;
    resolved_at: string | null;
    tags: Named[];
    fields: FieldValues;
    merged_into: MergedInto | null;
  }>(sql`
    select ${tickets.number} as number, ${tickets.subject} as subject, ${tickets.status} as status,
      ${tickets.priority} as priority, ${tickets.assigneeId} as assignee_id, ${agents.name} as assignee_name,
      ${tickets.departmentId} as department_id, ${departments.name} as department_name,
      coalesce(${departments.isRestricted}, false) as is_restricted,
      case when ${tickets.status} = 'snoozed' then ${iso(tickets.snoozedUntil)} end as snoozed_until,
      coalesce(${tickets.status} = 'snoozed' and ${tickets.snoozedUntil} <= clock_timestamp(), false)
        as is_snooze_over,
      ${tickets.snoozedBy} as snoozed_by,
      ${iso(tickets.wokeAt)} as woke_at, ${iso(tickets.waitingSince)} as waiting_since,
      ${iso(tickets.resolvedAt)} as resolved_at, ${tickets.fields} as fields,
      (select coalesce(jsonb_agg(jsonb_build_object('id', tags.id, 'name', tags.name) order by tags.name, tags.id), '[]')
        from ${ticketTags} join tags on tags.id = ${ticketTags.tagId}
        where ${ticketTags.ticketId} = ${tickets.id}) as tags,
      (select jsonb_build_object('mergeId', ${ticketMerges.id}, 'id', target.id, 'number', target.number,
          'subject', target.subject)
        from ${ticketMerges} join tickets target on target.id = ${ticketMerges.targetId}
        where ${ticketMerges.sourceId} = ${tickets.id} and ${ticketMerges.undoneAt} is null) as merged_into
    from ${tickets} left join ${agents} on ${agents.id} = ${tickets.assigneeId}
    left join ${departments} on ${departments.id} = ${tickets.departmentId}
    where ${tickets.id} = ${ticketId}`);
  if (row === undefined) return null;
  const { number, subject, status, priority, tags, fields } = row;
  const department = named(row.department_id, row.department_name);
  return {
    number,
    subject,
    status,
    priority,
    assignee: named(row.assignee_id, row.assignee_name),
    department: department === null ? null : { ...department, isRestricted: row.is_restricted },
    snoozedUntil: row.snoozed_until,
    isSnoozeOver: row.is_snooze_over,
    snoozedBy: row.snoozed_by,
    wokeAt: row.woke_at,
    waitingSince: row.waiting_since,
    resolvedAt: row.resolved_at,
    tags,
    fields,
    mergedInto: row.merged_into,
  };
}

function named(id: string | null, name: string | null): Named | null {
  return id === null ? null : { id, name: name ?? '' };
}

/** Who last changed one of these fields of the ticket: a name, or null where there is none. */
export async function findLastChanger(
  tx: Tx,
  ticketId: string,
  fields: readonly Change['field'][],
): Promise<string | null> {
  const [row] = await tx.execute<{ name: string | null }>(sql`
    select coalesce(agents.name, customers.name) as name
    from ${messages} join ${conversations} on ${conversations.id} = ${messages.conversationId}
    left join agents on agents.id = ${messages.agentId} left join customers on customers.id = ${messages.customerId}
    where ${conversations.ticketId} = ${ticketId} and ${messages.kind} = 'event'
      and ${messages.change}->>'field' = any(${`{${fields.join(',')}}`}::text[])
    order by ${messages.sentAt} desc, ${messages.seq} desc limit 1`);
  return row?.name ?? null;
}

/**
 * Since when the customer waits by what the logs say: the first reply after the last answer. For a ticket that goes on
 * after it was over, since being over kept nobody waiting. With `after`, only what was asked later counts.
 */
export function waitingByLogs(ticketId: string, after: string | null = null): SQL {
  return sql`(select min(asked.sent_at) from ${messages} asked
      join ${conversations} asked_in on asked_in.id = asked.conversation_id
    where asked_in.ticket_id = ${ticketId} and asked.kind = 'reply' and asked.customer_id is not null
      and asked.sent_at > coalesce(${after}::timestamptz, '-infinity')
      and asked.sent_at > coalesce((select max(answered.sent_at) from ${messages} answered
          join ${conversations} answered_in on answered_in.id = answered.conversation_id
        where answered_in.ticket_id = ${ticketId} and answered.kind = 'reply' and answered.agent_id is not null),
        '-infinity'))`;
}

/** Snoozed tickets whose time has come, the earliest first. */
export async function listTicketIdsToWake(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select ${tickets.id} as id from ${tickets}
    where ${tickets.status} = 'snoozed' and ${tickets.snoozedUntil} <= clock_timestamp()
    order by ${tickets.snoozedUntil} limit ${limit}`);
  return rows.map((row) => row.id);
}

/** When the next snooze ends, in milliseconds from now; null when none does. */
export async function findNextWakeMs(tx: Tx): Promise<number | null> {
  const [row] = await tx.execute<{ ms: number | null }>(sql`
    select (extract(epoch from min(${tickets.snoozedUntil}) - clock_timestamp()) * 1000)::float8 as ms
    from ${tickets} where ${tickets.status} = 'snoozed'`);
  return row?.ms ?? null;
}
