import type { CustomerConversation, StartFollowUpInput, WidgetState } from '#/lib/conversations/schema.ts';
import type { Bridge } from '#/lib/embed/bridge.ts';
import { type HostShelf, mirroredStorage } from '#/lib/embed/mirrored-storage.ts';
import type { ToFrame } from '#/lib/embed/protocol.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import type { ConfirmedEntry, SendInput } from '#/lib/messages/schema.ts';
import type { Authorization } from '#/lib/realtime/subscribe.ts';
import { type ConversationStore, openConversation } from '#/lib/sync/conversation.ts';
import { openLazyLive } from '#/lib/sync/lazy-live.ts';
import { type Outbox, openOutbox } from '#/lib/sync/outbox.ts';
import { reloadOutdated } from '#/lib/sync/outdated.ts';
import {
  type Draft,
  indexedDbStorage,
  type OutboxStorage,
  openStart,
  ownedStorage,
  tabLock,
} from '#/lib/sync/storage.ts';
import { openStore, type Store } from '#/lib/sync/store.ts';
import type { ConversationTransport, LiveConnection, OutgoingMessage } from '#/lib/sync/transport.ts';
import { onWake } from '#/lib/sync/wake.ts';
import { type CustomerListStore, openCustomerList } from '#/lib/sync/widget.ts';

/** What the frame asks of the server. Nothing in it throws: a lost answer is `unavailable`. */
export type MessengerPorts = {
  fetchState(token: string): Promise<Result<WidgetState>>;
  fetchEntries(
    token: string,
    query: Parameters<ConversationTransport['fetchEntries']>[0],
  ): ReturnType<ConversationTransport['fetchEntries']>;
  markRead(token: string, input: { conversationId: string; through: number }): Promise<Result<null>>;
  setTyping(token: string, input: { conversationId: string; isTyping: boolean }): Promise<Result<null>>;
  startConversation(input: FirstMessage & { sessionToken: string }): Promise<Result<Started>>;
  startTicket(token: string, input: FirstMessage): Promise<Result<Started>>;
  startFollowUp(token: string, input: StartFollowUpInput): Promise<Result<Started>>;
  sendMessage(token: string, input: SendInput): Promise<Result<ConfirmedEntry>>;
  requestTicketLink(token: string, input: { ticketId: string }): Promise<Result<{ url: string }>>;
  authorize(token: string, request: AuthorizeRequest): Promise<Result<Authorization>>;
  shutDown(token: string): Promise<Result<null>>;
};
export type FirstMessage = {
  ticketId: string;
  conversationId: string;
  id: string;
  text: string;
  origin: string | null;
  page: string | null;
};
type Started = { conversation: CustomerConversation; entry: ConfirmedEntry };
export type AuthorizeRequest = { socketId: string; channels: string[]; signin?: true };
/** Where the live server is; what is null is where the frame itself came from. */
export type LiveSettings = {
  key: string;
  host: string | null;
  port: number | null;
  tls: boolean | null;
  cluster: string | null;
};

export type MessengerSnapshot = {
  /** The page that embeds us has said who this is, and what was unsent is read. */
  isReady: boolean;
  isOpen: boolean;
  /** Grows each time that the person, not a script, opened it: focus may move in. */
  focusTurn: number;
  /** Language of the page around us; empty when it names none. */
  locale: string;
  /** Null for a visitor. */
  list: CustomerListStore | null;
  thread: Thread | null;
};
/** `start` is set when it was opened as one that did not exist yet. */
export type Thread = { conversationId: string; store: ConversationStore; start: Draft['start'] | null };

export type Messenger = Store<MessengerSnapshot> & {
  openThread(conversationId: string): void;
  /** A conversation that does not exist yet; the same one until its first message is sent. */
  startThread(): Promise<void>;
  /** Takes what the open conversation does not take any more elsewhere. Of one that goes on it happens by itself. */
  followUp(): void;
  leaveThread(): void;
  markSeen(conversationId: string, order: number): void;
  askForLink(ticketId: string): Promise<Result<{ url: string }>>;
  closePanel(): void;
  /** What is typed and not sent, per conversation, for as long as the frame lives. */
  drafts: Map<string, string>;
};

/** How long a closed widget keeps its connection: opening again within it costs nothing. */
const sleepAfterMs = 15_000;
/** How long another tab's first message may be on its way while the server knows nothing of its session yet. */
const beginningMsMax = 15_000;
const askAgainMs = 1_000;
/** Less than the 5 s after which the page removes the frame whatever it says. */
const eraseMsMax = 4_000;

/**
 * The customer's side of everything that outlives a component: who they are, what is unsent, the list, the open thread,
 * and one live connection that exists only while the widget is open.
 */
export function openMessenger(options: {
  widgetKey: string;
  bridge: Bridge;
  ports: MessengerPorts;
  live: LiveSettings | null;
  openStorage?: (scope: string) => OutboxStorage;
}): Messenger {
  const { widgetKey, bridge, ports, openStorage = indexedDbStorage } = options;
  const drafts = new Map<string, string>();
  let isReady = false;
  let isOpen = false;
  let focusTurn = 0;
  let locale = '';
  let page: string | null = null;
  let token: string | null = null;
  let storage: OutboxStorage | null = null;
  let shelf: HostShelf | null = null;
  let outbox: Outbox | null = null;
  let live: LiveConnection | null = null;
  let list: CustomerListStore | null = null;
  let thread: Thread | null = null;
  let undoList: (() => void) | null = null;
  let sleepTimer: ReturnType<typeof setTimeout> | undefined;
  /** What to open when the widget is opened next; with `start`, a conversation that does not exist yet. */
  let wanted: { conversationId: string; start: Draft['start'] | null } | null = null;
  /** The token as the page last said to keep it. */
  let heldByPage: string | null = null;
  /** When another tab's session was heard of, by the frame's own clock. */
  let heardAtMs = Number.NEGATIVE_INFINITY;
  let toldUnread = 0;
  let hasShownUnread = false;
  let isDoubting = false;
  let isMoving = false;

  const store = openStore<MessengerSnapshot>(() => ({
    isReady,
    isOpen,
    focusTurn,
    locale,
    list,
    thread,
  }));
  bridge.listen(hear);
  onWake(() => {
    outbox?.wake();
    list?.wake();
    thread?.store.wake();
  });

  function hear(message: ToFrame) {
    if (message.parley === 'shutdown') {
      shutDown();
      return;
    }
    page = message.page;
    if (shelf !== null) Object.assign(shelf, { kept: message.kept, isDurable: message.isDurable });
    if (outbox === null) begin(message);
    else hearToken(message.kept.token ?? null);
    setOpen(message.isOpen, message.takesFocus);
  }

  async function begin(hello: Extract<ToFrame, { parley: 'hello' }>) {
    locale = hello.locale;
    const { token: heldToken } = hello.kept;
    token = isToken(heldToken) ? heldToken : null;
    heldByPage = token;
    shelf = { kept: hello.kept, isDurable: hello.isDurable };
    storage = ownedStorage(mirroredStorage(openStorage(widgetKey), widgetKey, bridge, shelf), () => token);
    outbox = openOutbox({
      scope: widgetKey,
      storage,
      transport: { send },
      lock: tabLock(storage),
      onStuck: () => location.reload(),
      onOutdated: reloadOutdated,
    });
    outbox.onConfirmed(onConfirmed);
    outbox.subscribe(() => followUp(false));
    // What an earlier life of this frame left unsent is shown at once, in the conversation that it belongs to.
    const unsent = await storage.load().catch(() => []);
    const last = unsent.at(-1);
    if (last !== undefined) {
      const first = unsent.find(({ conversationId }) => conversationId === last.conversationId);
      wanted = { conversationId: last.conversationId, start: first?.start ?? null };
    }
    isReady = true;
    if (isOpen) rise();
    store.changed();
  }

  function setOpen(next: boolean, takesFocus: boolean) {
    if (isOpen === next) return;
    isOpen = next;
    if (isOpen && takesFocus) focusTurn += 1;
    clearTimeout(sleepTimer);
    if (isOpen) {
      if (isReady && live === null) rise();
      else openList();
      thread?.store.wake();
    } else sleepTimer = setTimeout(sleep, sleepAfterMs);
    store.changed();
  }

  /** Connects and opens what was open before, or what was left unsent. */
  function rise() {
    live = openLive();
    openList();
    if (wanted === null) return;
    if (wanted.start !== null) openStoreOf(wanted.conversationId, wanted.start);
    else if (token !== null) openStoreOf(wanted.conversationId, null);
  }

  /** A closed widget holds no socket; the loader asks for the unread count by itself. */
  function sleep() {
    if (thread !== null) {
      const { isStarted } = thread.store.getSnapshot();
      wanted = { conversationId: thread.conversationId, start: isStarted ? null : thread.start };
    }
    closeThread();
    closeList();
    live?.close();
    live = null;
    store.changed();
  }

  function openLive(): LiveConnection {
    const settings = options.live;
    const { hostname, port, protocol } = location;
    const tls = settings?.tls ?? protocol === 'https:';
    return openLazyLive(async () => {
      const { connectLive } = await import('#/lib/realtime/subscribe.ts');
      return connectLive({
        key: settings?.key ?? '',
        host: settings?.host ?? hostname,
        port: settings?.port ?? (port === '' ? (tls ? 443 : 80) : Number(port)),
        tls,
        cluster: settings?.cluster ?? null,
        isSignin: true,
        onSignedOut: forgetSession,
        authorize: (socketId, channels, signin) =>
          withToken((held) => ports.authorize(held, { socketId, channels, ...(signin ? { signin } : {}) })),
      });
    });
  }

  function openList() {
    if (token === null || list !== null || live === null) return;
    const opened = openCustomerList({ transport: { fetchState: () => withToken(ports.fetchState) }, live });
    list = opened;
    undoList = opened.subscribe(() => onList(opened));
  }

  function closeList() {
    undoList?.();
    list?.close();
    list = null;
  }

  function onList(opened: CustomerListStore) {
    const { unreadCount, conversations, failure, isLoading } = opened.getSnapshot();
    if (failure?.code === 'unauthenticated') return forgetSession();
    if (isLoading) return;
    if (unreadCount > toldUnread) {
      const newest = conversations.find((conversation) => conversation.unreadCount > 0);
      bridge.emit('message:received', { conversationId: newest?.id ?? null });
    }
    if (unreadCount !== toldUnread) bridge.emit('unread', { count: unreadCount });
    toldUnread = unreadCount;
    // Who opens the widget because of a message wants that message.
    const unread = conversations.filter((conversation) => conversation.unreadCount > 0);
    if (!hasShownUnread && thread === null && unread.length === 1 && unread[0] !== undefined) {
      openStoreOf(unread[0].id, null);
    }
    hasShownUnread = true;
  }

  function openStoreOf(conversationId: string, start: Draft['start'] | null) {
    const known = list?.getSnapshot().state ?? null;
    const isNewest = known?.conversations[0]?.id === conversationId;
    const initial = isNewest && known.page !== null ? { page: known.page, marks: known.marks } : null;
    if (outbox === null) return;
    if (thread?.conversationId === conversationId) return;
    closeThread();
    const opened = openConversation({
      conversationId,
      me: { kind: 'customer', id: list?.getSnapshot().customer?.id ?? null, name: null },
      audience: 'customer',
      transport: {
        send,
        fetchEntries: (query) => withToken((held) => ports.fetchEntries(held, query)),
        markRead: (input) => withToken((held) => ports.markRead(held, input)),
        setTyping: (input) => withToken((held) => ports.setTyping(held, input)),
      },
      live,
      outbox,
      start,
      ...(initial === null ? {} : { initial }),
    });
    thread = { conversationId, store: opened, start };
    store.changed();
    followUp(false);
  }

  function closeThread() {
    thread?.store.close();
    thread = null;
  }

  async function send(message: OutgoingMessage): Promise<Result<ConfirmedEntry>> {
    const { conversationId, id, text, start } = message;
    if (start === null) return withToken((held) => ports.sendMessage(held, { conversationId, id, text }));
    const { follows } = start;
    if (follows !== undefined) {
      const input = { followsConversationId: follows, conversationId, id, text };
      return entryOf(withToken((held) => ports.startFollowUp(held, input)));
    }
    const first = { ticketId: start.ticketId, conversationId, id, text, origin: bridge.origin(), page };
    if (start.sessionToken === null) return entryOf(withToken((held) => ports.startTicket(held, first)));
    // Kept before it is used: an answer lost on the way must not leave a session that nobody knows.
    takeToken(start.sessionToken);
    return entryOf(ports.startConversation({ ...first, sessionToken: start.sessionToken }));
  }

  function onConfirmed(message: OutgoingMessage) {
    bridge.emit('message:sent', { conversationId: message.conversationId, id: message.id });
    if (message.start === null) return;
    bridge.emit('conversation:started', { conversationId: message.conversationId });
    if (message.start.sessionToken !== null) takeToken(message.start.sessionToken);
    if (isOpen) openList();
    list?.refresh();
    store.changed();
  }

  function takeToken(next: string) {
    if (token === next) return;
    token = next;
    bridge.keep('token', next);
  }

  /** Another tab began a session, or ended it. What the page has not changed says nothing: it may not know ours yet. */
  function hearToken(value: string | null) {
    if (value === heldByPage) return;
    heldByPage = value;
    if (value === token) return;
    if (token !== null) forgetPerson();
    token = isToken(value) ? value : null;
    heardAtMs = performance.now();
    if (isOpen) openList();
    store.changed();
  }

  /** The server no longer knows our token: a visitor again, with the unsent words in the composer of a new thread. */
  async function forgetSession() {
    if (token === null || isTokenNew() || outbox === null || isDoubting) return;
    const doubted = token;
    isDoubting = true;
    const fate = await fateOf(doubted);
    isDoubting = false;
    if (token !== doubted) return;
    if (fate === 'known') {
      live?.retry?.();
      list?.refresh();
    }
    if (fate !== 'over') return;
    const wasWriting = thread !== null;
    const unsent = outbox.conversationIds().flatMap((id) => outbox?.list(id) ?? []);
    const words = [...unsent.map((entry) => entry.text), ...drafts.values()].join('\n\n');
    drafts.clear();
    if (words !== '') drafts.set('', words);
    token = null;
    bridge.keep('token', null);
    forgetPerson();
    store.changed();
    await outbox.clear().catch(() => undefined);
    if (wasWriting && words !== '') await startThread();
  }

  /** Its first message is still on the way, so the server may not know it yet. */
  function isTokenNew(): boolean {
    const firsts = outbox?.conversationIds().map((id) => outbox?.list(id)[0]?.start?.sessionToken) ?? [];
    return firsts.includes(token);
  }

  /** Another tab may be beginning this very session: the server may know it now, or not yet. */
  async function fateOf(held: string): Promise<'new' | 'known' | 'over'> {
    for (;;) {
      const unsent = (await storage?.load().catch(() => [])) ?? [];
      if (unsent.some(({ start }) => start?.sessionToken === held)) return 'new';
      const asked = await ports.fetchState(held);
      if (asked.ok || asked.error.code !== 'unauthenticated') return 'known';
      // Where a browser stores nothing for frames, the other tab's message is not among the unsent ones of this one.
      if (performance.now() - heardAtMs > beginningMsMax) return 'over';
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
      if (token !== held) return 'known';
    }
  }

  /** A socket belongs to one session, so the next one needs another. */
  function forgetPerson() {
    closeThread();
    closeList();
    live?.close();
    live = isOpen ? openLive() : null;
    wanted = null;
    if (toldUnread > 0) bridge.emit('unread', { count: 0 });
    toldUnread = 0;
  }

  async function shutDown() {
    const held = token;
    token = null;
    drafts.clear();
    forgetPerson();
    // The page removes the frame at our word, so what is unsent has to be gone by then: the next person has this storage.
    const erased = (outbox ?? openStorage(widgetKey)).clear().catch(() => undefined);
    live?.close();
    live = null;
    store.changed();
    if (held !== null) await ports.shutDown(held);
    await Promise.race([erased, new Promise((resolve) => setTimeout(resolve, eraseMsMax))]);
    bridge.keep('token', null);
    bridge.gone();
  }

  async function withToken<Value>(request: (held: string) => Promise<Result<Value>>): Promise<Result<Value>> {
    if (token === null) return fail({ code: 'unauthenticated' });
    const held = token;
    const result = await request(held);
    if (!result.ok && result.error.code === 'unauthenticated' && token === held) forgetSession();
    return result;
  }

  async function startThread() {
    if (storage === null) return;
    const draft = await openStart(storage, token !== null);
    openStoreOf(draft.conversationId, draft.start);
  }

  async function followUp(isAsked: boolean) {
    if (isMoving || outbox === null || storage === null) return;
    const { conversationIds, list: listOf } = outbox;
    const isOver = () =>
      conversationIds().some((id) =>
        listOf(id).some(({ failure }) => failure?.reason?.startsWith('followup')),
      );
    if (!isOver()) return;
    isMoving = true;
    const hasSession = token !== null;
    const current = () => thread;
    const parts = { outbox, storage, list, isAsked, hasSession, drafts, current, open: openStoreOf };
    try {
      const moving = await import('#/components/widget/follow-up.ts');
      while (isOver() && (await moving.followUp(parts)) > 0);
    } catch {
      // The part did not load: the words stay where they are, and offer to be taken elsewhere.
    }
    isMoving = false;
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    drafts,
    openThread: (conversationId) => openStoreOf(conversationId, null),
    startThread,
    followUp: () => void followUp(true),
    leaveThread() {
      closeThread();
      wanted = null;
      list?.refresh();
      store.changed();
    },
    markSeen(conversationId, order) {
      if (thread?.conversationId === conversationId) thread.store.markSeen(order);
      list?.markSeen(conversationId, order);
    },
    askForLink: (ticketId) => withToken((held) => ports.requestTicketLink(held, { ticketId })),
    closePanel: bridge.close,
  };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value);
}

async function entryOf(started: Promise<Result<Started>>): Promise<Result<ConfirmedEntry>> {
  const result = await started;
  return result.ok ? succeed(result.value.entry) : result;
}
