'use client';

import { useEffect, useRef, useState } from 'react';
import type { Outbox } from '#/lib/sync/outbox.ts';
import { openThread, type ThreadPart, type TicketThread } from '#/lib/sync/thread.ts';
import type { ConversationTransport, LiveConnection } from '#/lib/sync/transport.ts';
import { onWake } from '#/lib/sync/wake.ts';

type ThreadEngine = { live: LiveConnection | null; outbox: Outbox; transport: ConversationTransport };

/**
 * The thread of the open ticket over all its conversations; null for the moment before it is opened. `parts` are empty
 * until the ticket is known; those that are added or gone later change the thread without opening it anew. `initial` is
 * only a head start.
 */
export function useTicketThread(
  engine: ThreadEngine | null,
  ticketId: string | null,
  parts: readonly ThreadPart[],
  me: { id: string; name: string },
  initial: Parameters<typeof openThread>[0]['initial'],
): TicketThread | null {
  const [open, setOpen] = useState<{ ticketId: string; thread: TicketThread } | null>(null);
  const latest = useRef({ parts, initial });
  useEffect(() => {
    latest.current = { parts, initial };
  });
  const isKnown = parts.length > 0;
  const { id, name } = me;
  useEffect(() => {
    if (engine === null || ticketId === null || !isKnown) return;
    const { live, outbox, transport } = engine;
    const { current } = latest;
    const thread = openThread({
      parts: current.parts,
      me: { id, name },
      transport,
      live,
      outbox,
      initial: current.initial ?? null,
    });
    const unwake = onWake(() => thread.wake());
    setOpen({ ticketId, thread });
    return () => {
      unwake();
      thread.close();
    };
  }, [engine, ticketId, isKnown, id, name]);
  const thread = open !== null && open.ticketId === ticketId ? open.thread : null;
  useEffect(() => {
    if (parts.length > 0) thread?.setParts(parts);
  }, [thread, parts]);
  return thread;
}
