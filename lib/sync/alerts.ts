import * as z from 'zod/mini';
import type { Preferences } from '#/lib/agents/preferences.ts';
import type { NotificationItem } from '#/lib/notifications/schema.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { Tabs } from '#/lib/sync/tabs.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

/** One thing that somebody should look at now. */
const alertSchema = z.object({
  /** The same for the same message in every tab. */
  key: z.string(),
  ticketId: z.string(),
  number: z.number(),
  subject: z.string(),
  kind: z.enum(['message', 'mention', 'assigned', 'woke']),
  /** Who it is from, as the lock screen may show it; null for nobody by name. */
  from: z.nullable(z.string()),
  text: z.nullable(z.string()),
  at: z.nullable(z.object({ conversationId: z.string(), seq: z.number() })),
});
export type Alert = z.infer<typeof alertSchema>;

/** What an alert does to the world; called in one tab only. */
export type AlertOutlets = {
  sound(): void;
  show(alert: Alert): void;
  /** Takes away what is shown about this ticket. */
  hide(ticketId: string): void;
};

export type AlertSnapshot = {
  /** Tickets with something from the customer that this agent has not read. */
  waiting: ReadonlySet<string>;
};

export type Alerts = {
  getSnapshot(): AlertSnapshot;
  subscribe(listener: () => void): () => void;
  /** A row as pushed. */
  hearRow(row: TicketRow): void;
  /** Rows as listed, with what is unread: what arrived while nothing was pushed. */
  hearList(rows: readonly (TicketRow & { unreadCount: number })[]): void;
  hearNotification(item: NotificationItem): void;
  /** The agent has read what this ticket has, here or on another device. */
  seen(ticketId: string): void;
  /**
   * The thread before the agent's eyes (null: none), in a tab that is visible and has the focus, and whether it has it.
   * Say it again every quarter of a minute: a tab that died looks at nothing.
   */
  watch(ticketId: string | null, hasFocus: boolean): void;
  /** From now on this tab may make sounds: browsers want a click or a key first. */
  unmute(): void;
  close(): void;
};

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alert'), alert: alertSchema }),
  z.object({ type: z.literal('seen'), ticketId: z.string() }),
  z.object({
    type: z.literal('tab'),
    tab: z.string(),
    watching: z.nullable(z.string()),
    hasFocus: z.boolean(),
  }),
]);
type Watch = { watching: string | null; hasFocus: boolean };

const alertedMax = 500;
/** Three times as long as pages repeat it. */
const watchedMs = 45_000;

/**
 * Who is alerted of what, over all tabs of one agent. Every tab hears the same news and tells the others; the one that
 * leads makes one sound and shows one notification per message. Nothing is alerted that the agent did itself, does not
 * want to hear of, or is looking at.
 */
export function openAlerts(options: {
  me: { id: string };
  /** When the page was drawn, in the server's time: what is older was there already. */
  startedAt: string;
  tabId: string;
  tabs: Tabs;
  preferences(): Pick<Preferences, 'notifyAbout' | 'sound' | 'desktop'>;
  outlets: AlertOutlets;
  now(): number;
}): Alerts {
  const { me, startedAt, tabId, tabs, preferences, outlets, now } = options;
  /** The newest message heard of each ticket, and the version that told it. */
  const newest = new Map<string, { at: string; version: number }>();
  const waiting = new Set<string>();
  /** Which messages were alerted, by any tab; the oldest are forgotten first. */
  const alerted = new Set<string>();
  const others = new Map<string, Watch & { heardAt: number }>();
  let own: Watch = { watching: null, hasFocus: false };
  let isUnmuted = false;
  let leads = { sound: false, show: false };
  const store = openStore<AlertSnapshot>(() => ({ waiting: new Set(waiting) }));
  const undos: (() => void)[] = [
    tabs.listen(onMessage),
    tabs.lead('show', () => {
      leads = { ...leads, show: true };
    }),
  ];
  tell();

  function onMessage(data: unknown) {
    const message = messageSchema.safeParse(data).data;
    if (message === undefined) return;
    if (message.type === 'alert') alert(message.alert);
    else if (message.type === 'seen') forget(message.ticketId);
    else {
      const isNew = !others.has(message.tab);
      others.set(message.tab, {
        watching: message.watching,
        hasFocus: message.hasFocus,
        heardAt: now(),
      });
      // A tab that just opened knows nothing of this one.
      if (isNew) tell();
    }
  }

  function tell() {
    tabs.post({ type: 'tab', tab: tabId, ...own });
  }

  function watches(): Watch[] {
    return [own, ...[...others.values()].filter(({ heardAt }) => now() - heardAt < watchedMs)];
  }
  const isWatched = (ticketId: string) => watches().some((tab) => tab.watching === ticketId);

  /** Once per message, whichever tab heard it first. */
  function raise(news: Alert) {
    if (alerted.has(news.key)) return;
    tabs.post({ type: 'alert', alert: news });
    alert(news);
  }

  function alert(news: Alert) {
    if (alerted.has(news.key)) return;
    alerted.add(news.key);
    const [oldest] = alerted;
    if (alerted.size > alertedMax && oldest !== undefined) alerted.delete(oldest);
    if (isWatched(news.ticketId)) return;
    if (news.kind === 'message') {
      waiting.add(news.ticketId);
      store.changed();
    }
    const { sound, desktop } = preferences();
    if (leads.sound && sound) outlets.sound();
    // Who looks at Parley anyway sees it there.
    const isLooking = watches().some((tab) => tab.hasFocus);
    if (leads.show && desktop && !isLooking) outlets.show(news);
  }

  function forget(ticketId: string) {
    if (leads.show) outlets.hide(ticketId);
    if (waiting.delete(ticketId)) store.changed();
  }

  function isWanted(row: TicketRow): boolean {
    const { notifyAbout } = preferences();
    return notifyAbout === 'all' || (notifyAbout === 'mine' && row.assignee?.id === me.id);
  }

  /** Whether the row tells of a message later than any that was heard of its ticket. */
  function learn(row: TicketRow): boolean {
    const known = newest.get(row.id);
    const at = row.lastMessageAt ?? '';
    if (known !== undefined && known.version > row.version) return false;
    newest.set(row.id, { at, version: row.version });
    return at > (known?.at ?? startedAt);
  }

  function hearRow(row: TicketRow) {
    const isNew = learn(row);
    if (row.lastSender === 'agent' || !isWanted(row)) {
      // Answered, or somebody else's now: nothing of it waits for this agent.
      if (waiting.delete(row.id)) store.changed();
      return;
    }
    if (!isNew || row.lastSender !== 'customer') return;
    raise({
      key: `${row.id} ${row.lastMessageAt}`,
      ticketId: row.id,
      number: row.number,
      subject: row.subject,
      kind: 'message',
      from: row.customer.name ?? row.customer.email,
      text: row.lastMessage,
      at: null,
    });
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    hearRow,
    hearList(rows) {
      for (const row of rows) {
        const known = newest.get(row.id);
        const isUnread = row.unreadCount > 0 && row.lastSender === 'customer' && isWanted(row);
        if (isUnread && known === undefined && (row.lastMessageAt ?? '') <= startedAt) {
          // It waited before this page was there: counted, and nothing new to be alerted of.
          if (!waiting.has(row.id) && !isWatched(row.id)) {
            waiting.add(row.id);
            store.changed();
          }
          learn(row);
        } else if (row.unreadCount > 0) hearRow(row);
        else {
          learn(row);
          if ((known?.version ?? 0) <= row.version) forget(row.id);
        }
      }
    },
    hearNotification(item) {
      if (preferences().notifyAbout === 'none' || item.readAt !== null || item.actor?.id === me.id) return;
      const { ticket, conversationId, seq } = item;
      raise({
        key: item.id,
        ticketId: ticket.id,
        number: ticket.number,
        subject: ticket.subject,
        kind: item.kind,
        from: item.actor?.name ?? null,
        text: null,
        at: conversationId === null || seq === null ? null : { conversationId, seq },
      });
    },
    seen(ticketId) {
      const wasWaiting = waiting.has(ticketId);
      forget(ticketId);
      if (wasWaiting) tabs.post({ type: 'seen', ticketId });
    },
    watch(ticketId, hasFocus) {
      const isNews = own.watching !== ticketId || own.hasFocus !== hasFocus;
      own = { watching: ticketId, hasFocus };
      if (isNews || hasFocus) tell();
    },
    unmute() {
      if (isUnmuted) return;
      isUnmuted = true;
      undos.push(
        tabs.lead('sound', () => {
          leads = { ...leads, sound: true };
        }),
      );
    },
    close() {
      own = { watching: null, hasFocus: false };
      tell();
      for (const undo of undos) undo();
    },
  };
}
