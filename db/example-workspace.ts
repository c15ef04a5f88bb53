import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { isPerson } from '#/db/expressions.ts';
import { appendEntries, jsonParam, lockConversation } from '#/db/messages.ts';
import { findTicketState } from '#/db/ticket-state.ts';
import { findTicketForAccess } from '#/db/tickets.ts';
import { newId } from '#/lib/ids.ts';
import type { Change, MessageKind } from '#/lib/messages/schema.ts';
import type { Readership } from '#/lib/realtime/changes.ts';
import type { TicketPriority, TicketStatus } from '#/lib/tickets/schema.ts';

/** Rows as they go into their tables, named as the columns are. Moments are ISO 8601. */
export type ExampleRows = {
  departments: { id: string; name: string; timezone: string }[];
  agents: { id: string; name: string; email: string; department_id: string }[];
  customers: {
    id: string;
    name: string | null;
    email: string | null;
    phone: string | null;
    verified_at: string | null;
    locale: string;
    timezone: string;
    attributes: Record<string, unknown>;
    last_page: string;
    last_seen_at: string;
    created_at: string;
  }[];
  tickets: {
    id: string;
    subject: string;
    status: TicketStatus;
    priority: TicketPriority;
    customer_id: string;
    widget_id: string | null;
    department_id: string;
    assignee_id: string | null;
    waiting_since: string | null;
    first_replied_at: string | null;
    resolved_at: string | null;
    last_activity_at: string;
    version: number;
    created_at: string;
  }[];
  conversations: {
    id: string;
    ticket_id: string;
    last_seq: number;
    last_public_seq: number;
    last_message: string;
    last_message_at: string;
    created_at: string;
  }[];
  participants: {
    id: string;
    conversation_id: string;
    customer_id: string | null;
    agent_id: string | null;
    read_seq: number;
    read_at: string;
    public_read_at: string | null;
    joined_at: string | null;
  }[];
  messages: {
    conversation_id: string;
    seq: number;
    public_seq: number | null;
    id: string;
    kind: MessageKind;
    customer_id: string | null;
    agent_id: string | null;
    text: string;
    change: Change | null;
    sent_at: string;
  }[];
  events: {
    id: string;
    type: string;
    ticket_id: string;
    conversation_id: string;
    seq: number | null;
    actor_kind: 'customer' | 'agent';
    actor_id: string;
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
    created_at: string;
  }[];
};

export type ExampleSurroundings = {
  hasExample: boolean;
  departments: { id: string; name: string }[];
  /** Real people who can sign in, the one who came first first. */
  agents: { id: string; name: string }[];
  widgetId: string | null;
};

/** What is there already, read under a lock that lets one loading or removing run at a time. */
export async function findExampleSurroundings(tx: Tx): Promise<ExampleSurroundings> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('parley.example'))`);
  const [found] = await tx.execute<{ has_example: boolean; widget_id: string | null }>(sql`
    select exists (select from customers where is_example) as has_example,
      (select id from widgets order by created_at, id limit 1) as widget_id`);
  const departments = await tx.execute<{ id: string; name: string }>(sql`select id, name from departments`);
  const agents = await tx.execute<{ id: string; name: string }>(sql`
    select id, name from agents where not is_example and deactivated_at is null and ${isPerson} order by created_at, id`);
  return {
    hasExample: found?.has_example ?? false,
    departments: [...departments],
    agents: [...agents],
    widgetId: found?.widget_id ?? null,
  };
}

/** One statement a table. The log's events count as published: they are older than anybody who could listen. */
export async function insertExampleRows(tx: Tx, rows: ExampleRows): Promise<void> {
  await tx.execute(sql`
    insert into departments (id, name, timezone, is_example)
    select id, name, timezone, true
    from jsonb_to_recordset(${jsonParam(rows.departments)}) as row (id uuid, name text, timezone text)`);
  await tx.execute(sql`
    insert into agents (id, name, email, department_id, is_example)
    select id, name, email, department_id, true
    from jsonb_to_recordset(${jsonParam(rows.agents)})
      as row (id uuid, name text, email citext, department_id uuid)`);
  await tx.execute(sql`
    insert into customers (id, name, email, phone, verified_at, locale, timezone, attributes, last_page,
      last_seen_at, created_at, is_example)
    select id, name, email, phone, verified_at, locale, timezone, attributes, last_page, last_seen_at,
      created_at, true
    from jsonb_to_recordset(${jsonParam(rows.customers)})
      as row (id uuid, name text, email citext, phone text, verified_at timestamptz, locale text,
        timezone text, attributes jsonb, last_page text, last_seen_at timestamptz, created_at timestamptz)`);
  // Sorted, so that numbers from the sequence follow the age.
  await tx.execute(sql`
    insert into tickets (id, subject, status, priority, customer_id, widget_id, department_id, assignee_id,
      waiting_since, first_replied_at, resolved_at, last_activity_at, version, created_at)
    select * from jsonb_to_recordset(${jsonParam(rows.tickets)})
      as row (id uuid, subject text, status text, priority text, customer_id uuid, widget_id uuid,
        department_id uuid, assignee_id uuid, waiting_since timestamptz, first_replied_at timestamptz,
        resolved_at timestamptz, last_activity_at timestamptz, version int, created_at timestamptz)
    order by created_at`);
  await tx.execute(sql`
    insert into conversations (id, ticket_id, last_seq, last_public_seq, last_message, last_message_at, created_at)
    select * from jsonb_to_recordset(${jsonParam(rows.conversations)})
      as row (id uuid, ticket_id uuid, last_seq bigint, last_public_seq bigint, last_message text,
        last_message_at timestamptz, created_at timestamptz)`);
  await tx.execute(sql`
    insert into participants (id, conversation_id, customer_id, agent_id, read_seq, delivered_seq, read_at,
      public_read_at, joined_at)
    select id, conversation_id, customer_id, agent_id, read_seq, read_seq, read_at, public_read_at, joined_at
    from jsonb_to_recordset(${jsonParam(rows.participants)})
      as row (id uuid, conversation_id uuid, customer_id uuid, agent_id uuid, read_seq bigint,
        read_at timestamptz, public_read_at timestamptz, joined_at timestamptz)`);
  await tx.execute(sql`
    insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, text, change, sent_at)
    select * from jsonb_to_recordset(${jsonParam(rows.messages)})
      as row (conversation_id uuid, seq bigint, public_seq bigint, id uuid, kind text, customer_id uuid,
        agent_id uuid, text text, change jsonb, sent_at timestamptz)`);
  await tx.execute(sql`
    insert into events (id, type, ticket_id, conversation_id, seq, actor_kind, actor_id, before, after,
      created_at, published_at)
    select id, type, ticket_id, conversation_id, seq, actor_kind, actor_id, before, after, created_at, created_at
    from jsonb_to_recordset(${jsonParam(rows.events)})
      as row (id uuid, type text, ticket_id uuid, conversation_id uuid, seq bigint, actor_kind text,
        actor_id uuid, before jsonb, after jsonb, created_at timestamptz)`);
}

/**
 * Real customers' tickets that an example agent holds: nobody holds them afterwards, and their logs say so. Runs
 * before the example rows are deleted, while the agent's name is still there.
 */
export async function releaseTicketsOfExampleAgents(tx: Tx): Promise<void> {
  const held = await tx.execute<{ id: string }>(sql`
    select tickets.id from tickets
    join agents on agents.id = tickets.assignee_id and agents.is_example
    join customers on customers.id = tickets.customer_id and not customers.is_example
    order by tickets.id`);
  for (const { id } of held) await releaseTicket(tx, id);
}

async function releaseTicket(tx: Tx, ticketId: string): Promise<void> {
  const access = await findTicketForAccess(tx, ticketId);
  if (access === null) return;
  const conversation = await lockConversation(tx, access.conversationId, null);
  const values = await findTicketState(tx, ticketId);
  if (conversation === null || values === null || values.assignee === null) return;
  const entry = {
    id: newId(),
    seq: conversation.lastSeq + 1,
    publicSeq: null,
    kind: 'event' as const,
    customerId: null,
    agentId: null,
    text: '',
    change: { field: 'assignee' as const, from: values.assignee, to: null },
    event: {
      id: newId(),
      type: 'ticket.changed',
      actorKind: 'system' as const,
      actorId: null,
      before: {
        assignee: values.assignee,
        // Only a restricted department's tickets have a reader less without their assignee.
        ...(conversation.departmentIsRestricted ? { readers: readershipOf(conversation) } : {}),
      },
      after: { assignee: null },
    },
  };
  await appendEntries(tx, conversation, [entry], {
    snippet: null,
    status: null,
    waiting: 'stays',
    isFirstReplyCandidate: false,
    reader: null,
    ticket: sql`assignee_id = null`,
  });
}

function readershipOf({ departmentId, departmentIsRestricted, assigneeId }: Readership): Readership {
  return { departmentId, departmentIsRestricted, assigneeId };
}

/**
 * Deletes what loading made and nothing else. A department that something real leans on by now stays and is real from
 * then on; so does, deactivated, an example agent whose name stands under an entry of a real conversation.
 */
export async function deleteExampleRows(tx: Tx): Promise<void> {
  await tx.execute(sql`
    delete from tickets using customers where customers.id = tickets.customer_id and customers.is_example`);
  await tx.execute(sql`delete from customers where is_example`);
  await tx.execute(sql`
    update agents set is_example = false, deactivated_at = coalesce(deactivated_at, clock_timestamp()),
      session_version = session_version + 1
    where is_example and exists (select from messages where messages.agent_id = agents.id)`);
  await tx.execute(sql`delete from agents where is_example`);
  await tx.execute(sql`
    update departments set is_example = false
    where is_example and (
      exists (select from agents where agents.department_id = departments.id)
      or exists (select from tickets where tickets.department_id = departments.id)
      or exists (select from widgets where widgets.department_id = departments.id)
      or exists (select from invites where invites.department_id = departments.id))`);
  await tx.execute(sql`delete from departments where is_example`);
}
