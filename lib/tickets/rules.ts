import { snippetOf } from '#/lib/text.ts';
import type { TicketListQuery, TicketSort, TicketStatus, TicketView } from '#/lib/tickets/schema.ts';

const subjectFromTextCharsMax = 80;

/** A ticket's first subject: the beginning of what the customer wrote. Never empty for a text that is not blank. */
export function subjectOf(text: string): string {
  return snippetOf(text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' '), subjectFromTextCharsMax);
}

/** Where a page begins: after the row with this sort key and id. `at` is null among those whom nobody keeps waiting. */
export type ListPosition = { at: string | null; id: string };
export type TicketSelection = {
  view: TicketView;
  statuses: readonly TicketStatus[];
  sort: TicketSort;
  after: ListPosition | null;
};

const statusesOf: Record<TicketListQuery['status'], readonly TicketStatus[]> = {
  active: ['open', 'pending'],
  open: ['open'],
  pending: ['pending'],
  resolved: ['resolved'],
  any: ['open', 'pending', 'snoozed', 'resolved', 'closed'],
};

/** What a list query selects; null when its cursor is not one of ours for the same view, status and sort. */
export function selectionOf(query: TicketListQuery): TicketSelection | null {
  const selection = { view: query.view, statuses: statusesOf[query.status], sort: query.sort };
  if (query.cursor === undefined) return { ...selection, after: null };
  const after = positionFromCursor(query, query.cursor);
  return after === null ? null : { ...selection, after };
}

type ListIdentity = Pick<TicketListQuery, 'view' | 'status' | 'sort'>;
const isoMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Opaque to clients. It names its list, so that it cannot be used on another one. */
export function cursorOf(query: ListIdentity, position: ListPosition): string {
  const parts = [query.view, query.status, query.sort, position.at ?? '', position.id];
  return Buffer.from(parts.join('|')).toString('base64url');
}

export function positionFromCursor(query: ListIdentity, cursor: string): ListPosition | null {
  const [view, status, sort, at, id, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  if (view !== query.view || status !== query.status || sort !== query.sort || rest.length > 0) return null;
  if (id === undefined || !uuid.test(id)) return null;
  if (at === '') return sort === 'waiting' ? { at: null, id } : null;
  if (at === undefined || !isoMoment.test(at) || Number.isNaN(Date.parse(at))) return null;
  return { at, id };
}

/** What a status link shows. How a ticket is handled (pending, snoozed) is staff's own: it reads as open. */
export type TicketStatusPage = {
  number: number;
  subject: string;
  status: 'open' | 'resolved' | 'closed';
  timeline: { what: 'opened' | 'resolved' | 'reopened' | 'closed'; at: string }[];
};

export function timelineOf(
  createdAt: string,
  changes: readonly { from: string; to: string; at: string }[],
): TicketStatusPage['timeline'] {
  const steps = changes.flatMap(({ to, at }): TicketStatusPage['timeline'] => {
    if (to === 'resolved' || to === 'closed') return [{ what: to, at }];
    return [{ what: 'reopened', at }];
  });
  return [{ what: 'opened', at: createdAt }, ...steps];
}

/** One step of the timeline that agents see: `what` follows the name of who did it. */
export type TimelineStep = {
  id: string;
  at: string;
  who: { kind: 'visitor' | 'customer' | 'agent' | 'system'; name: string | null };
  what: string;
  from: string | null;
  to: string | null;
};

export function timelineStepOf(event: {
  id: string;
  type: string;
  at: string;
  actor: { kind: TimelineStep['who']['kind']; name: string | null };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}): TimelineStep {
  const { id, at, actor, type } = event;
  const field = type === 'ticket.changed' ? Object.keys(event.after ?? {})[0] : undefined;
  const who = { kind: actor.kind, name: actor.name };
  if (field === undefined) return { id, at, who, what: whatOf(type), from: null, to: null };
  const [from, to] = [event.before?.[field], event.after?.[field]].map(wordOf);
  return { id, at, who, what: `changed the ${field}`, from: from ?? null, to: to ?? null };
}

function whatOf(type: string): string {
  switch (type) {
    case 'ticket.created':
      return 'opened the ticket';
    case 'ticket_link.created':
      return 'made a status link';
    case 'ticket_link.revoked':
      return 'ended the status links';
    default:
      return 'changed the ticket';
  }
}

/** A value as it was then: a word, or the name of an agent or department. */
function wordOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const name: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'name') : null;
  return typeof name === 'string' ? name : null;
}
