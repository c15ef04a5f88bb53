'use client';

import { type PointerEvent, type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the row under the pointer where it is when rows come, go or move; without a pointer, the first row in view,
 * unless the list is at its top, where new rows should show.
 */
export function useSteadyScroll(rows: readonly { id: string }[]): {
  viewport: RefObject<HTMLDivElement | null>;
  onScroll(): void;
  onPointerMove(event: PointerEvent): void;
  onPointerLeave(): void;
} {
  const viewport = useRef<HTMLDivElement>(null);
  const pointed = useRef<string | null>(null);
  const anchor = useRef<{ id: string; top: number } | null>(null);
  const shown = useRef<readonly string[]>([]);

  function remember() {
    const root = viewport.current;
    const row = root === null ? null : (rowOf(root, pointed.current) ?? firstInView(root));
    const id = row?.getAttribute('data-ticket-id') ?? null;
    anchor.current = row === null || id === null ? null : { id, top: topOf(row) };
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are what moves.
  useLayoutEffect(() => {
    const root = viewport.current;
    const before = anchor.current;
    const ids = rows.map((row) => row.id);
    const row = root === null || before === null ? null : rowOf(root, before.id);
    if (root !== null && before !== null && row !== null && !hasMovedItself(before.id, shown.current, ids)) {
      root.scrollTop += topOf(row) - before.top;
    }
    shown.current = ids;
    remember();
  }, [rows]);

  return {
    viewport,
    onScroll: remember,
    onPointerMove(event) {
      const target = event.target instanceof Element ? event.target.closest('[data-ticket-id]') : null;
      const id = target?.getAttribute('data-ticket-id') ?? null;
      if (id === pointed.current) return;
      pointed.current = id;
      remember();
    },
    onPointerLeave() {
      pointed.current = null;
      remember();
    },
  };
}

/**
 * Whether a row changed its own place rather than being pushed: then the view must not follow it. One neighbour that
 * changed sides may have moved by itself; several can't have.
 */
export function hasMovedItself(id: string, before: readonly string[], after: readonly string[]): boolean {
  const above = new Set(before.slice(0, Math.max(0, before.indexOf(id))));
  const known = new Set(before);
  const at = after.indexOf(id);
  const switched = after.filter(
    (each, index) => known.has(each) && each !== id && index < at !== above.has(each),
  );
  return switched.length > 1;
}

function rowOf(root: HTMLElement, id: string | null): HTMLElement | null {
  if (id === null) return null;
  return root.querySelector<HTMLElement>(`[data-ticket-id="${CSS.escape(id)}"]`);
}

function firstInView(root: HTMLElement): HTMLElement | null {
  if (root.scrollTop <= 0) return null;
  const rows = root.querySelectorAll<HTMLElement>('[data-ticket-id]');
  return Array.from(rows).find((row) => topOf(row) + row.offsetHeight > root.scrollTop) ?? null;
}

// The link fills its list item, which is placed in the scrolling region.
function topOf(row: HTMLElement): number {
  return row.parentElement?.offsetTop ?? 0;
}
