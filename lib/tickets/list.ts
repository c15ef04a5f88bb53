import { read } from '#/db/client.ts';
import { ticketScope } from '#/db/scope.ts';
import { countEach, countTickets, listTicketIds } from '#/db/ticket-filter.ts';
import { listTicketRows } from '#/db/tickets.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { can } from '#/lib/permissions/can.ts';
import { filterOfView, namesNothing, parseView, resolveFilter, withoutGone } from '#/lib/tickets/filter.ts';
import { cursorOf, type ListPosition, positionFromCursor, positionOf } from '#/lib/tickets/rules.ts';
import type { TicketCounts, TicketFilter, TicketList, TicketListQuery } from '#/lib/tickets/schema.ts';
import { type ReadViews, readViews } from '#/lib/views/service.ts';

/**
 * One page of a view with the query's conditions on top, with the agent's own unread counts, how many tickets match, and
 * the bounded counts of all views. Conditions on what is gone are left out and named; a view that is gone is `not_found`.
 */
export async function listTickets(actor: AgentActor, query: TicketListQuery): Promise<TicketList> {
  const after = query.cursor === undefined ? null : positionFromCursor(query, query.cursor);
  if (after === null && query.cursor !== undefined) {
    throw new RefusedError({ code: 'invalid', field: 'cursor', reason: 'cursor_foreign' });
  }
  const scope = ticketScope(actor);
  const viewsOf = read((tx) => readViews(tx, actor, [filterOfView(query.view), query.filter]));
  const needsNoViews = parseView(query.view).kind === 'fixed' && namesNothing(query.filter);
  const [page, fixed, saved] = await Promise.all([
    needsNoViews
      ? readPage(
          actor,
          query,
          { filter: resolveFilter(filterOfView(query.view), query.filter), ignored: [] },
          after,
        )
      : viewsOf.then((views) => readPage(actor, query, resolveQuery(query, views), after)),
    read((tx) => countTickets(tx, actor.id, scope)),
    viewsOf.then(({ views }) =>
      read(async (tx) => {
        const counts = await countEach(
          tx,
          views.map(({ filter }) => filter),
          actor,
          scope,
        );
        return Object.fromEntries(views.map(({ id }, index) => [id, counts[index] ?? 0]));
      }),
    ),
  ]);
  const { epoch, departments, mine, unassigned, all, snoozed } = fixed;
  const counts: TicketCounts = {
    mine,
    unassigned,
    all,
    snoozed,
    departments: Object.fromEntries(
      departments
        .filter(({ id, isRestricted }) =>
          can(actor, 'note.read', { departmentId: id, departmentIsRestricted: isRestricted }),
        )
        .map(({ id, count }) => [id, count]),
    ),
    saved,
  };
  return { ...page, counts, epoch: page.epoch ?? epoch };
}

type Resolved = { filter: TicketFilter; ignored: string[] };

function resolveQuery(
  query: Pick<TicketListQuery, 'view' | 'filter'>,
  { views, known }: ReadViews,
): Resolved {
  const view = parseView(query.view);
  const stored = view.kind === 'saved' ? views.find(({ id }) => id === view.id) : undefined;
  const isGone =
    (view.kind === 'saved' && stored === undefined) ||
    (view.kind === 'department' && !known.departments.has(view.id));
  if (isGone) throw new RefusedError({ code: 'not_found', reason: 'view_gone' });
  const onTop = withoutGone(query.filter, known);
  return {
    filter: resolveFilter(stored?.filter ?? filterOfView(query.view), onTop.filter),
    ignored: [...new Set([...(stored?.ignored ?? []), ...onTop.ignored])],
  };
}

type Page = Pick<TicketList, 'tickets' | 'nextCursor' | 'filter' | 'ignored' | 'matching'> & {
  epoch: string | null;
};

async function readPage(
  actor: AgentActor,
  query: TicketListQuery,
  { filter, ignored }: Resolved,
  after: ListPosition | null,
): Promise<Page> {
  const { sort } = query;
  // One more than asked for tells whether there is a next page.
  const selection = { filter, sort, after, limit: query.limit + 1, me: actor, scope: ticketScope(actor) };
  const { ids, matching } = await read((tx) => listTicketIds(tx, selection));
  const { rows, epoch } = await read((tx) => listTicketRows(tx, actor.id, ids.slice(0, query.limit)));
  const last = rows.at(-1);
  const hasMore = ids.length > query.limit && last !== undefined;
  const nextCursor = hasMore ? cursorOf(query, positionOf(last, sort)) : null;
  return { tickets: rows, nextCursor, filter, ignored, matching, epoch };
}

/** The ids of all tickets that a list with these conditions shows now, at most `limit` of them. */
export async function listMatchingIds(
  actor: AgentActor,
  query: Pick<TicketListQuery, 'view' | 'filter'>,
  limit: number,
): Promise<string[]> {
  const views = await read((tx) => readViews(tx, actor, [filterOfView(query.view), query.filter]));
  const { filter } = resolveQuery(query, views);
  const selection = {
    filter,
    sort: 'newest',
    after: null,
    limit,
    me: actor,
    scope: ticketScope(actor),
  } as const;
  const { ids } = await read((tx) => listTicketIds(tx, selection));
  return ids;
}
