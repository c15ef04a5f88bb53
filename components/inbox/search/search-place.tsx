'use client';

import { type Ref, useEffect, useState } from 'react';
import { type Place, placeAfter, placeHref } from '#/components/inbox/place.ts';
import { SearchPane } from '#/components/inbox/search/search-pane.tsx';
import type { SearchPaneHandle } from '#/components/inbox/search/search-props.ts';
import type { SearchHit } from '#/lib/search/schema.ts';
import { openSearch, type SearchTransport } from '#/lib/sync/search.ts';

type SearchPlaceProps = {
  transport: SearchTransport;
  place: Place;
  isOffline: boolean;
  singleKeys: boolean;
  tags: readonly { id: string; name: string }[];
  agents: readonly { id: string; name: string }[];
  handle?: Ref<SearchPaneHandle>;
  onGo(next: Partial<Place>): void;
};

/** The search that the address names. The text goes into the address as it is typed, and comes out of it on back. */
export function SearchPlace({ transport, place, onGo, ...rest }: SearchPlaceProps) {
  const [search] = useState(() => openSearch(transport));
  const text = place.search ?? '';
  useEffect(() => {
    if (search.getSnapshot().text === text) return;
    search.setText(text);
    search.submit();
  }, [search, text]);
  useEffect(() => () => search.close(), [search]);
  return (
    <SearchPane
      {...rest}
      search={search}
      openTicketId={place.ticketId}
      hrefOf={(hit) => placeHref(placeAfter(place, placeOf(hit)))}
      onText={(next) => onGo({ search: next })}
      onOpen={(hit) => onGo(placeOf(hit))}
      onClose={() => onGo({ search: null })}
    />
  );
}

function placeOf({ ticket, conversationId, seq }: SearchHit): Partial<Place> {
  return {
    ticketId: ticket.id,
    at: conversationId === null || seq === null ? null : { conversationId, seq },
  };
}
