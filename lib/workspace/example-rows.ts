import type { ExampleRows } from '#/db/example-workspace.ts';
import { newId } from '#/lib/ids.ts';
import { isPublicChange } from '#/lib/messages/rules.ts';
import { type Change, snippetCharsMax } from '#/lib/messages/schema.ts';
import { snippetOf } from '#/lib/text.ts';
import { auditOf } from '#/lib/tickets/audit.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';
import {
  type ExampleAgent,
  type ExampleDepartment,
  type ExampleLine,
  type ExampleTicket,
  exampleAgents,
  exampleCustomers,
  exampleDepartments,
  exampleTickets,
} from '#/lib/workspace/example-conversations.ts';

type Ref = { id: string; name: string };
type Entry = ExampleRows['messages'][number];
type Author = { kind: 'customer'; id: string } | { kind: 'agent'; id: string };

export type ExamplePlaces = {
  now: Date;
  /** Departments that exist already, reused by name. */
  departments: readonly Ref[];
  /** Real agents: they find the settled conversations read. The first one is given some tickets. */
  agents: readonly Ref[];
  widgetId: string | null;
};

type Cast = {
  now: number;
  widgetId: string | null;
  departments: Record<ExampleDepartment, Ref>;
  agents: Record<ExampleAgent, Ref>;
  owner: Ref | null;
  readers: readonly Ref[];
};

const minuteMs = 60_000;
/** A customer has seen an answer that is older than this. */
const seenAfterMs = 25 * minuteMs;

/** The example workspace as rows that keep every rule of the log: gapless orders, marks, one event for each change. */
export function makeExampleRows(places: ExamplePlaces): ExampleRows {
  const rows: ExampleRows = {
    departments: [],
    agents: [],
    customers: [],
    tickets: [],
    conversations: [],
    participants: [],
    messages: [],
    events: [],
  };
  const cast = castOf(places, rows);
  const customerIds = new Map<string, string>();
  for (const customer of exampleCustomers) {
    const theirs = exampleTickets.filter((ticket) => ticket.customer === customer.key);
    const firstAt = cast.now - Math.max(...theirs.map((ticket) => ticket.startedAgo)) * minuteMs;
    const id = newId(firstAt);
    customerIds.set(customer.key, id);
    rows.customers.push({
      id,
      name: customer.name,
      email: customer.email,
      phone: customer.phone,
      verified_at: customer.isVerified ? iso(firstAt) : null,
      locale: customer.locale,
      timezone: customer.timezone,
      attributes: customer.attributes,
      last_page: customer.page,
      last_seen_at: iso(firstAt),
      created_at: iso(firstAt),
    });
  }
  for (const ticket of exampleTickets) {
    const customerId = customerIds.get(ticket.customer);
    if (customerId === undefined) throw new Error(`no example customer ${ticket.customer}`);
    const seenAt = addTicket(rows, cast, ticket, customerId);
    const customer = rows.customers.find((row) => row.id === customerId);
    if (customer !== undefined && customer.last_seen_at < seenAt) customer.last_seen_at = seenAt;
  }
  return rows;
}

function castOf(places: ExamplePlaces, rows: ExampleRows): Cast {
  const departmentOf = (name: ExampleDepartment): Ref => {
    const found = places.departments.find((department) => department.name === name);
    if (found !== undefined) return found;
    const timezone = exampleDepartments.find((department) => department.name === name)?.timezone ?? 'UTC';
    const made = { id: newId(), name, timezone };
    rows.departments.push(made);
    return made;
  };
  const departments = { Support: departmentOf('Support'), Orders: departmentOf('Orders') };
  const agentOf = (key: ExampleAgent): Ref => {
    const agent = exampleAgents.find((candidate) => candidate.key === key);
    if (agent === undefined) throw new Error(`no example agent ${key}`);
    const id = newId();
    rows.agents.push({
      id,
      name: agent.name,
      email: agent.email,
      department_id: departments[agent.department].id,
    });
    return { id, name: agent.name };
  };
  return {
    now: places.now.getTime(),
    widgetId: places.widgetId,
    departments,
    agents: { ines: agentOf('ines'), priya: agentOf('priya'), tomasz: agentOf('tomasz') },
    owner: places.agents[0] ?? null,
    readers: places.agents,
  };
}

/** Adds one ticket with everything below it; answers when its customer was last there. */
function addTicket(rows: ExampleRows, cast: Cast, ticket: ExampleTicket, customerId: string): string {
  const startedAt = cast.now - ticket.startedAgo * minuteMs;
  const ticketId = newId(startedAt);
  const conversationId = newId(startedAt);
  const log = playLines(cast, ticket, customerId, conversationId, startedAt);
  const { entries } = log;
  const lastAt = entries.at(-1)?.sent_at ?? iso(startedAt);
  const replies = entries.filter((entry) => entry.kind === 'reply');
  const lastReply = replies.at(-1);
  const ownReplies = replies.filter((entry) => entry.customer_id !== null);
  rows.tickets.push({
    id: ticketId,
    subject: ticket.subject,
    status: log.status,
    priority: log.priority,
    customer_id: customerId,
    widget_id: cast.widgetId,
    department_id: log.department.id,
    assignee_id: log.assignee?.id ?? null,
    waiting_since: log.waitingSince,
    first_replied_at: replies.find((entry) => entry.agent_id !== null)?.sent_at ?? null,
    resolved_at: log.resolvedAt,
    last_activity_at: lastAt,
    version: entries.length + 1,
    created_at: iso(startedAt),
  });
  rows.conversations.push({
    id: conversationId,
    ticket_id: ticketId,
    last_seq: entries.length,
    last_public_seq: entries.filter((entry) => entry.public_seq !== null).length,
    last_message: snippetOf(lastReply?.text ?? '', snippetCharsMax),
    last_message_at: lastReply?.sent_at ?? lastAt,
    created_at: iso(startedAt),
  });
  rows.messages.push(...entries);
  rows.participants.push(...participantsOf(cast, entries, customerId, log.waitingSince));
  rows.events.push(...eventsOf(entries, ticketId, ticket.subject));
  return ownReplies.at(-1)?.sent_at ?? iso(startedAt);
}

function playLines(
  cast: Cast,
  ticket: ExampleTicket,
  customerId: string,
  conversationId: string,
  startedAt: number,
) {
  const entries: Entry[] = [];
  let minutes = 0;
  let at = startedAt;
  let publicSeq = 0;
  let status: TicketStatus = 'open';
  let priority: Extract<ExampleLine, { kind: 'priority' }>['to'] = 'normal';
  let department = cast.departments[ticket.department];
  let assignee: Ref | null = null;
  let waitingSince: string | null = null;
  let resolvedAt: string | null = null;

  const add = (kind: Entry['kind'], author: Author, text: string, change: Change | null) => {
    const isPublic = kind === 'reply' || (change !== null && isPublicChange(change));
    if (isPublic) publicSeq++;
    entries.push({
      conversation_id: conversationId,
      seq: entries.length + 1,
      public_seq: isPublic ? publicSeq : null,
      id: newId(at),
      kind,
      customer_id: author.kind === 'customer' ? author.id : null,
      agent_id: author.kind === 'agent' ? author.id : null,
      text,
      change,
      sent_at: iso(at),
    });
  };
  const setStatus = (author: Author, to: TicketStatus) => {
    if (to === status) return;
    add('event', author, '', { field: 'status', from: status, to });
    status = to;
    resolvedAt = to === 'resolved' ? iso(at) : null;
    if (to === 'resolved' || to === 'pending') waitingSince = null;
  };

  for (const line of ticket.lines) {
    minutes += line.after;
    // Nobody writes on the full minute; never later than now, never before the line above.
    const seconds = (entries.length * 17 + ticket.subject.length * 7) % 50;
    at = Math.max(at + 1_000, startedAt + minutes * minuteMs + (minutes === 0 ? 0 : seconds * 1_000));
    at = Math.min(at, cast.now - 1_000);
    if (line.kind === 'customer') {
      const author = { kind: 'customer', id: customerId } as const;
      add('reply', author, line.text, null);
      waitingSince ??= iso(at);
      setStatus(author, 'open');
      continue;
    }
    const author = { kind: 'agent', id: cast.agents[line.by].id } as const;
    switch (line.kind) {
      case 'agent':
        add('reply', author, line.text, null);
        waitingSince = null;
        break;
      case 'note':
        add('note', author, line.text, null);
        break;
      case 'status':
        setStatus(author, line.to);
        break;
      case 'priority':
        add('event', author, '', { field: 'priority', from: priority, to: line.to });
        priority = line.to;
        break;
      case 'department': {
        const to = cast.departments[line.to];
        add('event', author, '', { field: 'department', from: refOf(department), to: refOf(to) });
        department = to;
        break;
      }
      case 'assignee': {
        const to: Ref | null = line.to === 'owner' ? cast.owner : cast.agents[line.to];
        if (to === null) break;
        add('event', author, '', {
          field: 'assignee',
          from: assignee === null ? null : refOf(assignee),
          to: refOf(to),
        });
        assignee = to;
        break;
      }
    }
  }
  // Read through a function: the compiler does not see that `setStatus` assigns.
  const final = () => ({ entries, status, priority, department, assignee, waitingSince, resolvedAt });
  return final();
}

function refOf({ id, name }: Ref): Ref {
  return { id, name };
}

function participantsOf(
  cast: Cast,
  entries: readonly Entry[],
  customerId: string,
  waitingSince: string | null,
): ExampleRows['participants'] {
  const conversationId = entries[0]?.conversation_id ?? '';
  // What waits for an answer is unread for everybody who has not written after it.
  const unanswered =
    waitingSince === null ? undefined : entries.find((entry) => entry.sent_at === waitingSince);
  const readThrough = unanswered === undefined ? entries.length : unanswered.seq - 1;
  const rows: ExampleRows['participants'] = [];
  const own = entries.filter((entry) => entry.customer_id !== null && entry.public_seq !== null);
  const seen = entries.filter(
    (entry) => entry.public_seq !== null && Date.parse(entry.sent_at) < cast.now - seenAfterMs,
  );
  rows.push({
    id: newId(),
    conversation_id: conversationId,
    customer_id: customerId,
    agent_id: null,
    read_seq: Math.max(own.at(-1)?.public_seq ?? 0, seen.at(-1)?.public_seq ?? 0),
    read_at: [own.at(-1)?.sent_at ?? '', seen.at(-1)?.sent_at ?? ''].toSorted().at(-1) ?? '',
    public_read_at: null,
    joined_at: own[0]?.sent_at ?? null,
  });
  const people = new Set([...Object.values(cast.agents), ...cast.readers].map((agent) => agent.id));
  for (const agentId of people) {
    const written = entries.filter((entry) => entry.agent_id === agentId);
    const isReader = cast.readers.some((reader) => reader.id === agentId);
    const through = Math.max(written.at(-1)?.seq ?? 0, readThrough);
    if ((written.length === 0 && !isReader) || through === 0) continue;
    rows.push({
      id: newId(),
      conversation_id: conversationId,
      customer_id: null,
      agent_id: agentId,
      read_seq: through,
      read_at: entries[through - 1]?.sent_at ?? iso(cast.now),
      public_read_at:
        entries.findLast((entry) => entry.public_seq !== null && entry.seq <= through)?.sent_at ?? null,
      joined_at: written.find((entry) => entry.kind === 'reply')?.sent_at ?? null,
    });
  }
  return rows;
}

function eventsOf(entries: readonly Entry[], ticketId: string, subject: string): ExampleRows['events'] {
  return entries.flatMap((entry) => {
    const actor =
      entry.customer_id !== null
        ? ({ actor_kind: 'customer', actor_id: entry.customer_id } as const)
        : ({ actor_kind: 'agent', actor_id: entry.agent_id ?? '' } as const);
    const base = {
      ticket_id: ticketId,
      conversation_id: entry.conversation_id,
      ...actor,
      created_at: entry.sent_at,
    };
    const at = Date.parse(entry.sent_at);
    const own = {
      ...base,
      id: newId(at),
      type: entry.change === null ? 'message.created' : 'ticket.changed',
      seq: entry.seq,
      ...(entry.change === null ? { before: null, after: null } : auditOf(entry.change)),
    };
    if (entry.seq > 1) return [own];
    const created = {
      ...base,
      id: newId(at),
      type: 'ticket.created',
      seq: null,
      before: null,
      after: { subject },
    };
    return [created, own];
  });
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
