'use client';

import {
  type FocusEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { indexAt, layoutOf, pushedBy, settled, type View } from '#/components/inbox/list/steady-scroll.ts';

export type SteadyScroll = {
  /** The scrolling element, and the empty ones before and after the rows in it. */
  viewport: RefObject<HTMLDivElement | null>;
  lead: RefObject<HTMLDivElement | null>;
  tail: RefObject<HTMLDivElement | null>;
  handlers: {
    onScroll(): void;
    onPointerMove(event: PointerEvent): void;
    onPointerLeave(): void;
    onFocus(event: FocusEvent): void;
    onBlur(event: FocusEvent): void;
  };
  /** Scrolls as little as it takes to show the row whole. */
  reveal(index: number): void;
  /** Rows that came in above the view while a row was held that stood at the list's top. */
  newAbove: number;
  toTop(): void;
};

type Held = { by: 'pointer'; yPx: number } | { by: 'focus'; id: string };

/**
 * Keeps the row under the pointer or in focus (whichever was used last) exactly where it is when rows come, go or
 * move, even where the list is too short to scroll; with neither, the first row in view, unless the list is at its top,
 * where new rows should show.
 */
export function useSteadyScroll(rows: readonly { id: string }[], rowPx: number): SteadyScroll {
  const viewport = useRef<HTMLDivElement>(null);
  const lead = useRef<HTMLDivElement>(null);
  const tail = useRef<HTMLDivElement>(null);
  /** Pixels of rows above the view's upper edge, as of the last scroll or change; see `View`. */
  const above = useRef(0);
  const leadPx = useRef(0);
  const tailPx = useRef(0);
  const shown = useRef<{ ids: readonly string[]; rowPx: number }>({ ids: [], rowPx });
  const pointer = useRef<{ x: number; y: number } | null>(null);
  const focusId = useRef<string | null>(null);
  const lastUsed = useRef<'pointer' | 'focus'>('pointer');
  const [newAbove, setNewAbove] = useState(0);

  const viewOf = useCallback(
    (): View => ({
      above: above.current,
      rowPx: shown.current.rowPx,
      viewPx: viewport.current?.clientHeight ?? 0,
      count: shown.current.ids.length,
    }),
    [],
  );

  const lay = useCallback((next: number, view: View) => {
    const root = viewport.current;
    if (root === null) return;
    const layout = layoutOf({ ...view, above: next });
    if (layout.leadPx !== leadPx.current && lead.current !== null)
      lead.current.style.height = `${layout.leadPx}px`;
    if (layout.tailPx !== tailPx.current && tail.current !== null)
      tail.current.style.height = `${layout.tailPx}px`;
    leadPx.current = layout.leadPx;
    tailPx.current = layout.tailPx;
    above.current = next;
    if (root.scrollTop !== layout.scrollTop) root.scrollTop = layout.scrollTop;
  }, []);

  /** Nobody points any more: blank room goes. */
  const release = useCallback(() => {
    if (leadPx.current === 0 && tailPx.current === 0) return;
    const view = viewOf();
    lay(settled(view), view);
  }, [lay, viewOf]);

  const heldNow = useCallback((): Held | null => {
    const root = viewport.current;
    const byPointer: Held | null =
      pointer.current === null || root === null
        ? null
        : { by: 'pointer', yPx: pointer.current.y - root.getBoundingClientRect().top };
    const byFocus: Held | null = focusId.current === null ? null : { by: 'focus', id: focusId.current };
    return lastUsed.current === 'pointer' ? (byPointer ?? byFocus) : (byFocus ?? byPointer);
  }, []);

  useLayoutEffect(() => {
    const before = shown.current;
    const ids = rows.map((row) => row.id);
    const old = viewOf();
    const held = heldNow();
    const anchor = anchorIndex(held, old, before.ids);
    shown.current = { ids, rowPx };
    const scale = rowPx / before.rowPx;
    const pushed = pushedBy(before.ids, ids, anchor);
    const next = ids.length === 0 || before.ids.length === 0 ? 0 : old.above * scale + pushed * rowPx;
    const view = { ...old, rowPx, count: ids.length, above: next };
    lay(held === null || anchor === null ? settled(view) : next, view);
    const wasAtTop = old.above < rowPx / 2;
    if (ids.length === 0 || before.ids.length === 0) setNewAbove(0);
    else if (pushed !== 0) setNewAbove((known) => (wasAtTop || known > 0 ? Math.max(0, known + pushed) : 0));
  }, [rows, rowPx, lay, viewOf, heldNow]);

  const handlers = useMemo(
    () => ({
      onScroll() {
        const root = viewport.current;
        if (root === null) return;
        above.current = root.scrollTop - leadPx.current;
        if (root.scrollTop <= 0) setNewAbove(0);
        // Scrolled past the blank room: it can go without anything moving.
        if (leadPx.current > 0 && above.current > 0) lay(above.current, viewOf());
      },
      onPointerMove(event: PointerEvent) {
        if (event.pointerType === 'touch') return;
        const { clientX: x, clientY: y } = event;
        // Browsers repeat the position when the page moves below a pointer that rests.
        if (pointer.current?.x === x && pointer.current.y === y) return;
        pointer.current = { x, y };
        lastUsed.current = 'pointer';
      },
      onPointerLeave() {
        pointer.current = null;
        if (focusId.current === null) release();
      },
      onFocus(event: FocusEvent) {
        const row = event.target.closest('[data-row-id]')?.getAttribute('data-row-id') ?? null;
        if (row === null) return;
        focusId.current = row;
        lastUsed.current = 'focus';
      },
      onBlur(event: FocusEvent) {
        if (event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)) return;
        focusId.current = null;
        if (pointer.current === null) release();
      },
    }),
    [lay, release, viewOf],
  );

  const reveal = useCallback(
    (index: number) => {
      const view = viewOf();
      const top = index * view.rowPx;
      const isHidden = top < view.above || top + view.rowPx > view.above + view.viewPx;
      if (!isHidden) return;
      const next = top < view.above ? top : top + view.rowPx - view.viewPx;
      lay(settled({ ...view, above: next }), view);
    },
    [lay, viewOf],
  );

  const toTop = useCallback(() => {
    lay(0, viewOf());
    setNewAbove(0);
  }, [lay, viewOf]);

  return { viewport, lead, tail, handlers, reveal, newAbove, toTop };
}

function anchorIndex(held: Held | null, view: View, ids: readonly string[]): number | null {
  if (held?.by === 'pointer') return indexAt(held.yPx, view);
  if (held?.by === 'focus') {
    const index = ids.indexOf(held.id);
    return index === -1 ? null : index;
  }
  // At its top the list shows what comes in.
  return view.above <= 0 ? null : indexAt(0, view);
}
