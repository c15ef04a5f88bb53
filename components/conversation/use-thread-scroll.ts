'use client';

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ConversationSnapshot } from '#/lib/sync/conversation.ts';

const nearEndPx = 80;

/**
 * Where a thread is scrolled to. At the end it stays at the end whatever changes its height; further up it stays put,
 * also when earlier messages are put in above, and counts what arrived below.
 */
export function useThreadScroll(snapshot: ConversationSnapshot): {
  viewport: RefObject<HTMLDivElement | null>;
  newBelow: number;
  isFar: boolean;
  toEnd(): void;
} {
  const viewport = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const before = useRef({ firstId: '', lastOwnId: '', height: 0, wasLoading: true });
  const [leftAt, setLeftAt] = useState<string | null>(null);
  const [isFar, setIsFar] = useState(false);

  const { bubbles, isLoading } = snapshot;
  const firstId = bubbles[0]?.id ?? '';
  const lastId = bubbles.at(-1)?.id ?? '';
  const lastOwnId = bubbles.findLast((bubble) => bubble.isMine)?.id ?? '';
  const latest = useRef(lastId);

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
    if (isFirstShow) {
      isAtEnd.current = showFirst(root);
    } else if (lastOwnId !== was.lastOwnId && lastOwnId === lastId) {
      toEnd();
    } else if (isPrepended) {
      root.scrollTop += root.scrollHeight - was.height;
    } else if (isAtEnd.current) {
      root.scrollTop = root.scrollHeight;
    }
    latest.current = lastId;
    before.current = { firstId, lastOwnId, height: root.scrollHeight, wasLoading: isLoading };
  }, [firstId, lastId, lastOwnId, isLoading, toEnd]);

  useEffect(() => {
    const root = viewport.current;
    const content = root?.firstElementChild;
    if (root === null || content === null || content === undefined) return;
    const onScroll = () => {
      const distance = root.scrollHeight - root.scrollTop - root.clientHeight;
      const wasAtEnd = isAtEnd.current;
      isAtEnd.current = distance < nearEndPx;
      setIsFar(distance > root.clientHeight);
      if (isAtEnd.current) setLeftAt(null);
      else if (wasAtEnd) setLeftAt(latest.current);
    };
    // Typing dots, a growing composer and the on-screen keyboard change heights without a new message.
    const sizes = new ResizeObserver(() => {
      if (isAtEnd.current) root.scrollTop = root.scrollHeight;
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
    leftIndex === -1
      ? 0
      : bubbles.slice(leftIndex + 1).filter((bubble) => !bubble.isMine && bubble.kind !== 'event').length;
  return { viewport, newBelow, isFar, toEnd };
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
