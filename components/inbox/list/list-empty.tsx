'use client';

import {
  Check,
  ExternalLink,
  Inbox as InboxIcon,
  ListFilter,
  Moon,
  Settings,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { countText } from '#/components/inbox/list/count-text.ts';
import type { Place } from '#/components/inbox/place.ts';
import { Button, ButtonLink } from '#/components/ui/button.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import type { Failure } from '#/lib/errors.ts';
import { parseView } from '#/lib/tickets/filter.ts';
import type { FixedView, TicketCounts } from '#/lib/tickets/schema.ts';

const teaching: Record<FixedView, { title: string; text: string }> = {
  mine: { title: 'Nothing is assigned to you', text: 'Take a ticket from Unassigned, or enjoy the quiet.' },
  unassigned: {
    title: 'Nobody is waiting for an owner',
    text: 'Every open ticket has somebody looking after it.',
  },
  all: { title: 'Nobody is waiting', text: 'New conversations appear here by themselves.' },
  snoozed: {
    title: 'Nothing is snoozed',
    text: 'Snooze a ticket that has to wait. It comes back at the top when its time is up, or when the customer writes.',
  },
  resolved: {
    title: 'Nothing is resolved yet',
    text: 'Tickets that you resolve stay here. A new message from the customer opens them again.',
  },
};

type ListEmptyProps = {
  place: Place;
  name: string | null;
  counts: TicketCounts;
  isFiltered: boolean;
  hasHistory: boolean;
  onGo(next: Partial<Place>): void;
};

/** Why there is nothing here, and what to do about it. */
export function ListEmpty({ place, name, counts, isFiltered, hasHistory, onGo }: ListEmptyProps) {
  const view = parseView(place.view);
  if (isFiltered) {
    return (
      <EmptyState
        icon={<ListFilter aria-hidden="true" />}
        title="No ticket matches"
        actions={<Button onClick={() => onGo({ filter: {} })}>Clear filters</Button>}
      >
        The filters hide everything in {name ?? 'this view'}.
      </EmptyState>
    );
  }
  if (!hasHistory && counts.all === 0 && view.kind === 'fixed') return <FirstRun />;
  const words =
    view.kind === 'fixed'
      ? teaching[view.view]
      : view.kind === 'department'
        ? {
            title: `Nobody is waiting in ${name}`,
            text: 'Tickets come here from their widget, or when somebody moves them.',
          }
        : { title: 'Nothing matches this view now', text: 'Tickets appear here as soon as they do.' };
  const isElsewhere = place.view !== 'all' && counts.all > 0;
  return (
    <EmptyState
      icon={place.view === 'snoozed' ? <Moon aria-hidden="true" /> : <Check aria-hidden="true" />}
      title={words.title}
      {...(isElsewhere
        ? {
            actions: (
              <Button onClick={() => onGo({ view: 'all', ticketId: null })}>
                Show all {countText(counts.all)}
              </Button>
            ),
          }
        : {})}
    >
      {words.text}
    </EmptyState>
  );
}

/** A view or department that was deleted, closed or taken back. */
export function GoneView({ kind, onGo }: { kind: string; onGo: ListEmptyProps['onGo'] }) {
  return (
    <EmptyState
      icon={<TriangleAlert aria-hidden="true" />}
      title={
        kind === 'department' ? 'This department is not there any more' : 'This view is not there any more'
      }
      actions={<Button onClick={() => onGo({ view: 'all', ticketId: null })}>Show all tickets</Button>}
    >
      {kind === 'department'
        ? 'It was closed, or only its members may see it.'
        : 'It was deleted, or its owner keeps it to themselves.'}
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

/** The list did not come. */
export function ListFailure({
  failure,
  onRetry,
  onGo,
}: {
  failure: Failure;
  onRetry(): void;
  onGo: ListEmptyProps['onGo'];
}): ReactNode {
  if (failure.code === 'not_found' || failure.code === 'forbidden')
    return <GoneView kind="saved" onGo={onGo} />;
  return (
    <EmptyState
      icon={<InboxIcon aria-hidden="true" />}
      title="The list could not be loaded"
      actions={<Button onClick={onRetry}>Try again</Button>}
    >
      {failureText(failure)}
    </EmptyState>
  );
}

const widths = [68, 52, 80, 60, 74, 48, 66, 58, 72, 50, 64, 78];

/** Rows to be, in the rows' own measure, so that nothing jumps when they come. */
export function ListSkeleton({ isCompact }: { isCompact: boolean }) {
  return (
    <div aria-hidden="true">
      {widths.map((width) => (
        <div
          key={width}
          className={`flex flex-col justify-center gap-2 ps-9 pe-5 ${isCompact ? 'h-9 max-tablet:h-11' : 'h-14'}`}
        >
          {isCompact ? null : (
            <span className="flex h-3 items-center justify-between">
              <SkeletonLine width={`${width / 2}%`} />
              <SkeletonLine width="36px" />
            </span>
          )}
          <SkeletonLine width={`${width}%`} />
        </div>
      ))}
    </div>
  );
}
