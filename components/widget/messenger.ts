import type { CommandParts, TrackInput } from '#/components/widget/frame-commands.ts';
import { openHostEvents } from '#/components/widget/host-events.ts';
import type { Identity } from '#/components/widget/identity.ts';
import type { AskWithToken, OpenForm, Services } from '#/components/widget/services.ts';
import type {
  CustomerConversation,
  StartFollowUpInput,
  WidgetState,
  WidgetStateQuery,
} from '#/lib/conversations/schema.ts';
import type { Bridge, HeardByFrame } from '#/lib/embed/bridge.ts';
import { type HostShelf, mirroredStorage } from '#/lib/embed/mirrored-storage.ts';
import { type Attributes, keptAttributes, keptEvents } from '#/lib/embed/protocol.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import type { Identified } from '#/lib/identity/schema.ts';
import type { ConfirmedEntry, SendInput } from '#/lib/messages/schema.ts';
import { isAskedOf } from '#/lib/pre-chat/asked.ts';
import type { PreChatForm } from '#/lib/pre-chat/form.ts';
import type { Answers } from '#/lib/pre-chat/schema.ts';
import type { Authorization } from '#/lib/realtime/subscribe.ts';
import { systemClock } from '#/lib/sync/clock.ts';
import { type ConversationStore, openConversation } from '#/lib/sync/conversation.ts';
import { joinLooks } from '#/lib/sync/joined-looks.ts';
import { openLazyLive } from '#/lib/sync/lazy-live.ts';
import { type Outbox, openOutbox } from '#/lib/sync/outbox.ts';
import { reloadOutdated } from '#/lib/sync/outdated.ts';
import {
  type Draft,
  indexedDbStorage,
  nameOf,
  type OutboxStorage,
  openStart,
  ownedStorage,
  startClaim,
  tabLock,
} from '#/lib/sync/storage.ts';
import { openStore, type Store } from '#/lib/sync/store.ts';
import type { ConversationTransport, LiveConnection, OutgoingMessage } from '#/lib/sync/transport.ts';
import { onWake } from '#/lib/sync/wake.ts';
import { type CustomerListStore, openCustomerList } from '#/lib/sync/widget.ts';

/** What the frame asks of the server. Nothing in it throws: a lost answer is `unavailable`. */
export type MessengerPorts = {
  fetchState(token: string, query: WidgetStateQuery): Promise<Result<WidgetState>>;
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
  identify(input: IdentifyRequest): Promise<Result<Identified>>;
  setAttributes(token: string, input: { attributes: Attributes }): Promise<Result<null>>;
  track(token: string, input: TrackInput & { page: string | null }): Promise<Result<null>>;
  /** What stands around a conversation comes with its first use. */
  loadServices(ask: AskWithToken): Promise<Services>;
};
export type FirstMessage = {
  answers?: Answers;
  ticketId: string;
  conversationId: string;
  id: string;
  text: string;
  fileIds?: string[];
  origin: string | null;
  page: string | null;
};
type Started = { conversation: CustomerConversation; entry: ConfirmedEntry };
export type IdentifyRequest = { token: string; held: string | null; next: string; origin: string | null };
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
  /** Grows each time that a draft was written by the page and not by a person: it is to be read again. */
  draftTurn: number;
  /** What the page around us wants otherwise than the widget's settings. */
  look: { accent?: string; theme?: 'auto' | 'light' | 'dark' };
  /** What is asked before the conversation that somebody is about to begin. */
  form: OpenForm | null;
  /** No sound for new messages, on this device. */
  isQuiet: boolean;
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
  /** Begins the conversation with these answers, or sends again what was refused for the former ones. */
  answerForm(answers: Answers): Promise<void>;
  leaveForm(): void;
  services(): Promise<Services>;
  setQuiet(isQuiet: boolean): void;
  /** Asks again who this is and what there is. */
  refresh(): void;
  closePanel(): void;
  /** Whose files are: by the session's token, or the one that the first message will begin, and the page around. */
  writer(): { token: string | null; origin: string | null };
  /** What is typed and not sent, per conversation, for as long as the frame lives. */
  drafts: Map<string, string>;
};

/** How long a closed widget keeps its connection: opening again within it costs nothing. */
const sleepAfterMs = 15_000;
/** How long it takes at most until a session of another tab that took this one's place is heard of. */
const succeededMsMax = 1_000;
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
  /** What the site asks before a conversation. */
  preChat?: PreChatForm | null;
  openStorage?: (scope: string) => OutboxStorage;
}): Messenger {
  const { widgetKey, bridge, ports, openStorage = indexedDbStorage } = options;
  const drafts = new Map<string, string>();
  let isReady = false;
  let isOpen = false;
  let focusTurn = 0;
  let draftTurn = 0;
  let look: MessengerSnapshot['look'] = {};
  let page: string | null = null;
  let token: string | null = null;
  /** What is unsent, whoever wrote it, and that part of it which is theirs who are here. */
  let everybodys: OutboxStorage | null = null;
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
  let identity: Identity | null = null;
  /** The page is about to say who is here: until then nothing of whoever was here before is shown. */
  let isSettling = false;
  /** Sessions that were this person's before, by their names: a visitor's who signed in, and those that were renewed. */
  let former: readonly string[] = [];
  /** Whom the site named, by their id with us; and who was named last, with the name of their session. */
  let named: string | null = null;
  let lastNamed: string | null = null;
  let hasSettled = false;
  let isTelling = false;
  let undoThread: (() => void) | null = null;
  let begun = () => {};
  const whenReady = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let asked = options.preChat ?? null;
  let form: OpenForm | null = null;
  /** For the conversation that begins next. */
  let answers: Answers | null = null;
  let running = whenReady;
  const events = openHostEvents((name, detail) => {
    bridge.emit(name, detail);
    if (name === 'message:received' && !isQuiet()) {
      import('#/components/widget/sound.ts').then(({ ring }) => ring(widgetKey)).catch(() => undefined);
    }
  });

  const store = openStore<MessengerSnapshot>(() => ({
    isReady,
    isOpen,
    focusTurn,
    draftTurn,
    look,
    form,
    isQuiet: isQuiet(),
    list,
    thread,
  }));
  const looks = joinLooks(systemClock, {
    fetchState: (query) => withToken((held) => ports.fetchState(held, query)),
    fetchEntries: (query) => withToken((held) => ports.fetchEntries(held, query)),
    isInCompany: () => thread?.store.getSnapshot().isStarted ?? wanted?.start === null,
  });
  bridge.listen(hear);
  onWake(() => {
    outbox?.wake();
    list?.wake();
    thread?.store.wake();
  });

  function hear(message: HeardByFrame) {
    if (message.parley === 'shutdown') {
      shutDown();
      return;
    }
    if (message.parley === 'run') {
      running = running.then(() => run(message));
      return;
    }
    page = message.page;
    isSettling = message.isIdentifying && !hasSettled;
    hearLook(message);
    if (shelf !== null) Object.assign(shelf, { kept: message.kept, isDurable: message.isDurable });
    if (outbox === null) begin(message);
    else hearToken(message.kept.token ?? null);
    setOpen(message.isOpen, message.takesFocus);
    tellKept();
  }

  async function begin(hello: Extract<HeardByFrame, { parley: 'hello' }>) {
    const { token: heldToken } = hello.kept;
    token = isToken(heldToken) ? heldToken : null;
    heldByPage = token;
    hearPerson(hello.kept);
    shelf = { kept: hello.kept, isDurable: hello.isDurable };
    everybodys = mirroredStorage(openStorage(widgetKey), widgetKey, bridge, shelf);
    storage = openUnsent(everybodys);
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
    begun();
    tellKept();
  }

  /** The outbox of who is here now. What another person left stays stored, neither shown nor sent. */
  function openUnsent(all: OutboxStorage): OutboxStorage {
    outbox?.close();
    const own = ownedStorage(
      all,
      () => token,
      () => former,
    );
    storage = own;
    outbox = openOutbox({
      scope: widgetKey,
      storage: own,
      transport: { send },
      lock: tabLock(own),
      onStuck: () => location.reload(),
      onOutdated: reloadOutdated,
    });
    outbox.onConfirmed(onConfirmed);
    outbox.subscribe(() => followUp(false));
    return own;
  }

  function hearLook({ accent, theme }: Extract<HeardByFrame, { parley: 'hello' }>) {
    if ((look.accent ?? '') === accent && (look.theme ?? '') === theme) return;
    const isTheme = theme === 'auto' || theme === 'light' || theme === 'dark';
    look = { ...(accent === '' ? {} : { accent }), ...(isTheme ? { theme } : {}) };
    store.changed();
  }

  /** One after another, as the page said them: who is here is settled before what of theirs is to be shown. */
  async function run({ id, command, args }: Extract<HeardByFrame, { parley: 'run' }>) {
    try {
      const { runCommand } = await import('#/components/widget/frame-commands.ts');
      bridge.done(id, await runCommand(parts, command, args));
    } catch {
      bridge.done(id, fail({ code: 'unavailable' }));
    }
  }

  /** Once there is somebody to say it of: what the page set, and what happened in it. */
  async function tellKept() {
    if (isTelling || !isReady || !parts.hasSession() || !hasKept(parts.kept())) return;
    isTelling = true;
    try {
      const commands = await import('#/components/widget/frame-commands.ts');
      await commands.tellKept(parts);
    } catch {
      // It stays where it is kept.
    }
    isTelling = false;
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
    openWanted();
  }

  function openWanted() {
    if (wanted === null || isSettling) return;
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
    if (token === null || list !== null || live === null || isSettling) return;
    const opened = openCustomerList({ transport: looks, live });
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
    events.hearList(opened.getSnapshot(), thread?.conversationId ?? null);
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
    const isShown = known?.open === conversationId;
    const initial = isShown && known.page !== null ? { page: known.page, marks: known.marks } : null;
    if (outbox === null) return;
    if (thread?.conversationId === conversationId) return;
    closeThread();
    const opened = openConversation({
      conversationId,
      me: { kind: 'customer', id: list?.getSnapshot().customer?.id ?? null, name: null },
      audience: 'customer',
      transport: {
        send,
        fetchEntries: looks.fetchEntries,
        markRead: (input) => withToken((held) => ports.markRead(held, input)),
        setTyping: (input) => withToken((held) => ports.setTyping(held, input)),
      },
      live,
      outbox,
      start,
      ...(initial === null ? {} : { initial }),
    });
    thread = { conversationId, store: opened, start };
    undoThread = opened.subscribe(() => events.hearThread(opened.getSnapshot()));
    store.changed();
    followUp(false);
  }

  function closeThread() {
    undoThread?.();
    thread?.store.close();
    thread = null;
  }

  async function send(message: OutgoingMessage): Promise<Result<ConfirmedEntry>> {
    const { conversationId, id, text, start, files = [] } = message;
    const said = {
      conversationId,
      id,
      text,
      ...(files.length === 0 ? {} : { fileIds: files.map((file) => file.id) }),
    };
    if (start === null) return withToken((held) => ports.sendMessage(held, said));
    const { follows } = start;
    if (follows !== undefined) {
      const input = { followsConversationId: follows, ...said };
      return entryOf(withToken((held) => ports.startFollowUp(held, input)));
    }
    const given = start.answers === undefined ? {} : { answers: start.answers };
    const first = {
      ...given,
      ...said,
      ticketId: start.ticketId,
      origin: bridge.origin(),
      page,
    };
    if (start.sessionToken === null) {
      return heeding(start, entryOf(withToken((held) => ports.startTicket(held, first))));
    }
    // Kept before it is used: an answer lost on the way must not leave a session that nobody knows.
    takeToken(start.sessionToken);
    const started = ports.startConversation({ ...first, sessionToken: start.sessionToken });
    return heeding(start, entryOf(started));
  }

  /** What the server says of a form's answers is asked of whoever gave them. */
  async function heeding(
    start: Draft['start'],
    sent: Promise<Result<ConfirmedEntry>>,
  ): Promise<Result<ConfirmedEntry>> {
    const result = await sent;
    if (!result.ok && result.error.field?.startsWith('answers') === true) {
      const { error } = result;
      import('#/components/widget/start-form.ts')
        .then(async ({ formAgain }) => {
          form = await formAgain(await services(), asked, start.answers ?? {}, error);
          asked = form?.form ?? asked;
          store.changed();
        })
        .catch(() => undefined);
    }
    return result;
  }

  async function answerForm(given: Answers) {
    const isAgain = form?.refusal != null;
    answers = given;
    form = null;
    if (!isAgain || outbox === null) {
      await startThread();
      store.changed();
      return;
    }
    const { sendAnew } = await import('#/components/widget/start-form.ts');
    const open = thread;
    sendAnew(outbox, given);
    // What is written next belongs to the same beginning.
    if (open?.start != null) {
      closeThread();
      openStoreOf(open.conversationId, { ...open.start, answers: given });
    }
    store.changed();
  }

  async function services(): Promise<Services> {
    return ports.loadServices(withToken);
  }

  function isQuiet(): boolean {
    return shelf?.kept.sound === 'off';
  }

  function onConfirmed(message: OutgoingMessage) {
    bridge.emit('message:sent', { conversationId: message.conversationId, id: message.id });
    if (message.start === null) return;
    answers = null;
    bridge.emit('conversation:started', { conversationId: message.conversationId });
    if (message.start.sessionToken !== null) takeToken(message.start.sessionToken);
    if (isOpen) openList();
    list?.refresh();
    store.changed();
    // It leaves the outbox just after this: until then its session counts as one that the server does not know.
    queueMicrotask(tellKept);
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
    hearPerson(shelf?.kept ?? {});
    const isSame = token !== null && former.includes(nameOf(token));
    const isPersonal = token !== null || former.length > 0;
    const open = isSame ? opened() : null;
    if (token !== null) forgetPerson();
    token = isToken(value) ? value : null;
    heardAtMs = performance.now();
    if (isPersonal && everybodys !== null) openUnsent(everybodys);
    goOn(open);
  }

  function hearPerson(kept: Readonly<Record<string, string>>) {
    former = kept.former?.split(',') ?? [];
    named = kept.named ?? null;
    lastNamed = kept.last ?? null;
  }

  function keepPerson() {
    parts.keep('former', former.length === 0 ? null : former.join(','));
    parts.keep('named', named);
    parts.keep('last', lastNamed);
  }

  /** What is open, as it goes on in a session that exists. */
  function opened(): typeof wanted {
    if (thread === null) return null;
    const { conversationId, start } = thread;
    const isBegun = thread.store.getSnapshot().isStarted || start === null;
    return { conversationId, start: isBegun ? null : { ...start, sessionToken: null } };
  }

  function goOn(open: typeof wanted) {
    wanted = open;
    if (isOpen) openList();
    if (isOpen && live !== null) openWanted();
    store.changed();
  }

  /** Another session, by the site's word. `joins`: of who was here, who goes on where they were. */
  function become(next: string, customerId: string, joins: boolean) {
    const names = token === null || !joins ? [] : [nameOf(token)];
    const [lastSession = '', lastPerson] = lastNamed?.split(' ') ?? [];
    if (lastPerson === customerId) names.push(lastSession);
    const begun = startToken();
    if (begun !== null && joins) names.push(nameOf(begun));
    const open = joins ? opened() : null;
    if (!joins) drafts.clear();
    former = [...names, ...(joins ? former : [])].slice(0, 5);
    named = customerId;
    lastNamed = null;
    keepPerson();
    token = next;
    bridge.keep('token', next);
    forgetPerson();
    if (everybodys !== null) {
      everybodys.release(startClaim).catch(() => undefined);
      openUnsent(everybodys).announce?.({ kind: 'changed' });
    }
    goOn(open);
  }

  /** Whoever was named here is not here any more. What they left unsent waits, unseen, for them to be named again. */
  function leave() {
    lastNamed = token === null || named === null ? null : `${nameOf(token)} ${named}`;
    named = null;
    former = [];
    keepPerson();
    drafts.clear();
    token = null;
    bridge.keep('token', null);
    forgetPerson();
    if (everybodys !== null) openUnsent(everybodys);
    goOn(null);
  }

  /** The token of a session that an unsent first message is to begin. */
  function startToken(): string | null {
    const unsent = outbox?.conversationIds().flatMap((id) => outbox?.list(id) ?? []) ?? [];
    return unsent.map(({ start }) => start?.sessionToken ?? null).find((begun) => begun !== null) ?? null;
  }

  async function openedIdentity(): Promise<Identity> {
    const { openIdentity } = await import('#/components/widget/identity.ts');
    identity ??= openIdentity({
      clock: systemClock,
      held: () => token ?? startToken(),
      isNamed: () => named !== null,
      askToken: bridge.askToken,
      exchange: (input) => ports.identify({ ...input, origin: bridge.origin() }),
      become,
      leave,
      vouch(customerId) {
        named = customerId;
        keepPerson();
      },
      changed: (isNow) => bridge.emit('identity:changed', { isVerified: isNow }),
    });
    return identity;
  }

  async function identify(given: { token: string | null }): Promise<Result<{ isVerified: true }>> {
    isSettling = true;
    const result = await (await openedIdentity()).identify(given);
    hasSettled = true;
    isSettling = false;
    goOn(thread === null ? wanted : opened());
    return result;
  }

  /** The server no longer knows our token: a visitor again, with the unsent words in the composer of a new thread. */
  async function forgetSession() {
    if (token === null || isTokenNew() || outbox === null || isDoubting) return;
    const doubted = token;
    isDoubting = true;
    const fate = await fateOf(doubted);
    // Another tab may have exchanged it for another one: the page tells of that a moment later.
    if (fate === 'over') await new Promise((resolve) => setTimeout(resolve, succeededMsMax));
    isDoubting = false;
    if (token !== doubted) return;
    if (fate === 'known') {
      live?.retry?.();
      list?.refresh();
    }
    if (fate !== 'over') return;
    if (named !== null) return endNamed();
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

  /** The words of a person whom the site named are shown to nobody else: unless the page names them again now, they wait. */
  async function endNamed() {
    isDoubting = true;
    const isRenewed = await openedIdentity().then(
      (opened) => opened.renew(),
      () => false,
    );
    isDoubting = false;
    if (isRenewed) return;
    leave();
    bridge.emit('identity:changed', { isVerified: false });
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
      const asked = await ports.fetchState(held, {});
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
    form = null;
    answers = null;
    events.forget();
    if (toldUnread > 0) bridge.emit('unread', { count: 0 });
    toldUnread = 0;
  }

  async function shutDown() {
    const held = token;
    identity?.close();
    identity = null;
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
    if (asked !== null && answers === null && isAskedOf(asked, parts.hasSession())) {
      form ??= { form: asked, answers: {}, refusal: null };
      store.changed();
      return;
    }
    const { conversationId, start } = await openStart(storage, token !== null);
    openStoreOf(conversationId, answers === null ? start : { ...start, answers });
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

  const parts: CommandParts = {
    drafts,
    draftChanged() {
      draftTurn += 1;
      store.changed();
    },
    startThread,
    openThread: (conversationId) => openStoreOf(conversationId, null),
    list: () => list,
    hasSession: () => token !== null && !isTokenNew(),
    kept: () => shelf?.kept ?? {},
    keep(name, value) {
      if (shelf !== null) shelf.kept = withKept(shelf.kept, name, value);
      bridge.keep(name, value);
    },
    identify,
    setAttributes: (input) => withToken((held) => ports.setAttributes(held, input)),
    track: (input) => withToken((held) => ports.track(held, { ...input, page })),
  };

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    writer: () => ({ token: token ?? thread?.start?.sessionToken ?? null, origin: bridge.origin() }),
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
    answerForm,
    leaveForm() {
      form = null;
      store.changed();
    },
    services,
    setQuiet(isNow) {
      parts.keep('sound', isNow ? 'off' : null);
      store.changed();
    },
    refresh: () => void list?.refresh(),
    askForLink: (ticketId) => withToken((held) => ports.requestTicketLink(held, { ticketId })),
    closePanel: bridge.close,
  };
}

function withKept(kept: Record<string, string>, name: string, value: string | null) {
  const { [name]: _, ...others } = kept;
  return value === null ? others : { ...others, [name]: value };
}

/** What the page kept for when there is somebody to say it of; see frame-commands.ts. */
function hasKept(kept: Readonly<Record<string, string>>): boolean {
  return Object.keys(kept).some((name) => name === keptAttributes || name.startsWith(keptEvents));
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value);
}

async function entryOf(started: Promise<Result<Started>>): Promise<Result<ConfirmedEntry>> {
  const result = await started;
  return result.ok ? succeed(result.value.entry) : result;
}
