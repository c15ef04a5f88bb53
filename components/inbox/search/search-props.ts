import type { Ref } from 'react';
import type { SearchHit } from '#/lib/search/schema.ts';
import type { Search } from '#/lib/sync/search.ts';

export type SearchPaneHandle = {
  /** The next or the previous hit takes the focus; false when there is none. */
  move(by: 1 | -1): boolean;
};

/** Stands where the list stands while somebody searches. The owner keeps `search` and the place. */
export type SearchPaneProps = {
  search: Search;
  isOffline: boolean;
  /** The ticket that is open beside it. */
  openTicketId: string | null;
  /** `j` and `k` move only where single keys are on; arrows always do. */
  singleKeys: boolean;
  /** For the filters that are offered. */
  tags: readonly { id: string; name: string }[];
  agents: readonly { id: string; name: string }[];
  handle?: Ref<SearchPaneHandle>;
  /** The address of a hit, so that it opens in a tab of its own too: `?at=<conversation>.<seq>`. */
  hrefOf(hit: SearchHit): string;
  /** The text as it is typed; the owner puts it into the address. */
  onText(text: string): void;
  /** Opens the ticket, at the entry when the hit is one. The search stays as it is. */
  onOpen(hit: SearchHit): void;
  /** Escape in an empty field, or the arrow: back to the list. */
  onClose(): void;
};
