import type { EntryPage } from '#/lib/messages/schema.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';
import {
  openStaffConversation,
  type StaffBubble,
  type StaffConversation,
  type StaffSnapshot,
} from '#/lib/sync/staff-conversation.ts';
import { openStore, type Store } from '#/lib/sync/store.ts';
import type { Clock, ConnectionState, ConversationTransport, LiveConnection } from '#/lib/sync/transport.ts';
import type { Typist } from '#/lib/sync/typing.ts';
import type { ReadMark } from '#/lib/tickets/schema.ts';

/** One of a ticket's conversations, as `TicketDetail` lists them: oldest first. */
export type ThreadPart = { id: string; startedAt: string };

/** A bubble of one of the ticket's conversations; `order` and `publicOrder` are that conversation's own. */
export type ThreadBubble = StaffBubble & {
  conversationId: string;
  /** Set where another conversation goes on than the one above, in tickets that have several: when it began. */
  startedAt: string | null;
};

export type ThreadSnapshot = {
  /** Of all conversations by time; in each of them always in its own order. What is unconfirmed comes last. */
  bubbles: readonly ThreadBubble[];
  /** Each conversation by itself: marks and heads are its own. */
  parts: ReadonlyMap<string, StaffSnapshot>;
  /** Where a reply goes: the conversation with the newest public message. */
  replyTo: string | null;
  isLoading: boolean;
  /** Why the newest of them cannot be shown. */
  failure: StaffSnapshot['failure'];
  hasEarlier: boolean;
  isLoadingEarlier: boolean;
  isAtNewest: boolean;
  isLoadingLater: boolean;
  unreadCount: number;
  typists: readonly Typist[];
  connection: ConnectionState;
  isStorageDurable: boolean;
};

export type TicketThread = Store<ThreadSnapshot> & {
  /** The ticket's conversations as they are now: a follow-up or a merge added one, undoing a merge took one away. */
  setParts(parts: readonly ThreadPart[]): void;
  send: StaffConversation['send'];
  undo(id: string): Promise<string | null>;
  sendNow(id: string): void;
  retry(id: string): void;
  resend(id: string): void;
  takeBack(id: string): string | null;
  openAt(conversationId: string, order: number): Promise<boolean>;
  loadEarlier(): Promise<void>;
  loadLater(): Promise<void>;
  backToNewest(): void;
  markSeen(conversationId: string, order: number): void;
  typed(): void;
  stoppedTyping(): void;
  wake(): void;
  close(): void;
};

type Part = ThreadPart & { store: StaffConversation; leave: () => void };

/** Pages of the other conversations that a jump loads so that they stand beside the entry that it jumps to. */
const jumpPagesMax = 20;
const connections: readonly ConnectionState[] = ['live', 'polling', 'connecting', 'offline'];

/** All conversations of one ticket as one thread, each kept true by a store of its own. */
export function openThread(options: {
  parts: readonly ThreadPart[];
  me: { id: string; name: string };
  transport: ConversationTransport;
  live: LiveConnection | null;
  outbox: Outbox;
  clock?: Clock;
  /** A first page of one of them that is known already. */
  initial?: { conversationId: string; page: EntryPage; marks: readonly ReadMark[] } | null;
}): TicketThread {
  const { me, transport, live, outbox, clock, initial = null } = options;
  let parts: readonly Part[] = [];
  let isLoadingEarlier = false;
  let isLoadingLater = false;
  const bubbleOf = new WeakMap<StaffBubble, ThreadBubble>();
  const store = openStore(read);
  setParts(options.parts);

  function open(part: ThreadPart): Part {
    const page = initial?.conversationId === part.id ? initial : null;
    const opened = openStaffConversation({
      conversationId: part.id,
      me: { kind: 'agent', ...me },
      transport,
      live,
      outbox,
      ...(clock === undefined ? {} : { clock }),
      ...(page === null ? {} : { initial: { page: page.page, marks: page.marks } }),
    });
    return { ...part, store: opened, leave: opened.subscribe(store.changed) };
  }

  function setParts(next: readonly ThreadPart[]) {
    const isSame = next.length === parts.length && next.every(({ id }, index) => parts[index]?.id === id);
    if (isSame) return;
    const kept = new Map(parts.map((part) => [part.id, part]));
    parts = next.map((part) => kept.get(part.id) ?? open(part));
    const ids = new Set(next.map(({ id }) => id));
    for (const part of kept.values()) if (!ids.has(part.id)) end(part);
    store.changed();
  }

  function end(part: Part) {
    part.leave();
    part.store.close();
  }

  function read(): ThreadSnapshot {
    const shots = parts.map((part) => ({ part, shot: part.store.getSnapshot() }));
    const newest = replyTarget(shots);
    const newestShot = shots.find(({ part }) => part === newest)?.shot ?? null;
    const states = shots.map(({ shot }) => connections.indexOf(shot.connection));
    const typists = new Map(shots.flatMap(({ shot }) => shot.typists.map((typist) => [typist.id, typist])));
    return {
      bubbles: merge(shots),
      parts: new Map(shots.map(({ part, shot }) => [part.id, shot])),
      replyTo: newest?.id ?? null,
      isLoading: shots.some(({ shot }) => shot.isLoading),
      failure: newestShot?.failure ?? null,
      hasEarlier: shots.some(({ shot }) => shot.hasEarlier),
      isLoadingEarlier,
      isAtNewest: shots.every(({ shot }) => shot.isAtNewest),
      isLoadingLater,
      unreadCount: shots.reduce((sum, { shot }) => sum + shot.unreadCount, 0),
      typists: [...typists.values()],
      connection: connections[Math.max(0, ...states)] ?? 'connecting',
      isStorageDurable: shots.every(({ shot }) => shot.isStorageDurable),
    };
  }

  function replyTarget(shots: readonly { part: Part; shot: StaffSnapshot }[]): Part | null {
    let newest: { part: Part; at: string } | null = null;
    for (const { part, shot } of shots) {
      const last = shot.bubbles.findLast(({ publicOrder, kind }) => publicOrder !== null && kind === 'reply');
      const at = last?.sentAt ?? part.startedAt;
      if (newest === null || at >= newest.at) newest = { part, at };
    }
    return newest?.part ?? null;
  }

  /**
   * By time between conversations. What stands before the oldest that is loaded of one that has more, or behind the
   * newest of one that was jumped into, waits until that is loaded: nothing comes in between later.
   */
  function merge(shots: readonly { part: Part; shot: StaffSnapshot }[]): ThreadBubble[] {
    const from = latest(shots.flatMap(({ shot }) => (shot.hasEarlier ? [firstAt(shot) ?? []].flat() : [])));
    const jumped = shots.filter(({ shot }) => !shot.isAtNewest);
    const through = earliest(jumped.flatMap(({ shot }) => [lastAt(shot) ?? []].flat()));
    const lines = shots.map(({ part, shot }) => {
      const settled = shot.bubbles.filter(({ sentAt }) => sentAt !== null);
      const start = settled.findIndex(({ sentAt }) => from === null || (sentAt ?? '') >= from);
      const end = settled.findLastIndex(({ sentAt }) => through === null || (sentAt ?? '') <= through);
      return { part, bubbles: start < 0 ? [] : settled.slice(start, end + 1), next: 0 };
    });
    const merged: ThreadBubble[] = [];
    const take = (bubble: StaffBubble, part: Part) => {
      const isOther = shots.length > 1 && merged.at(-1)?.conversationId !== part.id;
      merged.push(threadBubble(bubble, part, isOther ? part.startedAt : null));
    };
    for (;;) {
      let first: (typeof lines)[number] | null = null;
      let at = '';
      for (const line of lines) {
        const sentAt = line.bubbles[line.next]?.sentAt;
        if (sentAt == null || (first !== null && sentAt >= at)) continue;
        first = line;
        at = sentAt;
      }
      const bubble = first?.bubbles[first.next];
      if (first === null || bubble === undefined) break;
      first.next++;
      take(bubble, first.part);
    }
    if (through !== null) return merged;
    for (const { part, shot } of shots) {
      for (const bubble of shot.bubbles) if (bubble.sentAt === null) take(bubble, part);
    }
    return merged;
  }

  function threadBubble(bubble: StaffBubble, part: Part, startedAt: string | null): ThreadBubble {
    const known = bubbleOf.get(bubble);
    if (known !== undefined && known.startedAt === startedAt) return known;
    const made: ThreadBubble = { ...bubble, conversationId: part.id, startedAt };
    bubbleOf.set(bubble, made);
    return made;
  }

  function partOf(conversationId: string | null): StaffConversation | null {
    return parts.find(({ id }) => id === conversationId)?.store ?? null;
  }

  /** The conversation that an own message belongs to, by the message's id. */
  function holderOf(id: string): StaffConversation | null {
    const part = parts.find((each) => each.store.getSnapshot().bubbles.some((bubble) => bubble.id === id));
    return part?.store ?? null;
  }

  const replyPart = () => partOf(store.getSnapshot().replyTo);

  /** Those whose oldest loaded entry keeps earlier ones of the others back. */
  async function loadEarlier() {
    if (isLoadingEarlier) return;
    const waiting = parts.filter(({ store: each }) => each.getSnapshot().hasEarlier);
    const from = latest(waiting.map((part) => firstAt(part.store.getSnapshot()) ?? ''));
    if (from === null) return;
    isLoadingEarlier = true;
    store.changed();
    await Promise.all(
      waiting
        .filter((part) => (firstAt(part.store.getSnapshot()) ?? '') >= from)
        .map((part) => part.store.loadEarlier()),
    );
    isLoadingEarlier = false;
    store.changed();
  }

  async function loadLater() {
    if (isLoadingLater) return;
    isLoadingLater = true;
    store.changed();
    await Promise.all(parts.map((part) => part.store.loadLater()));
    isLoadingLater = false;
    store.changed();
  }

  async function openAt(conversationId: string, order: number): Promise<boolean> {
    const target = partOf(conversationId);
    if (target === null || !(await target.openAt(order))) return false;
    const at = target.getSnapshot().bubbles.find((bubble) => bubble.order === order)?.sentAt ?? null;
    // Of the others at least what stands beside it, or it would wait for them.
    await Promise.all(
      parts
        .filter(({ store: each }) => each !== target)
        .map(async ({ store: each }) => {
          for (let page = 0; page < jumpPagesMax; page++) {
            const shot = each.getSnapshot();
            if (!shot.hasEarlier || at === null || (firstAt(shot) ?? '') <= at) return;
            await each.loadEarlier();
          }
        }),
    );
    return true;
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    setParts,
    send(text, kind, more) {
      const target = replyPart();
      if (target === null) throw new Error('a thread without a conversation');
      for (const { store: each } of parts)
        if (!each.getSnapshot().isAtNewest && each !== target) each.backToNewest();
      return target.send(text, kind, more);
    },
    undo: outbox.undo,
    sendNow: (id) => outbox.release([id]),
    retry: (id) => holderOf(id)?.retry(id),
    resend: (id) => holderOf(id)?.resend(id),
    takeBack: outbox.takeBack,
    openAt,
    loadEarlier,
    loadLater,
    backToNewest() {
      for (const part of parts) part.store.backToNewest();
    },
    markSeen: (conversationId, order) => partOf(conversationId)?.markSeen(order),
    typed: () => replyPart()?.typed(),
    stoppedTyping() {
      for (const part of parts) part.store.stoppedTyping();
    },
    wake() {
      for (const part of parts) part.store.wake();
    },
    close() {
      for (const part of parts) end(part);
      parts = [];
    },
  };
}

function firstAt(shot: StaffSnapshot): string | null {
  return shot.bubbles.find(({ sentAt }) => sentAt !== null)?.sentAt ?? null;
}

function lastAt(shot: StaffSnapshot): string | null {
  return shot.bubbles.findLast(({ sentAt }) => sentAt !== null)?.sentAt ?? null;
}

function latest(moments: readonly string[]): string | null {
  return moments.reduce<string | null>((max, at) => (max === null || at > max ? at : max), null);
}

function earliest(moments: readonly string[]): string | null {
  return moments.reduce<string | null>((min, at) => (min === null || at < min ? at : min), null);
}
