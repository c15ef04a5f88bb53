import type { ReactNode, RefObject } from 'react';
import type { Place } from '#/components/inbox/place.ts';
import type { InboxMe, Named } from '#/components/inbox/ports.ts';
import type { ListDensity } from '#/lib/agents/preferences.ts';
import type { agentAvailabilities } from '#/lib/agents/schema.ts';
import type { BulkAct, BulkJob, StartBulkInput } from '#/lib/bulk/schema.ts';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import type { Failure, Result } from '#/lib/errors.ts';
import type { SearchTransport } from '#/lib/sync/search.ts';
import type { ConnectionState } from '#/lib/sync/transport.ts';
import type { Tag } from '#/lib/tags/schema.ts';
import type { TicketCounts, TicketFilter, TicketListRow, TicketSort } from '#/lib/tickets/schema.ts';
import type { ChangeViewInput, SavedView, SaveViewInput } from '#/lib/views/schema.ts';

/** What saved views need of the world. Each settles when `views` shows the outcome, or answers why not. */
export type ViewActs = {
  save(input: SaveViewInput): Promise<Result<unknown>>;
  change(input: ChangeViewInput): Promise<Result<unknown>>;
  order(ids: string[]): Promise<Result<unknown>>;
  remove(id: string): Promise<Result<unknown>>;
};

/** <InboxSidebar>, and <InboxBottomBar> on phones. In settings `place`, `counts` and the inbox's acts are left out. */
export type InboxSidebarProps = {
  workspaceName: string;
  me: InboxMe;
  availability: (typeof agentAvailabilities)[number];
  /** Null outside the inbox, where no view is current. */
  place: Place | null;
  counts: TicketCounts | null;
  departments: readonly Named[];
  views: readonly SavedView[];
  current: 'inbox' | 'settings';
  /** Keys as bound now, for hints: by the name of the action; '' shows none. */
  keysOf(action: 'mine' | 'unassigned' | 'all' | 'snoozed' | 'search' | 'help'): string;
  onGo?: (next: Partial<Place>) => void;
  onSearch?: () => void;
  onHelp?: () => void;
  onAvailability?: (next: (typeof agentAvailabilities)[number]) => void;
  viewActs?: ViewActs;
  /** Keeps the present filter as a view: `InboxListHandle.saveView`. */
  onSaveView?: () => void;
  onSignOut(): void;
  /** The bell with its count, beside the workspace's name; on phones it stands in the list's header. */
  notifications?: ReactNode;
};

/** Which tickets are ticked: `useSelection` keeps it. `isAll`: every one that view and filter match, also not loaded ones. */
export type Selection = {
  ids: ReadonlySet<string>;
  isAll: boolean;
  has(ticketId: string): boolean;
  toggle(ticketId: string): void;
  /** From the last one toggled to this one, in the list's order. */
  extendTo(ticketId: string): void;
  selectLoaded(): void;
  selectAll(): void;
  clear(): void;
};

/** What a bulk act does; the same shapes as one ticket's changes. */
export type BulkField = BulkAct['field'];

/** The agent's bulk work, also what runs since before a reload: `useBulk` makes it of ports and live connection. */
export type BulkDesk = {
  jobs: readonly BulkJob[];
  start(act: BulkAct, on: StartBulkInput['on']): Promise<Result<unknown>>;
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

/** What filters and bulk acts offer to choose from. */
export type ListCatalogue = {
  agents: readonly Named[];
  departments: readonly Named[];
  tags: readonly Tag[];
  fields: readonly CustomField[];
  views: readonly SavedView[];
};

export type InboxListProps = {
  me: InboxMe;
  place: Place;
  /** Parts of the address, and of the view (as the list's answer says), that could not be carried out. */
  ignored: readonly string[];
  /** The agent's own time zone; null follows the browser. */
  zone: string | null;
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
    counts: TicketCounts;
    /** View and filter in one, as the server read them. */
    filter: TicketFilter;
  };
  catalogue: ListCatalogue;
  /** Finds the people who are not in the list. */
  search: SearchTransport;
  density: ListDensity;
  cursorId: string | null;
  selection: Selection;
  bulk: BulkDesk;
  /** Whether anybody ever wrote: until then the empty list explains how it starts. */
  hasHistory: boolean;
  handle: RefObject<InboxListHandle | null>;
  viewActs: ViewActs;
  onGo(next: Partial<Place>): void;
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
