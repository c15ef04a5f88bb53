import { ticketListQuerySchema } from '#/lib/tickets/schema.ts';

/**
 * Address of the list of open tickets as agents ask for it. Parsed as the route parses it, so that a query which the
 * product no longer takes ends a run at its start instead of passing for a slow answer.
 */
export function ticketListPath(query: { sort: 'newest' | 'waiting'; limit: number }): string {
  const search = new URLSearchParams({ view: 'all', sort: query.sort, limit: String(query.limit) });
  ticketListQuerySchema.parse(Object.fromEntries(search));
  return `/api/inbox/tickets?${search}`;
}
