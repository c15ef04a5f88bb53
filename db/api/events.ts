import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso, isPerson, number } from '#/db/expressions.ts';
import { agents, customers, departments, eventFeed, events, messages, tickets } from '#/db/schema.ts';
import { agentScope, customerScope, departmentScope, messageScope, ticketScope } from '#/db/scope.ts';
import type { AgentRole } from '#/lib/agents/schema.ts';
import type { Scope } from '#/lib/api/scopes.ts';
import { heardTypes } from '#/lib/events/rules.ts';
import {
  type ApiEventType,
  apiEvents,
  apiEventTypes,
  type EventSubject,
  eventSubjects,
} from '#/lib/events/schema.ts';
import type { Actor } from '#/lib/permissions/actor.ts';
import { can } from '#/lib/permissions/can.ts';

/**
 * The feed: events in the order of their positions. Positions are given here, to committed rows only, while one row is
 * locked; so the head that was read with no lock at all is complete, and nothing is ever inserted before it.
 */

/** How far the feed has come, and whether committed events wait for a position. One statement, no lock. */
export async function findFeedState(tx: Tx): Promise<{ head: number; isBehind: boolean }> {
  const [row] = await tx.execute<{ head: number; is_behind: boolean }>(sql`
    select coalesce((select ${number(eventFeed.lastPosition)} from ${eventFeed}), 0) as head,
      exists (select from ${events} where ${isWaiting}) or exists (select from ${events} where ${isOldWaiting})
        as is_behind`);
  return { head: row?.head ?? 0, isBehind: row?.is_behind ?? false };
}

const isWaiting = sql`${events.position} is null and ${events.ordinal} is not null`;
/** From before there was a feed. */
const isOldWaiting = sql`${events.position} is null and ${events.ordinal} is null`;

/** Whether the event is there and has no position yet. */
export async function isEventWaiting(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.execute(
    sql`select 1 from ${events} where ${events.id} = ${id} and ${events.position} is null`,
  );
  return rows.length > 0;
}

/**
 * Gives up to `limit` committed events their positions, in the order in which they were written. What another
 * transaction holds at this moment (the relay, while it publishes) ends the batch: nothing overtakes it. `head` is the
 * newest position afterwards, `isComplete` whether nothing that was committed is left.
 */
export async function numberWaitingEvents(
  tx: Tx,
  limit: number,
): Promise<{ head: number; numbered: number; isComplete: boolean }> {
  const last = await lockFeed(tx);
  // A statement of its own, whose snapshot is from after the lock: it sees what others committed while this one waited.
  const [row] = await tx.execute<{ waiting: number; numbered: number }>(sql`
    with waiting as materialized (
      select id, row_number() over (order by ordinal nulls first, created_at, id) as place from (
        (select id, ordinal, created_at from ${events} where ${isOldWaiting} order by created_at, id limit ${limit})
        union all
        (select id, ordinal, created_at from ${events} where ${isWaiting} order by ordinal limit ${limit})
      ) each order by place limit ${limit}
    ), held as materialized (
      select ${events.id} as id from ${events}
      where ${events.id} in (select waiting.id from waiting) for no key update skip locked
    ), free as materialized (
      select waiting.id, waiting.place from waiting where waiting.place < coalesce((
        select min(taken.place) from waiting taken where taken.id not in (select held.id from held)), ${limit + 1})
    ), numbered as (
      update ${events} set position = ${last}::bigint + free.place from free where ${events.id} = free.id
    ), moved as (
      update ${eventFeed} set last_position = ${last}::bigint + (select count(*) from free) where id = 1
    )
    select (select count(*) from waiting)::int as waiting, (select count(*) from free)::int as numbered`);
  const { waiting = 0, numbered = 0 } = row ?? {};
  return { head: last + numbered, numbered, isComplete: numbered === waiting && waiting < limit };
}

/** Everybody who gives positions takes turns at this row, which the first of all makes. */
async function lockFeed(tx: Tx): Promise<number> {
  const held = () =>
    tx.execute<{ last: number }>(
      sql`select ${number(eventFeed.lastPosition)} as last from ${eventFeed} where id = 1 for update`,
    );
  let [row] = await held();
  if (row === undefined) {
    await tx.execute(sql`insert into ${eventFeed} (id) values (1) on conflict do nothing`);
    [row] = await held();
  }
  if (row === undefined) throw new Error('the feed has no row');
  return row.last;
}

/** Who reads: what the actor may, as far as the scopes go. */
export type EventReader = { actor: Actor; scopes: readonly Scope[] };

export type FeedQuery = {
  /** Not included. */
  after: number;
  /** Included. */
  through: number;
  types?: readonly ApiEventType[] | undefined;
  ticketId?: string | undefined;
};

export type FeedEvent = {
  id: string;
  type: ApiEventType;
  position: number;
  at: string;
  actorKind: 'visitor' | 'customer' | 'agent' | 'system';
  actorId: string | null;
  /** Null when the actor is no agent, or gone. */
  actorRole: AgentRole | null;
  /** Null also where the reader may not read the ticket. */
  ticketId: string | null;
  conversationId: string | null;
  /** Of the log entry that belongs to it. */
  seq: number | null;
  subjectId: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** The position of the `limit`th event after this one, or the newest up to `head`: how far one read may look. */
export async function findScanEnd(tx: Tx, after: number, head: number, limit: number): Promise<number> {
  const [row] = await tx.execute<{ scanned: number; last: number | null }>(sql`
    select count(*)::int as scanned, max(position)::float8 as last from (
      select position from ${events} where ${events.position} > 0 and ${events.position} > ${after}::bigint
        and ${events.position} <= ${head}::bigint order by position limit ${limit}) seen`);
  return row === undefined || row.last === null || row.scanned < limit ? head : row.last;
}

/** What the reader may hear of these positions, in order. */
export async function listFeedEvents(
  tx: Tx,
  reader: EventReader,
  query: FeedQuery,
  limit: number,
): Promise<FeedEvent[]> {
  const rows = await tx.execute<RawFeedEvent>(sql`
    select ${feedColumns(reader)} from ${events} ${feedJoins}
    where ${inRange(query)} and ${isHeard(reader, query)} order by ${events.position} limit ${limit}`);
  return rows.flatMap(feedEventOf);
}

export async function hasFeedEvents(tx: Tx, reader: EventReader, query: FeedQuery): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${events} ${feedJoins} where ${inRange(query)} and ${isHeard(reader, query)} limit 1`);
  return rows.length > 0;
}

/** Counts to `max` and no further. */
export async function countFeedEvents(
  tx: Tx,
  reader: EventReader,
  query: FeedQuery,
  max: number,
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from ${events} ${feedJoins} where ${inRange(query)} and ${isHeard(reader, query)} limit ${max}) heard`);
  return row?.count ?? 0;
}

/** One event that has a position, as far as the reader may hear it. */
export async function findFeedEvent(tx: Tx, reader: EventReader, id: string): Promise<FeedEvent | null> {
  const rows = await tx.execute<RawFeedEvent>(sql`
    select ${feedColumns(reader)} from ${events} ${feedJoins}
    where ${events.id} = ${id} and ${events.position} > 0 and ${isHeard(reader, {})}`);
  return rows.flatMap(feedEventOf)[0] ?? null;
}

type RawFeedEvent = {
  id: string;
  type: string;
  position: number;
  at: string;
  actor_kind: FeedEvent['actorKind'];
  actor_id: string | null;
  actor_role: AgentRole | null;
  ticket_id: string | null;
  conversation_id: string | null;
  seq: number | null;
  subject_id: string | null;
  message_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

function feedColumns({ actor, scopes }: EventReader): SQL {
  // The ticket of a customer's event is told to whom the ticket's own events are told.
  const tellsTicket = sql`(${tickets.id} is not null and ${
    heardTypes(scopes).ticket.length + heardTypes(scopes).message.length > 0
      ? isTicketHeard(actor)
      : sql`false`
  })`;
  return sql`${events.id} as id, ${events.type} as type, ${number(events.position)} as position,
    ${iso(events.createdAt)} as at, ${events.actorKind} as actor_kind, ${events.actorId} as actor_id,
    acting.role as actor_role, case when ${tellsTicket} then ${events.ticketId} end as ticket_id,
    case when ${tellsTicket} then ${events.conversationId} end as conversation_id,
    ${number(events.seq)} as seq, ${events.subjectId} as subject_id, ${messages.id} as message_id, ${events.before} as before,
    ${events.after} as after`;
}

/** Of each event at most one of these is there beside its ticket, by primary keys. */
const feedJoins = sql`left join ${tickets} on ${tickets.id} = ${events.ticketId}
  left join ${messages} on ${messages.conversationId} = ${events.conversationId} and ${messages.seq} = ${events.seq}
  left join ${customers} on ${customers.id} = ${events.subjectId}
  left join ${agents} on ${agents.id} = ${events.subjectId}
  left join ${departments} on ${departments.id} = ${events.subjectId}
  left join ${agents} as acting on ${events.actorKind} = 'agent' and acting.id = ${events.actorId}`;

function inRange({ after, through }: FeedQuery): SQL {
  return sql`${events.position} > 0 and ${events.position} > ${after}::bigint
    and ${events.position} <= ${through}::bigint`;
}

/** The one place that decides what of the trail leaves the house: the type is known, the scope is held, the record may be read. */
function isHeard(
  { actor, scopes }: EventReader,
  { types, ticketId }: Pick<FeedQuery, 'types' | 'ticketId'>,
): SQL {
  const heard = heardTypes(scopes, types ?? apiEventTypes);
  const parts = eventSubjects.flatMap((about) =>
    heard[about].length === 0 ? [] : [sql`(${isTypeOf(heard[about])} and ${isSubjectHeard(actor, about)})`],
  );
  const ofTicket = ticketId === undefined ? sql`` : sql` and ${events.ticketId} = ${ticketId}`;
  return parts.length === 0 ? sql`false` : sql`((${sql.join(parts, sql` or `)})${ofTicket})`;
}

function isTypeOf(types: readonly ApiEventType[]): SQL {
  return sql`${events.type} in (${sql.join(
    types.map((type) => sql`${type}`),
    sql`, `,
  )})`;
}

function isSubjectHeard(actor: Actor, about: EventSubject): SQL {
  switch (about) {
    case 'ticket':
      return isTicketHeard(actor);
    case 'message':
      return sql`(${messages.id} is not null and ${isTicketHeard(actor)} and ${messageScope(actor)})`;
    case 'customer':
      // Of a visitor who turned out to be somebody, what is left is nobody's business.
      return orGone(
        sql`${customers.id}`,
        sql`(${customers.mergedInto} is null and ${customerScope(actor)})`,
        can(actor, 'customer.read', {}),
      );
    case 'agent':
      return orGone(
        sql`${agents.id}`,
        sql`(${isPerson} and ${agentScope(actor)})`,
        can(actor, 'agent.read', {}),
      );
    case 'department':
      // One that is being taken away is gone to everybody outside.
      return orGone(
        sql`case when ${departments.closedAt} is null then ${departments.id} end`,
        departmentScope(actor),
        can(actor, 'department.read', {}),
      );
  }
}

function isTicketHeard(actor: Actor): SQL {
  return sql`(${tickets.id} is not null and ${ticketScope(actor)} and ${ticketScope(actor, 'event.read')})`;
}

/** Of what is gone, who could read every one of its kind hears that it was. */
function orGone(id: SQL, scope: SQL, readsAll: boolean): SQL {
  return sql`case when ${id} is null then ${readsAll} else ${scope} end`;
}

function feedEventOf(row: RawFeedEvent): FeedEvent[] {
  const type = apiEventTypes.find((known) => known === row.type);
  if (type === undefined) return [];
  const subjectIds: Record<EventSubject, string | null> = {
    ticket: row.ticket_id,
    message: row.message_id,
    customer: row.subject_id,
    agent: row.subject_id,
    department: row.subject_id,
  };
  const subjectId = subjectIds[apiEvents[type].about];
  if (subjectId === null) return [];
  return [
    {
      id: row.id,
      type,
      position: row.position,
      at: row.at,
      actorKind: row.actor_kind,
      actorId: row.actor_id,
      actorRole: row.actor_role,
      ticketId: row.ticket_id,
      conversationId: row.conversation_id,
      seq: row.seq,
      subjectId,
      before: row.before,
      after: row.after,
    },
  ];
}
