'use client';

import { useImperativeHandle, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { BulkStrips } from '#/components/inbox/list/bulk-strip.tsx';
import { FilterBar } from '#/components/inbox/list/filter-bar.tsx';
import type { OpenFilter } from '#/components/inbox/list/filter-panel.tsx';
import { filterOf, isFiltered } from '#/components/inbox/list/filter-parts.ts';
import { filterSummary, goneWords, viewName } from '#/components/inbox/list/filter-words.ts';
import { useLaterParts } from '#/components/inbox/list/later-parts.ts';
import { GoneView, ListEmpty, ListFailure, ListSkeleton } from '#/components/inbox/list/list-empty.tsx';
import { ListHeader } from '#/components/inbox/list/list-header.tsx';
import { ListNotes } from '#/components/inbox/list/list-notes.tsx';
import type { BulkField, InboxListProps } from '#/components/inbox/list/list-props.ts';
import { type RowsHandle, TicketRows } from '#/components/inbox/list/ticket-rows.tsx';
import { placeAfter, placeHref } from '#/components/inbox/place.ts';
import { useClock } from '#/components/ui/clock.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import { parseView, resolveFilter } from '#/lib/tickets/filter.ts';
import { ticketCountMax } from '#/lib/tickets/schema.ts';

/** The instrument: what waits, in order, always current, narrowed and ticked as one likes. */
export function InboxList(props: InboxListProps) {
  const { state, rows, place, catalogue, selection, me, onGo } = props;
  const isTouch = useIsTouch();
  const { now, zone } = useClock();
  const rowsHandle = useRef<RowsHandle | null>(null);
  const [isTickingWanted, setIsTickingWanted] = useState(false);
  const [openField, setOpenField] = useState<BulkField | null>(null);
  const [openFilter, setOpenFilter] = useState<OpenFilter | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const filterPlace = useRef<HTMLSpanElement>(null);
  const wasFilterOpen = useSticky(openFilter !== null);
  const wasSaving = useSticky(isSaving);

  const base = useMemo(() => filterOf(place.view, catalogue.views), [place.view, catalogue.views]);
  const inForce = useMemo(() => resolveFilter(base, place.filter), [base, place.filter]);
  const name = viewName(place.view, catalogue);
  const saved = savedView(props);
  const isTicking = isTickingWanted || selection.isAll || selection.ids.size > 0;
  const later = useLaterParts(isTicking || openFilter !== null || isSaving);
  const filterProps = {
    search: props.search,
    place,
    catalogue,
    me,
    rows,
    zone: props.zone,
    base,
    onFilter: (filter: typeof place.filter) => onGo({ filter }),
  };
  const isChanged = isFiltered(place.filter) || (saved !== null && saved.sort !== place.sort);

  useImperativeHandle(props.handle, () => ({
    move: (by) => rowsHandle.current?.move(by) ?? false,
    focusRow: (id) => rowsHandle.current?.focusRow(id) ?? false,
    neighbourOf: (id) => rowsHandle.current?.neighbourOf(id) ?? null,
    openBulk(field) {
      if (!selection.isAll && selection.ids.size === 0) return false;
      setOpenField(field);
      return true;
    },
    openFilter: showFilter,
    saveView: () => setIsSaving(true),
  }));

  function showFilter() {
    const anchor = filterPlace.current?.querySelector('button') ?? null;
    setOpenFilter((before) => (before === null && anchor !== null ? { part: null, anchor } : null));
  }
  async function keepChange() {
    if (saved === null) return;
    const result = await props.viewActs.change({ id: saved.id, filter: inForce, sort: place.sort });
    if (result.ok) onGo({ filter: {} });
    else showToast(failureText(result.error), 'bad');
  }
  function stopTicking() {
    setIsTickingWanted(false);
    selection.clear();
  }
  const isFirstLoad = state.isLoading && state.failure === null && rows.length === 0;
  // What it still holds is of a view that nobody has any more.
  const isGone = name === null && !state.isLoading;
  const shown = isGone ? noRows : rows;
  const mayKeep = saved?.canChange === true && isChanged;
  return (
    <section
      aria-label="Tickets"
      aria-busy={state.connection === 'connecting'}
      className="flex min-h-0 min-w-0 flex-1 flex-col"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isTicking || event.defaultPrevented) return;
        event.preventDefault();
        stopTicking();
      }}
    >
      <ListHeader
        name={name ?? (place.view.startsWith('saved:') ? 'View' : 'Department')}
        count={isGone ? null : isFirstLoad ? countOf(props) : state.matching}
        notifications={props.notifications}
        isFiltered={isFiltered(place.filter)}
        sort={place.sort}
        filterPlace={filterPlace}
        isFilterOpen={openFilter !== null && openFilter.part === null}
        onFilter={showFilter}
        onSort={props.onSort}
        onSearch={props.onSearch}
        onTick={() => setIsTickingWanted(true)}
        onSaveView={() => setIsSaving(true)}
      />
      <FilterBar
        {...filterProps}
        open={openFilter}
        onOpen={setOpenFilter}
        saveLabel={mayKeep ? 'Save changes' : isFiltered(place.filter) ? 'Save as view' : null}
        onSave={() => (mayKeep ? void keepChange() : setIsSaving(true))}
      />
      <ListNotes
        ignored={props.ignored}
        connection={state.connection}
        missing={saved?.isBroken === true ? goneWords(props.ignored) : null}
      />
      <TicketRows
        // Another list begins at its top.
        key={`${place.view} ${place.sort} ${JSON.stringify(place.filter)}`}
        label={`${name ?? ''} tickets`}
        rows={shown}
        hasMore={state.hasMore && !isGone}
        isLoading={state.isLoading}
        isLoadingMore={state.isLoadingMore}
        matching={state.matching >= ticketCountMax ? null : state.matching}
        density={props.density}
        isTouch={isTouch}
        openId={place.ticketId}
        cursorId={props.cursorId}
        selection={selection}
        isTicking={isTicking}
        handle={rowsHandle}
        hrefOf={(ticketId) => placeHref(placeAfter(place, { ticketId }))}
        onOpen={(ticketId) => onGo({ ticketId })}
        onCursor={props.onCursor}
        onNear={props.onNear}
        onLoadMore={props.onLoadMore}
        placeholder={
          isFirstLoad ? (
            <ListSkeleton isCompact={props.density === 'compact'} />
          ) : isGone ? (
            <GoneView kind={parseView(place.view).kind} onGo={onGo} />
          ) : state.failure !== null ? (
            <ListFailure failure={state.failure} onRetry={props.onRetry} onGo={onGo} />
          ) : (
            <ListEmpty
              place={place}
              name={name}
              counts={state.counts}
              isFiltered={isFiltered(place.filter)}
              hasHistory={props.hasHistory}
              onGo={onGo}
            />
          )
        }
      />
      <BulkStrips bulk={props.bulk} names={catalogue} />
      {!isTicking ? null : later === null ? (
        <div className="h-[108px] shrink-0 border-line border-t bg-bg-raised" />
      ) : (
        <later.BulkBar
          selection={selection}
          bulk={props.bulk}
          matching={state.matching}
          place={place}
          catalogue={catalogue}
          me={me}
          zone={props.zone}
          openField={openField}
          onOpenField={setOpenField}
          onClose={stopTicking}
        />
      )}
      {wasFilterOpen && later !== null ? (
        <later.FilterPanel {...filterProps} open={openFilter} onClose={() => setOpenFilter(null)} />
      ) : null}
      {wasSaving && later !== null ? (
        <later.SaveViewDialog
          isOpen={isSaving}
          onOpenChange={setIsSaving}
          filter={inForce}
          sort={place.sort}
          summary={filterSummary(inForce, catalogue, {
            me,
            now,
            zone: zone ?? props.zone ?? undefined,
            customers: new Map(rows.map(({ customer }) => [customer.id, customer])),
          })}
          acts={props.viewActs}
          onSaved={(id) => onGo({ view: `saved:${id}`, filter: {}, ticketId: place.ticketId })}
        />
      ) : null}
    </section>
  );
}

function savedView({ place, catalogue }: InboxListProps) {
  const view = parseView(place.view);
  return view.kind === 'saved' ? (catalogue.views.find((each) => each.id === view.id) ?? null) : null;
}

/** What the sidebar counts for this view; null where it counts none. */
function countOf({ place, state }: InboxListProps): number | null {
  const view = parseView(place.view);
  switch (view.kind) {
    case 'fixed':
      return view.view === 'resolved' ? null : state.counts[view.view];
    case 'department':
      return state.counts.departments[view.id] ?? null;
    case 'saved':
      return state.counts.saved[view.id] ?? null;
  }
}

/** True from the first time on. */
function useSticky(isTrue: boolean): boolean {
  const [wasTrue, setWasTrue] = useState(isTrue);
  if (isTrue && !wasTrue) setWasTrue(true);
  return wasTrue || isTrue;
}

/** Whether fingers are meant: rows and targets are larger then. */
function useIsTouch(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(touchQuery);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => window.matchMedia(touchQuery).matches,
    () => false,
  );
}

const noRows: InboxListProps['rows'] = [];
const touchQuery = '(max-width: 720px)';
