import type { TicketListQuery, TicketSort, TicketView } from '#/lib/tickets/schema.ts';

export type StatusFilter = TicketListQuery['status'];
/** Where the inbox is: what the address bar says. */
export type Place = { ticketId: string | null; view: TicketView; status: StatusFilter; sort: TicketSort };

export const viewNames: Record<TicketView, string> = { mine: 'Mine', unassigned: 'Unassigned', all: 'All' };
export const statusFilterNames: Record<StatusFilter, string> = {
  active: 'Open and pending',
  open: 'Open',
  pending: 'Pending',
  resolved: 'Resolved',
  any: 'Every status',
};
export const sortNames: Record<TicketSort, string> = {
  waiting: 'Longest waiting',
  newest: 'Newest activity',
};

/** The address of a place; what is as usual is left out. */
export function placeHref(place: Place): string {
  const query = new URLSearchParams();
  if (place.view !== 'all') query.set('view', place.view);
  if (place.status !== 'active') query.set('status', place.status);
  if (place.sort !== 'waiting') query.set('sort', place.sort);
  const path = place.ticketId === null ? '/inbox' : `/inbox/${place.ticketId}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** The place that an address names. Anything unknown in it is as usual. */
export function parsePlace(path: string, search: URLSearchParams): Place {
  const [, , ticketId] = path.split('/');
  return {
    ticketId: ticketId === undefined || ticketId === '' ? null : ticketId,
    view: oneOf(search.get('view'), ['mine', 'unassigned', 'all'], 'all'),
    status: oneOf(search.get('status'), ['active', 'open', 'pending', 'resolved', 'any'], 'active'),
    sort: oneOf(search.get('sort'), ['waiting', 'newest'], 'waiting'),
  };
}

function oneOf<Word extends string>(value: string | null, words: readonly Word[], usual: Word): Word {
  return words.find((word) => word === value) ?? usual;
}
