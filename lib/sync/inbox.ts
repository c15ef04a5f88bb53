import * as z from 'zod/mini';
import type { Failure } from '#/lib/errors.ts';
import { isPassing } from '#/lib/errors.ts';
import { accessChanged, channels, ticketChanged, ticketRemoved } from '#/lib/realtime/events.ts';
import { ask, systemClock } from '#/lib/sync/clock.ts';
import { openPulse } from '#/lib/sync/pulse.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { Clock, ConnectionState, InboxTransport, LiveConnection } from '#/lib/sync/transport.ts';
import type {
  TicketCounts,
  TicketList,
  TicketListQuery,
  TicketListRow,
  TicketRow,
} from '#/lib/tickets/schema.ts';
import { ticketListPageMax } from '#/lib/tickets/schema.ts';

// zod probes for `eval` before its first parse, which a strict content security policy reports as a violation.
if (typeof window !== 'undefined') z.config({ jitless: true });

const answerMsMax = 15_000;
/** A pushed change shows at once; the exact unread counts and totals follow this much later, once for many changes. */
const recountMs = 1_000;

export type InboxSnapshot = {
  query: TicketListQuery;
  rows: readonly TicketListRow[];
  counts: TicketCounts;
  isLoading: boolean;
  failure: Failure | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  connection: ConnectionState;
};

export type InboxStore = {
  getSnapshot(): InboxSnapshot;
  subscribe(listener: () => void): () => void;
  /** Another view, status or sort: the rows are cleared and fetched. */
  setQuery(query: Partial<TicketListQuery>): void;
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
  /** This agent has read the conversation so far; the list says so at once. */
  markSeen(conversationId: string, order: number): void;
  wake(): void;
  close(): void;
};

/** `departmentIds` are the restricted departments that this agent may see; everybody's channel carries the others. */
export type AgentMe = { id: string; departmentIds: readonly string[] };

/** Every channel on which this agent hears of tickets. */
export function ticketChannelsOf(me: AgentMe): string[] {
  return [channels.staff(), channels.agent(me.id), ...me.departmentIds.map(channels.department)];
}

/** The server's order of each sort; ISO times of one format compare as text. */
function isBefore(a: TicketRow, b: TicketRow, sort: TicketListQuery['sort']): boolean {
  if (sort === 'newest') {
    return a.lastActivityAt === b.lastActivityAt ? a.id > b.id : a.lastActivityAt > b.lastActivityAt;
  }
  if (a.waitingSince === b.waitingSince) return a.id < b.id;
  return b.waitingSince === null || (a.waitingSince !== null && a.waitingSince < b.waitingSince);
}

function belongs(row: TicketRow, query: TicketListQuery, agentId: string): boolean {
  if (query.view === 'mine' && row.assignee?.id !== agentId) return false;
  if (query.view === 'unassigned' && row.assignee !== null) return false;
  if (query.status === 'any') return true;
  if (query.status === 'active') return row.status === 'open' || row.status === 'pending';
  return row.status === query.status;
}

type News = { row: TicketRow; epoch: string } | { removedId: string };

/**
 * The agents' list, kept true: pushed rows are put, moved or taken out by the query's own rules, the higher version
 * wins, and the server's list is asked again at each (re)subscription and shortly after changes, for exact counts.
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
  const { transport, live, me, clock = systemClock } = options;
  let query = options.query;
  let rows: readonly TicketListRow[] = options.initial?.tickets ?? [];
  let counts: TicketCounts = options.initial?.counts ?? { mine: 0, unassigned: 0, all: 0 };
  let nextCursor: string | null = options.initial?.nextCursor ?? null;
  /** Which database all of it is from; versions and orders of another say nothing about it. */
  let epoch: string | null = options.initial?.epoch ?? null;
  let isLoading = options.initial == null;
  let isLoadingMore = false;
  let failure: Failure | null = null;
  let failuresInRow = 0;
  let isClosed = false;
  let recountTimer: unknown = null;
  /** Grows with each query: answers to an earlier one are dropped. */
  let generation = 0;
  /** The newest version heard of, also of rows that are not (any more) in this list. */
  const versions = new Map<string, number>();
  const seen = new Map<string, number>();
  /** What was pushed while an answer was under way, which may be older. */
  let meanwhile: News[] = [];

  const store = openStore<InboxSnapshot>(() => ({
    query,
    rows,
    counts,
    isLoading,
    failure,
    hasMore: nextCursor !== null,
    isLoadingMore,
    connection: pulse.state(),
  }));
  const pulse = openPulse({ clock, live, look, onState: store.changed });

  for (const row of rows) versions.set(row.id, row.version);
  for (const name of ticketChannelsOf(me)) pulse.follow(name, onEvent);
  pulse.start(!isLoading);

  function onEvent(name: string, data: unknown) {
    pulse.touch();
    if (name === 'ticket.changed') {
      const event = ticketChanged.safeParse(data).data;
      if (event === undefined) pulse.look();
      else hear({ row: event.ticket, epoch: event.epoch });
    } else if (name === 'ticket.removed') {
      const event = ticketRemoved.safeParse(data).data;
      if (event !== undefined) hear({ removedId: event.ticketId });
    } else if (name === 'access.changed' && accessChanged.safeParse(data).data?.agentId === me.id) {
      options.onAccessChanged?.();
      pulse.look();
    }
  }

  function hear(news: News) {
    meanwhile.push(news);
    take(news);
    store.changed();
    if ('row' in news && epoch !== null && news.epoch !== epoch) pulse.look();
    recountTimer ??= clock.setTimeout(pulse.look, recountMs * (1 + clock.random()));
  }

  function take(news: News) {
    if ('removedId' in news) {
      rows = rows.filter((row) => row.id !== news.removedId);
      return;
    }
    const { row } = news;
    if (news.epoch !== epoch) return;
    if (row.version < (versions.get(row.id) ?? 0)) return;
    versions.set(row.id, row.version);
    const known = rows.find((other) => other.id === row.id);
    const others = rows.filter((other) => other !== known);
    const last = others.at(-1);
    // Beyond what was loaded: it comes with the page it belongs to.
    const isBeyond = nextCursor !== null && last !== undefined && isBefore(last, row, query.sort);
    rows = others;
    if (!belongs(row, query, me.id) || isBeyond) return;
    const index = others.findIndex((other) => isBefore(row, other, query.sort));
    rows = others.toSpliced(index < 0 ? others.length : index, 0, {
      ...row,
      unreadCount: guessUnread(row, known),
    });
  }

  /** Until the server counted again: one more for each new entry that brought a message of somebody else. */
  function guessUnread(row: TicketRow, known: TicketListRow | undefined): number {
    if ((seen.get(row.conversationId) ?? 0) >= row.head) return 0;
    if (known === undefined) return row.waitingSince === null ? 0 : 1;
    return known.unreadCount + (row.lastMessageAt === known.lastMessageAt ? 0 : row.head - known.head);
  }

  /** Rows that did not change keep their identity, so that only the others are drawn again. */
  function present(row: TicketListRow): TicketListRow {
    const unreadCount = (seen.get(row.conversationId) ?? 0) >= row.head ? 0 : row.unreadCount;
    const known = rows.find((other) => other.id === row.id);
    if (known?.version === row.version && known.head === row.head && known.unreadCount === unreadCount) {
      return known;
    }
    return { ...row, unreadCount };
  }

  async function look(): Promise<Failure | null> {
    clock.clearTimeout(recountTimer);
    recountTimer = null;
    const asked = generation;
    meanwhile = [];
    const limit = Math.min(ticketListPageMax, Math.max(query.limit, rows.length));
    const result = await ask(clock, answerMsMax, () => transport.listTickets({ ...queryOf(), limit }));
    if (isClosed) return null;
    if (asked !== generation) return look();
    isLoading = isLoading && !result.ok && isPassing(result.error);
    failuresInRow = result.ok ? 0 : failuresInRow + 1;
    // A hiccup passes unseen; a list that does not come says so, and goes on asking.
    const isTold = !result.ok && (!isPassing(result.error) || (failuresInRow > 1 && rows.length === 0));
    failure = isTold ? result.error : null;
    if (result.ok) takeList(result.value);
    store.changed();
    return result.ok ? null : result.error;
  }

  function takeList(list: TicketList) {
    if (list.epoch !== epoch) {
      rows = [];
      versions.clear();
      seen.clear();
    }
    epoch = list.epoch;
    counts = list.counts;
    const last = list.tickets.at(-1);
    // More rows than one answer holds: those beyond it stay as they are.
    const beyond =
      list.nextCursor === null || last === undefined
        ? []
        : rows.filter(
            (row) => isBefore(last, row, query.sort) && !list.tickets.some(({ id }) => id === row.id),
          );
    if (beyond.length === 0) nextCursor = list.nextCursor;
    for (const row of list.tickets) versions.set(row.id, Math.max(row.version, versions.get(row.id) ?? 0));
    rows = [...list.tickets.map(present), ...beyond];
    for (const news of meanwhile) take(news);
    meanwhile = [];
  }

  function queryOf(): TicketListQuery {
    const { cursor: _, ...rest } = query;
    return rest;
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    setQuery(change) {
      const next = { ...query, ...change };
      // The same question has the same answer: emptying the list for it would take rows from under the pointer.
      if (hasSameValues(next, query)) return;
      query = next;
      generation++;
      rows = [];
      nextCursor = null;
      isLoading = true;
      isLoadingMore = false;
      store.changed();
      pulse.look();
    },
    async loadMore() {
      const cursor = nextCursor;
      if (cursor === null || isLoadingMore || isLoading) return;
      const asked = generation;
      isLoadingMore = true;
      store.changed();
      const result = await ask(clock, answerMsMax, () => transport.listTickets({ ...queryOf(), cursor }));
      if (isClosed || asked !== generation) return;
      isLoadingMore = false;
      if (result.ok && result.value.epoch !== epoch) pulse.look();
      else if (result.ok && nextCursor === cursor) {
        const held = new Set(rows.map((row) => row.id));
        nextCursor = result.value.nextCursor;
        rows = [
          ...rows,
          ...result.value.tickets.filter(
            (row) => !held.has(row.id) && row.version >= (versions.get(row.id) ?? 0),
          ),
        ];
      }
      store.changed();
    },
    refresh: () => pulse.look(),
    markSeen(conversationId, order) {
      if (order <= (seen.get(conversationId) ?? 0)) return;
      seen.set(conversationId, order);
      rows = rows.map((row) =>
        row.conversationId === conversationId && row.head <= order && row.unreadCount > 0
          ? { ...row, unreadCount: 0 }
          : row,
      );
      store.changed();
    },
    wake: () => void pulse.look(),
    close() {
      isClosed = true;
      clock.clearTimeout(recountTimer);
      pulse.close();
    },
  };
}

function hasSameValues(a: TicketListQuery, b: TicketListQuery): boolean {
  const { view, status, sort, cursor, limit } = b;
  return (
    a.view === view && a.status === status && a.sort === sort && a.cursor === cursor && a.limit === limit
  );
}
