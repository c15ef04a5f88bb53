import { filterSearch, parseFilterSearch, parseViewKey } from '#/lib/tickets/filter.ts';
import {
  type FixedView,
  type TicketFilter,
  type TicketSort,
  ticketSorts,
  type ViewKey,
} from '#/lib/tickets/schema.ts';

/** A message to open a ticket at: from search, a notification, a copied link. */
export type MessageRef = { conversationId: string; seq: number };

/** Where the inbox is: what the address bar says. */
export type Place = {
  ticketId: string | null;
  view: ViewKey;
  /** What the person set on top of the view. */
  filter: TicketFilter;
  sort: TicketSort;
  /** What is searched for; empty while nothing is typed yet, null outside search. */
  search: string | null;
  at: MessageRef | null;
};

export const viewNames: Record<FixedView, string> = {
  mine: 'Mine',
  unassigned: 'Unassigned',
  all: 'All',
  snoozed: 'Snoozed',
  resolved: 'Resolved',
};
export const sortNames: Record<TicketSort, string> = {
  waiting: 'Longest waiting',
  newest: 'Newest activity',
  priority: 'Priority',
};

const usualSort: TicketSort = 'waiting';
/** An address has to fit where addresses go; search itself takes less. */
const searchCharsMax = 1_000;

/** The address of a place, whole: whoever opens it sees the same. What is as usual is left out. */
export function placeHref(place: Place): string {
  const query = new URLSearchParams();
  if (place.view !== 'all') query.set('view', place.view);
  for (const [name, value] of filterSearch(place.filter)) query.append(name, value);
  if (place.sort !== usualSort) query.set('sort', place.sort);
  if (place.search !== null) query.set('q', place.search.slice(0, searchCharsMax).toWellFormed());
  if (place.at !== null) query.set('at', `${place.at.conversationId}.${place.at.seq}`);
  const path = place.ticketId === null ? '/inbox' : `/inbox/${place.ticketId}`;
  // Commas and colons stand for themselves: people read and change these addresses.
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? path : `${path}?${text}`;
}

/**
 * The place that an address names. What makes no sense in it is as usual and named in `ignored`. `preferredSort` is for
 * an address that says nothing at all about the list.
 */
export function parsePlace(
  path: string,
  search: URLSearchParams,
  preferredSort: TicketSort = usualSort,
): { place: Place; ignored: string[] } {
  const [, , ticketId] = path.split('/');
  const { filter, ignored } = parseFilterSearch(search);
  const view = parseViewKey(search.get('view'));
  const sort = ticketSorts.find((each) => each === search.get('sort'));
  const at = messageOf(search.get('at'));
  const saysNothing = search.get('view') === null && Object.keys(filter).length === 0;
  if (view === null && search.has('view')) ignored.push('view');
  if (sort === undefined && search.has('sort')) ignored.push('sort');
  if (at === null && search.has('at')) ignored.push('at');
  return {
    place: {
      ticketId: ticketId === undefined || ticketId === '' ? null : ticketId,
      view: view ?? 'all',
      filter,
      sort: sort ?? (saysNothing ? preferredSort : usualSort),
      search: search.get('q')?.slice(0, searchCharsMax) ?? null,
      at,
    },
    ignored,
  };
}

/**
 * Where one is after going somewhere from `here`: another view begins without the filters and the search of the one
 * before, and another ticket at what is new in it, unless told otherwise.
 */
export function placeAfter(here: Place, next: Partial<Place>): Place {
  const isOtherView = next.view !== undefined && next.view !== here.view;
  const isOtherTicket = next.ticketId !== undefined && next.ticketId !== here.ticketId;
  return {
    ...here,
    ...(isOtherView ? { filter: {}, search: null } : {}),
    ...(isOtherTicket ? { at: null } : {}),
    ...next,
  };
}

function messageOf(text: string | null): MessageRef | null {
  const [, conversationId, seq] = /^([0-9a-f-]{36})\.([1-9]\d{0,9})$/.exec(text ?? '') ?? [];
  return conversationId === undefined ? null : { conversationId, seq: Number(seq) };
}
