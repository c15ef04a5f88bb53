'use client';

import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import type { Selection } from '#/components/inbox/list/list-props.ts';
import { type RowActs, TicketRow } from '#/components/inbox/list/ticket-row.tsx';
import { useSteadyScroll } from '#/components/inbox/list/use-steady-scroll.ts';
import type { ListDensity } from '#/lib/agents/preferences.ts';
import type { TicketListRow } from '#/lib/tickets/schema.ts';

/** Rows drawn beyond the view on each side: what a quick turn of the wheel passes. */
const overscan = 12;
/** So many rows before the end the next page is asked for. */
const aheadRows = 40;
/** What the server draws, before anybody knows how high the window is. */
const drawnPx = 900;

const usualPx = 376;
/** What a row's line leaves free on both sides. */
const besideTextPx = 64;

export type RowsHandle = {
  move(by: 1 | -1): boolean;
  focusRow(ticketId: string): boolean;
  neighbourOf(ticketId: string): string | null;
};

export type TicketRowsProps = {
  label: string;
  rows: readonly TicketListRow[];
  hasMore: boolean;
  isLoadingMore: boolean;
  isLoading: boolean;
  /** How many match, as far as the server counts. */
  matching: number | null;
  density: ListDensity;
  isTouch: boolean;
  openId: string | null;
  cursorId: string | null;
  selection: Selection;
  isTicking: boolean;
  handle: RefObject<RowsHandle | null>;
  /** Stands in the list's place while there are no rows. */
  placeholder: ReactNode;
  hrefOf(ticketId: string): string;
  onOpen(ticketId: string): void;
  onCursor(ticketId: string): void;
  onNear(ticketId: string): void;
  onLoadMore(): void;
};

/** The rows in view of a list of any length. One row is reached by Tab, arrows go on from there. */
export function TicketRows(props: TicketRowsProps) {
  const { rows, cursorId, selection, density, isTouch } = props;
  const isCompact = density === 'compact';
  const rowPx = isCompact ? (isTouch ? 44 : 36) : 56;
  const { viewport, lead, tail, handlers, reveal, newAbove, toTop } = useSteadyScroll(rows, rowPx);
  const cursorIndex = useMemo(
    () => (cursorId === null ? -1 : rows.findIndex((row) => row.id === cursorId)),
    [rows, cursorId],
  );

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowPx,
    overscan,
    initialRect: { width: 0, height: drawnPx },
    // The row that has the focus stays, however far one scrolls away from it.
    rangeExtractor: useCallback((range: Range) => withIndex(range, cursorIndex), [cursorIndex]),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of rows is measured anew.
  useLayoutEffect(() => virtual.measure(), [rowPx]);

  const wantedFocus = useRef<string | null>(null);
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
    takeFocus(viewport.current, wantedFocus);
  });

  const focusIndex = useCallback(
    (index: number): boolean => {
      const row = latest.current.rows[index];
      if (row === undefined) return false;
      reveal(index);
      wantedFocus.current = row.id;
      latest.current.onCursor(row.id);
      latest.current.onNear(row.id);
      takeFocus(viewport.current, wantedFocus);
      return true;
    },
    [reveal, viewport],
  );
  const indexOf = useCallback((id: string) => latest.current.rows.findIndex((row) => row.id === id), []);

  useImperativeHandle(
    props.handle,
    () => ({
      move(by) {
        const { rows: all, cursorId: at } = latest.current;
        const from = at === null ? -1 : indexOf(at);
        return focusIndex(from === -1 ? (by === 1 ? 0 : all.length - 1) : from + by);
      },
      focusRow: (id) => focusIndex(indexOf(id)),
      neighbourOf(id) {
        const at = indexOf(id);
        if (at === -1) return null;
        const { rows: all } = latest.current;
        return (all[at + 1] ?? all[at - 1])?.id ?? null;
      },
    }),
    [focusIndex, indexOf],
  );
  useFocusRescue(rows, viewport, focusIndex);

  const lastShown = virtual.range?.endIndex ?? 0;
  const { hasMore, isLoadingMore, onLoadMore } = props;
  useEffect(() => {
    if (hasMore && !isLoadingMore && rows.length > 0 && lastShown >= rows.length - aheadRows) onLoadMore();
  }, [hasMore, isLoadingMore, rows.length, lastShown, onLoadMore]);

  const acts = useRowActs(latest);
  const linePx = (virtual.scrollRect?.width || usualPx) - besideTextPx;
  const tabStop = cursorIndex >= 0 ? cursorIndex : (virtual.range?.startIndex ?? 0);
  const setSize = props.hasMore
    ? props.matching !== null && props.matching > rows.length
      ? props.matching
      : -1
    : rows.length;

  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = event.target instanceof Element ? event.target.closest('[data-row-id]') : null;
    const id = row?.getAttribute('data-row-id') ?? null;
    if (id === null) return;
    const at = indexOf(id);
    const page = Math.max(1, Math.floor((viewport.current?.clientHeight ?? rowPx) / rowPx) - 1);
    const target = targetOf(event.key, at, page, rows.length);
    if (target !== null) {
      event.preventDefault();
      const next = rows[target];
      if (event.shiftKey && next !== undefined) {
        if (selection.ids.size === 0) selection.toggle(id);
        selection.extendTo(next.id);
      }
      focusIndex(target);
    } else if (event.key === ' ' && event.target instanceof HTMLAnchorElement) {
      event.preventDefault();
      if (event.shiftKey) selection.extendTo(id);
      else selection.toggle(id);
    }
  }

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {newAbove > 0 ? (
        <button
          type="button"
          onClick={toTop}
          className="absolute inset-x-0 top-2 z-10 mx-auto inline-flex h-7 w-fit items-center gap-1 rounded-full border border-line bg-bg-overlay px-3 font-medium text-12 shadow-float max-tablet:h-11"
        >
          {newAbove} new
          <ArrowUp className="size-3.5" aria-hidden="true" />
        </button>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the rows in it are the controls; it only listens for them. */}
      <div
        ref={viewport}
        {...handlers}
        onKeyDown={onKeyDown}
        className="relative min-h-0 flex-1 overflow-y-auto [overflow-anchor:none] [scrollbar-width:thin]"
        data-list-scroll=""
      >
        {rows.length === 0 ? props.placeholder : null}
        <div ref={lead} aria-hidden="true" />
        <ul
          aria-label={props.label}
          aria-busy={props.isLoading}
          className="relative"
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <TicketRow
                key={row.id}
                row={row}
                href={props.hrefOf(row.id)}
                index={index}
                setSize={setSize}
                topPx={start}
                heightPx={rowPx}
                isCompact={isCompact}
                linePx={linePx}
                isOpen={row.id === props.openId}
                isCursor={index === cursorIndex}
                isTabStop={index === tabStop}
                isTicked={selection.has(row.id)}
                isTicking={props.isTicking}
                {...acts}
              />
            );
          })}
        </ul>
        <div ref={tail} aria-hidden="true" />
        {hasMore && rows.length > 0 ? (
          <div className="flex h-10 items-center justify-center text-12 text-text-faint">
            {isLoadingMore ? 'Loading more…' : ''}
          </div>
        ) : null}
      </div>
    </div>
  );
}

/** Functions that stay the same while what they call changes: rows are not drawn again for it. */
function useRowActs(latest: RefObject<TicketRowsProps>): RowActs {
  return useMemo(
    () => ({
      onOpen: (id) => latest.current.onOpen(id),
      onCursor: (id) => latest.current.onCursor(id),
      onNear: (id) => latest.current.onNear(id),
      onToggle: (id, isRange) => {
        const { selection } = latest.current;
        if (isRange) selection.extendTo(id);
        else selection.toggle(id);
      },
    }),
    [latest],
  );
}

/** A row that left with the focus (resolved, taken by somebody) leaves it to the one that takes its place. */
function useFocusRescue(
  rows: readonly { id: string }[],
  viewport: RefObject<HTMLDivElement | null>,
  focusIndex: (index: number) => boolean,
) {
  const focused = useRef<string | null>(null);
  const before = useRef(rows);
  useEffect(() => {
    const root = viewport.current;
    if (root === null) return;
    const onFocusIn = (event: FocusEvent) => {
      const row = event.target instanceof Element ? event.target.closest('[data-row-id]') : null;
      focused.current = row?.getAttribute('data-row-id') ?? null;
    };
    // An element that is taken out of the page tells nobody; whoever moves on does.
    const onFocusOut = (event: FocusEvent) => {
      if (event.relatedTarget !== null) focused.current = null;
    };
    root.addEventListener('focusin', onFocusIn);
    root.addEventListener('focusout', onFocusOut);
    return () => {
      root.removeEventListener('focusin', onFocusIn);
      root.removeEventListener('focusout', onFocusOut);
    };
  }, [viewport]);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = rows;
    const id = focused.current;
    if (id === null || rows.length === 0 || rows.some((row) => row.id === id)) return;
    focused.current = null;
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const at = old.findIndex((row) => row.id === id);
    if (at !== -1) focusIndex(Math.min(at, rows.length - 1));
  }, [rows, focusIndex]);
}

function takeFocus(root: HTMLElement | null, wanted: { current: string | null }) {
  if (root === null || wanted.current === null) return;
  const link = root.querySelector<HTMLElement>(`[data-ticket-id="${CSS.escape(wanted.current)}"]`);
  if (link === null) return;
  wanted.current = null;
  link.focus({ preventScroll: true });
}

function withIndex(range: Range, index: number): number[] {
  const shown = defaultRangeExtractor(range);
  const [first] = shown;
  const last = shown.at(-1);
  if (index < 0 || index >= range.count || first === undefined || last === undefined) return shown;
  if (index < first) return [index, ...shown];
  return index > last ? [...shown, index] : shown;
}

function targetOf(key: string, at: number, page: number, count: number): number | null {
  const last = count - 1;
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'PageDown':
      return Math.min(last, at + page);
    case 'PageUp':
      return Math.max(0, at - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
