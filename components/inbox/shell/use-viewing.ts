'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { InboxPorts } from '#/components/inbox/ports.ts';
import { newId } from '#/lib/ids.ts';
import { viewingChanged } from '#/lib/realtime/staff-events.ts';
import { systemClock } from '#/lib/sync/clock.ts';
import { type AgentMe, ticketChannelsOf } from '#/lib/sync/inbox.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';
import { openViewers, type Viewers } from '#/lib/sync/viewers.ts';
import { type Viewer, viewingEveryMs } from '#/lib/viewing/schema.ts';

/**
 * Says to colleagues which ticket this page shows and whether its agent types there, and knows who else looks at it. A
 * page that nobody sees says that it shows none.
 */
export function useViewing(
  ports: Pick<InboxPorts, 'setViewing'>,
  live: LiveConnection | null,
  me: AgentMe,
  ticketId: string | null,
): { viewers: readonly Viewer[]; setTyping(isTyping: boolean): void } {
  const [viewers, setViewers] = useState<readonly Viewer[]>([]);
  const [pageId] = useState(newId);
  const known = useRef<Viewers | null>(null);
  const shown = useRef({ ticketId, isTyping: false });

  const say = useCallback(async () => {
    const isVisible = document.visibilityState === 'visible';
    const { ticketId, isTyping } = shown.current;
    const result = await ports.setViewing({
      pageId,
      ticketId: isVisible ? ticketId : null,
      isTyping: isVisible && isTyping,
    });
    if (!result.ok || ticketId === null || shown.current.ticketId !== ticketId) return;
    known.current?.set(ticketId, result.value.viewers);
    setViewers(known.current?.of(ticketId) ?? result.value.viewers);
  }, [ports, pageId]);

  useEffect(() => {
    if (live === null) return;
    const viewersOf = openViewers(systemClock, me.id, (changedId) => {
      if (changedId === shown.current.ticketId) setViewers(viewersOf.of(changedId));
    });
    known.current = viewersOf;
    const handlers = {
      onEvent(name: string, data: unknown) {
        if (name !== 'viewing.changed') return;
        const event = viewingChanged.safeParse(data).data;
        if (event !== undefined && event.agent.id !== me.id)
          viewersOf.hear(event.ticketId, event.agent, event.state);
      },
      onSubscribed() {},
    };
    const undos = ticketChannelsOf(me).map((name) => live.subscribe(name, handlers));
    return () => {
      for (const undo of undos) undo();
      viewersOf.close();
      known.current = null;
    };
  }, [live, me]);

  useEffect(() => {
    shown.current = { ticketId, isTyping: false };
    setViewers([]);
    void say();
    if (ticketId === null) return;
    const timer = setInterval(() => void say(), viewingEveryMs);
    const onVisible = () => void say();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [ticketId, say]);

  const setTyping = useCallback(
    (isTyping: boolean) => {
      if (shown.current.isTyping === isTyping) return;
      shown.current = { ...shown.current, isTyping };
      void say();
    },
    [say],
  );
  return { viewers, setTyping };
}
