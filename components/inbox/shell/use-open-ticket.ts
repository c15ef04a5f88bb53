'use client';

import { useEffect, useSyncExternalStore } from 'react';
import type { OpenedTicket } from '#/components/inbox/ports.ts';
import type { Tickets } from '#/components/inbox/shell/use-tickets.ts';
import type { ErrorCode, Failure } from '#/lib/errors.ts';
import type { TicketListRow, TicketRow } from '#/lib/tickets/schema.ts';

const refusals: readonly ErrorCode[] = ['not_found', 'forbidden', 'invalid'];

/** What is known of the open ticket; `failure` when it cannot be shown at all. */
export function useOpenTicket(
  { board, present }: Tickets,
  rows: readonly TicketListRow[],
  ticketId: string | null,
): { row: TicketRow | null; opened: OpenedTicket | null; failure: Failure | null } {
  const snapshot = useSyncExternalStore(board.subscribe, board.getSnapshot, board.getSnapshot);
  useEffect(() => {
    if (ticketId !== null) void board.open(ticketId);
  }, [board, ticketId]);

  const state = ticketId === null ? undefined : snapshot.opened.get(ticketId);
  const opened = state?.value ?? null;
  const base = ticketId === null ? null : (rows.find(({ id }) => id === ticketId) ?? opened?.ticket ?? null);
  const refused = state?.failure ?? null;
  const isRefused = refused !== null && (base === null || refusals.includes(refused.code));
  return {
    row: base === null || isRefused ? null : present(base),
    opened,
    failure: isRefused ? refused : null,
  };
}
