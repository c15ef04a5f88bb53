import { read, transact } from '#/db/client.ts';
import { ticketScope } from '#/db/scope.ts';
import { countEach, countTickets, findEpoch, listTicketIds } from '#/db/ticket-filter.ts';
import { listTicketRows } from '#/db/tickets.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { can } from '#/lib/permissions/can.ts';
import { filterOfView, namesNothing, parseView, resolveFilter, withoutGone } from '#/lib/tickets/filter.ts';
import { cursorOf, type ListPosition, positionFromCursor, positionOf } from '#/lib/tickets/rules.ts';
import {
  noTicketCounts,
  type TicketCounts,
  type TicketFilter,
  type TicketList,
  type TicketListQuery,
} from '#/lib/tickets/schema.ts';
import { type ReadViews, readViews } from '#/lib/views/service.ts';

/**
 * One page of a view with the query's conditions on top, with the agent's own unread counts, how many tickets match, and
 * (with the first page only) the bounded counts of all views. Conditions on what is gone are left out and named; a view
 * that is gone is `not_found`.
 */
export async function listTickets(actor: AgentActor, query: TicketListQuery): Promise<TicketList> {
  const after = query.cursor === undefined ? null : positionFromCursor(query, query.cursor);
  if (after === null && query.cursor !== undefined) {
    throw new RefusedError({ code: 'invalid', field: 'cursor', reason: 'cursor_foreign' });
  }
  const isPlain = parseView(query.view).kind === 'fixed' && namesNothing(query.filter);
  const isFirst = after === null;
  const hasSaved = isFirst && query.savedCounts !== 'skip';
  const reading =
    isPlain && !hasSaved
      ? null
      : read((tx) => readViews(tx, actor, [filterOfView(query.view), query.filter]));
  const [page, counted] = await Promise.all([
    isPlain || reading === null
      ? readPage(actor, query, resolvePlain(query), after)
      : reading.then((views) => readPage(actor, query, resolveQuery(query, views), after)),
    isFirst ? countAll(actor, hasSaved ? reading : null) : null,
  ]);
  const epoch = page.epoch ?? counted?.epoch ?? (await read(findEpoch));
  return { ...page, counts: counted?.counts ?? noTicketCounts, epoch };
}

/** As `listTickets`; null for a view that is gone. */
export async function findTicketList(actor: AgentActor, query: TicketListQuery): Promise<TicketList | null> {
  try {
    return await listTickets(actor, query);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'not_found') return null;
    throw error;
  }
}

async function countAll(
  actor: AgentActor,
  reading: Promise<ReadViews> | null,
): Promise<{ counts: TicketCounts; epoch: string }> {
  const scope = ticketScope(actor);
  const [fixed, saved] = await Promise.all([
    read((tx) => countTickets(tx, actor.id, scope)),
    reading === null ? {} : reading.then(({ views }) => countSaved(actor, views)),
  ]);
  const { epoch, departments, mine, unassigned, all, snoozed } = fixed;
  const seen = departments.filter(({ id, isRestricted }) =>
    can(actor, 'note.read', { departmentId: id, departmentIsRestricted: isRestricted }),
  );
  const byDepartment = Object.fromEntries(seen.map(({ id, count }) => [id, count]));
  return { counts: { mine, unassigned, all, snoozed, departments: byDepartment, saved }, epoch };
}

/** On two connections side by side: a dozen views take longer than all the rest of a list. */
async function countSaved(actor: AgentActor, views: ReadViews['views']): Promise<Record<string, number>> {
  const halves = [0, 1].map((half) => views.filter((_, index) => index % 2 === half));
  const counted = halves.map(async (half) => {
    if (half.length === 0) return [];
    const filters = half.map(({ filter }) => filter);
    const counts = await transact((tx) => countEach(tx, filters, actor, ticketScope(actor)));
    return half.map(({ id }, index): [string, number] => [id, counts[index] ?? 0]);
  });
  return Object.fromEntries((await Promise.all(counted)).flat());
}

function resolvePlain(query: Pick<TicketListQuery, 'view' | 'filter'>): Resolved {
  return { filter: resolveFilter(filterOfView(query.view), query.filter), ignored: [] };
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
  const { ids, matching } = await transact((tx) => listTicketIds(tx, selection));
  const { rows, epoch } = await read((tx) => listTicketRows(tx, actor.id, ids.slice(0, query.limit)));
  const last = rows.at(-1);
  const hasMore = ids.length > query.limit && last !== undefined;
  const nextCursor = hasMore ? cursorOf(query, positionOf(last, sort)) : null;
  return { tickets: rows, nextCursor, filter, ignored, matching, epoch };
}

/**
 * The ids of all tickets that a list with these conditions shows now, at most `limit` of them. Where the list would leave
 * out a condition on what is gone it throws `conflict`: nobody means all tickets by naming a tag.
 */
export async function listMatchingIds(
  actor: AgentActor,
  query: Pick<TicketListQuery, 'view' | 'filter'>,
  limit: number,
): Promise<string[]> {
  const views = await read((tx) => readViews(tx, actor, [filterOfView(query.view), query.filter]));
  const { filter, ignored } = resolveQuery(query, views);
  if (ignored.length > 0) throw new RefusedError({ code: 'conflict', reason: 'filter_gone' });
  const selection = {
    filter,
    sort: 'newest',
    after: null,
    limit,
    me: actor,
    scope: ticketScope(actor),
  } as const;
  const { ids } = await transact((tx) => listTicketIds(tx, selection));
  return ids;
}
