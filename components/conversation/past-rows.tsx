import { memo, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { HistoryBlock } from '#/components/conversation/history.ts';
import { MessageRows, type RowProps } from '#/components/conversation/message-rows.tsx';

type Props = {
  block: HistoryBlock;
  rows: RowProps;
  viewport: RefObject<HTMLDivElement | null>;
  /** Rows that the reader has not seen came back into the page. */
  onShown(): void;
};

/**
 * A block of what is long past. In the page while it is near the view, else only as high as it was: whoever scrolls
 * through years keeps a small page, and nothing moves. It is read out to nobody when it comes back.
 */
export const PastRows = memo(function PastRows({ block, rows, viewport, onShown }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const [heightPx, setHeightPx] = useState<number | null>(null);
  const isShown = heightPx === null;

  useEffect(() => {
    const own = list.current;
    if (own === null || viewport.current === null) return;
    const observer = new IntersectionObserver(
      (seen) => {
        const last = seen.at(-1);
        if (last === undefined) return;
        // Whoever has the focus in it keeps it.
        if (last.isIntersecting || own.contains(document.activeElement)) setHeightPx(null);
        else setHeightPx((known) => known ?? last.boundingClientRect.height);
      },
      { root: viewport.current, rootMargin: '150% 0px' },
    );
    observer.observe(own);
    return () => observer.disconnect();
  }, [viewport]);

  // In a view that became wider or narrower meanwhile it comes back higher or lower than it was.
  const wasPx = useRef<number | null>(null);
  useLayoutEffect(() => {
    const [own, root] = [list.current, viewport.current];
    const before = wasPx.current;
    wasPx.current = heightPx;
    if (own === null || root === null || before === null || heightPx !== null) return;
    const grownPx = own.getBoundingClientRect().height - before;
    const isAbove = own.getBoundingClientRect().top < root.getBoundingClientRect().top;
    if (isAbove && Math.abs(grownPx) >= 1) root.scrollTop += grownPx;
  }, [heightPx, viewport]);

  const newest = block.bubbles.at(-1)?.order ?? 0;
  const isUnread = newest > rows.list.snapshot.readThrough;
  useEffect(() => {
    if (isShown && isUnread) onShown();
  }, [isShown, isUnread, onShown]);

  return (
    <ol
      ref={list}
      aria-live="off"
      className="flex flex-col"
      style={isShown ? undefined : { height: heightPx }}
    >
      {isShown ? (
        <MessageRows bubbles={block.bubbles} before={block.before} after={block.after} {...rows} />
      ) : null}
    </ol>
  );
}, isSame);

/** What is confirmed and not the newest changes with its block, its lines and its marks alone. */
function isSame(one: Props, other: Props): boolean {
  if (one.block !== other.block || one.viewport !== other.viewport) return false;
  if (
    one.rows.newFrom !== other.rows.newFrom ||
    one.rows.list.fallbackName !== other.rows.list.fallbackName
  ) {
    return false;
  }
  const has = ({ block, rows }: Props) => rows.lastOwn !== null && block.bubbles.includes(rows.lastOwn);
  const isRead = ({ block, rows }: Props) =>
    (block.bubbles.at(-1)?.order ?? 0) <= rows.list.snapshot.readThrough;
  if (has(one) !== has(other) || isRead(one) !== isRead(other)) return false;
  return !has(one) || one.rows.list.snapshot.marks === other.rows.list.snapshot.marks;
}
