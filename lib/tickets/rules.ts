import { snippetOf } from '#/lib/text.ts';
import {
  type CustomerStatus,
  type TicketListQuery,
  type TicketRow,
  type TicketSort,
  type TicketStatus,
  ticketPriorities,
} from '#/lib/tickets/schema.ts';

const subjectFromTextCharsMax = 80;

/** A ticket's first subject: the beginning of what the customer wrote. Never empty for a text that is not blank. */
export function subjectOf(text: string): string {
  return snippetOf(text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' '), subjectFromTextCharsMax);
}

/**
 * Where a row stands in a list. Lists are read place by place: 0 is sorted downwards by its moment (newest activity, woken
 * tickets), the others upwards with null last (longest waiting).
 */
export type ListPosition = { place: number; at: string | null; id: string };

export function positionOf(row: TicketRow, sort: TicketSort): ListPosition {
  const { id } = row;
  if (sort === 'newest') return { place: 0, at: row.lastActivityAt, id };
  if (sort === 'priority') return { place: placeOfRank(row.priority), at: row.waitingSince, id };
  return row.wokeAt === null ? { place: 1, at: row.waitingSince, id } : { place: 0, at: row.wokeAt, id };
}

function placeOfRank(priority: TicketRow['priority']): number {
  return ticketPriorities.length - ticketPriorities.indexOf(priority);
}

const lastPlace: Record<TicketSort, number> = { newest: 0, waiting: 1, priority: ticketPriorities.length };
const isoMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

type ListIdentity = Pick<TicketListQuery, 'view' | 'sort'>;

/** Opaque to clients. It names its list, so that it cannot be used on another one. */
export function cursorOf(query: ListIdentity, position: ListPosition): string {
  const parts = [query.view, query.sort, position.place, position.at ?? '', position.id];
  return Buffer.from(parts.join('|')).toString('base64url');
}

/** Null when it is not one of ours for the same view and sort. */
export function positionFromCursor(query: ListIdentity, cursor: string): ListPosition | null {
  const parts = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const [view, sort, placeText = '', at, id, ...rest] = parts;
  if (view !== query.view || sort !== query.sort || rest.length > 0) return null;
  if (id === undefined || !uuid.test(id) || !/^\d$/.test(placeText)) return null;
  const place = Number(placeText);
  if (place > lastPlace[query.sort] || (query.sort === 'priority' && place === 0)) return null;
  if (at === '') return place === 0 ? null : { place, at: null, id };
  if (at === undefined || !isoMoment.test(at) || Number.isNaN(Date.parse(at))) return null;
  return { place, at, id };
}

/** The status as customers see it. How a ticket is handled (pending, snoozed) is staff's own: it reads as open. */
export function statusForCustomer(status: TicketStatus): CustomerStatus {
  return status === 'resolved' || status === 'closed' ? status : 'open';
}

/** What a status link shows. */
export type TicketStatusPage = {
  number: number;
  subject: string;
  status: CustomerStatus;
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
