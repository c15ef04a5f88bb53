import type { Failure } from '#/lib/errors.ts';
import { isPassing } from '#/lib/errors.ts';
import type { FileRef } from '#/lib/files/schema.ts';
import { newId } from '#/lib/ids.ts';
import type { Change, ConfirmedEntry, Entry, EntryPage, Sender, TypingNow } from '#/lib/messages/schema.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { ask, backoffMs, systemClock } from '#/lib/sync/clock.ts';
import {
  isMessageAvailable,
  isMessageCreated,
  isReadChanged,
  isTypingChanged,
} from '#/lib/sync/event-checks.ts';
import type { Log } from '#/lib/sync/log.ts';
import { append, applyEvent, emptyLog, hearOf, logOfPage, prepend, startedLog } from '#/lib/sync/log.ts';
import { mergeMarks } from '#/lib/sync/marks.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';
import { openPulse } from '#/lib/sync/pulse.ts';
import type { StoredEntry } from '#/lib/sync/storage.ts';
import { openStore } from '#/lib/sync/store.ts';
import type {
  Clock,
  ConnectionState,
  ConversationTransport,
  LiveConnection,
  OutgoingMessage,
  StartDetails,
} from '#/lib/sync/transport.ts';
import type { Typist } from '#/lib/sync/typing.ts';
import { openTypingSignal, openTypists } from '#/lib/sync/typing.ts';
import type { ReadMark } from '#/lib/tickets/schema.ts';

const answerMsMax = 15_000;
const pageEntries = 50;
const gapEntries = 100;

/** One entry on screen. `id` never changes: it is the React key from the key press on. */
export type Bubble = {
  id: string;
  kind: 'reply' | 'note' | 'event';
  sender: Sender | 'me';
  text: string;
  change: Change | null;
  /** Null until confirmed, like `order` and `publicOrder`. */
  sentAt: string | null;
  order: number | null;
  publicOrder: number | null;
  /** `held` and `guarded` are staff's, see `openStaffConversation`. */
  state: 'sending' | 'sent' | 'failed' | 'held' | 'guarded';
  failure: Failure | null;
  isMine: boolean;
  /** Whom a note mentions. */
  mentions?: Entry['mentions'];
  files?: readonly FileRef[] | undefined;
};

export type ConversationSnapshot = {
  conversationId: string;
  /** Confirmed ones in the log's order without a hole, then unconfirmed ones in the order they were submitted. */
  bubbles: readonly Bubble[];
  /** False while nothing but a draft exists: its first message is unconfirmed. */
  isStarted: boolean;
  /** Nothing is known yet. */
  isLoading: boolean;
  /** The server refuses to show it: it is not there, or not (any more) for this reader. */
  failure: Failure | null;
  hasEarlier: boolean;
  isLoadingEarlier: boolean;
  /** The newest order heard of. */
  head: number;
  /** Which database all of it is from; null while nothing is known. */
  epoch: string | null;
  /** My own read mark, in my order. */
  readThrough: number;
  /** Replies (for agents also notes) by others after my mark, among what is loaded. */
  unreadCount: number;
  /** The others' read marks. On the customer's side in the customer's order; on staff's, the customer's is in public order. */
  marks: readonly ReadMark[];
  /** How far the other side has read: a public order for staff (`Bubble.publicOrder`), an order for customers. */
  seenThrough: number;
  typists: readonly Typist[];
  connection: ConnectionState;
  /** False: what is unsent would not survive closing the tab. */
  isStorageDurable: boolean;
};

export type ConversationStore = {
  getSnapshot(): ConversationSnapshot;
  subscribe(listener: () => void): () => void;
  /** Never throws: the bubble is there when it returns. */
  send(
    text: string,
    kind?: 'reply' | 'note',
    more?: Pick<StoredEntry, 'expected' | 'mentions' | 'heldUntil' | 'files'>,
  ): { id: string };
  /** Puts a failed message at the end of the line; see `expected` of an outgoing message. */
  retry(id: string, expected?: number): void;
  /** Removes a failed message and returns its text, to edit it. */
  takeBack(id: string): string | null;
  loadEarlier(): Promise<void>;
  /** On each key press in a reply. Stops by itself after 5 s and at `send`. */
  typed(): void;
  stoppedTyping(): void;
  /** The reader has this order before their eyes. */
  markSeen(order: number): void;
  /** The network came back or the tab is looked at: catch up now. */
  wake(): void;
  close(): void;
};

type Answer = Awaited<ReturnType<ConversationTransport['fetchEntries']>>;

export type Me = { kind: 'customer' | 'agent'; id: string | null; name: string | null };

/**
 * One conversation as one reader sees it, kept true whatever is lost, doubled or late on the way: never an id twice,
 * confirmed entries always a contiguous run, `sent` only what the server stored. With `start`, the conversation does
 * not exist until its first message is confirmed. The outbox outlives it and is closed by whoever opened it.
 */
export function openConversation(options: {
  conversationId: string;
  me: Me;
  audience: 'customer' | 'staff';
  transport: ConversationTransport;
  live: LiveConnection | null;
  outbox: Outbox;
  clock?: Clock;
  initial?: { page: EntryPage; marks: readonly ReadMark[] };
  start?: StartDetails | null;
}): ConversationStore {
  const { conversationId, me, audience, transport, live, outbox, clock = systemClock } = options;
  let log: Log = emptyLog;
  let marks: readonly ReadMark[] = [];
  let readThrough = 0;
  let start = options.start ?? null;
  let failure: Failure | null = null;
  let isLoadingEarlier = false;
  let isLooking = false;
  let isClosed = false;
  let lastState: ConnectionState = 'connecting';
  /** Confirmed by the server, but not in the log yet: shown as sending until what is before them was fetched. */
  let ahead: { waiting: StoredEntry; order: number; epoch: string }[] = [];
  const bubbleOf = new WeakMap<Entry | StoredEntry, Bubble>();

  const store = openStore(read);
  const pulse = openPulse({ clock, live, look, onState });
  const typists = openTypists(clock, store.changed);
  const signal = openTypingSignal(clock, (isTyping) =>
    ask(clock, answerMsMax, () => transport.setTyping({ conversationId, isTyping })),
  );
  const tellRead = openReadTeller();
  const undo = [outbox.subscribe(reconcile), outbox.onConfirmed(onConfirmed)];

  if (options.initial !== undefined) {
    takeMarks(options.initial.marks);
    adopt(logOfPage(options.initial.page));
  }
  if (start === null) follow(options.initial !== undefined);
  else log = startedLog;

  function isMine(sender: Sender) {
    return audience === 'customer'
      ? sender.kind === 'customer'
      : sender.kind === 'agent' && sender.id === me.id;
  }

  function isMyMark(mark: ReadMark) {
    return mark.reader.kind === me.kind && (me.kind === 'customer' || mark.reader.id === me.id);
  }

  function follow(isFresh: boolean) {
    const channel =
      audience === 'customer'
        ? channels.conversation(conversationId)
        : channels.staffConversation(conversationId);
    pulse.follow(channel, onEvent);
    pulse.start(isFresh);
  }

  /** What waits for its next try since the server was away goes as soon as it is known to be back. */
  function onState() {
    const state = pulse.state();
    if (state === 'live' || (state === 'polling' && lastState === 'offline')) outbox.wake();
    lastState = state;
    store.changed();
  }

  function onEvent(name: string, data: unknown) {
    pulse.touch();
    if (!isAboutThis(data)) return;
    if (name === 'message.created' && isMessageCreated(data)) {
      if (!isOfThisEpoch(data)) return;
      adopt(applyEvent(log, data));
      if (log.cursor === log.head) pulse.prove();
    } else if (name === 'message.available' && isMessageAvailable(data)) {
      if (isOfThisEpoch(data)) adopt(hearOf(log, data.head));
    } else if (name === 'read.changed' && isReadChanged(data)) {
      if (isOfThisEpoch(data)) takeMarks([data]);
    } else if (name === 'typing.changed' && isTypingChanged(data)) {
      if (!isMine(data.sender)) typists.hear(data.sender, data.isTyping, data.forMs);
    }
    // Of a shape that this build does not know, a newer server's: ask for the entries instead.
    else pulse.look();
  }

  /** Only an answer moves the log to another epoch: an event may be a late one of the former. */
  function isOfThisEpoch({ epoch }: { epoch: string }) {
    if (epoch !== log.epoch) pulse.look();
    return epoch === log.epoch;
  }

  function isAboutThis(data: unknown): data is object {
    if (typeof data !== 'object' || data === null) return false;
    return 'conversationId' in data && data.conversationId === conversationId;
  }

  /** Makes `next` the log, with everything that follows from it, and fetches what it lacks. */
  function adopt(news: Log) {
    let next = news;
    for (const { order, epoch } of ahead) if (epoch === next.epoch) next = hearOf(next, order);
    const added = next.cursor > log.cursor ? next.entries.slice(-(next.cursor - log.cursor)) : [];
    log = next;
    for (const entry of added) typists.remove(entry.sender);
    ahead = ahead.filter(({ order, epoch }) => order > log.cursor || epoch !== log.epoch);
    for (const entry of added) settle(entry);
    store.changed();
    // A look under way goes on until there is no gap.
    if (log.first !== null && log.cursor < log.head && !isLooking) pulse.look();
  }

  /** Whatever the log holds is not waiting, also when another tab or an earlier life of this one left it there. */
  function reconcile() {
    const waiting = new Set(outbox.list(conversationId).map((entry) => entry.id));
    if (waiting.size > 0) {
      for (const entry of log.entries) if (waiting.has(entry.id)) settle(entry);
    }
    store.changed();
  }

  /** The log holds it. If a restore took it once, it is this log that may be of before: the server is asked first. */
  function settle(entry: Entry, known: readonly string[] = []) {
    if (!known.includes(entry.id) && listTaken().includes(entry.id)) pulse.look();
    else if (log.epoch !== null) outbox.settle({ ...entry, epoch: log.epoch });
  }

  function listTaken(): string[] {
    return outbox.list(conversationId).flatMap(({ id, wasTaken }) => (wasTaken ? [id] : []));
  }

  function onConfirmed(message: OutgoingMessage, entry: ConfirmedEntry) {
    if (message.conversationId !== conversationId || isClosed) return;
    const isFirst = start !== null;
    start = null;
    const { order, epoch } = entry;
    if (isFirst) log = { ...log, epoch };
    // The log said so, which proves nothing new.
    if (order <= log.cursor && epoch === log.epoch) return;
    // Another tab may have taken it from the outbox already, which shows it in that tab's log and not in this one's.
    const listed = outbox.list(conversationId).find(({ id }) => id === message.id);
    const waiting = listed ?? { ...message, position: 0, failure: null };
    ahead = [...ahead, { waiting, order, epoch }];
    adopt(applyEvent(log, { after: order - 1, entry, epoch }));
    if (isFirst) follow(false);
    else if (epoch !== log.epoch) pulse.look();
    if (log.cursor === log.head) pulse.prove();
    else pulse.touch();
  }

  /** Fetches the newest page, or whatever is between the cursor and the head. */
  async function look(): Promise<Failure | null> {
    if (start !== null) return null;
    isLooking = true;
    const lack = await fetchMissing();
    isLooking = false;
    return lack;
  }

  async function fetchMissing(): Promise<Failure | null> {
    do {
      const { first, cursor, head } = log;
      const asked = ahead;
      const taken = listTaken();
      const turn = typists.turn();
      const result = await ask(clock, answerMsMax, () =>
        transport.fetchEntries(
          first === null
            ? { conversationId, limit: pageEntries }
            : { conversationId, after: cursor, limit: gapEntries },
        ),
      );
      if (isClosed) return null;
      if (!result.ok) return refuse(result.error);
      const page = result.value;
      if (log.epoch !== null && (page.epoch !== log.epoch || page.head < head)) return startOver();
      failure = null;
      takeMarks(page.marks);
      // Somebody who was heard meanwhile may have stopped since: the answer is older than that.
      const isNews = turn === typists.turn();
      if (first === null) adopt(logOfPage(page));
      else adopt(append(log, page.entries, page.head));
      if (isNews) takeTyping(page.typing);
      // Taken before this was asked, and there again.
      for (const entry of log.entries) if (taken.includes(entry.id)) settle(entry, taken);
      // Confirmed before this was asked, and by another database: that one is gone, also if its answer came late.
      loseAhead(asked.filter(({ epoch }) => epoch !== page.epoch));
      if (log.cursor === cursor && log.cursor < log.head && first !== null) {
        return { code: 'unavailable', reason: 'no_progress' };
      }
    } while (log.first === null || log.cursor < log.head);
    store.changed();
    return null;
  }

  function refuse(error: Failure): Failure {
    if (isPassing(error)) return error;
    failure = error;
    // A restore or an erasure takes a conversation from its customer, whose words may begin another one.
    const isLost = error.code === 'not_found' && audience === 'customer' && log.first !== null;
    if (isLost) replaceLog(emptyLog, { code: 'not_found', reason: 'followup_gone' });
    store.changed();
    return error;
  }

  /**
   * Another database answers than the one that the log is of, or it has less (restored from a backup): what it has is
   * the truth. What was shown is read anew, as far back as it went, and takes the former's place at once.
   */
  async function startOver(): Promise<Failure | null> {
    const shownAfter = Math.max(0, (log.first ?? 1) - 1);
    let fresh: Log = emptyLog;
    let after: number | null = shownAfter;
    do {
      const query = after === null ? { limit: pageEntries } : { after, limit: gapEntries };
      const result: Answer = await ask(clock, answerMsMax, () =>
        transport.fetchEntries({ conversationId, ...query }),
      );
      if (isClosed) return null;
      if (!result.ok) return refuse(result.error);
      const page: EntryPage & { marks: ReadMark[] } = result.value;
      const isOther = fresh.epoch !== null && fresh.epoch !== page.epoch;
      // Shorter than what was shown went: then its newest page, like at the beginning.
      if (isOther || (after !== null && page.head < after)) {
        fresh = emptyLog;
        after = isOther ? shownAfter : null;
        continue;
      }
      const { cursor } = fresh;
      fresh = fresh.first === null ? logOfPage(page) : append(fresh, page.entries, page.head);
      if (fresh.cursor < fresh.head && fresh.cursor === cursor) {
        return { code: 'unavailable', reason: 'no_progress' };
      }
      after = fresh.cursor;
      if (fresh.cursor === fresh.head) {
        failure = null;
        replaceLog(fresh, { code: 'conflict', reason: 'restored' });
        takeMarks(page.marks);
      }
    } while (fresh.first === null || fresh.cursor < fresh.head);
    // Whatever was pushed of it meanwhile was not applied.
    pulse.look();
    return null;
  }

  /** `fresh` in place of the log. Own messages that it does not hold were sent, and are not any more: `failure` says so. */
  function replaceLog(fresh: Log, reason: Failure) {
    const held = new Set(fresh.entries.map(({ id }) => id));
    const isKept = ({ epoch }: { epoch: string }) => epoch === fresh.epoch && epoch !== log.epoch;
    const written = log.entries.flatMap((entry) =>
      isMine(entry.sender) && entry.kind !== 'event' ? [messageOf(entry, entry.kind)] : [],
    );
    const waiting = ahead
      .filter((each) => !isKept(each))
      .map((each) => messageOf(each.waiting, each.waiting.kind));
    const lost = [...written, ...waiting].filter(({ id }) => !held.has(id));
    ahead = ahead.filter((each) => isKept(each) && !held.has(each.waiting.id));
    log = fresh;
    marks = [];
    readThrough = 0;
    tellRead.forget();
    outbox.lose(lost, reason);
    reconcile();
  }

  function loseAhead(gone: typeof ahead) {
    if (gone.length === 0) return;
    const held = new Set(log.entries.map(({ id }) => id));
    const lost = gone.filter(({ waiting }) => !held.has(waiting.id));
    ahead = ahead.filter((each) => !gone.includes(each));
    outbox.lose(
      lost.map(({ waiting }) => messageOf(waiting, waiting.kind)),
      { code: 'conflict', reason: 'restored' },
    );
  }

  function messageOf(
    { id, text, files }: { id: string; text: string; files?: readonly FileRef[] | undefined },
    kind: 'reply' | 'note',
  ): OutgoingMessage {
    return { conversationId, id, kind, text, start: null, ...(files === undefined ? {} : { files }) };
  }

  function takeTyping(typing: readonly TypingNow[] = []) {
    for (const { sender, forMs } of typing) if (!isMine(sender)) typists.hear(sender, true, forMs);
  }

  function takeMarks(news: readonly ReadMark[]) {
    const others = news.filter((mark) => !isMyMark(mark));
    const merged = mergeMarks(marks, others);
    const stored = Math.max(0, ...news.filter(isMyMark).map((mark) => mark.through));
    tellRead.learn(stored);
    const mine = Math.max(readThrough, stored);
    if (merged === marks && mine === readThrough) return;
    marks = merged;
    readThrough = mine;
    store.changed();
  }

  /** Sends my mark: one request at a time, always the newest mark, again after a passing failure. */
  function openReadTeller() {
    let told = 0;
    let failures = 0;
    let isTelling = false;
    let timer: unknown = null;
    async function tell() {
      clock.clearTimeout(timer);
      const through = readThrough;
      if (isTelling || isClosed || start !== null || through <= told) return;
      isTelling = true;
      const { epoch } = log;
      const result = await ask(clock, answerMsMax, () => transport.markRead({ conversationId, through }));
      isTelling = false;
      if (epoch !== log.epoch) tell();
      else if (result.ok || !isPassing(result.error)) {
        told = Math.max(told, through);
        failures = 0;
        tell();
      } else if (!isClosed) {
        timer = clock.setTimeout(tell, backoffMs(clock, ++failures, result.error, 30_000));
      }
    }
    return {
      tell,
      learn(stored: number) {
        told = Math.max(told, stored);
      },
      /** What was told is not stored any more. */
      forget() {
        told = 0;
      },
      close: () => clock.clearTimeout(timer),
    };
  }

  function confirmedBubble(entry: Entry): Bubble {
    const known = bubbleOf.get(entry);
    if (known !== undefined) return known;
    const bubble: Bubble = { ...entry, state: 'sent', failure: null, isMine: isMine(entry.sender) };
    bubbleOf.set(entry, bubble);
    return bubble;
  }

  function waitingBubble(entry: StoredEntry): Bubble {
    const known = bubbleOf.get(entry);
    if (known !== undefined) return known;
    const { id, kind, text, files } = entry;
    const bubble: Bubble = {
      id,
      kind,
      text,
      sender: 'me',
      change: null,
      sentAt: null,
      order: null,
      publicOrder: null,
      state: entry.failure === null ? 'sending' : 'failed',
      failure: entry.failure,
      isMine: true,
      ...(files === undefined ? {} : { files }),
    };
    bubbleOf.set(entry, bubble);
    return bubble;
  }

  function readBubbles(): Bubble[] {
    const confirmed = log.entries.map(confirmedBubble);
    const listed = outbox.list(conversationId);
    if (listed.length + ahead.length === 0) return confirmed;
    const shown = new Set(log.entries.map((entry) => entry.id));
    for (const entry of [...ahead.map(({ waiting }) => waiting), ...listed]) {
      if (shown.has(entry.id)) continue;
      shown.add(entry.id);
      confirmed.push(waitingBubble(entry));
    }
    return confirmed;
  }

  function countUnread(): number {
    let count = 0;
    for (let index = log.entries.length - 1; index >= 0; index--) {
      const entry = log.entries[index];
      if (entry === undefined || entry.order <= readThrough) break;
      if (entry.kind !== 'event' && !isMine(entry.sender)) count++;
    }
    return count;
  }

  function read(): ConversationSnapshot {
    const otherKind = audience === 'customer' ? 'agent' : 'customer';
    return {
      conversationId,
      bubbles: readBubbles(),
      isStarted: start === null,
      isLoading: log.first === null && failure === null,
      failure,
      hasEarlier: log.first !== null && log.first > 1,
      isLoadingEarlier,
      head: log.head,
      epoch: log.epoch,
      readThrough,
      unreadCount: countUnread(),
      marks,
      seenThrough: Math.max(
        0,
        ...marks.filter((mark) => mark.reader.kind === otherKind).map((mark) => mark.through),
      ),
      typists: typists.list(),
      connection: pulse.state(),
      isStorageDurable: outbox.isDurable(),
    };
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    send(text, kind = 'reply', more) {
      const id = newId();
      signal.stop();
      outbox.add({ conversationId, id, kind, text, start, ...more });
      return { id };
    },
    retry: outbox.retry,
    takeBack: outbox.takeBack,
    async loadEarlier() {
      const before = log.first;
      if (before === null || before <= 1 || isLoadingEarlier) return;
      isLoadingEarlier = true;
      store.changed();
      const result = await ask(clock, answerMsMax, () =>
        transport.fetchEntries({ conversationId, before, limit: pageEntries }),
      );
      isLoadingEarlier = false;
      if (isClosed) return;
      if (result.ok && result.value.epoch !== log.epoch) pulse.look();
      else if (result.ok) {
        takeMarks(result.value.marks);
        if (log.first === before) adopt(prepend(log, result.value.entries));
      }
      store.changed();
    },
    typed() {
      if (start === null) signal.typed();
    },
    stoppedTyping: signal.stop,
    markSeen(order) {
      const through = Math.min(order, log.cursor);
      if (through <= readThrough) return;
      readThrough = through;
      store.changed();
      tellRead.tell();
    },
    wake() {
      outbox.wake();
      if (start === null) pulse.look();
      tellRead.tell();
    },
    close() {
      isClosed = true;
      signal.stop();
      pulse.close();
      typists.close();
      tellRead.close();
      for (const leave of undo) leave();
    },
  };
}
