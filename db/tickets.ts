import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { currentEpoch, iso, number } from '#/db/expressions.ts';
import { agents, conversations, customers, departments, tickets } from '#/db/schema.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { Readership } from '#/lib/realtime/changes.ts';
import { statusForCustomer } from '#/lib/tickets/rules.ts';
import type {
  FieldValues,
  TicketDetail,
  TicketListRow,
  TicketPriority,
  TicketRow,
  TicketStatus,
} from '#/lib/tickets/schema.ts';
import type { Viewer } from '#/lib/viewing/schema.ts';

type RawTicketRow = {
  id: string;
  number: number;
  subject: string;
  status: TicketStatus;
  priority: TicketPriority;
  customer_id: string;
  customer_name: string | null;
  customer_email: string | null;
  is_verified: boolean;
  customer_fields: FieldValues;
  tags: TicketRow['tags'];
  fields: FieldValues;
  snoozed_until: string | null;
  snoozed_at: string | null;
  snoozed_by: string | null;
  snoozed_by_name: string | null;
  woke_at: string | null;
  last_sender: 'customer' | 'agent' | null;
  assignee_id: string | null;
  assignee_name: string | null;
  department_id: string | null;
  department_name: string | null;
  is_restricted: boolean;
  conversation_id: string;
  last_message: string | null;
  last_message_at: string | null;
  waiting_since: string | null;
  created_at: string;
  last_activity_at: string;
  head: number;
  version: number;
  epoch: string;
};

/** Uncorrelated, so that it is read once a query. */
const customerFieldKeys = sql`array(select key from custom_fields where subject = 'customer')`;
const customerFields = sql`(select coalesce(jsonb_object_agg(attribute.key, attribute.value), '{}')
  from jsonb_each(${customers.attributes}) attribute
  where attribute.key = any(${customerFieldKeys}) and jsonb_typeof(attribute.value) in ('string', 'number', 'boolean'))`;
const ticketTagList = sql`(select coalesce(jsonb_agg(
    jsonb_build_object('id', tags.id, 'name', tags.name, 'color', tags.color) order by tags.name, tags.id), '[]')
  from ticket_tags join tags on tags.id = ticket_tags.tag_id where ticket_tags.ticket_id = ${tickets.id})`;
const lastSender = sql`(select case when messages.customer_id is null then 'agent' else 'customer' end
  from messages where messages.conversation_id = newest.id and messages.kind = 'reply'
  order by messages.public_seq desc limit 1)`;

const rowColumns = sql`${tickets.id} as id, ${tickets.number} as number, ${tickets.subject} as subject,
  ${tickets.status} as status, ${tickets.priority} as priority, ${tickets.customerId} as customer_id,
  ${customers.name} as customer_name, ${customers.email} as customer_email,
  ${customers.verifiedAt} is not null as is_verified, ${customerFields} as customer_fields,
  ${ticketTagList} as tags, ${tickets.fields} as fields, ${iso(tickets.snoozedUntil)} as snoozed_until,
  ${iso(tickets.snoozedAt)} as snoozed_at, ${tickets.snoozedBy} as snoozed_by,
  (select snoozer.name from agents snoozer where snoozer.id = ${tickets.snoozedBy}) as snoozed_by_name,
  ${iso(tickets.wokeAt)} as woke_at, ${lastSender} as last_sender, ${tickets.assigneeId} as assignee_id,
  ${agents.name} as assignee_name, ${tickets.departmentId} as department_id,
  ${departments.name} as department_name, coalesce(${departments.isRestricted}, false) as is_restricted,
  newest.id as conversation_id, newest.last_message as last_message,
  ${iso(sql`newest.last_message_at`)} as last_message_at, ${iso(tickets.waitingSince)} as waiting_since,
  ${iso(tickets.createdAt)} as created_at, ${iso(tickets.lastActivityAt)} as last_activity_at,
  ${number(sql`newest.last_seq`)} as head,
  ${tickets.version} as version, ${currentEpoch} as epoch`;

const rowJoins = sql`join ${customers} on ${customers.id} = ${tickets.customerId}
  join lateral (
    select * from ${conversations} where ${conversations.ticketId} = ${tickets.id}
    order by ${conversations.lastMessageAt} desc nulls last, ${conversations.id} desc limit 1
  ) newest on true
  left join ${agents} on ${agents.id} = ${tickets.assigneeId}
  left join ${departments} on ${departments.id} = ${tickets.departmentId}`;

function ticketRowOf(row: RawTicketRow): TicketRow {
  return {
    id: row.id,
    number: row.number,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    customer: {
      id: row.customer_id,
      name: row.customer_name,
      email: row.customer_email,
      isVerified: row.is_verified,
      fields: row.customer_fields,
    },
    assignee: refOf(row.assignee_id, row.assignee_name),
    department: refOf(row.department_id, row.department_name),
    tags: row.tags,
    fields: row.fields,
    snoozedUntil: row.snoozed_until,
    snoozedAt: row.snoozed_at,
    snoozedBy: refOf(row.snoozed_by, row.snoozed_by_name),
    wokeAt: row.woke_at,
    conversationId: row.conversation_id,
    lastMessage: row.last_message,
    lastMessageAt: row.last_message_at,
    lastSender: row.last_sender,
    waitingSince: row.waiting_since,
    createdAt: row.created_at,
    lastActivityAt: row.last_activity_at,
    head: row.head,
    version: row.version,
  };
}

function refOf(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? '' };
}

/** A ticket as publishing needs it: both audiences' rows, and who may read it now. */
export type PublishedTicket = {
  row: TicketRow;
  /** Those of its conversations that the customer knows of. */
  conversations: CustomerConversation[];
  customerId: string;
  readers: Readership;
  epoch: string;
};

type RawCustomerConversation = Pick<
  CustomerConversation,
  'id' | 'lastMessage' | 'lastMessageAt' | 'head' | 'readThrough' | 'unreadCount'
>;

/** Current rows of these tickets, by id; what is gone is missing. System's own read: no reader's scope. */
export async function listPublishedTickets(
  tx: Tx,
  ticketIds: readonly string[],
): Promise<Map<string, PublishedTicket>> {
  const rows = await tx.execute<RawTicketRow & { conversations: RawCustomerConversation[] }>(sql`
    select ${rowColumns}, (
      select coalesce(jsonb_agg(jsonb_build_object('id', each.id, 'lastMessage', each.last_message,
          'lastMessageAt', ${iso(sql`each.last_message_at`)}, 'head', each.last_public_seq,
          'readThrough', coalesce(mark.read_seq, 0), 'unreadCount', (select count(*) from (
            select 1 from messages where messages.conversation_id = each.id and messages.kind = 'reply'
              and messages.public_seq > coalesce(mark.read_seq, 0) and messages.customer_id is null
            limit ${unreadMax}) unread))), '[]')
      from conversations each
      left join participants mark on mark.conversation_id = each.id and mark.customer_id = ${tickets.customerId}
      where each.ticket_id = ${tickets.id} and each.last_public_seq > 0) as conversations
    from ${tickets} ${rowJoins} where ${tickets.id} = any(${idList(ticketIds)})`);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        row: ticketRowOf(row),
        conversations: row.conversations.map((conversation) => ({
          ...conversation,
          ticketId: row.id,
          number: row.number,
          subject: row.subject,
          status: statusForCustomer(row.status),
          assignee: refOf(row.assignee_id, row.assignee_name),
        })),
        customerId: row.customer_id,
        readers: {
          departmentId: row.department_id,
          departmentIsRestricted: row.is_restricted,
          assigneeId: row.assignee_id,
        },
        epoch: row.epoch,
      },
    ]),
  );
}

/** Unread counts stop here: the badge says "99+". */
const unreadMax = 100;

/**
 * One parameter for any number of ids, so that the statement is prepared once. Behind a query of its own, since PostgreSQL
 * would count what is in it and plan the statement anew each time, which takes longer than to run it.
 */
export function idList(ids: readonly string[]): SQL {
  return sql`(select ${`{${ids.join(',')}}`}::uuid[])::uuid[]`;
}

/** These tickets in this order, each with the agent's own unread count and who else looks at it. */
export async function listTicketRows(
  tx: Tx,
  agentId: string,
  ids: readonly string[],
): Promise<{ rows: TicketListRow[]; epoch: string | null }> {
  if (ids.length === 0) return { rows: [], epoch: null };
  const rows = await tx.execute<RawTicketRow & { unread_count: number; viewers: Viewer[] }>(sql`
    select ${rowColumns}, ${unreadCount(agentId)} as unread_count, ${viewersOf(agentId)} as viewers
    from unnest(${idList(ids)}) with ordinality chosen(id, place)
      join ${tickets} on ${tickets.id} = chosen.id ${rowJoins}
    order by chosen.place`);
  return {
    rows: rows.map((row) => ({
      ...ticketRowOf(row),
      unreadCount: row.unread_count,
      viewers: row.viewers,
    })),
    epoch: rows[0]?.epoch ?? null,
  };
}

/** One colleague once, however many pages they have open. */
function viewersOf(agentId: string): SQL {
  return sql`(select coalesce(jsonb_agg(jsonb_build_object('id', viewer.id, 'name', viewer.name,
      'isTyping', viewer.is_typing) order by viewer.id), '[]')
    from (select viewing_agent.id, viewing_agent.name, bool_or(viewing_status.is_typing) as is_typing
      from viewing_status join agents viewing_agent on viewing_agent.id = viewing_status.agent_id
      where viewing_status.ticket_id = ${tickets.id} and viewing_status.expires_at > now()
        and viewing_status.agent_id <> ${agentId}
      group by viewing_agent.id, viewing_agent.name) viewer)`;
}

/** What is newer than the agent's mark; one more than nothing for a ticket that was put back among the unread ones. */
function unreadCount(agentId: string): SQL {
  return sql`greatest(exists (select from unread_marks
      where unread_marks.agent_id = ${agentId} and unread_marks.ticket_id = ${tickets.id})::int,
    (select count(*)::int from (
    select 1 from messages where messages.conversation_id = newest.id
      and messages.seq > coalesce((select read_seq from participants
        where participants.conversation_id = newest.id and participants.agent_id = ${agentId}), 0)
      and messages.kind <> 'event' and messages.agent_id is distinct from ${agentId}
    limit ${unreadMax}) unread))`;
}

/** The columns that decide who may act on a ticket. Null when there is none. */
export async function findTicketForAccess(
  tx: Tx,
  ticketId: string,
): Promise<(Readership & { ticketId: string; customerId: string; conversationId: string }) | null> {
  const [row] = await tx.execute<{
    id: string;
    customer_id: string;
    assignee_id: string | null;
    department_id: string | null;
    is_restricted: boolean;
    conversation_id: string;
  }>(sql`
    select ${tickets.id} as id, ${tickets.customerId} as customer_id, ${tickets.assigneeId} as assignee_id,
      ${tickets.departmentId} as department_id,
      coalesce((select is_restricted from departments where departments.id = ${tickets.departmentId}), false)
        as is_restricted,
      (select conversations.id from conversations where conversations.ticket_id = ${tickets.id}
        order by conversations.last_message_at desc nulls last, conversations.id desc limit 1) as conversation_id
    from ${tickets} where ${tickets.id} = ${ticketId}`);
  if (row === undefined) return null;
  return {
    ticketId: row.id,
    customerId: row.customer_id,
    assigneeId: row.assignee_id,
    departmentId: row.department_id,
    departmentIsRestricted: row.is_restricted,
    conversationId: row.conversation_id,
  };
}

/** The same for the ticket that a conversation belongs to. */
export async function findTicketOfConversation(
  tx: Tx,
  conversationId: string,
): Promise<(Readership & { ticketId: string; customerId: string }) | null> {
  const [row] = await tx.execute<{
    id: string;
    customer_id: string;
    assignee_id: string | null;
    department_id: string | null;
    is_restricted: boolean;
  }>(sql`
    select ${tickets.id} as id, ${tickets.customerId} as customer_id, ${tickets.assigneeId} as assignee_id,
      ${tickets.departmentId} as department_id,
      coalesce((select is_restricted from departments where departments.id = ${tickets.departmentId}), false)
        as is_restricted
    from ${conversations} join ${tickets} on ${tickets.id} = ${conversations.ticketId}
    where ${conversations.id} = ${conversationId}`);
  if (row === undefined) return null;
  return {
    ticketId: row.id,
    customerId: row.customer_id,
    assigneeId: row.assignee_id,
    departmentId: row.department_id,
    departmentIsRestricted: row.is_restricted,
  };
}

/** The id behind a ticket's number, within the scope; null when the scope hides it. */
export async function findTicketIdByNumber(tx: Tx, ticketNumber: number, scope: SQL): Promise<string | null> {
  const [row] = await tx.execute<{ id: string }>(
    sql`select ${tickets.id} as id from ${tickets} where ${tickets.number} = ${ticketNumber} and ${scope}`,
  );
  return row?.id ?? null;
}

/** Everything beside the thread, within the scope; null when the scope hides it. */
export async function findTicketDetail(
  tx: Tx,
  ticketId: string,
  scope: SQL,
): Promise<Omit<
  TicketDetail,
  'actions' | 'marks' | 'drafts' | 'conversations' | 'mergedInto' | 'merged'
> | null> {
  const [row] = await tx.execute<
    RawTicketRow & {
      description: string | null;
      phone: string | null;
      locale: string | null;
      timezone: string | null;
      attributes: Record<string, unknown>;
      signed_keys: string[];
      customer_created_at: string;
      last_seen_at: string | null;
      last_page: string | null;
      is_blocked: boolean;
    }
  >(sql`
    select ${rowColumns}, ${tickets.description} as description, ${customers.phone} as phone,
      ${customers.locale} as locale, ${customers.timezone} as timezone, ${customers.attributes} as attributes,
      to_json(${customers.signedKeys}) as signed_keys,
      ${iso(customers.createdAt)} as customer_created_at, ${iso(customers.lastSeenAt)} as last_seen_at,
      ${customers.lastPage} as last_page, ${customers.blockedAt} is not null as is_blocked
    from ${tickets} ${rowJoins} where ${tickets.id} = ${ticketId} and ${scope}`);
  if (row === undefined) return null;
  const earlier = await tx.execute<TicketDetail['earlierTickets'][number] & { created_at: string }>(sql`
    select ${tickets.id} as id, ${tickets.number} as number, ${tickets.subject} as subject,
      ${tickets.status} as status, ${iso(tickets.createdAt)} as created_at
    from ${tickets} where ${tickets.customerId} = ${row.customer_id} and ${tickets.id} <> ${ticketId} and ${scope}
    order by ${tickets.id} desc limit 10`);
  return {
    ticket: ticketRowOf(row),
    description: row.description,
    customer: {
      id: row.customer_id,
      name: row.customer_name,
      email: row.customer_email,
      phone: row.phone,
      locale: row.locale,
      timezone: row.timezone,
      isVerified: row.is_verified,
      isBlocked: row.is_blocked,
      attributes: row.attributes,
      signedKeys: row.signed_keys,
      createdAt: row.customer_created_at,
      lastSeenAt: row.last_seen_at,
      lastPage: row.last_page,
    },
    earlierTickets: earlier.map(({ id, number: ticketNumber, subject, status, created_at }) => ({
      id,
      number: ticketNumber,
      subject,
      status,
      createdAt: created_at,
    })),
  };
}

/** The row as the list shows it, within the scope; null when the scope hides it. */
export async function findTicketRow(tx: Tx, ticketId: string, scope: SQL): Promise<TicketRow | null> {
  const [row] = await tx.execute<RawTicketRow>(
    sql`select ${rowColumns} from ${tickets} ${rowJoins} where ${tickets.id} = ${ticketId} and ${scope}`,
  );
  return row === undefined ? null : ticketRowOf(row);
}

export type NewTicket = {
  id: string;
  subject: string;
  customerId: string;
  widgetId: string | null;
  departmentId: string | null;
  fields: FieldValues;
  /** What only staff says of a new one. */
  description?: string | null;
  priority?: TicketPriority;
  assigneeId?: string | null;
};

/** A new ticket with its empty conversation. A used id surfaces as a unique violation. */
export async function insertTicket(tx: Tx, ticket: NewTicket, conversationId: string): Promise<void> {
  await tx.execute(sql`
    insert into ${tickets}
      (id, subject, customer_id, widget_id, department_id, fields, description, priority, assignee_id)
    values (${ticket.id}, ${ticket.subject}, ${ticket.customerId}, ${ticket.widgetId}, ${ticket.departmentId},
      ${JSON.stringify(ticket.fields)}::text::jsonb, ${ticket.description ?? null}, ${ticket.priority ?? 'normal'},
      ${ticket.assigneeId ?? null})`);
  await tx.execute(
    sql`insert into ${conversations} (id, ticket_id) values (${conversationId}, ${ticket.id})`,
  );
}

/** Open work that an agent holds, oldest first, for a hand-over. */
export async function listTicketIdsOfAssignee(
  tx: Tx,
  agentId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select ${tickets.id} as id from ${tickets}
    where ${tickets.assigneeId} = ${agentId} and ${tickets.status} in ('open', 'pending', 'snoozed')
      and (${after}::uuid is null or ${tickets.id} > ${after}::uuid)
    order by ${tickets.id} limit ${limit}`);
  return rows.map((row) => row.id);
}
