'use client';

import { useEffect, useRef, useState } from 'react';
import type { InboxMe, OpenedTicket } from '#/components/inbox/ports.ts';
import { type ConversationStore, openConversation } from '#/lib/sync/conversation.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';
import type { ConversationTransport, LiveConnection } from '#/lib/sync/transport.ts';
import { onWake } from '#/lib/sync/wake.ts';

/** What the whole inbox shares; null until the browser has opened it. */
export type InboxEngine = { live: LiveConnection | null; outbox: Outbox; transport: ConversationTransport };

/** The open ticket's conversation; null for the moment before it is opened. `opened` is only a head start. */
export function useConversation(
  engine: InboxEngine | null,
  conversationId: string | null,
  me: InboxMe,
  opened: OpenedTicket | null,
): ConversationStore | null {
  const [open, setOpen] = useState<{ id: string; store: ConversationStore } | null>(null);
  const start = useRef(opened);
  useEffect(() => {
    start.current = opened;
  });
  useEffect(() => {
    if (engine === null || conversationId === null) return;
    const page = start.current?.ticket.conversationId === conversationId ? start.current : null;
    const store = openConversation({
      conversationId,
      me: { kind: 'agent', id: me.id, name: me.name },
      audience: 'staff',
      transport: engine.transport,
      live: engine.live,
      outbox: engine.outbox,
      ...(page === null ? {} : { initial: { page: page.page, marks: page.marks } }),
    });
    const unwake = onWake(() => store.wake());
    setOpen({ id: conversationId, store });
    return () => {
      unwake();
      store.close();
    };
  }, [engine, conversationId, me.id, me.name]);
  return open !== null && open.id === conversationId ? open.store : null;
}
