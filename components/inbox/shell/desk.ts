import type { Place } from '#/components/inbox/place.ts';
import type { ComposerMode } from '#/components/inbox/ticket/drafts.ts';
import type { MergedTickets } from '#/lib/merges/schema.ts';
import type { TicketChange, TicketRow, TicketSort } from '#/lib/tickets/schema.ts';

/** The tickets that an action is about: those selected, else the row in focus, else the open one. */
export type Target = {
  /** Those of them that are loaded. */
  rows: readonly TicketRow[];
  /** How many there are. */
  count: number;
  isSelection: boolean;
};

/** What the screen shows at the moment when somebody acts. */
export type Scene = {
  me: { id: string };
  place: Place;
  target: Target;
  /** The ticket that is open. */
  open: TicketRow | null;
  hasSelection: boolean;
  canUndo: boolean;
};

/** What has to be chosen before it can be done. */
export type Choosing = 'status' | 'assignee' | 'priority' | 'tags' | 'department' | 'snooze' | 'savedReply';

/** What actions can do to the page. False: there was nothing to do, and the key is the browser's. */
export type Desk = {
  look(): Scene;
  go(next: Partial<Place>): boolean;
  /** Sorts the list so, and remembers it. */
  sort(sort: TicketSort): boolean;
  /** To another page of Parley. */
  leaveTo(href: string): boolean;
  moveCursor(by: 1 | -1): boolean;
  openCursor(): boolean;
  goBack(): boolean;
  compose(mode: ComposerMode, target: Target): boolean;
  change(target: Target, change: TicketChange): boolean;
  /** Opens the menu where the target shows it, else the palette's list of choices. */
  choose(what: Choosing, target: Target): boolean;
  resolveNext(target: Target): boolean;
  markUnread(target: Target): boolean;
  select(): boolean;
  selectAll(): boolean;
  search(): boolean;
  filter(): boolean;
  saveView(): boolean;
  departments(): boolean;
  togglePalette(): boolean;
  togglePanel(): boolean;
  openHelp(): boolean;
  openNotifications(): boolean;
  undo(): boolean;
  merge(target: Target): boolean;
  /** Two tickets became one: goes where the conversations went, and offers the way back. */
  merged(merged: MergedTickets): boolean;
  /** Opens the ticket that people call so, wherever it is. */
  openNumber(number: number): boolean;
  copy(what: 'number' | 'title' | 'link', target: Target): boolean;
  shareLink(target: Target): boolean;
  revokeLinks(target: Target): boolean;
  editCustomer(): boolean;
  blockCustomer(): boolean;
  toggleDensity(): boolean;
  signOut(): boolean;
};
