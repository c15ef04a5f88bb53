import type { RefObject } from 'react';
import { openDesktopAlerts } from '#/components/inbox/shell/desktop-alerts.ts';
import type { AlertOptions } from '#/components/inbox/shell/use-alerts.ts';
import { playTone } from '#/components/ui/tone.ts';
import { newId } from '#/lib/ids.ts';
import { readChanged, ticketChanged } from '#/lib/realtime/events.ts';
import { type Alerts, openAlerts } from '#/lib/sync/alerts.ts';
import { ticketChannelsOf } from '#/lib/sync/inbox.ts';
import { type NotificationStore, openNotifications } from '#/lib/sync/notifications.ts';
import { browserTabs } from '#/lib/sync/tabs.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

export type OpenedAttention = { alerts: Alerts; notifications: NotificationStore; close(): void };

const gestures = ['pointerdown', 'keydown'] as const;

/** Alerts and notifications of this page, fed by what is pushed. It comes after the page: nobody is alerted in its first moment. */
export function openAttention({
  start,
  ports,
  live,
  latest,
}: Pick<AlertOptions, 'start' | 'ports'> & {
  live: LiveConnection;
  latest: RefObject<AlertOptions>;
}): OpenedAttention {
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
  // Browsers let a page sound only after somebody did something on it.
  const unmute = () => alerts.unmute();
  for (const gesture of gestures) window.addEventListener(gesture, unmute, { once: true });
  if (navigator.userActivation?.hasBeenActive === true) unmute();
  return {
    alerts,
    notifications,
    close() {
      for (const undo of undos) undo();
      for (const gesture of gestures) window.removeEventListener(gesture, unmute);
      notifications.close();
      alerts.close();
      tabs.close();
    },
  };
}
