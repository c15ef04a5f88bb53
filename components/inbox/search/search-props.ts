import type { SearchHit } from '#/lib/search/schema.ts';
import type { Search } from '#/lib/sync/search.ts';

/** Stands where the list stands while somebody searches. The owner keeps `search` and the place. */
export type SearchPaneProps = {
  search: Search;
  isOffline: boolean;
  /** The ticket that is open beside it. */
  openTicketId: string | null;
  /** `j` and `k` move only where single keys are on; arrows always do. */
  singleKeys: boolean;
  /** For the teaching hints and the completion of filters. */
  tags: readonly { id: string; name: string }[];
  agents: readonly { id: string; name: string }[];
  /** The address of a hit, so that it opens in a tab of its own too: `?at=<conversation>.<seq>`. */
  hrefOf(hit: SearchHit): string;
  /** Opens the ticket, at the entry when the hit is one. The search stays as it is. */
  onOpen(hit: SearchHit): void;
  /** Escape in an empty field, or the arrow: back to the list. */
  onClose(): void;
};
