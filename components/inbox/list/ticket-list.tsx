'use client';

import { ArrowUpDown, Check, ExternalLink, Inbox as InboxIcon, ListFilter, Settings } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { TicketRow } from '#/components/inbox/list/ticket-row.tsx';
import { useSteadyScroll } from '#/components/inbox/list/use-steady-scroll.ts';
import {
  type Place,
  placeHref,
  type StatusFilter,
  sortNames,
  statusFilterNames,
  viewNames,
} from '#/components/inbox/place.ts';
import { Button, ButtonLink } from '#/components/ui/button.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuChoices, MenuHeading } from '#/components/ui/menu.tsx';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import type { InboxSnapshot } from '#/lib/sync/inbox.ts';
import { type TicketListRow, type TicketSort, ticketSorts } from '#/lib/tickets/schema.ts';

const statusFilters: readonly StatusFilter[] = ['active', 'open', 'pending', 'resolved', 'any'];

export type TicketListProps = {
  snapshot: InboxSnapshot;
  rows: readonly TicketListRow[];
  place: Place;
  cursorId: string | null;
  hasHistory: boolean;
  onGo(next: Partial<Place>): void;
  onCursor(ticketId: string): void;
  onNear(ticketId: string): void;
  onLoadMore(): void;
  onRetry(): void;
};

/** The instrument: what waits, in order, always current. */
export function TicketList(props: TicketListProps) {
  const { snapshot, rows, place } = props;
  const { viewport, ...steady } = useSteadyScroll(rows);
  const isFirstLoad = snapshot.isLoading && snapshot.failure === null && rows.length === 0;
  return (
    <section aria-label="Tickets" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ListHeader {...props} />
      <div
        ref={viewport}
        {...steady}
        className="relative min-h-0 flex-1 overflow-y-auto pb-2 [overflow-anchor:none] [scrollbar-width:thin]"
        data-list-scroll=""
      >
        {isFirstLoad ? <ListSkeleton /> : null}
        {snapshot.failure !== null && rows.length === 0 ? (
          <EmptyState
            icon={<InboxIcon aria-hidden="true" />}
            title="The list could not be loaded"
            actions={<Button onClick={props.onRetry}>Try again</Button>}
          >
            {failureText(snapshot.failure)}
          </EmptyState>
        ) : null}
        {!isFirstLoad && snapshot.failure === null && rows.length === 0 ? <ListEmpty {...props} /> : null}
        <ul
          aria-label={`${viewNames[place.view]} tickets`}
          aria-busy={snapshot.isLoading}
          className="flex flex-col gap-px pt-1"
        >
          {rows.map((row) => (
            <TicketRow
              key={row.id}
              row={row}
              href={placeHref({ ...place, ticketId: row.id })}
              isOpen={row.id === place.ticketId}
              isCursor={row.id === props.cursorId}
              onOpen={() => props.onGo({ ticketId: row.id })}
              onCursor={() => props.onCursor(row.id)}
              onNear={() => props.onNear(row.id)}
            />
          ))}
        </ul>
        {snapshot.hasMore ? <MoreMark isLoading={snapshot.isLoadingMore} onNear={props.onLoadMore} /> : null}
      </div>
    </section>
  );
}

function ListHeader({ snapshot, place, onGo }: TicketListProps) {
  const count = snapshot.counts[place.view];
  const isFiltered = place.status !== 'active';
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-line border-b pr-2 pl-5">
      <h1 className="min-w-0 flex-1 truncate font-semibold text-14">
        {viewNames[place.view]}
        {isFiltered ? (
          <span className="font-normal text-text-muted"> · {statusFilterNames[place.status]}</span>
        ) : (
          <span className="tabular font-normal text-text-muted"> · {countText(count)}</span>
        )}
      </h1>
      <Menu
        align="end"
        trigger={
          <IconButton label="Filter by status" isPressed={isFiltered}>
            <ListFilter aria-hidden="true" strokeWidth={1.75} />
          </IconButton>
        }
      >
        <MenuHeading>Status</MenuHeading>
        <MenuChoices
          label="Status"
          value={place.status}
          choices={statusFilters.map((value) => ({ value, label: statusFilterNames[value] }))}
          onChoose={(value) => {
            const status = statusFilters.find((filter) => filter === value);
            if (status !== undefined) onGo({ status });
          }}
        />
      </Menu>
      <Menu
        align="end"
        trigger={
          <IconButton label={`Sort: ${sortNames[place.sort]}`}>
            <ArrowUpDown aria-hidden="true" strokeWidth={1.75} />
          </IconButton>
        }
      >
        <MenuHeading>Sort by</MenuHeading>
        <MenuChoices
          label="Sort by"
          value={place.sort}
          choices={ticketSorts.map((value) => ({ value, label: sortNames[value] }))}
          onChoose={(value) => {
            const sort = ticketSorts.find((each): each is TicketSort => each === value);
            if (sort !== undefined) onGo({ sort });
          }}
        />
      </Menu>
    </header>
  );
}

/** Exact to 999, then "999+": the server stops counting there. */
export function countText(count: number): string {
  return count > 999 ? '999+' : String(count);
}

function ListEmpty({ place, snapshot, hasHistory, onGo }: TicketListProps) {
  if (place.status !== 'active') {
    return (
      <EmptyState
        icon={<ListFilter aria-hidden="true" />}
        title={`Nothing here is ${statusFilterNames[place.status].toLowerCase()}`}
        actions={<Button onClick={() => onGo({ status: 'active' })}>Show open and pending</Button>}
      >
        The filter hides everything else in {viewNames[place.view]}.
      </EmptyState>
    );
  }
  if (!hasHistory && snapshot.counts.all === 0) return <FirstRun />;
  const words: Record<Place['view'], { title: string; text: ReactNode }> = {
    mine: { title: 'Nothing is assigned to you', text: 'Take a ticket from Unassigned, or enjoy the quiet.' },
    unassigned: {
      title: 'Nobody is waiting for an owner',
      text: 'Every open ticket has somebody looking after it.',
    },
    all: { title: 'Nobody is waiting', text: 'New conversations appear here by themselves.' },
  };
  return (
    <EmptyState
      icon={<Check aria-hidden="true" />}
      title={words[place.view].title}
      {...(place.view !== 'all' && snapshot.counts.all > 0
        ? {
            actions: (
              <Button onClick={() => onGo({ view: 'all' })}>Show all {countText(snapshot.counts.all)}</Button>
            ),
          }
        : {})}
    >
      {words[place.view].text}
    </EmptyState>
  );
}

function FirstRun() {
  return (
    <EmptyState
      icon={<InboxIcon aria-hidden="true" />}
      title="Your first conversation will appear here"
      actions={
        <>
          <ButtonLink href="/settings/widget" tone="primary">
            <Settings className="size-4" aria-hidden="true" />
            Put the chat on your site
          </ButtonLink>
          <ButtonLink href="/demo" target="_blank" rel="noopener">
            <ExternalLink className="size-4" aria-hidden="true" />
            Open the demo shop
          </ButtonLink>
        </>
      }
    >
      Write to yourself from the demo shop, or add one line to your own site.
    </EmptyState>
  );
}

function ListSkeleton() {
  return (
    <div aria-hidden="true" className="flex flex-col gap-px px-2 pt-1">
      {[68, 52, 80, 60, 74, 48, 66].map((width) => (
        <div key={width} className="flex flex-col gap-2 py-2 pr-3 pl-5">
          <span className="flex h-3 items-center justify-between">
            <SkeletonLine width={`${width / 2}%`} />
            <SkeletonLine width="36px" />
          </span>
          <SkeletonLine width={`${width}%`} />
          <SkeletonLine width="90%" />
        </div>
      ))}
    </div>
  );
}

function MoreMark({ isLoading, onNear }: { isLoading: boolean; onNear(): void }) {
  const mark = useRef<HTMLDivElement>(null);
  const ask = useRef(onNear);
  useEffect(() => {
    ask.current = onNear;
  });
  useEffect(() => {
    if (mark.current === null || isLoading) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) ask.current();
      },
      { root: mark.current.closest('[data-list-scroll]'), rootMargin: '600px 0px' },
    );
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [isLoading]);
  return (
    <div ref={mark} className="flex h-12 items-center justify-center text-12 text-text-faint">
      {isLoading ? 'Loading more…' : ''}
    </div>
  );
}
