import { type Failure, isPassing } from '#/lib/errors.ts';
import type { NotificationItem, NotificationList } from '#/lib/notifications/schema.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { notificationCreated, notificationRead } from '#/lib/realtime/staff-events.ts';
import { ask, systemClock } from '#/lib/sync/clock.ts';
import { openPulse } from '#/lib/sync/pulse.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { Clock, LiveConnection, NotificationTransport } from '#/lib/sync/transport.ts';

const answerMsMax = 15_000;

export type NotificationSnapshot = {
  /** Newest first; empty until it was opened once. */
  items: readonly NotificationItem[];
  unread: number;
  isLoading: boolean;
  failure: Failure | null;
  hasMore: boolean;
};

export type NotificationStore = {
  getSnapshot(): NotificationSnapshot;
  subscribe(listener: () => void): () => void;
  /** Fetches the newest; what is shown stays meanwhile. */
  load(): Promise<void>;
  loadMore(): Promise<void>;
  /** Says at once that it was read, and again what it was when the server refuses. */
  read(what: { ids: readonly string[] } | { ticketId: string } | 'all'): Promise<Failure | null>;
  close(): void;
};

/**
 * What this agent was told about, on every page of theirs the same: pushed, and asked for after each gap and at intervals
 * when nothing is pushed.
 */
export function openNotifications(options: {
  transport: NotificationTransport;
  live: LiveConnection | null;
  me: { id: string };
  clock?: Clock;
  /** Of something that nobody has seen yet. */
  onNew(item: NotificationItem): void;
}): NotificationStore {
  const { transport, live, me, onNew, clock = systemClock } = options;
  let items: readonly NotificationItem[] = [];
  let unread = 0;
  let nextCursor: string | null = null;
  let isLoading = false;
  let failure: Failure | null = null;
  let isClosed = false;
  let hasLoaded = false;
  /** Grows with each question and each event: an answer that they overtook is asked for again. */
  let generation = 0;
  const store = openStore<NotificationSnapshot>(() => ({
    items,
    unread,
    isLoading,
    failure,
    hasMore: nextCursor !== null,
  }));

  const pulse = openPulse({ clock, live, look, onState: () => {} });
  pulse.follow(channels.agent(me.id), onEvent);
  pulse.start(true);

  function onEvent(name: string, data: unknown) {
    pulse.touch();
    if (name === 'notification.created') {
      const item = notificationCreated.safeParse(data).data?.notification;
      if (item !== undefined) add(item);
    } else if (name === 'notification.read') {
      const event = notificationRead.safeParse(data).data;
      if (event !== undefined) take(event);
    } else if (name === 'ticket.removed' || name === 'access.changed') pulse.look();
  }

  function add(item: NotificationItem) {
    if (items.some((each) => each.id === item.id)) return;
    generation++;
    items = [item, ...items];
    if (item.readAt === null) unread++;
    store.changed();
    onNew(item);
  }

  function take(event: { ids: string[] | null; unread: number }) {
    generation++;
    mark((item) => event.ids === null || event.ids.includes(item.id));
    unread = event.unread;
    store.changed();
  }

  function mark(is: (item: NotificationItem) => boolean) {
    // When exactly is the server's to say; here it only matters that it was.
    items = items.map((item) => (item.readAt === null && is(item) ? { ...item, readAt: item.at } : item));
  }

  async function look(): Promise<Failure | null> {
    const asked = ++generation;
    isLoading = !hasLoaded;
    store.changed();
    const result = await ask(clock, answerMsMax, () => transport.listNotifications({}));
    if (isClosed) return null;
    if (asked !== generation) return look();
    isLoading = false;
    // A look that is missed while a list is shown is made up for by the next.
    failure = result.ok || (hasLoaded && isPassing(result.error)) ? null : result.error;
    if (result.ok) takePage(result.value);
    store.changed();
    return result.ok ? null : result.error;
  }

  /** The newest page is the truth about what it covers; what was loaded beyond it stays. */
  function takePage(page: NotificationList) {
    const known = new Set(items.map((item) => item.id));
    const fresh = hasLoaded ? page.items.filter((item) => !known.has(item.id)) : [];
    const oldest = page.items.at(-1)?.id;
    const beyond =
      oldest === undefined || page.nextCursor === null ? [] : items.filter(({ id }) => id < oldest);
    hasLoaded = true;
    items = [...page.items, ...beyond];
    unread = page.unread;
    if (beyond.length === 0) nextCursor = page.nextCursor;
    for (const item of fresh) if (item.readAt === null) onNew(item);
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load: () => pulse.look(),
    async loadMore() {
      const cursor = nextCursor;
      if (cursor === null || isLoading) return;
      const asked = ++generation;
      isLoading = true;
      store.changed();
      const result = await ask(clock, answerMsMax, () => transport.listNotifications({ cursor }));
      if (isClosed) return;
      isLoading = false;
      // Something changed meanwhile: the newest page tells what, and the rest is asked for again from there.
      if (asked !== generation) return pulse.look();
      failure = result.ok ? null : result.error;
      if (result.ok) {
        const known = new Set(items.map((item) => item.id));
        items = [...items, ...result.value.items.filter((item) => !known.has(item.id))];
        unread = result.value.unread;
        nextCursor = result.value.nextCursor;
      }
      store.changed();
    },
    async read(what) {
      const before = { items, unread };
      const isMeant = (item: NotificationItem) =>
        what === 'all' || ('ids' in what ? what.ids.includes(item.id) : item.ticket.id === what.ticketId);
      const count = items.filter((item) => item.readAt === null && isMeant(item)).length;
      mark(isMeant);
      unread = what === 'all' ? 0 : Math.max(0, unread - count);
      const asked = ++generation;
      store.changed();
      const input = what === 'all' ? { all: true as const } : 'ids' in what ? { ids: [...what.ids] } : what;
      const result = await ask(clock, answerMsMax, () => transport.readNotifications(input));
      if (isClosed) return null;
      if (result.ok) {
        if (asked === generation) unread = result.value.unread;
      } else if (asked === generation) ({ items, unread } = before);
      store.changed();
      return result.ok ? null : result.error;
    },
    close() {
      isClosed = true;
      pulse.close();
    },
  };
}
