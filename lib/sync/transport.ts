import type { WidgetState } from '#/lib/conversations/schema.ts';
import type { Draft, SaveDraftInput } from '#/lib/drafts/schema.ts';
import type { Result } from '#/lib/errors.ts';
import type { FileRef } from '#/lib/files/schema.ts';
import type { ConfirmedEntry, EntryPage, TypingNow } from '#/lib/messages/schema.ts';
import type { NotificationList, ReadNotificationsInput } from '#/lib/notifications/schema.ts';
import type { Answers } from '#/lib/pre-chat/schema.ts';
import type { ReadMark, TicketList, TicketListQuery } from '#/lib/tickets/schema.ts';

/** A message waiting to be confirmed. `start` is set on the first message of a conversation that may not exist yet. */
export type OutgoingMessage = {
  conversationId: string;
  id: string;
  kind: 'reply' | 'note';
  text: string;
  start: StartDetails | null;
  /** An agent's: the newest `seq` that the writer's screen showed. Absent: sent whatever came after it. */
  expected?: number;
  /** Ids of the agents whom a note mentions. */
  mentions?: readonly string[];
  /** What was uploaded for it. */
  files?: readonly FileRef[];
};
/**
 * `sessionToken` is null for a customer who has a session already. `follows`: another conversation on the same ticket,
 * after this one, which takes nothing any more.
 */
export type StartDetails = {
  ticketId: string;
  sessionToken: string | null;
  follows?: string;
  /** What the form before the conversation was answered with. */
  answers?: Answers;
};

/** What the engine needs from the world, for one reader. Implementations never throw: a lost answer is `unavailable`. */
export type ConversationTransport = {
  send(message: OutgoingMessage): Promise<Result<ConfirmedEntry>>;
  fetchEntries(query: {
    conversationId: string;
    after?: number;
    before?: number;
    limit: number;
  }): Promise<Result<EntryPage & { marks: ReadMark[]; typing?: TypingNow[] }>>;
  markRead(input: { conversationId: string; through: number }): Promise<Result<null>>;
  setTyping(input: { conversationId: string; isTyping: boolean }): Promise<Result<null>>;
};

/** For the customer's list of conversations. */
export type WidgetTransport = {
  fetchState(): Promise<Result<WidgetState>>;
};

export type InboxTransport = {
  listTickets(query: TicketListQuery): Promise<Result<TicketList>>;
};

/** An agent's own drafts. `save` answers what is stored, which may be newer than what it was given. */
export type DraftTransport = {
  saveDraft(input: SaveDraftInput): Promise<Result<Draft>>;
  listDrafts(ticketId: string): Promise<Result<readonly Draft[]>>;
};

export type NotificationTransport = {
  listNotifications(query: { cursor?: string }): Promise<Result<NotificationList>>;
  /** Answers how many are left. */
  readNotifications(input: ReadNotificationsInput): Promise<Result<{ unread: number }>>;
};

/**
 * `connecting` first attempt · `live` pushed events arrive · `polling` the server answers but nothing is pushed ·
 * `offline` the server cannot be reached.
 */
export type ConnectionState = 'connecting' | 'live' | 'polling' | 'offline';

export type ChannelMember = { id: string; name: string };

/** The live connection as the engine sees it; `lib/realtime/subscribe.ts` makes one over pusher-js, tests make others. */
export type LiveConnection = {
  state(): 'connecting' | 'connected' | 'unavailable';
  /** Called on each change of `state()`; returns its undo. */
  onState(listener: () => void): () => void;
  /**
   * `onSubscribed` fires on the first and on every later (re)subscription: events may have been missed before it, so
   * fill the gap then. Returns the undo; two subscribers of one channel share it.
   */
  subscribe(
    channel: string,
    handlers: {
      onEvent(name: string, data: unknown): void;
      onSubscribed(): void;
      onRefused?(): void;
      onMembers?(members: ChannelMember[]): void;
    },
  ): () => void;
  /** The server answered just now: connect at once instead of waiting out the backoff. */
  retry?(): void;
  close(): void;
};

/** Time and chance, injected so that tests own them. */
export type Clock = {
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  random(): number;
};
