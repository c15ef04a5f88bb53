import type { RefObject } from 'react';
import type { InboxEngine } from '#/components/inbox/inbox-engine.ts';
import type { MessageRef, Place } from '#/components/inbox/place.ts';
import type { InboxMe, InboxPorts, OpenedTicket } from '#/components/inbox/ports.ts';
import type { AfterSends } from '#/components/inbox/ticket/after-sends.ts';
import type { ComposerMode } from '#/components/inbox/ticket/drafts.ts';
import type { Catalogue } from '#/lib/catalogue/schema.ts';
import type { Failure } from '#/lib/errors.ts';
import type { MergedTickets } from '#/lib/merges/schema.ts';
import type { Drafts } from '#/lib/sync/drafts.ts';
import type { TicketChange, TicketRow } from '#/lib/tickets/schema.ts';
import type { Viewer } from '#/lib/viewing/schema.ts';

/** What a key or the palette can open in the ticket. */
export type TicketMenu =
  | 'status'
  | 'priority'
  | 'assignee'
  | 'department'
  | 'tags'
  | 'snooze'
  | 'merge'
  | 'savedReplies';

/** How keys and palette reach into the open ticket. */
export type TicketHandle = {
  focusComposer(mode: ComposerMode): void;
  openMenu(menu: TicketMenu): void;
  copy(what: 'number' | 'title' | 'link'): void;
  /** Asks before it blocks; unblocks at once. */
  blockCustomer(): void;
  /** The first field of the customer panel, for changing it. */
  editCustomer(): void;
  /** A change of this ticket was refused: said beside its control. False: it is not shown here, say it elsewhere. */
  tellRefusal(change: TicketChange, failure: Failure): boolean;
};

/** The customer panel: beside the thread where there is room, else a drawer. */
export type PanelState = {
  isDocked: boolean;
  isDrawn: boolean;
  isOpen: boolean;
  setDrawn(isDrawn: boolean): void;
  toggle(): void;
};

/** One open ticket with its customer: everything right of the list. Mount it anew for each ticket (by key). */
export type TicketPaneProps = {
  /** As it should be shown: the newest known row with the agent's unsettled changes on top. */
  row: TicketRow;
  me: InboxMe;
  catalogue: Catalogue;
  /** The agent's own time zone; undefined is the browser's. */
  zone: string | undefined;
  /** Null until it was fetched. */
  opened: OpenedTicket | null;
  /** Null for the moment before the browser opened it. */
  engine: InboxEngine | null;
  ports: InboxPorts;
  viewers: readonly Viewer[];
  place: Place;
  /** The message to open at, from search or a notification; null opens at what is new. */
  openAt: MessageRef | null;
  holdSeconds: 0 | 5 | 10;
  /** The agent's drafts, opened once for the page; null for the moment before. */
  drafts: Drafts | null;
  /** "Send and resolve", see `useAfterSends`: lives as long as the page, not as the ticket. */
  afterSends: AfterSends;
  panel: PanelState;
  handle: RefObject<TicketHandle | null>;
  /** Shows it at once and settles it; a refusal comes back by `handle.tellRefusal`. */
  onChange(change: TicketChange): void;
  onGo(next: Partial<Place>): void;
  /** Back to the list. */
  onBack(): void;
  /** Resolves and opens the next ticket of the list. */
  onResolveNext(): void;
  onMarkUnread(): void;
  /** The reader had this of a conversation before their eyes, in its `seq`. */
  onSeen(conversationId: string, order: number): void;
  /** For the presence that colleagues see. */
  onTyping(isTyping: boolean): void;
  /** The page behind changed in a way that only a new read shows: merged, blocked, customer changed. */
  onReload(): void;
  /** Two tickets became one: the page offers to take it back, and goes where the conversations went. */
  onMerged(merged: MergedTickets): void;
  onShareLink(): void;
  onRevokeLinks(): void;
};
