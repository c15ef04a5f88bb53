'use client';

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Place } from '#/components/inbox/place.ts';
import type { InboxPorts, InboxStart } from '#/components/inbox/ports.ts';
import { showFaviconCount } from '#/components/inbox/shell/favicon.ts';
import type { OpenedAttention } from '#/components/inbox/shell/open-attention.ts';
import { useAttention } from '#/components/inbox/use-attention.ts';
import type { Preferences } from '#/lib/agents/preferences.ts';
import type { Alerts } from '#/lib/sync/alerts.ts';
import type { NotificationStore } from '#/lib/sync/notifications.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';
import type { TicketListRow } from '#/lib/tickets/schema.ts';

export type AlertOptions = {
  start: InboxStart;
  ports: InboxPorts;
  live: LiveConnection | null;
  preferences: Preferences;
  rows: readonly TicketListRow[];
  openTicketId: string | null;
  /** By conversation, the ticket that is known to have it. */
  ticketOf(conversationId: string): string | null;
  onOpen(next: Partial<Place>): void;
  /** The agent's own mark moved, also on another device. */
  onRead(conversationId: string, through: number): void;
};

export type Attention = {
  notifications: NotificationStore | null;
  alerts: Alerts | null;
  /** Tickets with something unread from the customer, and notifications. */
  count: number;
};

const none: ReadonlySet<string> = new Set();
/** How often a page says that its thread is still looked at. */
const watchedEveryMs = 15_000;
const againMs = 5_000;
const nothing = () => () => {};

/**
 * Everything that asks for the agent's attention: notifications, alerts over all tabs, and how many there are. What is
 * read here, in another tab or on another device is cleared everywhere.
 */
export function useAlerts(options: AlertOptions): Attention {
  const { start, ports, live, rows, openTicketId } = options;
  const [opened, setOpened] = useState<OpenedAttention | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    if (live === null) return;
    let isClosed = false;
    let close = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function load(on: LiveConnection) {
      try {
        const { openAttention } = await import('#/components/inbox/shell/open-attention.ts');
        if (isClosed) return;
        const attention = openAttention({ start, ports, live: on, latest });
        close = attention.close;
        setOpened(attention);
      } catch {
        // The network is away: it comes when the network does.
        if (!isClosed) timer = setTimeout(() => void load(on), againMs);
      }
    }
    void load(live);
    return () => {
      isClosed = true;
      clearTimeout(timer);
      close();
    };
  }, [start, ports, live]);

  const alerts = opened?.alerts ?? null;
  const notifications = opened?.notifications ?? null;
  useEffect(() => {
    alerts?.hearList(rows);
  }, [alerts, rows]);

  const isWatched = useAttention();
  useEffect(() => {
    if (alerts === null) return;
    const say = () => alerts.watch(isWatched ? openTicketId : null, isWatched);
    say();
    if (!isWatched) return;
    if (openTicketId !== null) alerts.seen(openTicketId);
    const timer = setInterval(say, watchedEveryMs);
    return () => clearInterval(timer);
  }, [alerts, isWatched, openTicketId]);

  const waiting = useSyncExternalStore(
    alerts?.subscribe ?? nothing,
    () => alerts?.getSnapshot().waiting ?? none,
    () => none,
  );
  const unread = useSyncExternalStore(
    notifications?.subscribe ?? nothing,
    () => notifications?.getSnapshot().unread ?? 0,
    () => 0,
  );
  // A ticket that is opened and looked at has told what it had to tell.
  useEffect(() => {
    if (notifications === null || !isWatched || openTicketId === null || unread === 0) return;
    const isTold = notifications
      .getSnapshot()
      .items.some((item) => item.readAt === null && item.ticket.id === openTicketId);
    if (isTold) void notifications.read({ ticketId: openTicketId });
  }, [notifications, isWatched, openTicketId, unread]);

  const count = waiting.size + unread;
  useEffect(() => {
    showFaviconCount(count);
  }, [count]);
  return { notifications, alerts, count };
}
