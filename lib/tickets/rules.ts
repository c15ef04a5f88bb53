import { snippetOf } from '#/lib/text.ts';
import type {
  CustomerStatus,
  TicketListQuery,
  TicketSort,
  TicketStatus,
  TicketView,
} from '#/lib/tickets/schema.ts';

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
