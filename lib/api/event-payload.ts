import { findAgentsById } from '#/db/api/agents.ts';
import { findCustomersById } from '#/db/api/customers.ts';
import { findDepartmentsById } from '#/db/api/departments.ts';
import type { EventReader, FeedEvent } from '#/db/api/events.ts';
import { findMessagesAt, type MessagePlace, placeKey } from '#/db/api/messages.ts';
import { findTicketsById } from '#/db/api/tickets.ts';
import type { Tx } from '#/db/client.ts';
import { isRobotRole } from '#/lib/agents/schema.ts';
import type { EventRecord } from '#/lib/api/records/events.ts';
import { hasScope } from '#/lib/api/scopes.ts';
import { mergedTicketOf, type ToldTo, toldSide } from '#/lib/events/rules.ts';
import { apiEvents, type EventActorKind, type EventSubject } from '#/lib/events/schema.ts';

/** What events are about: messages by their place, everything else by its id. */
type Objects = Readonly<Record<EventSubject, ReadonlyMap<string, EventRecord['object']>>>;

/**
 * Events as the API and webhooks tell them to this reader, in the order given: each with what it is about as that is
 * now, loaded in one query for each kind and under the reader's own rights.
 */
export async function presentEvents(
  tx: Tx,
  reader: EventReader,
  found: readonly FeedEvent[],
): Promise<EventRecord[]> {
  if (found.length === 0) return [];
  const [objects, merged] = await Promise.all([
    loadObjects(tx, reader, found),
    findTicketsById(tx, reader.actor, mergedTicketsOf(found)),
  ]);
  const to = toldTo(reader, (id) => merged.has(id));
  return found.map((event) => recordOf(event, objects, to));
}

async function loadObjects(tx: Tx, { actor }: EventReader, found: readonly FeedEvent[]): Promise<Objects> {
  const idsOf = (about: EventSubject) => [
    ...new Set(found.flatMap(({ type, subjectId }) => (apiEvents[type].about === about ? [subjectId] : []))),
  ];
  const [ticket, message, customer, agent, department] = await Promise.all([
    findTicketsById(tx, actor, idsOf('ticket')),
    findMessagesAt(tx, actor, found.flatMap(placesOf)),
    findCustomersById(tx, actor, idsOf('customer')),
    findAgentsById(tx, actor, idsOf('agent')),
    findDepartmentsById(tx, actor, idsOf('department')),
  ]);
  return { ticket, message, customer, agent, department };
}

function placesOf({ type, conversationId, seq }: FeedEvent): MessagePlace[] {
  const isOfMessage = apiEvents[type].about === 'message' && conversationId !== null && seq !== null;
  return isOfMessage ? [{ conversationId, seq }] : [];
}

function mergedTicketsOf(found: readonly FeedEvent[]): string[] {
  const ids = found.flatMap(({ before, after }) => [mergedTicketOf(before), mergedTicketOf(after)]);
  return [...new Set(ids.filter((id) => id !== null))];
}

/** A key of one department is told of no other. */
function toldTo({ actor, scopes }: EventReader, knowsTicket: (id: string) => boolean): ToldTo {
  const own = actor.kind === 'agent' && actor.role === 'department_robot' ? actor.departmentId : undefined;
  return {
    hasMessages: hasScope(scopes, 'messages:read'),
    knowsDepartment: (id) => own === undefined || id === own,
    knowsTicket: (id) => hasScope(scopes, 'tickets:read') && knowsTicket(id),
  };
}

function recordOf(event: FeedEvent, objects: Objects, to: ToldTo): EventRecord {
  const { about } = apiEvents[event.type];
  const { id, type, position, at, ticketId, conversationId, subjectId } = event;
  return {
    ...{ id, type, position, at },
    actor: { kind: actorKindOf(event), id: event.actorId },
    ...{ ticketId, conversationId, subjectId },
    before: toldSide(about, event.before, to),
    after: toldSide(about, event.after, to),
    object: objects[about].get(objectKeyOf(event)) ?? null,
  };
}

function objectKeyOf(event: FeedEvent): string {
  const [place] = placesOf(event);
  return place === undefined ? event.subjectId : placeKey(place);
}

function actorKindOf({ actorKind, actorRole }: FeedEvent): EventActorKind {
  return actorRole !== null && isRobotRole(actorRole) ? 'key' : actorKind;
}
