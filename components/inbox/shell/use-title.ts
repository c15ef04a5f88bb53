'use client';

import { useEffect } from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

/** The tab's title: how much asks for attention, and what is open. */
export function useTitle(row: TicketRow | null, count: number): void {
  const name = row === null ? 'Inbox' : `${row.subject} · ${customerName(row.customer)}`;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count > 99 ? '99+' : count}) ` : ''}${name} · Parley`;
  }, [name, count]);
}
