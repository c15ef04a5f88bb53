'use client';

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Place } from '#/components/inbox/place.ts';
import type { InboxPorts, InboxStart } from '#/components/inbox/ports.ts';
import { openDesktopAlerts } from '#/components/inbox/shell/desktop-alerts.ts';
import { showFaviconCount } from '#/components/inbox/shell/favicon.ts';
import { playTone } from '#/components/inbox/shell/sound.ts';
import { useAttention } from '#/components/inbox/use-attention.ts';
import type { Preferences } from '#/lib/agents/preferences.ts';
import { newId } from '#/lib/ids.ts';
import { readChanged, ticketChanged } from '#/lib/realtime/events.ts';
import { type Alerts, openAlerts, watchedEveryMs } from '#/lib/sync/alerts.ts';
import { ticketChannelsOf } from '#/lib/sync/inbox.ts';
import { type NotificationStore, openNotifications } from '#/lib/sync/notifications.ts';
import { browserTabs } from '#/lib/sync/tabs.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';
import type { TicketListRow } from '#/lib/tickets/schema.ts';

export type Attention = {
  notifications: NotificationStore | null;
  alerts: Alerts | null;
  /** Tickets with something unread from the customer, and notifications. */
  count: number;
};

const none: ReadonlySet<string> = new Set();
const nothing = () => () => {};

/**
 * Everything that asks for the agent's attention: notifications, alerts over all tabs, and how many there are. What is
 * read here, in another tab or on another device is cleared everywhere.
 */
export function useAlerts(options: {
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
}): Attention {
  const { start, ports, live, rows, openTicketId } = options;
  const [opened, setOpened] = useState<{ alerts: Alerts; notifications: NotificationStore } | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    if (live === null) return;
    const { me } = start;
    const tabs = browserTabs(me.id);
    const desktop = openDesktopAlerts(({ ticketId, at }) => latest.current.onOpen({ ticketId, at }));
    const alerts = openAlerts({
      me,
      startedAt: start.drawnAt,
      tabId: newId(),
      tabs,
      preferences: () => latest.current.preferences,
      outlets: { sound: playTone, ...desktop },
      now: () => Date.now(),
    });
    const notifications = openNotifications({
      transport: ports.notifications,
      live,
      me,
      onNew: alerts.hearNotification,
    });
    const handlers = {
      onEvent(name: string, data: unknown) {
        if (name === 'ticket.changed') {
          const event = ticketChanged.safeParse(data).data;
          if (event !== undefined) alerts.hearRow(event.ticket);
        } else if (name === 'read.changed') {
          const event = readChanged.safeParse(data).data;
          if (event === undefined || event.reader.kind !== 'agent' || event.reader.id !== me.id) return;
          latest.current.onRead(event.conversationId, event.through);
          const ticketId = latest.current.ticketOf(event.conversationId);
          if (ticketId !== null) alerts.seen(ticketId);
        }
      },
      onSubscribed() {},
    };
    const undos = ticketChannelsOf(me).map((channel) => live.subscribe(channel, handlers));
    const unmute = () => alerts.unmute();
    for (const event of ['pointerdown', 'keydown']) window.addEventListener(event, unmute, { once: true });
    setOpened({ alerts, notifications });
    return () => {
      for (const undo of undos) undo();
      for (const event of ['pointerdown', 'keydown']) window.removeEventListener(event, unmute);
      notifications.close();
      alerts.close();
      tabs.close();
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
