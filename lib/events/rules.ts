import { hasScope, type Scope } from '#/lib/api/scopes.ts';
import {
  type ApiEventType,
  apiEvents,
  apiEventTypes,
  type EventSubject,
  eventSubjects,
  subjectScopes,
} from '#/lib/events/schema.ts';

/** What an event says of what changed, by a reader's rights: nothing that the reader may not GET. */

/** The types that a key with these scopes may hear at all, by what they are about; `wanted` narrows them. */
export function heardTypes(
  scopes: readonly Scope[],
  wanted: readonly ApiEventType[] = apiEventTypes,
): Readonly<Record<EventSubject, readonly ApiEventType[]>> {
  const heard = (about: EventSubject) =>
    hasScope(scopes, subjectScopes[about]) ? wanted.filter((type) => apiEvents[type].about === about) : [];
  const [ticket, message, customer, agent, department] = eventSubjects.map(heard);
  return {
    ticket: ticket ?? [],
    message: message ?? [],
    customer: customer ?? [],
    agent: agent ?? [],
    department: department ?? [],
  };
}

export type Side = Readonly<Record<string, unknown>>;
/** What of a side depends on who reads it. */
export type ToldTo = {
  /** The logs, which name a customer's rating and what they said with it. */
  hasMessages: boolean;
  /** Whether the reader may know of this department; a key of one department knows of no other. */
  knowsDepartment(id: string): boolean;
  knowsTicket(id: string): boolean;
};

/** Fields of the records that GET answers, under whose names the trail keeps them. */
const plainFields: Readonly<Record<Exclude<EventSubject, 'ticket'>, readonly string[]>> = {
  message: [],
  customer: ['name', 'email', 'phone', 'attributes', 'externalId', 'customerId', 'keys'],
  agent: ['name', 'availability', 'role', 'departmentId'],
  department: ['name', 'isRestricted', 'timezone', 'businessHours', 'isClosed'],
};

/** One side of a change, `before` or `after`, in the words of the API; null when there is nothing to tell. */
export function toldSide(about: EventSubject, side: Side | null, to: ToldTo): Record<string, unknown> | null {
  if (side === null) return null;
  const told = about === 'ticket' ? ticketSide(side, to) : plainSide(plainFields[about], side, to);
  return Object.keys(told).length === 0 ? null : told;
}

function plainSide(fields: readonly string[], side: Side, to: ToldTo): Record<string, unknown> {
  const known = Object.entries(side).filter(
    ([name, value]) =>
      fields.includes(name) && (name !== 'departmentId' || isKnown(value, to.knowsDepartment)),
  );
  return Object.fromEntries(known);
}

/** Nothing is known to everybody; what is no id is known to nobody. */
function isKnown(id: unknown, knows: (id: string) => boolean): boolean {
  return id === null || (typeof id === 'string' && knows(id));
}

function ticketSide(side: Side, to: ToldTo): Record<string, unknown> {
  return Object.fromEntries(Object.entries(side).flatMap(([name, value]) => ticketField(name, value, to)));
}

function ticketField(name: string, value: unknown, to: ToldTo): [string, unknown][] {
  switch (name) {
    case 'status':
    case 'until':
    case 'reason':
    case 'priority':
    case 'subject':
      return [[name, value]];
    case 'snooze':
      return [['snoozedUntil', value]];
    case 'assignee':
      return [['assigneeId', idOf(value)]];
    case 'department':
      return departmentField(idOf(value), to);
    case 'departmentId':
      return departmentField(value, to);
    case 'tags':
      return [['tagIds', Array.isArray(value) ? value.map(idOf) : []]];
    case 'fields':
      return fieldValue(value);
    case 'rating':
    case 'comment':
      return to.hasMessages ? [[name, value]] : [];
    case 'merge':
      return [['merge', mergeOf(value, to)]];
    default:
      return [];
  }
}

function departmentField(id: unknown, to: ToldTo): [string, unknown][] {
  return isKnown(id, to.knowsDepartment) ? [['departmentId', id]] : [];
}

/** The trail keeps one field with its label; the record has it under its key. */
function fieldValue(value: unknown): [string, unknown][] {
  const key = propertyOf(value, 'key');
  return typeof key === 'string' ? [['fields', { [key]: propertyOf(value, 'value') ?? null }]] : [];
}

function mergeOf(value: unknown, to: ToldTo): Record<string, unknown> {
  const ticketId = idOf(propertyOf(value, 'ticket'));
  return {
    role: propertyOf(value, 'role') ?? null,
    isUndone: propertyOf(value, 'isUndone') === true,
    ...(typeof ticketId === 'string' && to.knowsTicket(ticketId) ? { ticketId } : {}),
  };
}

/** The other ticket of a merge, which the reader may not know. */
export function mergedTicketOf(side: Side | null): string | null {
  const id = idOf(propertyOf(side?.merge, 'ticket'));
  return typeof id === 'string' ? id : null;
}

function idOf(value: unknown): unknown {
  return propertyOf(value, 'id') ?? null;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
