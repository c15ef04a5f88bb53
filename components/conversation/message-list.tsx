'use client';

import {
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from 'react';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { senderKey } from '#/components/conversation/grouping.ts';
import { cutHistory, type HistoryBlock } from '#/components/conversation/history.ts';
import { isOwn, MessageRows, type RowProps, type Thread } from '#/components/conversation/message-rows.tsx';
import { PastRows } from '#/components/conversation/past-rows.tsx';
import { TypingLine } from '#/components/conversation/typing-line.tsx';
import { useThreadScroll } from '#/components/conversation/use-thread-scroll.ts';
import { useWords } from '#/components/conversation/words.tsx';
import type { Bubble as BubbleEntry, ConversationSnapshot } from '#/lib/sync/conversation.ts';

export type MessageListProps = Thread & {
  /** The accessible name of the log. */
  label: string;
  /** Whether the reader is looking: open and visible. Only then is anything marked as seen. */
  isWatched: boolean;
  onSeen(order: number): void;
  onLoadEarlier(): void;
  /** Above the first message, once everything earlier is loaded. */
  intro?: ReactNode;
  /** Below the last message. */
  outro?: ReactNode;
};

/**
 * The customer's thread: a log in its confirmed order with what is still on its way at the end. Stays at the end while the reader
 * is there, stays put while they read further up, and reports what was really in view.
 */
export function MessageList(props: MessageListProps) {
  const { snapshot } = props;
  const { say } = useWords();
  const { history, tail, before } = useHistory(snapshot);
  const known = useKnownIds(snapshot);
  const newFrom = useNewFrom(snapshot);
  const scroll = useThreadScroll(snapshot);
  const [shown, hasShown] = useReducer((count: number) => count + 1, 0);
  useSeen(scroll.viewport, props, shown);
  useEarlier(scroll.viewport, props);
  const lastOwn = snapshot.bubbles.findLast((bubble) => bubble.kind === 'reply' && isOwn(bubble)) ?? null;
  const rows: RowProps = { list: props, known, newFrom, lastOwn };

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroll.viewport}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-label={props.label}
        aria-relevant="additions"
        aria-busy={snapshot.isLoading || snapshot.isLoadingEarlier}
        data-conversation-id={snapshot.conversationId}
        data-read-through={snapshot.readThrough}
        data-unread={snapshot.unreadCount}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <div className="flex min-h-full flex-col justify-end px-4 pt-4 pb-2">
          <div data-earlier="" className="h-px shrink-0" />
          {snapshot.isLoadingEarlier ? <LoadingRows /> : null}
          {snapshot.isLoading ? <LoadingRows /> : null}
          {snapshot.hasEarlier || snapshot.isLoading ? null : props.intro}
          {history.map((block) => (
            <PastRows
              key={block.key}
              block={block}
              rows={rows}
              viewport={scroll.viewport}
              onShown={hasShown}
            />
          ))}
          <ol className="flex flex-col">
            <MessageRows bubbles={tail} before={before} {...rows} />
          </ol>
          {props.outro}
          <TypingLine typists={snapshot.typists} fallbackName={props.fallbackName} />
        </div>
      </div>
      {scroll.newBelow > 0 || scroll.isFar ? (
        <button
          type="button"
          onClick={scroll.toEnd}
          aria-label={
            scroll.newBelow > 0 ? say('thread.toNew', { count: scroll.newBelow }) : say('thread.toEnd')
          }
          className="absolute inset-x-0 bottom-3 mx-auto flex h-8 w-fit animate-fade items-center gap-1.5 rounded-full border border-line bg-bg-raised px-3 text-12 font-medium text-text-muted shadow-float hover:text-text after:absolute after:-inset-1.5 pointer-coarse:h-11"
        >
          {scroll.newBelow > 0 ? say('thread.newBelow', { count: scroll.newBelow }) : null}
          <Glyph shape="arrow-down" size={16} />
        </button>
      ) : null}
    </div>
  );
}

function LoadingRows() {
  return (
    <div aria-hidden="true" className="flex animate-fade flex-col gap-2 pb-4 [animation-delay:300ms]">
      <span className="h-9 w-3/5 rounded-bubble bg-bg-sunken" />
      <span className="h-14 w-2/3 rounded-bubble bg-bg-sunken" />
      <span className="h-9 w-2/5 self-end rounded-bubble bg-bg-sunken" />
    </div>
  );
}

function useHistory({ bubbles, isLoading }: ConversationSnapshot) {
  const former = useRef<readonly HistoryBlock[]>([]);
  // What the thread was first shown with, and what came since, is its live part.
  const [liveFrom, setLiveFrom] = useState<number | null>(null);
  if (liveFrom === null && !isLoading) setLiveFrom(bubbles[0]?.order ?? 1);
  const cut = cutHistory(bubbles, former.current, liveFrom ?? 1);
  useEffect(() => {
    former.current = cut.history;
  });
  return cut;
}

/** Ids that were there when the thread first showed, or came from further up: they don't rise. */
function useKnownIds(snapshot: ConversationSnapshot): ReadonlySet<string> {
  const [known] = useState(() => new Set<string>());
  const isFirst = useRef(true);
  const first = snapshot.bubbles[0]?.id;
  const firstBefore = useRef<string | undefined>(undefined);
  if (!snapshot.isLoading && (isFirst.current || first !== firstBefore.current)) {
    for (const bubble of snapshot.bubbles) known.add(bubble.id);
  }
  useEffect(() => {
    if (!snapshot.isLoading) isFirst.current = false;
    firstBefore.current = first;
  });
  return known;
}

/** The first message that was unread when the thread was opened; it keeps its line until the thread is left. */
function useNewFrom(snapshot: ConversationSnapshot): string | null {
  const [newFrom, setNewFrom] = useState<string | null | undefined>(undefined);
  if (newFrom === undefined && !snapshot.isLoading) {
    const first = snapshot.bubbles.find(
      (bubble) => isOthers(bubble) && bubble.order !== null && bubble.order > snapshot.readThrough,
    );
    // Not where the whole thread is new: a line above everything tells nothing.
    const isTold = snapshot.unreadCount > 0 && first !== undefined && first !== snapshot.bubbles[0];
    setNewFrom(isTold ? first.id : null);
  }
  return newFrom ?? null;
}

/** Reports the newest order that was in view while the reader was looking. `shown` grows when older rows come back. */
function useSeen(viewport: RefObject<HTMLDivElement | null>, props: MessageListProps, shown: number) {
  const { snapshot, isWatched, onSeen } = props;
  const report = useRef(onSeen);
  useEffect(() => {
    report.current = onSeen;
  });
  const newest = snapshot.bubbles.findLast((bubble) => bubble.order !== null)?.order ?? 0;
  const { readThrough } = snapshot;
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that come back are looked at, too.
  useEffect(() => {
    const root = viewport.current;
    if (root === null || !isWatched || newest <= readThrough) return;
    const observer = new IntersectionObserver(
      (seen) => {
        const orders = seen
          .filter((entry) => entry.isIntersecting)
          .map((entry) => Number(entry.target.getAttribute('data-order')));
        if (orders.length > 0) report.current(Math.max(...orders));
      },
      { root, threshold: 0.01, rootMargin: '0px 0px -12px 0px' },
    );
    for (const row of root.querySelectorAll('[data-order]')) {
      if (Number(row.getAttribute('data-order')) > readThrough) observer.observe(row);
    }
    return () => observer.disconnect();
  }, [viewport, isWatched, newest, readThrough, shown]);
}

/** Asks for what is earlier when its place comes near the view. */
function useEarlier(viewport: RefObject<HTMLDivElement | null>, props: MessageListProps) {
  const { snapshot, onLoadEarlier } = props;
  const ask = useRef(onLoadEarlier);
  useEffect(() => {
    ask.current = onLoadEarlier;
  });
  const wants = snapshot.hasEarlier && !snapshot.isLoadingEarlier && !snapshot.isLoading;
  useLayoutEffect(() => {
    const root = viewport.current;
    const mark = root?.querySelector('[data-earlier]');
    if (!wants || root === null || mark === null || mark === undefined) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) ask.current();
      },
      { root, rootMargin: '400px 0px 0px 0px' },
    );
    observer.observe(mark);
    return () => observer.disconnect();
  }, [viewport, wants]);
}

function isOthers(bubble: BubbleEntry): boolean {
  return bubble.kind !== 'event' && senderKey(bubble) !== 'me';
}
