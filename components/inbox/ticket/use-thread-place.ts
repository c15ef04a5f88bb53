'use client';

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { MessageRef } from '#/components/inbox/place.ts';
import type { ThreadBubble } from '#/lib/sync/thread.ts';

const nearEndPx = 80;
const highlightMs = 2_500;

/**
 * Where staff's thread is scrolled to. At its newest end it stays there whatever changes its height; further up it stays
 * put, also when earlier messages are put in above, and counts what arrived below. A `target` is brought into view once
 * it is loaded, and lit for a moment.
 */
export function useThreadPlace(thread: {
  bubbles: readonly ThreadBubble[];
  isLoading: boolean;
  /** False: below the last entry there are more that are not loaded. */
  isAtNewest: boolean;
  target: MessageRef | null;
}): {
  viewport: RefObject<HTMLDivElement | null>;
  newBelow: number;
  isFar: boolean;
  litId: string | null;
  toEnd(): void;
} {
  const { bubbles, isLoading, isAtNewest, target } = thread;
  const viewport = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const before = useRef({ firstId: '', lastOwnId: '', height: 0, wasLoading: true });
  const shownTarget = useRef<MessageRef | null>(null);
  const [leftAt, setLeftAt] = useState<string | null>(null);
  const [isFar, setIsFar] = useState(false);
  const [litId, setLitId] = useState<string | null>(null);

  const firstId = bubbles[0]?.id ?? '';
  const lastId = bubbles.at(-1)?.id ?? '';
  const lastOwnId = bubbles.findLast((bubble) => bubble.isMine)?.id ?? '';
  const latest = useRef({ lastId, isAtNewest });

  const toEnd = useCallback(() => {
    const root = viewport.current;
    if (root === null) return;
    isAtEnd.current = true;
    setLeftAt(null);
    setIsFar(false);
    root.scrollTop = root.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    const root = viewport.current;
    if (root === null) return;
    const was = before.current;
    const isFirstShow = was.wasLoading && !isLoading;
    const isPrepended = was.firstId !== '' && was.firstId !== firstId && !isAtEnd.current;
    const wanted = target === null || isLoading ? null : bubbleAt(bubbles, target);
    if (wanted !== null && shownTarget.current !== target) {
      shownTarget.current = target;
      isAtEnd.current = false;
      setLeftAt(lastId);
      setLitId(wanted.id);
    } else if (isFirstShow && target === null) {
      isAtEnd.current = showFirst(root);
    } else if (lastOwnId !== was.lastOwnId && lastOwnId === lastId && was.lastOwnId !== '') {
      toEnd();
    } else if (isPrepended && rowOf(root, was.firstId) !== null) {
      root.scrollTop += root.scrollHeight - was.height;
    } else if (isAtEnd.current && isAtNewest) {
      root.scrollTop = root.scrollHeight;
    }
    latest.current = { lastId, isAtNewest };
    before.current = { firstId, lastOwnId, height: root.scrollHeight, wasLoading: isLoading };
  }, [bubbles, firstId, lastId, lastOwnId, isLoading, isAtNewest, target, toEnd]);

  // After the page was drawn with it: what was folded around it is open then.
  useLayoutEffect(() => {
    const root = viewport.current;
    if (litId === null || root === null) return;
    rowOf(root, litId)?.scrollIntoView({ block: 'center' });
    before.current.height = root.scrollHeight;
  }, [litId]);
  useEffect(() => {
    if (litId === null) return;
    const timer = setTimeout(() => setLitId(null), highlightMs);
    return () => clearTimeout(timer);
  }, [litId]);

  useEffect(() => {
    const root = viewport.current;
    const content = root?.firstElementChild;
    if (root === null || content === null || content === undefined) return;
    const onScroll = () => {
      const distance = root.scrollHeight - root.scrollTop - root.clientHeight;
      const wasAtEnd = isAtEnd.current;
      isAtEnd.current = distance < nearEndPx && latest.current.isAtNewest;
      setIsFar(distance > root.clientHeight);
      if (isAtEnd.current) setLeftAt(null);
      else if (wasAtEnd) setLeftAt(latest.current.lastId);
    };
    // Typing dots, a growing composer and the on-screen keyboard change heights without a new message.
    const sizes = new ResizeObserver(() => {
      if (isAtEnd.current && latest.current.isAtNewest) root.scrollTop = root.scrollHeight;
      before.current.height = root.scrollHeight;
    });
    sizes.observe(content);
    sizes.observe(root);
    root.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      root.removeEventListener('scroll', onScroll);
    };
  }, []);

  const leftIndex = leftAt === null ? -1 : bubbles.findIndex((bubble) => bubble.id === leftAt);
  const newBelow =
    leftIndex === -1 || !isAtNewest
      ? 0
      : bubbles.slice(leftIndex + 1).filter((bubble) => !bubble.isMine && bubble.kind !== 'event').length;
  return { viewport, newBelow, isFar, litId, toEnd };
}

function bubbleAt(
  bubbles: readonly ThreadBubble[],
  { conversationId, seq }: MessageRef,
): ThreadBubble | null {
  return bubbles.find((bubble) => bubble.order === seq && bubble.conversationId === conversationId) ?? null;
}

function rowOf(root: HTMLElement, id: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-message-id="${CSS.escape(id)}"]`);
}

// Opens at the end, or at what is new where that begins above the fold. Tells whether it is at the end.
function showFirst(root: HTMLDivElement): boolean {
  root.scrollTop = root.scrollHeight;
  const line = root.querySelector('[data-new-line]');
  if (line === null) return true;
  const above = root.getBoundingClientRect().top - line.getBoundingClientRect().top;
  if (above <= 0) return true;
  root.scrollTop -= above + 16;
  return false;
}
