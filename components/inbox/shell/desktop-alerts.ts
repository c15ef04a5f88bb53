import type { Alert } from '#/lib/sync/alerts.ts';

/** Notifications of the system about tickets, one for each at a time. */
export type DesktopAlerts = { show(alert: Alert): void; hide(ticketId: string): void };

export function openDesktopAlerts(onOpen: (alert: Alert) => void): DesktopAlerts {
  const shown = new Map<string, Notification>();
  return {
    show(alert) {
      if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
      try {
        const notification = new Notification(titleOf(alert), {
          body: alert.text ?? alert.subject,
          tag: `parley-${alert.ticketId}`,
          // Parley's own tone is the sound of it.
          silent: true,
        });
        notification.onclick = () => {
          window.focus();
          notification.close();
          onOpen(alert);
        };
        notification.onclose = () => shown.delete(alert.ticketId);
        shown.set(alert.ticketId, notification);
      } catch {
        // Some phones allow them to service workers alone.
      }
    },
    hide(ticketId) {
      shown.get(ticketId)?.close();
      shown.delete(ticketId);
    },
  };
}

function titleOf({ kind, from, number, subject }: Alert): string {
  const who = from ?? 'Somebody';
  switch (kind) {
    case 'message':
      return `${from ?? 'A customer'} · ${subject}`;
    case 'mention':
      return `${who} mentioned you in #${number}`;
    case 'assigned':
      return `${who} assigned you #${number}`;
    case 'woke':
      return `#${number} woke up`;
  }
}
