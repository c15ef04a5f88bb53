import type { Place } from '#/components/inbox/place.ts';
import type { Preferences, SavePreferencesInput } from '#/lib/agents/preferences.ts';
import type { AgentAvailability, AgentRole } from '#/lib/agents/schema.ts';
import type { BulkJob, StartBulkInput, UndoBulkInput } from '#/lib/bulk/schema.ts';
import type { Catalogue } from '#/lib/catalogue/schema.ts';
import type { BlockCustomerInput, ChangeCustomerInput, CustomerCard } from '#/lib/customers/schema.ts';
import type { Result } from '#/lib/errors.ts';
import type { MergedTickets, MergePreview, MergeTicketsInput } from '#/lib/merges/schema.ts';
import type { EntryPage } from '#/lib/messages/schema.ts';
import type { Authorization } from '#/lib/realtime/subscribe.ts';
import type { SavedReply } from '#/lib/saved-replies/schema.ts';
import type { SearchAnswer, SearchQuery } from '#/lib/search/schema.ts';
import type { AgentMe } from '#/lib/sync/inbox.ts';
import type {
  ConversationTransport,
  DraftTransport,
  InboxTransport,
  NotificationTransport,
} from '#/lib/sync/transport.ts';
import type { CreateTagInput, Tag } from '#/lib/tags/schema.ts';
import type {
  ChangeTicketInput,
  TicketDetail,
  TicketList,
  TicketListQuery,
  TicketRow,
} from '#/lib/tickets/schema.ts';
import type { SetUnreadInput } from '#/lib/unread-marks/schema.ts';
import type { Viewer, ViewingInput } from '#/lib/viewing/schema.ts';
import type { ChangeViewInput, SavedView, SaveViewInput } from '#/lib/views/schema.ts';

export type Named = { id: string; name: string };
export type InboxMe = {
  id: string;
  name: string;
  email: string;
  role: AgentRole;
  departmentId: string | null;
};
export type OpenedTicket = TicketDetail & { page: EntryPage };

/** One change in a ticket's life, as recorded. */
export type TimelineChange = {
  id: string;
  at: string;
  type: string;
  actor: { kind: 'visitor' | 'customer' | 'agent' | 'system'; id: string | null; name: string | null };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** Everything the inbox asks of the world; the page hands it in. Nothing in it throws: a lost answer is `unavailable`. */
export type InboxPorts = {
  conversation: ConversationTransport;
  inbox: InboxTransport;
  drafts: DraftTransport;
  notifications: NotificationTransport;
  fetchTicket(ticketId: string): Promise<Result<OpenedTicket>>;
  fetchTimeline(ticketId: string): Promise<Result<readonly TimelineChange[]>>;
  /** Everybody's and one's own, by title. */
  fetchSavedReplies(): Promise<Result<readonly SavedReply[]>>;
  changeTicket(input: ChangeTicketInput): Promise<Result<TicketRow>>;
  /** The shared views and one's own, in one's own order. */
  fetchViews(): Promise<Result<readonly SavedView[]>>;
  saveView(input: SaveViewInput): Promise<Result<SavedView>>;
  /** Null: taken back from everybody, it is somebody else's again. */
  changeView(input: ChangeViewInput): Promise<Result<SavedView | null>>;
  orderViews(input: { ids: string[] }): Promise<Result<unknown>>;
  deleteView(input: { id: string }): Promise<Result<unknown>>;
  /** Says every `viewingEveryMs` which ticket this page shows, and answers who else looks at it. */
  setViewing(input: ViewingInput): Promise<Result<{ viewers: readonly Viewer[] }>>;
  /** What there is to choose from; again at `catalogue.changed`. */
  fetchCatalogue(): Promise<Result<Catalogue>>;
  mergeTickets(input: MergeTicketsInput): Promise<Result<MergedTickets>>;
  undoMerge(input: { id: string }): Promise<Result<MergedTickets>>;
  fetchMergePreview(input: { ticketId: string; with: string }): Promise<Result<MergePreview>>;
  startBulk(input: StartBulkInput): Promise<Result<BulkJob>>;
  undoBulk(input: UndoBulkInput): Promise<Result<BulkJob>>;
  cancelBulk(input: { id: string }): Promise<Result<BulkJob>>;
  /** The agent's running jobs and the last ones, newest first. */
  fetchBulk(): Promise<Result<readonly BulkJob[]>>;
  changeCustomer(input: ChangeCustomerInput): Promise<Result<CustomerCard>>;
  blockCustomer(input: BlockCustomerInput): Promise<Result<CustomerCard>>;
  createTag(input: CreateTagInput): Promise<Result<Tag>>;
  setUnread(input: SetUnreadInput): Promise<Result<unknown>>;
  search(query: SearchQuery): Promise<Result<SearchAnswer>>;
  createTicketLink(input: { ticketId: string }): Promise<Result<{ url: string; expiresAt: string }>>;
  revokeTicketLinks(input: { ticketId: string }): Promise<Result<unknown>>;
  /** What is named changes; answers all of them. */
  savePreferences(input: SavePreferencesInput): Promise<Result<Preferences>>;
  setAvailability(availability: AgentAvailability): Promise<Result<unknown>>;
  authorizeChannels(socketId: string, names: string[], isSignin: boolean): Promise<Result<Authorization>>;
  signOut(): Promise<void>;
  /** The account was switched off, or its session ended elsewhere. */
  onSignedOut(): void;
};

/** Where the live server is; null host, port and tls: where the page itself came from. */
export type LiveSettings = {
  key: string;
  host: string | null;
  port: number | null;
  tls: boolean | null;
  cluster: string | null;
};

/** What the server knows when it draws the page. */
export type InboxStart = {
  /** A null time zone follows the browser. */
  me: InboxMe & AgentMe & { timezone: string | null; preferences: Preferences };
  /** When the server drew the page. */
  drawnAt: string;
  availability: AgentAvailability;
  catalogue: Catalogue;
  place: Place;
  /** Parts of the address that made no sense. */
  ignored: readonly string[];
  query: TicketListQuery;
  list: TicketList | null;
  /** The open one, where the agent may see it. */
  ticket: OpenedTicket | null;
  live: LiveSettings;
  /** Whether anybody ever wrote: until then the empty list explains how it starts. */
  hasHistory: boolean;
};
