import type { CustomerConversation, WidgetState } from '#/lib/conversations/schema.ts';
import type { Failure } from '#/lib/errors.ts';
import { isPassing } from '#/lib/errors.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { ask, systemClock } from '#/lib/sync/clock.ts';
import { isConversationChanged } from '#/lib/sync/event-checks.ts';
import { openPulse } from '#/lib/sync/pulse.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { Clock, ConnectionState, LiveConnection, WidgetTransport } from '#/lib/sync/transport.ts';

const answerMsMax = 15_000;

export type CustomerListSnapshot = {
  customer: WidgetState['customer'] | null;
  /** Newest activity first. */
  conversations: readonly CustomerConversation[];
  /** Over all conversations. */
  unreadCount: number;
  /** The newest conversation's first page and marks, as they were at the last fetch: `initial` of `openConversation`. */
  state: WidgetState | null;
  isLoading: boolean;
  /** `unauthenticated`: the session is over or was never there. */
  failure: Failure | null;
  connection: ConnectionState;
};

export type CustomerListStore = {
  getSnapshot(): CustomerListSnapshot;
  subscribe(listener: () => void): () => void;
  /** Fetches again, also after a session came into being. */
  refresh(): Promise<void>;
  /** The customer has read a conversation so far; the list says so at once. */
  markSeen(conversationId: string, order: number): void;
  wake(): void;
  close(): void;
};

/**
 * Whether news replace what is known. Equal heads must: a subject or an assignee changes without a public entry. A late
 * answer may so bring back the former one until the next look; a finer number would count what is staff's own.
 */
function isNewer(news: CustomerConversation, known: CustomerConversation): boolean {
  return news.head >= known.head;
}

/** A customer's conversations with their unread counts, kept true over the customer's own channel. */
export function openCustomerList(options: {
  transport: WidgetTransport;
  live: LiveConnection | null;
  clock?: Clock;
}): CustomerListStore {
  const { transport, live, clock = systemClock } = options;
  let state: WidgetState | null = null;
  let conversations: readonly CustomerConversation[] = [];
  let failure: Failure | null = null;
  let followedId: string | null = null;
  let isClosed = false;
  const seen = new Map<string, number>();

  const store = openStore<CustomerListSnapshot>(() => ({
    customer: state?.customer ?? null,
    conversations,
    unreadCount: conversations.reduce((sum, { unreadCount }) => sum + unreadCount, 0),
    state,
    isLoading: state === null && failure === null,
    failure,
    connection: pulse.state(),
  }));
  const pulse = openPulse({ clock, live, look, onState: store.changed });
  pulse.look();

  async function look(): Promise<Failure | null> {
    const result = await ask(clock, answerMsMax, () => transport.fetchState());
    if (isClosed) return null;
    failure = result.ok || isPassing(result.error) ? null : result.error;
    if (result.ok) {
      // Another database (restored from a backup): what was known of the former says nothing about it.
      if (state !== null && state.epoch !== result.value.epoch) {
        conversations = [];
        seen.clear();
      }
      state = result.value;
      const ids = new Set(state.conversations.map(({ id }) => id));
      conversations = conversations.filter(({ id }) => ids.has(id));
      state.conversations.forEach(take);
      follow(state.customer.id);
    }
    store.changed();
    return result.ok ? null : result.error;
  }

  function follow(customerId: string) {
    if (followedId === customerId) return;
    followedId = customerId;
    pulse.follow(channels.customer(customerId), (name, data) => {
      pulse.touch();
      if (name !== 'conversation.changed') return;
      if (!isConversationChanged(data) || data.epoch !== state?.epoch) {
        pulse.look();
        return;
      }
      take(data.conversation);
      store.changed();
    });
  }

  function take(news: CustomerConversation) {
    const known = conversations.find(({ id }) => id === news.id);
    if (known !== undefined && !isNewer(news, known)) return;
    const readThrough = Math.max(news.readThrough, known?.readThrough ?? 0, seen.get(news.id) ?? 0);
    const unreadCount = readThrough >= news.head ? 0 : news.unreadCount;
    const others = conversations.filter((other) => other !== known);
    conversations = [...others, { ...news, readThrough, unreadCount }].sort((a, b) =>
      (b.lastMessageAt ?? '') < (a.lastMessageAt ?? '') ? -1 : 1,
    );
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    refresh: () => pulse.look(),
    markSeen(conversationId, order) {
      if (order <= (seen.get(conversationId) ?? 0)) return;
      seen.set(conversationId, order);
      conversations = conversations.map((known) =>
        known.id === conversationId && order > known.readThrough
          ? { ...known, readThrough: order, unreadCount: order >= known.head ? 0 : known.unreadCount }
          : known,
      );
      store.changed();
    },
    wake: () => void pulse.look(),
    close() {
      isClosed = true;
      pulse.close();
    },
  };
}
