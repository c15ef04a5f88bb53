import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso, isPerson, number } from '#/db/expressions.ts';
import { agents, notifications, tickets } from '#/db/schema.ts';
import type { PersonRole } from '#/lib/agents/schema.ts';
import {
  type NotificationItem,
  type NotificationKind,
  unreadNotificationsMax,
} from '#/lib/notifications/schema.ts';

export type NewNotification = {
  id: string;
  /** Who is told. */
  agentId: string;
  kind: NotificationKind;
  ticketId: string;
  conversationId: string | null;
  /** The log entry that it is about. */
  seq: number | null;
  /** Id of the event that caused it: publishing that event tells the person as well. */
  eventId: string;
  /** The agent whose doing it was. */
  actorId: string | null;
};

/**
 * Notes that a person is to be told, in the transaction of what they are told about. The same cause tells a person once;
 * nobody is told of their own doing, nobody who is switched off, and no api key. Who is told without access sees it
 * once they have.
 */
export async function insertNotification(tx: Tx, notification: NewNotification): Promise<void> {
  const { id, agentId, kind, ticketId, conversationId, seq, eventId, actorId } = notification;
  if (agentId === actorId) return;
  await tx.execute(sql`
    insert into ${notifications} (id, agent_id, kind, ticket_id, conversation_id, seq, event_id, actor_id)
    select ${id}, ${agents.id}, ${kind}, ${ticketId}, ${conversationId}::uuid, ${seq}::bigint, ${eventId},
      ${actorId}::uuid
    from ${agents} where ${agents.id} = ${agentId} and ${agents.deactivatedAt} is null and ${isPerson}
    on conflict on constraint notifications_cause_unique do nothing`);
}

type RawNotification = {
  id: string;
  agent_id: string;
  kind: NotificationKind;
  ticket_id: string;
  number: number;
  subject: string;
  conversation_id: string | null;
  seq: number | null;
  actor_id: string | null;
  actor_name: string | null;
  at: string;
  read_at: string | null;
};

const columns = sql`${notifications.id} as id, ${notifications.agentId} as agent_id, ${notifications.kind} as kind,
  ${notifications.ticketId} as ticket_id, ${tickets.number} as number, ${tickets.subject} as subject,
  ${notifications.conversationId} as conversation_id, ${number(notifications.seq)} as seq,
  ${notifications.actorId} as actor_id,
  (select actor.name from agents actor where actor.id = ${notifications.actorId}) as actor_name,
  ${iso(notifications.createdAt)} as at, ${iso(notifications.readAt)} as read_at`;
const joins = sql`${notifications} join ${tickets} on ${tickets.id} = ${notifications.ticketId}`;

function itemOf(row: RawNotification): NotificationItem {
  return {
    id: row.id,
    kind: row.kind,
    ticket: { id: row.ticket_id, number: row.number, subject: row.subject },
    conversationId: row.conversation_id,
    seq: row.seq,
    actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? '' },
    at: row.at,
    readAt: row.read_at,
  };
}

/** The agent's notifications about tickets in the scope, newest first, below the cursor. */
export async function listNotifications(
  tx: Tx,
  agentId: string,
  scope: SQL,
  page: { before: string | null; limit: number },
): Promise<NotificationItem[]> {
  const rows = await tx.execute<RawNotification>(sql`
    select ${columns} from ${joins}
    where ${notifications.agentId} = ${agentId} and ${scope}
      and (${page.before}::uuid is null or ${notifications.id} < ${page.before}::uuid)
    order by ${notifications.id} desc limit ${page.limit}`);
  return rows.map(itemOf);
}

/** How many the agent has not read, within the scope; bounded. */
export async function countUnreadNotifications(tx: Tx, agentId: string, scope: SQL): Promise<number> {
  const [row] = await tx.execute<{ unread: number }>(sql`
    select count(*)::int as unread from (
      select 1 from ${joins} where ${notifications.agentId} = ${agentId} and ${notifications.readAt} is null
        and ${scope} limit ${unreadNotificationsMax}) counted`);
  return row?.unread ?? 0;
}

/** Marks the agent's own as read: those named, a ticket's, or all. Answers the ids that were unread. */
export async function markNotificationsRead(
  tx: Tx,
  agentId: string,
  which: { ids: readonly string[] } | { ticketId: string } | { all: true },
): Promise<string[]> {
  const chosen =
    'ids' in which
      ? sql`id = any((select ${`{${which.ids.join(',')}}`}::uuid[])::uuid[])`
      : 'ticketId' in which
        ? sql`ticket_id = ${which.ticketId}`
        : sql`true`;
  const rows = await tx.execute<{ id: string }>(sql`
    update ${notifications} set read_at = now()
    where agent_id = ${agentId} and read_at is null and ${chosen} returning id`);
  return rows.map(({ id }) => id);
}

/** Whom an event told, as far as each of them may see the ticket: for publishing. */
export async function listNotificationsOfEvent(
  tx: Tx,
  eventId: string,
): Promise<
  {
    item: NotificationItem;
    agent: { id: string; role: PersonRole; departmentId: string | null };
    ticket: {
      customerId: string;
      assigneeId: string | null;
      departmentId: string | null;
      departmentIsRestricted: boolean;
    };
  }[]
> {
  const rows = await tx.execute<
    RawNotification & {
      role: PersonRole;
      agent_department_id: string | null;
      customer_id: string;
      assignee_id: string | null;
      department_id: string | null;
      is_restricted: boolean;
    }
  >(sql`
    select ${columns}, ${agents.role} as role, ${agents.departmentId} as agent_department_id,
      ${tickets.customerId} as customer_id, ${tickets.assigneeId} as assignee_id,
      ${tickets.departmentId} as department_id,
      coalesce((select is_restricted from departments where departments.id = ${tickets.departmentId}), false)
        as is_restricted
    from ${joins} join ${agents} on ${agents.id} = ${notifications.agentId}
    where ${notifications.eventId} = ${eventId} and ${agents.deactivatedAt} is null`);
  return rows.map((row) => ({
    item: itemOf(row),
    agent: { id: row.agent_id, role: row.role, departmentId: row.agent_department_id },
    ticket: {
      customerId: row.customer_id,
      assigneeId: row.assignee_id,
      departmentId: row.department_id,
      departmentIsRestricted: row.is_restricted,
    },
  }));
}
