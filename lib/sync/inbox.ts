import * as z from 'zod/mini';
import type { Failure } from '#/lib/errors.ts';
import { isPassing } from '#/lib/errors.ts';
import { accessChanged, channels, ticketChanged, ticketRemoved } from '#/lib/realtime/events.ts';
import { ticketAvailable, viewingChanged } from '#/lib/realtime/staff-events.ts';
import { ask, systemClock } from '#/lib/sync/clock.ts';
import { openPulse } from '#/lib/sync/pulse.ts';
import { openSortedRows, type SortedRows } from '#/lib/sync/sorted-rows.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { Clock, ConnectionState, InboxTransport, LiveConnection } from '#/lib/sync/transport.ts';
import { openViewers } from '#/lib/sync/viewers.ts';
import {
  compareRows,
  dependsOnTime,
  filterOfView,
  matches,
  parseView,
  resolveFilter,
} from '#/lib/tickets/filter.ts';
import {
  noTicketCounts,
  type TicketCounts,
  type TicketFilter,
  type TicketList,
  type TicketListQuery,
  type TicketListRow,
  type TicketRow,
  ticketListPageMax,
} from '#/lib/tickets/schema.ts';

// zod probes for `eval` before its first parse, which a strict content security policy reports as a violation.
if (typeof window !== 'undefined') z.config({ jitless: true });

const answerMsMax = 15_000;
/** A pushed change shows at once; the exact unread counts and totals follow this much later, once for many changes. */
const recountMs = 1_000;
/** Saved views are counted this often, however much happens: it costs the server more than all the rest of a list. */
const savedCountsMs = 5_000;
/** How many lists are shown at once, as they were, when one comes back to them. */
const rememberedMax = 8;
/** Between the pages of a sweep, so that a list of any length comes true again without a burst of requests. */
const sweepMs = 200;

export type InboxSnapshot = {
  query: TicketListQuery;
  rows: readonly TicketListRow[];
  counts: TicketCounts;
  /** The view's conditions with the query's on top. */
  filter: TicketFilter;
  /** Parts of it that could not be carried out. */
  ignored: readonly string[];
  /** How many tickets the list has altogether; bounded at 1,000. */
  matching: number;
  isLoading: boolean;
  failure: Failure | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  connection: ConnectionState;
};

export type InboxStore = {
  getSnapshot(): InboxSnapshot;
  subscribe(listener: () => void): () => void;
  /** Another view, filter or sort: its rows are fetched, and meanwhile those of the last time are shown, if any. */
  setQuery(query: Partial<TicketListQuery>): void;
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
  /** This agent has read the conversation so far; the list says so at once. */
  markSeen(conversationId: string, order: number): void;
  /** This agent put it back among the unread ones; it stays there, whatever is heard of marks, until it is opened. */
  markUnread(ticketId: string, isUnread: boolean): void;
  wake(): void;
  close(): void;
};

/** `departmentIds` are the restricted departments that this agent may see; everybody's channel carries the others. */
export type AgentMe = { id: string; departmentIds: readonly string[] };

/** Every channel on which this agent hears of tickets. */
export function ticketChannelsOf(me: AgentMe): string[] {
  return [channels.staff(), channels.agent(me.id), ...me.departmentIds.map(channels.department)];
}

type News =
  | { row: TicketRow; epoch: string }
  | { removedId: string }
  | { ticketId: string; agent: { id: string; name: string }; state: 'viewing' | 'typing' | 'gone' };

/**
 * The agents' list, kept true: pushed rows are put, moved or taken out by the list's own filter and sort, the higher
 * version wins, and the server's list is asked again at each (re)subscription and shortly after changes, for exact counts.
 * What lies beyond the first page is swept page by page after a time without pushed events.
 */
export function openInbox(options: {
  transport: InboxTransport;
  live: LiveConnection | null;
  me: AgentMe;
  query: TicketListQuery;
  initial?: TicketList | null;
  clock?: Clock;
  /** The agent's own role, department or activity changed: what the page was drawn with is out of date. */
  onAccessChanged?: () => void;
}): InboxStore {
  const { transport, me, clock = systemClock } = options;
  let query = options.query;
  let rows: SortedRows<TicketListRow> = openRows();
  let counts: TicketCounts = noTicketCounts;
  /** Null until the server said what a saved view holds. */
  let filter = filterKnownOf(query);
  let ignored: readonly string[] = [];
  let matching = 0;
  let nextCursor: string | null = null;
  /** Which database all of it is from; versions and orders of another say nothing about it. */
  let epoch: string | null = null;
  let isLoading = options.initial == null;
  let isLoadingMore = false;
  let failure: Failure | null = null;
  let failuresInRow = 0;
  let isClosed = false;
  /** Pushed events may have been missed: rows beyond the first page could be out of date. */
  let isStale = false;
  let isSweeping = false;
  let sweepRound = 0;
  let recountTimer: unknown = null;
  /** When saved views were counted last, and the look that makes up for one that left them out. */
  let savedCountedAt = Number.NEGATIVE_INFINITY;
  let savedTimer: unknown = null;
  let sweepTimer: unknown = null;
  /** Grows with each query: answers to an earlier one are dropped. */
  let generation = 0;
  /** The newest version heard of, also of rows that are not (any more) in this list. */
  const versions = new Map<string, number>();
  const seen = new Map<string, number>();
  /** Tickets that were put back among the unread ones. */
  const putBack = new Set<string>();
  const ticketOf = new Map<string, string>();
  const remembered = new Map<
    string,
    { rows: readonly TicketListRow[]; filter: TicketFilter; matching: number }
  >();
  /** What was pushed while an answer was under way, which may be older: one list for each request. */
  const listening = new Set<News[]>();

  const store = openStore<InboxSnapshot>(() => ({
    query,
    rows: rows.list(),
    counts,
    filter: filter ?? {},
    ignored,
    matching,
    isLoading,
    failure,
    hasMore: nextCursor !== null,
    isLoadingMore,
    connection: pulse.state(),
  }));
  const viewers = openViewers(clock, me.id, (ticketId) => {
    if (showViewers(ticketId)) store.changed();
  });
  const live =
    options.live === null
      ? null
      : noticingGaps(options.live, () => {
          isStale = true;
        });
  const pulse = openPulse({ clock, live, look, onState: store.changed });

  if (options.initial != null) {
    savedCountedAt = clock.now();
    takeFirstPage(options.initial, []);
  }
  for (const name of ticketChannelsOf(me)) pulse.follow(name, onEvent);
  pulse.start(!isLoading);

  function openRows() {
    const { sort } = query;
    return openSortedRows<TicketListRow>((a, b) => compareRows(a, b, sort));
  }

  function onEvent(name: string, data: unknown) {
    pulse.touch();
    if (name === 'ticket.changed') {
      const event = ticketChanged.safeParse(data).data;
      if (event === undefined) pulse.look();
      else hear({ row: event.ticket, epoch: event.epoch });
    } else if (name === 'ticket.available') {
      // Too large to be pushed, and wherever in the list: the server says what it is now.
      if (ticketAvailable.safeParse(data).success) {
        isStale = true;
        pulse.look();
      }
    } else if (name === 'ticket.removed') {
      const event = ticketRemoved.safeParse(data).data;
      if (event !== undefined) hear({ removedId: event.ticketId });
    } else if (name === 'viewing.changed') {
      const event = viewingChanged.safeParse(data).data;
      if (event !== undefined) hearOfViewer(event);
    } else if (name === 'catalogue.changed') {
      if (savedCountedAt !== Number.NEGATIVE_INFINITY) savedCountedAt -= savedCountsMs;
      recountSoon();
    } else if (name === 'access.changed' && accessChanged.safeParse(data).data?.agentId === me.id) {
      options.onAccessChanged?.();
      pulse.look();
    }
  }

  function hear(news: News) {
    for (const heard of listening) heard.push(news);
    take(news);
    store.changed();
    if ('row' in news && epoch !== null && news.epoch !== epoch) pulse.look();
    recountSoon();
  }

  function hearOfViewer(news: Extract<News, { state: string }>) {
    for (const heard of listening) heard.push(news);
    viewers.hear(news.ticketId, news.agent, news.state);
  }

  function recountSoon() {
    recountTimer ??= clock.setTimeout(pulse.look, recountMs * (1 + clock.random()));
  }

  function take(news: News) {
    if ('removedId' in news) {
      // It may have come back into sight before this word of it did.
      if (rows.remove(news.removedId)) isStale = true;
    } else if ('row' in news) takeRow(news.row, news.epoch);
    else viewers.hear(news.ticketId, news.agent, news.state);
  }

  function takeRow(row: TicketRow, rowEpoch: string) {
    if (rowEpoch !== epoch || row.version < (versions.get(row.id) ?? 0)) return;
    versions.set(row.id, row.version);
    if (filter === null) return;
    const known = rows.get(row.id);
    const shown = { ...row, unreadCount: guessUnread(row, known), viewers: viewers.of(row.id) };
    if (belongs(row, known) && !isBeyond(shown)) {
      ticketOf.set(row.conversationId, row.id);
      rows.put(shown);
    } else rows.remove(row.id);
  }

  function belongs(row: TicketRow, known: TicketRow | undefined): boolean {
    if (filter === null) return false;
    if (!dependsOnTime(filter)) return matches(row, filter, me, 0);
    // This machine's clock may be years out: who has waited long enough is what the server says, and that stays so.
    const { waitingMinutes: _, ...rest } = filter;
    return known !== undefined && known.waitingSince === row.waitingSince && matches(row, rest, me, 0);
  }

  /** Beyond what was loaded: it comes with the page it belongs to. */
  function isBeyond(row: TicketListRow): boolean {
    if (nextCursor === null) return false;
    const last = rows.last();
    return last === undefined || compareRows(row, last, query.sort) > 0;
  }

  function isSeen(row: TicketRow): boolean {
    return !putBack.has(row.id) && (seen.get(row.conversationId) ?? 0) >= row.head;
  }

  /** Until the server counted again: one more for each new entry that brought a message of somebody else. */
  function guessUnread(row: TicketRow, known: TicketListRow | undefined): number {
    if (isSeen(row)) return 0;
    if (known === undefined) return row.waitingSince === null ? 0 : 1;
    return known.unreadCount + (row.lastMessageAt === known.lastMessageAt ? 0 : row.head - known.head);
  }

  /** Rows that did not change keep their identity, so that only the others are drawn again. */
  function present(row: TicketListRow): TicketListRow {
    const unreadCount = isSeen(row) ? 0 : Math.max(row.unreadCount, putBack.has(row.id) ? 1 : 0);
    versions.set(row.id, Math.max(row.version, versions.get(row.id) ?? 0));
    ticketOf.set(row.conversationId, row.id);
    viewers.set(row.id, row.viewers);
    const known = rows.get(row.id);
    const shown = { ...row, unreadCount };
    return known !== undefined && JSON.stringify(known) === JSON.stringify(shown) ? known : shown;
  }

  function showViewers(ticketId: string): boolean {
    const known = rows.get(ticketId);
    if (known === undefined) return false;
    rows.put({ ...known, viewers: viewers.of(ticketId) });
    return true;
  }

  /** Asks, and keeps what is pushed meanwhile. Null: it is about a list that is not shown any more. */
  async function fetchPage(cursor: string | null, limit: number) {
    const asked = generation;
    const heard: News[] = [];
    listening.add(heard);
    const { cursor: _, ...rest } = query;
    const wanted: TicketListQuery = { ...rest, limit };
    if (cursor !== null) wanted.cursor = cursor;
    // No view opens later for them: they follow at once where they are due.
    else if (isLoading ? savedCountedAt !== Number.NEGATIVE_INFINITY : savedCountsInMs() > 0) {
      wanted.savedCounts = 'skip';
    }
    const result = await ask(clock, answerMsMax, () => transport.listTickets(wanted));
    listening.delete(heard);
    return isClosed || asked !== generation ? null : { result, heard, wanted };
  }

  async function look(): Promise<Failure | null> {
    clock.clearTimeout(recountTimer);
    recountTimer = null;
    if (pulse.state() !== 'live') isStale = true;
    const limit = Math.min(ticketListPageMax, Math.max(query.limit, rows.size()));
    const answered = await fetchPage(null, limit);
    if (answered === null) return isClosed ? null : look();
    const { result, heard, wanted } = answered;
    isLoading = isLoading && !result.ok && isPassing(result.error);
    failuresInRow = result.ok ? 0 : failuresInRow + 1;
    // A hiccup passes unseen; a list that does not come says so, and goes on asking.
    const isTold = !result.ok && (!isPassing(result.error) || (failuresInRow > 1 && rows.size() === 0));
    failure = isTold ? result.error : null;
    if (result.ok) takeFirstPage(takeSavedCounts(result.value, wanted), heard);
    else if (isTold) {
      rows.clear();
      nextCursor = null;
    }
    store.changed();
    return result.ok ? null : result.error;
  }

  function takeSavedCounts(list: TicketList, asked: TicketListQuery): TicketList {
    if (asked.savedCounts === undefined) {
      savedCountedAt = clock.now();
      clock.clearTimeout(savedTimer);
      savedTimer = null;
      return list;
    }
    savedTimer ??= clock.setTimeout(pulse.look, savedCountsInMs());
    return { ...list, counts: { ...list.counts, saved: counts.saved } };
  }

  /** A clock that was set back counts as one that ran on. */
  function savedCountsInMs(): number {
    const sinceMs = clock.now() - savedCountedAt;
    return sinceMs >= 0 && sinceMs < savedCountsMs ? savedCountsMs - sinceMs : 0;
  }

  function takeFirstPage(list: TicketList, heard: readonly News[]) {
    const isOther = list.epoch !== epoch || (filter !== null && !isSame(filter, list.filter));
    if (list.epoch !== epoch) {
      rows.clear();
      versions.clear();
      seen.clear();
      remembered.clear();
    }
    epoch = list.epoch;
    counts = list.counts;
    filter = list.filter;
    ignored = list.ignored;
    matching = list.matching;
    const last = list.tickets.at(-1);
    const isAll = list.nextCursor === null || last === undefined;
    rows.replaceRange(null, isAll || isOther ? null : last, list.tickets.map(present));
    // More rows than one answer holds: those beyond it stay as they are, and are swept if they may be out of date.
    const hasBeyond = !isAll && rows.size() > list.tickets.length;
    if (!hasBeyond) nextCursor = list.nextCursor;
    for (const news of heard) take(news);
    if (isOther) stopSweep();
    if (!hasBeyond) isStale = false;
    else if (!isSweeping && (isStale || dependsOnTime(list.filter))) {
      isSweeping = true;
      isStale = false;
      const round = ++sweepRound;
      sweepTimer = clock.setTimeout(() => sweep(round, last, list.nextCursor), sweepMs);
    }
  }

  function remember() {
    const name = nameOf(query);
    remembered.delete(name);
    if (filter === null || isLoading) return;
    remembered.set(name, { rows: rows.list().slice(0, ticketListPageMax), filter, matching });
    const [oldest] = remembered.keys();
    if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest);
  }

  /** Without what is known to have changed since. */
  function recall() {
    const kept = remembered.get(nameOf(query));
    if (kept === undefined) return;
    const current = kept.rows.filter((row) => row.version >= (versions.get(row.id) ?? 0));
    const shown = current.map((row) => {
      const isRead = (seen.get(row.conversationId) ?? 0) >= row.head;
      return { ...row, unreadCount: isRead ? 0 : row.unreadCount, viewers: viewers.of(row.id) };
    });
    rows.replaceRange(null, null, shown);
    filter = kept.filter;
    matching = kept.matching;
    isStale = true;
  }

  function stopSweep() {
    clock.clearTimeout(sweepTimer);
    isSweeping = false;
    sweepRound++;
  }

  /** Page by page from there on; what could not be swept is tried again after the next look. */
  async function sweep(round: number, from: TicketListRow, cursor: string | null) {
    const answered = cursor === null ? null : await fetchPage(cursor, ticketListPageMax);
    if (answered === null || round !== sweepRound) return;
    const page = answered.result.ok ? answered.result.value : null;
    if (page === null || page.epoch !== epoch) {
      isStale = true;
      isSweeping = false;
      return;
    }
    const last = page.tickets.at(-1);
    const end = rows.last();
    const isEnd = page.nextCursor === null || last === undefined;
    const isThrough = isEnd || end === undefined || compareRows(last, end, query.sort) >= 0;
    rows.replaceRange(from, isEnd ? null : last, page.tickets.map(present));
    for (const news of answered.heard) take(news);
    if (isThrough) {
      nextCursor = page.nextCursor;
      isSweeping = false;
    } else sweepTimer = clock.setTimeout(() => sweep(round, last, page.nextCursor), sweepMs);
    store.changed();
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    setQuery(change) {
      const next = { ...query, ...change };
      // The same question has the same answer: emptying the list for it would take rows from under the pointer.
      if (isSame(next, query)) return;
      remember();
      query = next;
      filter = filterKnownOf(query);
      ignored = [];
      matching = 0;
      generation++;
      stopSweep();
      rows = openRows();
      nextCursor = null;
      failure = null;
      isLoading = true;
      isLoadingMore = false;
      recall();
      store.changed();
      pulse.look();
    },
    async loadMore() {
      const cursor = nextCursor;
      if (cursor === null || isLoadingMore || isLoading) return;
      isLoadingMore = true;
      store.changed();
      // The longer the list, the further somebody scrolls.
      const limit = Math.min(ticketListPageMax, Math.max(query.limit, rows.size()));
      const answered = await fetchPage(cursor, limit);
      if (answered === null) return;
      const { result, heard } = answered;
      isLoadingMore = false;
      if (result.ok && result.value.epoch !== epoch) pulse.look();
      else if (result.ok && nextCursor === cursor) {
        nextCursor = result.value.nextCursor;
        for (const row of result.value.tickets) {
          if (row.version >= (versions.get(row.id) ?? 0)) rows.put(present(row));
        }
        for (const news of heard) take(news);
      } else if (!result.ok && !isPassing(result.error)) {
        // Not a page of this list any more: begin again.
        nextCursor = null;
        rows.clear();
        isLoading = true;
        pulse.look();
      }
      store.changed();
    },
    refresh: () => pulse.look(),
    markSeen(conversationId, order) {
      if (order <= (seen.get(conversationId) ?? 0)) return;
      seen.set(conversationId, order);
      const row = rows.get(ticketOf.get(conversationId) ?? '');
      if (row === undefined || row.conversationId !== conversationId) return;
      if (row.head > order || row.unreadCount === 0 || putBack.has(row.id)) return;
      rows.put({ ...row, unreadCount: 0 });
      store.changed();
    },
    markUnread(ticketId, isUnread) {
      if (isUnread) putBack.add(ticketId);
      else if (!putBack.delete(ticketId)) return;
      const row = rows.get(ticketId);
      if (row === undefined || !isUnread || row.unreadCount > 0) return;
      rows.put({ ...row, unreadCount: 1 });
      store.changed();
    },
    wake: () => void pulse.look(),
    close() {
      isClosed = true;
      clock.clearTimeout(recountTimer);
      clock.clearTimeout(savedTimer);
      clock.clearTimeout(sweepTimer);
      viewers.close();
      pulse.close();
    },
  };
}

function nameOf({ view, filter, sort }: TicketListQuery): string {
  return JSON.stringify([view, sort, filter]);
}

function filterKnownOf(query: TicketListQuery): TicketFilter | null {
  if (parseView(query.view).kind === 'saved') return null;
  return resolveFilter(filterOfView(query.view), query.filter);
}

/** Tells of each (re)subscription: before it, events may have been missed. */
function noticingGaps(live: LiveConnection, onGap: () => void): LiveConnection {
  return {
    ...live,
    subscribe: (channel, handlers) =>
      live.subscribe(channel, {
        ...handlers,
        onSubscribed() {
          onGap();
          handlers.onSubscribed();
        },
      }),
  };
}

function isSame(a: object, b: object): boolean {
  const entries = (of: object) =>
    JSON.stringify(
      Object.entries(of)
        .filter(([, value]) => value !== undefined)
        .sort(([x], [y]) => (x < y ? -1 : 1)),
    );
  return entries(a) === entries(b);
}
