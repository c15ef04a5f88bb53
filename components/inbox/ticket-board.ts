import type { InboxPorts, OpenedTicket } from '#/components/inbox/ports.ts';
import { type PreviewNames, previewOf, shownBefore } from '#/components/inbox/ticket-preview.ts';
import type { Failure, Result } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { ticketChanged, ticketRemoved } from '#/lib/realtime/events.ts';
import { ticketAvailable } from '#/lib/realtime/staff-events.ts';
import { type AgentMe, ticketChannelsOf } from '#/lib/sync/inbox.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';
import type { TicketChange, TicketRow } from '#/lib/tickets/schema.ts';

export type OpenedState = { value: OpenedTicket | null; isLoading: boolean; failure: Failure | null };
export type BoardSnapshot = {
  /** The newest row known of each ticket that was ever told of; the agent's own unsettled changes are not in it. */
  known: ReadonlyMap<string, TicketRow>;
  pending: readonly { id: string; ticketId: string; change: TicketChange }[];
  opened: ReadonlyMap<string, OpenedState>;
};
export type TicketBoard = {
  getSnapshot(): BoardSnapshot;
  subscribe(listener: () => void): () => void;
  /**
   * Shows the change at once, settles it by the server's answer, and takes it back when that is a refusal. `shown` is the
   * row as the agent saw it: what somebody else changed meanwhile refuses it.
   */
  change(shown: TicketRow, change: TicketChange): Promise<Result<TicketRow>>;
  /** Fetches what the open ticket shows beside its thread; what is known stays visible meanwhile. */
  open(ticketId: string): Promise<void>;
  /** The same ahead of time, if it is not known yet. */
  prefetch(ticketId: string): void;
  /** The newest row known of a ticket that was told of or opened; null for none. */
  rowOf(ticketId: string): TicketRow | null;
  /** The opened ticket that this conversation belongs to; null when none does. */
  ticketOf(conversationId: string): string | null;
  /** Listens until the returned undo is called. */
  listen(live: LiveConnection, me: AgentMe): () => void;
};

const openedMax = 60;

/** What is known of tickets outside the list's pages: opened ones, pushed changes, changes not settled yet. */
export function openTicketBoard(
  ports: Pick<InboxPorts, 'fetchTicket' | 'changeTicket'>,
  first: OpenedTicket | null,
): TicketBoard {
  let snapshot: BoardSnapshot = {
    known: new Map(),
    pending: [],
    opened: new Map(
      first === null ? [] : [[first.ticket.id, { value: first, isLoading: false, failure: null }]],
    ),
  };
  const listeners = new Set<() => void>();
  /** Which database it is all from; versions of another (restored from a backup) say nothing. Only answers move it. */
  let epoch = first?.page.epoch ?? null;
  /** How often each ticket was asked for. */
  const askedFor = new Map<string, number>();

  function set(next: Partial<BoardSnapshot>) {
    snapshot = { ...snapshot, ...next };
    for (const listener of listeners) listener();
  }
  function learn(row: TicketRow) {
    const before = snapshot.known.get(row.id);
    if (before !== undefined && before.version >= row.version) return;
    set({ known: new Map(snapshot.known).set(row.id, row) });
  }
  function setOpened(ticketId: string, state: OpenedState) {
    const opened = new Map(snapshot.opened);
    opened.delete(ticketId);
    opened.set(ticketId, state);
    const [oldest] = opened.keys();
    if (opened.size > openedMax && oldest !== undefined) opened.delete(oldest);
    set({ opened });
  }

  async function open(ticketId: string) {
    const before = snapshot.opened.get(ticketId);
    if (before?.isLoading === true) return;
    setOpened(ticketId, { value: before?.value ?? null, isLoading: true, failure: null });
    await settle(ticketId);
  }

  /** One channel does not carry the ticket any more; another one of this agent's may, so the server decides. */
  async function lose(ticketId: string) {
    if (snapshot.opened.has(ticketId)) await settle(ticketId);
  }

  async function settle(ticketId: string) {
    const asked = (askedFor.get(ticketId) ?? 0) + 1;
    askedFor.set(ticketId, asked);
    const result = await ports.fetchTicket(ticketId);
    // A later question knows better.
    if (askedFor.get(ticketId) !== asked) return;
    const before = snapshot.opened.get(ticketId);
    if (result.ok) {
      if (result.value.page.epoch !== epoch) set({ known: new Map() });
      epoch = result.value.page.epoch;
      learn(result.value.ticket);
      setOpened(ticketId, { value: result.value, isLoading: false, failure: null });
    } else {
      const isGone = result.error.code === 'not_found' || result.error.code === 'forbidden';
      setOpened(ticketId, {
        value: isGone ? null : (before?.value ?? null),
        isLoading: false,
        failure: result.error,
      });
    }
  }

  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async change(shown, change) {
      const [id, ticketId, from] = [newId(), shown.id, shownBefore(shown, change)];
      set({ pending: [...snapshot.pending, { id, ticketId, change }] });
      const result = await ports.changeTicket({
        ticketId,
        id,
        change,
        ...(from === undefined ? {} : { from }),
      });
      if (result.ok) learn(result.value);
      set({ pending: snapshot.pending.filter((each) => each.id !== id) });
      return result;
    },
    open,
    prefetch(ticketId) {
      if (!snapshot.opened.has(ticketId)) void open(ticketId);
    },
    rowOf: (ticketId) => snapshot.known.get(ticketId) ?? snapshot.opened.get(ticketId)?.value?.ticket ?? null,
    ticketOf(conversationId) {
      for (const [ticketId, { value }] of snapshot.opened) {
        if (value?.conversations.some(({ id }) => id === conversationId) === true) return ticketId;
      }
      return null;
    },
    listen(live, me) {
      const handlers = {
        onEvent(name: string, data: unknown) {
          if (name === 'ticket.changed') {
            const parsed = ticketChanged.safeParse(data);
            if (!parsed.success) return;
            const { ticket } = parsed.data;
            if (epoch !== null && epoch !== parsed.data.epoch) {
              for (const ticketId of snapshot.opened.keys()) void settle(ticketId);
              return;
            }
            learn(ticket);
            const before = snapshot.opened.get(ticket.id)?.value?.customer;
            if (before !== undefined && isOther(before, ticket.customer)) void settle(ticket.id);
            // It came back into sight.
            if (snapshot.opened.get(ticket.id)?.failure?.code === 'not_found') void open(ticket.id);
          } else if (name === 'ticket.removed') {
            const parsed = ticketRemoved.safeParse(data);
            if (parsed.success) void lose(parsed.data.ticketId);
          } else if (name === 'ticket.available') {
            const parsed = ticketAvailable.safeParse(data);
            if (parsed.success && snapshot.opened.has(parsed.data.ticketId))
              void settle(parsed.data.ticketId);
          }
        },
        onSubscribed() {},
      };
      const undos = ticketChannelsOf(me).map((name) => live.subscribe(name, handlers));
      return () => {
        for (const undo of undos) undo();
      };
    },
  };
}

/** Somebody signed in as whom they are, or what is known of them changed: what stands beside the thread is read anew. */
function isOther(before: OpenedTicket['customer'], now: TicketRow['customer']): boolean {
  const isSame =
    before.id === now.id &&
    before.name === now.name &&
    before.email === now.email &&
    before.isVerified === now.isVerified;
  return !isSame || Object.entries(now.fields).some(([key, value]) => before.attributes[key] !== value);
}

/** A row as it should be shown: the newest known version of it with the agent's unsettled changes on top. */
export function presentRow<Row extends TicketRow>(row: Row, board: BoardSnapshot, names: PreviewNames): Row {
  const known = board.known.get(row.id);
  let shown: Row = known !== undefined && known.version > row.version ? { ...row, ...known } : row;
  for (const { ticketId, change } of board.pending) {
    if (ticketId === row.id) shown = { ...shown, ...previewOf(shown, change, names) };
  }
  return shown;
}
