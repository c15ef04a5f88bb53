import type { FileRef } from '#/lib/files/schema.ts';
import type { EntryPage } from '#/lib/messages/schema.ts';
import { ask, systemClock } from '#/lib/sync/clock.ts';
import {
  type Bubble,
  type ConversationSnapshot,
  type ConversationStore,
  openConversation,
} from '#/lib/sync/conversation.ts';
import { append, type Log, logOfPage, prepend } from '#/lib/sync/log.ts';
import type { StoredEntry } from '#/lib/sync/storage.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { ConversationTransport } from '#/lib/sync/transport.ts';

const answerMsMax = 15_000;
/** On each side of an entry that is jumped to. */
const aroundEntries = 25;
const pageEntries = 50;

/**
 * A bubble as staff see it. `held`: not sent yet, to be taken back until `heldUntil`. `guarded`: not sent, because
 * somebody else's entry came first; it is among the bubbles above.
 */
export type StaffBubble = Bubble & { heldUntil: number | null };

export type StaffSnapshot = Omit<ConversationSnapshot, 'bubbles'> & {
  bubbles: readonly StaffBubble[];
  /** False: what is shown is a part of the log around an entry that was jumped to, without the newest. */
  isAtNewest: boolean;
  isLoadingLater: boolean;
};

export type StaffConversation = Omit<ConversationStore, 'getSnapshot' | 'send' | 'retry'> & {
  getSnapshot(): StaffSnapshot;
  /**
   * The bubble is there when it returns. A reply goes only behind what is shown now: the server holds it up otherwise
   * (`guarded`). `holdMs`: so long it may be taken back.
   */
  send(
    text: string,
    kind?: 'reply' | 'note',
    more?: { mentions?: readonly string[]; holdMs?: number; files?: readonly FileRef[] },
  ): { id: string };
  /** Removes a held message and returns its text; null when it was on its way already. */
  undo(id: string): Promise<string | null>;
  /** Holds it no longer. */
  sendNow(id: string): void;
  /** Puts a failed message at the end of the line. */
  retry(id: string): void;
  /** Sends a guarded message anyway: its writer has seen what is shown now. */
  resend(id: string): void;
  /** Shows the log around this order; false when it could not be loaded. */
  openAt(order: number): Promise<boolean>;
  loadLater(): Promise<void>;
  backToNewest(): void;
};

/**
 * A conversation as agents work in it: with holds, the send guard, and jumps into the middle of its log. What is shown
 * after a jump grows in both directions until it meets the newest part, which is followed all the while.
 */
export function openStaffConversation(
  options: Omit<Parameters<typeof openConversation>[0], 'audience' | 'start'>,
): StaffConversation {
  const { conversationId, transport, outbox, me, clock = systemClock } = options;
  const base = openConversation({ ...options, audience: 'staff' });
  /** A run of the log around an entry that was jumped to; null at the newest part. */
  let part: Log | null = null;
  /** The newest order that was shown when it was opened: newer ones are not before anybody's eyes. */
  let seenBefore = 0;
  let isLoadingEarlier = false;
  let isLoadingLater = false;
  /** Grows with each jump: answers to an earlier one are dropped. */
  let generation = 0;
  let isClosed = false;
  const seen = new WeakMap<Bubble, { heldUntil: number | undefined; bubble: StaffBubble }>();
  const confirmed = new WeakMap<object, StaffBubble>();
  const store = openStore(read);
  /** Guarded messages for which the newer entries were asked for: they may be late, or their event lost. */
  const looked = new Set<string>();
  const unsubscribe = base.subscribe(() => {
    lookPastGuard();
    store.changed();
  });

  function lookPastGuard() {
    const isNew = ({ id, failure }: StoredEntry) => failure?.reason === 'newer_entries' && !looked.has(id);
    const guarded = outbox.list(conversationId).filter(isNew);
    for (const { id } of guarded) looked.add(id);
    if (guarded.length > 0) base.wake();
  }

  function read(): StaffSnapshot {
    const snapshot = base.getSnapshot();
    // Before the newest part is there, no epoch is known that a part could be foreign to.
    if (part !== null && snapshot.epoch !== null && part.epoch !== snapshot.epoch) part = null;
    const held = new Map(outbox.list(conversationId).map(({ id, heldUntil }) => [id, heldUntil]));
    const newest = snapshot.bubbles.map((bubble) => staffBubble(bubble, held.get(bubble.id)));
    if (part === null) return { ...snapshot, bubbles: newest, isAtNewest: true, isLoadingLater: false };
    const earlier = part.entries.map(confirmedBubble);
    const joined = joinedFrom(part, newest);
    return {
      ...snapshot,
      bubbles: joined === null ? earlier : [...earlier.slice(0, joined), ...newest],
      hasEarlier: (part.first ?? 1) > 1,
      isLoadingEarlier,
      isAtNewest: joined !== null,
      isLoadingLater,
    };
  }

  /** How many of the part's entries stand before the newest run, once the two touch; null before that. */
  function joinedFrom(log: Log, newest: readonly StaffBubble[]): number | null {
    const first = newest[0]?.order ?? null;
    if (first === null) return log.cursor >= log.head ? log.entries.length : null;
    if (log.cursor < first - 1) return null;
    return Math.max(0, first - (log.first ?? 1));
  }

  function staffBubble(bubble: Bubble, heldUntil: number | undefined): StaffBubble {
    const known = seen.get(bubble);
    if (known !== undefined && known.heldUntil === heldUntil) return known.bubble;
    const isHeld = bubble.state === 'sending' && heldUntil !== undefined;
    const isGuarded = bubble.state === 'failed' && bubble.failure?.reason === 'newer_entries';
    const state = isHeld ? 'held' : isGuarded ? 'guarded' : bubble.state;
    const made: StaffBubble = { ...bubble, state, heldUntil: isHeld ? heldUntil : null };
    seen.set(bubble, { heldUntil, bubble: made });
    return made;
  }

  function confirmedBubble(entry: Log['entries'][number]): StaffBubble {
    const known = confirmed.get(entry);
    if (known !== undefined) return known;
    const isMine = entry.sender.kind === 'agent' && entry.sender.id === me.id;
    const made: StaffBubble = { ...entry, state: 'sent', failure: null, isMine, heldUntil: null };
    confirmed.set(entry, made);
    return made;
  }

  /** What is on its way for an earlier place is dropped, and so is the waiting for it. */
  function leavePlace() {
    generation++;
    isLoadingEarlier = false;
    isLoadingLater = false;
  }

  function backToNewest() {
    leavePlace();
    part = null;
    store.changed();
  }

  function shownThrough(): number {
    const { isAtNewest, bubbles } = store.getSnapshot();
    const newest = bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
    return isAtNewest ? newest : seenBefore;
  }

  async function fetch(
    query: Omit<Parameters<ConversationTransport['fetchEntries']>[0], 'conversationId'>,
  ): Promise<EntryPage | null> {
    const asked = generation;
    const result = await ask(clock, answerMsMax, () => transport.fetchEntries({ conversationId, ...query }));
    return result.ok && asked === generation && !isClosed ? result.value : null;
  }

  /** A page of another database says nothing here; the newest part finds out what is true now. */
  function isOfThisEpoch(page: EntryPage): boolean {
    const { epoch } = base.getSnapshot();
    if (epoch !== null && page.epoch !== epoch) base.wake();
    return epoch === null || page.epoch === epoch;
  }

  async function loadPart(
    grow: (log: Log, page: EntryPage) => Log,
    query: (log: Log) => Parameters<typeof fetch>[0],
    isLoading: (is: boolean) => void,
  ): Promise<void> {
    const before = part;
    if (before === null) return;
    isLoading(true);
    store.changed();
    const asked = generation;
    const page = await fetch(query(before));
    if (asked !== generation) return;
    isLoading(false);
    if (page !== null && isOfThisEpoch(page) && part !== null) part = grow(part, page);
    store.changed();
  }

  return {
    ...base,
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    send(text, kind = 'reply', more = {}) {
      const { mentions, files, holdMs = 0 } = more;
      const expected = shownThrough();
      if (!store.getSnapshot().isAtNewest) backToNewest();
      return base.send(text, kind, {
        ...(kind === 'reply' ? { expected } : {}),
        ...(mentions === undefined || mentions.length === 0 ? {} : { mentions }),
        ...(files === undefined || files.length === 0 ? {} : { files }),
        ...(holdMs > 0 ? { heldUntil: clock.now() + holdMs } : {}),
      });
    },
    undo: outbox.undo,
    sendNow: (id) => outbox.release([id]),
    retry(id) {
      looked.delete(id);
      base.retry(id);
    },
    resend(id) {
      looked.delete(id);
      base.retry(id, shownThrough());
    },
    async openAt(order) {
      leavePlace();
      store.changed();
      const shown = store.getSnapshot();
      if (shown.bubbles.some((bubble) => bubble.order === order)) return true;
      if (shown.isAtNewest) seenBefore = shownThrough();
      const after = Math.max(0, order - 1 - aroundEntries);
      const page = await fetch({ after, limit: 2 * aroundEntries + 1 });
      if (page === null || !isOfThisEpoch(page) || page.entries.every((entry) => entry.order !== order)) {
        return false;
      }
      part = logOfPage(page);
      store.changed();
      return true;
    },
    async loadEarlier() {
      if (part === null) return base.loadEarlier();
      if (isLoadingEarlier || (part.first ?? 1) <= 1) return;
      await loadPart(
        (log, page) => prepend(log, page.entries),
        (log) => ({ before: log.first ?? 1, limit: pageEntries }),
        (is) => {
          isLoadingEarlier = is;
        },
      );
    },
    async loadLater() {
      if (part === null || isLoadingLater || store.getSnapshot().isAtNewest) return;
      await loadPart(
        (log, page) => append(log, page.entries, page.head),
        (log) => ({ after: log.cursor, limit: pageEntries }),
        (is) => {
          isLoadingLater = is;
        },
      );
    },
    backToNewest,
    markSeen(order) {
      // Jumped past what lies between: a mark there would count it as read.
      if (store.getSnapshot().isAtNewest) base.markSeen(order);
    },
    close() {
      isClosed = true;
      unsubscribe();
      base.close();
    },
  };
}
