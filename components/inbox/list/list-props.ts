import type { ReactNode, RefObject } from 'react';
import type { InboxMe, Named } from '#/components/inbox/ports.ts';
import type { ListDensity } from '#/lib/agents/preferences.ts';
import type { agentAvailabilities } from '#/lib/agents/schema.ts';
import type { FieldSubject, FieldType } from '#/lib/custom-fields/schema.ts';
import type { Failure, Result } from '#/lib/errors.ts';
import type { ConnectionState } from '#/lib/sync/transport.ts';
import type { TagColor } from '#/lib/tags/schema.ts';
import type { TicketListRow, TicketPriority, TicketStatus } from '#/lib/tickets/schema.ts';

export type TicketFilter = {
  status?: TicketStatus[];
  priority?: TicketPriority[];
  assignee?: string[];
  department?: string[];
  tag?: string[];
  customer?: string;
  createdFrom?: string;
  createdTo?: string;
  waitingMinutes?: number;
  fields?: { subject: FieldSubject; key: string; is: string | number | boolean }[];
};
export type ViewKey =
  | 'mine'
  | 'unassigned'
  | 'all'
  | 'snoozed'
  | 'resolved'
  | `department:${string}`
  | `saved:${string}`;
export type TicketSort = 'waiting' | 'newest' | 'priority';
export type SavedView = {
  id: string;
  name: string;
  filter: TicketFilter;
  sort: TicketSort;
  position: number;
  /** Null: shared with everybody. */
  ownerId: string | null;
  isBroken: boolean;
};
export type ViewCounts = {
  mine: number;
  unassigned: number;
  all: number;
  snoozed: number;
  departments: Record<string, number>;
  saved: Record<string, number>;
};

/** The part of the inbox's place that the list is about. */
export type ListPlace = { ticketId: string | null; view: ViewKey; filter: TicketFilter; sort: TicketSort };

export type TagChoice = { id: string; name: string; color: TagColor };
export type FieldChoice = {
  id: string;
  subject: FieldSubject;
  key: string;
  label: string;
  type: FieldType;
  options: readonly string[];
};

/** What saved views need of the world. Each settles when `views` shows the outcome, or answers why not. */
export type ViewActs = {
  save(input: {
    id: string;
    name: string;
    filter: TicketFilter;
    sort: TicketSort;
    isShared: boolean;
  }): Promise<Result<unknown>>;
  change(input: {
    id: string;
    name?: string;
    filter?: TicketFilter;
    sort?: TicketSort;
    isShared?: boolean;
  }): Promise<Result<unknown>>;
  order(ids: string[]): Promise<Result<unknown>>;
  remove(id: string): Promise<Result<unknown>>;
};

/** <InboxSidebar>, and <InboxBottomBar> on phones. In settings `place`, `counts` and the inbox's acts are left out. */
export type InboxSidebarProps = {
  workspaceName: string;
  me: InboxMe;
  availability: (typeof agentAvailabilities)[number];
  /** Null outside the inbox, where no view is current. */
  place: ListPlace | null;
  counts: ViewCounts | null;
  departments: readonly Named[];
  views: readonly SavedView[];
  current: 'inbox' | 'settings';
  hrefOf(place: ListPlace): string;
  /** Keys as bound now, for hints: by the name of the action; '' shows none. */
  keysOf(action: 'mine' | 'unassigned' | 'all' | 'snoozed' | 'search' | 'help'): string;
  onGo?: (next: Partial<ListPlace>) => void;
  onSearch?: () => void;
  onHelp?: () => void;
  onAvailability?: (next: (typeof agentAvailabilities)[number]) => void;
  viewActs?: ViewActs;
  onSignOut(): void;
  /** The bell with its count, beside the workspace's name; on phones it stands in the list's header. */
  notifications?: ReactNode;
};

/** Which tickets are ticked. `isAll`: every one that the view and filter match, also those not loaded. */
export type Selection = {
  ids: ReadonlySet<string>;
  isAll: boolean;
  has(ticketId: string): boolean;
  toggle(ticketId: string): void;
  /** From the last one toggled to this one, in the list's order. */
  extendTo(ticketId: string, order: readonly { id: string }[]): void;
  selectLoaded(order: readonly { id: string }[]): void;
  selectAll(): void;
  clear(): void;
};

/** What a bulk act does; the same shapes as one ticket's changes. */
export type BulkField = 'status' | 'assignee' | 'department' | 'priority' | 'tags' | 'snooze';

export type BulkAct =
  | { field: 'status'; to: 'open' | 'pending' | 'resolved' }
  | { field: 'assignee'; to: string | null }
  | { field: 'department'; to: string | null }
  | { field: 'priority'; to: TicketPriority }
  | { field: 'tags'; add: string[]; remove: string[] }
  | { field: 'snooze'; until: string | null };
export type BulkJob = {
  id: string;
  act: BulkAct;
  state: 'running' | 'done' | 'cancelled';
  total: number;
  done: number;
  skipped: number;
  /** The job that this one takes back. */
  undoes: string | null;
  createdAt: string;
  canUndo: boolean;
};
export type BulkTarget = { ids: string[] } | { view: ViewKey; filter: TicketFilter };

/** The agent's bulk work, also what runs since before a reload: `useBulk` makes it of ports and live connection. */
export type BulkDesk = {
  jobs: readonly BulkJob[];
  start(act: BulkAct, on: BulkTarget): Promise<Result<unknown>>;
  cancel(jobId: string): Promise<Result<unknown>>;
  undo(jobId: string): Promise<Result<unknown>>;
  /** The strip of a finished job goes away. */
  dismiss(jobId: string): void;
};

/** How keys and palette reach into the list. */
export type InboxListHandle = {
  /** Moves cursor and focus by one row and scrolls to it. False: there is none. */
  move(by: 1 | -1): boolean;
  /** Focuses a row, wherever it is in the list. False: it is not loaded. */
  focusRow(ticketId: string): boolean;
  /** The row after this one in the list (else before it), for "resolve and next". */
  neighbourOf(ticketId: string): string | null;
  /** Opens the bulk bar's menu; false when nothing is selected. */
  openBulk(field: BulkField): boolean;
  openFilter(): void;
  saveView(): void;
};

export type InboxListProps = {
  me: InboxMe;
  place: ListPlace;
  /** Parts of the address that meant nothing, as written. */
  ignored: readonly string[];
  /** As they should be shown: with this agent's unsettled changes on top. */
  rows: readonly TicketListRow[];
  state: {
    isLoading: boolean;
    isLoadingMore: boolean;
    hasMore: boolean;
    failure: Failure | null;
    connection: ConnectionState;
    /** How many match, bounded at 1,000. */
    matching: number;
    counts: ViewCounts;
    /** View and filter in one, as the server read them. */
    filter: TicketFilter;
  };
  catalogue: {
    agents: readonly Named[];
    departments: readonly Named[];
    tags: readonly TagChoice[];
    fields: readonly FieldChoice[];
    views: readonly SavedView[];
  };
  density: ListDensity;
  cursorId: string | null;
  selection: Selection;
  bulk: BulkDesk;
  /** Whether anybody ever wrote: until then the empty list explains how it starts. */
  hasHistory: boolean;
  handle: RefObject<InboxListHandle | null>;
  hrefOf(place: ListPlace): string;
  viewActs: ViewActs;
  onGo(next: Partial<ListPlace>): void;
  /** Goes there and remembers it. */
  onSort(sort: TicketSort): void;
  onSearch(): void;
  onCursor(ticketId: string): void;
  /** The pointer or the keyboard is on it: it may be opened next. */
  onNear(ticketId: string): void;
  onLoadMore(): void;
  onRetry(): void;
  /** Left of the header's own buttons on phones: the bell. */
  notifications?: ReactNode;
};
