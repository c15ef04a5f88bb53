'use client';

import { type PointerEvent as ReactPointerEvent, type RefObject, useRef, useState } from 'react';

/** A list whose rows can be moved: by hand with a handle, and one place at a time by `move`. */
export function useOrder<Item>(
  items: readonly Item[],
  onOrder: (items: readonly Item[]) => void,
): {
  list: RefObject<HTMLOListElement | null>;
  /** Place of the row that is being dragged. */
  dragged: number | null;
  /** What was moved last, to be read out. */
  said: { item: Item; place: number } | null;
  move(from: number, to: number): void;
  handle(index: number): { onPointerDown(event: ReactPointerEvent<HTMLElement>): void };
} {
  const list = useRef<HTMLOListElement>(null);
  const current = useRef(items);
  current.current = items;
  const [dragged, setDragged] = useState<number | null>(null);
  const [said, setSaid] = useState<{ item: Item; place: number } | null>(null);

  function move(from: number, to: number) {
    const next = [...current.current];
    const [item] = next.splice(from, 1);
    if (item === undefined || to < 0 || to > next.length) return;
    next.splice(to, 0, item);
    current.current = next;
    onOrder(next);
    setSaid({ item, place: to + 1 });
  }

  return {
    list,
    dragged,
    said,
    move,
    handle: (index) => ({
      onPointerDown(event) {
        if (event.button !== 0) return;
        event.preventDefault();
        const { pointerId } = event;
        let at = index;
        setDragged(at);
        const onMove = (moved: PointerEvent) => {
          if (moved.pointerId !== pointerId) return;
          const to = placeAt(list.current, moved.clientY);
          if (to === at) return;
          move(at, to);
          at = to;
          setDragged(at);
        };
        // On the window: the row that is dragged is itself taken out and put in elsewhere, which ends a capture.
        const end = (ended: PointerEvent) => {
          if (ended.pointerId !== pointerId) return;
          window.removeEventListener('pointermove', onMove);
          window.removeEventListener('pointerup', end);
          window.removeEventListener('pointercancel', end);
          setDragged(null);
        };
        window.addEventListener('pointermove', onMove);
        window.addEventListener('pointerup', end);
        window.addEventListener('pointercancel', end);
      },
    }),
  };
}

/** The row over whose place a height on the screen lies. */
function placeAt(list: HTMLOListElement | null, y: number): number {
  const rows = [...(list?.children ?? [])];
  const below = rows.findIndex((row) => y < row.getBoundingClientRect().bottom);
  return below === -1 ? Math.max(0, rows.length - 1) : below;
}
