import { readFilter } from '#/lib/tickets/filter.ts';
import { type TicketFilter, type TicketSort, ticketSorts } from '#/lib/tickets/schema.ts';

/** A stored view as far as it can be read today. */
export type ReadView = {
  id: string;
  ownerId: string | null;
  createdBy: string | null;
  name: string;
  filter: TicketFilter;
  sort: TicketSort;
  position: number;
  /** Parts of the filter of which something was left out. */
  ignored: string[];
};

export function readView(
  stored: Omit<ReadView, 'filter' | 'sort' | 'ignored'> & { filter: unknown; sort: string },
): ReadView {
  const sort = ticketSorts.find((each) => each === stored.sort) ?? 'waiting';
  return { ...stored, ...readFilter(stored.filter), sort };
}
