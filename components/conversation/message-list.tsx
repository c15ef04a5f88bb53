'use client';

import {
  Fragment,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Avatar } from '#/components/conversation/avatar.tsx';
import { Bubble } from '#/components/conversation/bubble.tsx';
import { customerWords } from '#/components/conversation/change-words.ts';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { type Placed, placeBubbles, senderKey } from '#/components/conversation/grouping.ts';
import { Moment } from '#/components/conversation/moment.tsx';
import { OwnState } from '#/components/conversation/own-state.tsx';
import { TypingLine } from '#/components/conversation/typing-line.tsx';
import { useThreadScroll } from '#/components/conversation/use-thread-scroll.ts';
import { useWords } from '#/components/conversation/words.tsx';
import type { Bubble as BubbleEntry, ConversationSnapshot } from '#/lib/sync/conversation.ts';

export type MessageListProps = {
  snapshot: ConversationSnapshot;
  /** The accessible name of the log. */
  label: string;
  /** Stands for an agent who has no name. */
  fallbackName: string;
  /** Whether the reader is looking: open and visible. Only then is anything marked as seen. */
  isWatched: boolean;
  onSeen(order: number): void;
  onLoadEarlier(): void;
  onRetry(id: string): void;
  /** Takes a failed message back into the composer. */
  onEdit(id: string): void;
  /** Sends what this conversation does not take any more in a new one. */
  onFollowUp?(): void;
  /** Above the first message, once everything earlier is loaded. */
  intro?: ReactNode;
};

/**
 * The customer's thread: a log in its confirmed order with what is still on its way at the end. Stays at the end while the reader
 * is there, stays put while they read further up, and reports what was really in view.
 */
export function MessageList(props: MessageListProps) {
  const { snapshot } = props;
  const { say } = useWords();
  const placed = useMemo(() => placeBubbles(snapshot.bubbles), [snapshot.bubbles]);
  const known = useKnownIds(snapshot);
  const newFrom = useNewFrom(snapshot);
  const scroll = useThreadScroll(snapshot);
  useSeen(scroll.viewport, props);
  useEarlier(scroll.viewport, props);
  const lastOwn = snapshot.bubbles.findLast((bubble) => bubble.kind === 'reply' && isOwn(bubble));

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
          <ol className="flex flex-col">
            {placed.map((item) => (
              <Fragment key={item.bubble.id}>
                {item.dayAt === null ? null : <DayLine at={item.dayAt} />}
                {item.bubble.id === newFrom ? <NewLine /> : null}
                <Row
                  item={item}
                  list={props}
                  isLastOwn={item.bubble === lastOwn}
                  isNew={!known.has(item.bubble.id)}
                />
              </Fragment>
            ))}
          </ol>
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
          className="absolute inset-x-0 bottom-3 mx-auto flex h-8 w-fit animate-fade items-center gap-1.5 rounded-full border border-line bg-bg-raised px-3 text-12 font-medium text-text-muted shadow-float hover:text-text pointer-coarse:h-11"
        >
          {scroll.newBelow > 0 ? say('thread.newBelow', { count: scroll.newBelow }) : null}
          <Glyph shape="arrow-down" size={16} />
        </button>
      ) : null}
    </div>
  );
}

function Row({
  item,
  list,
  isLastOwn,
  isNew,
}: {
  item: Placed;
  list: MessageListProps;
  isLastOwn: boolean;
  isNew: boolean;
}) {
  const { bubble } = item;
  if (bubble.kind === 'event') return <EventLine bubble={bubble} isNew={isNew} />;
  const isEnd = isOwn(bubble);
  const showsState = bubble.isMine && bubble.state !== 'sent' ? true : isLastOwn;
  return (
    <Bubble
      bubble={bubble}
      side={isEnd ? 'end' : 'start'}
      isLast={item.isLast}
      isNew={isNew}
      header={
        item.isFirst && !isEnd ? <Author bubble={bubble} fallbackName={list.fallbackName} /> : undefined
      }
      face={isEnd ? undefined : faceOf(bubble, item.isLast)}
      footer={
        showsState ? (
          <OwnState
            bubble={bubble}
            snapshot={list.snapshot}
            onRetry={() => list.onRetry(bubble.id)}
            onEdit={() => list.onEdit(bubble.id)}
            {...(list.onFollowUp === undefined ? {} : { onFollowUp: list.onFollowUp })}
          />
        ) : undefined
      }
    />
  );
}

function EventLine({ bubble, isNew }: { bubble: BubbleEntry; isNew: boolean }) {
  const { say, clock } = useWords();
  const words = bubble.change === null ? bubble.text : customerWords(bubble.change, bubble.sender, say);
  return (
    <li
      data-message-id={bubble.id}
      data-order={bubble.order ?? undefined}
      data-kind="event"
      data-state={bubble.state}
      className={`mt-1 mb-4 text-balance px-6 text-center text-12 text-text-muted ${isNew ? 'animate-fade' : ''}`}
    >
      <bdi className="wrap-anywhere">{words}</bdi>
      {bubble.sentAt === null ? null : (
        <span className="whitespace-nowrap">
          {' · '}
          <Moment at={bubble.sentAt} words={clock} />
        </span>
      )}
    </li>
  );
}

function DayLine({ at }: { at: string }) {
  const { day } = useWords();
  return (
    <li className="mt-2 mb-3 text-center text-12 font-medium text-text-faint first:mt-0">
      <Moment at={at} words={(moment) => day(moment, Date.now())} />
    </li>
  );
}

function NewLine() {
  const { say } = useWords();
  return (
    <li data-new-line="" className="mt-1 mb-3 flex items-center gap-3 text-12 font-medium text-accent-ink">
      <span className="h-px flex-1 bg-accent-ink opacity-40" />
      {say('thread.new')}
      <span className="h-px flex-1 bg-accent-ink opacity-40" />
    </li>
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

function isOwn(bubble: BubbleEntry): boolean {
  return bubble.isMine || bubble.sender === 'me';
}

function Author({ bubble, fallbackName }: { bubble: BubbleEntry; fallbackName: string }) {
  return <bdi className="truncate font-medium">{nameOf(bubble, fallbackName)}</bdi>;
}

function faceOf(bubble: BubbleEntry, isLast: boolean): ReactNode {
  if (bubble.sender === 'me' || bubble.sender.kind === 'system') return undefined;
  if (!isLast) return <span aria-hidden="true" className="w-6 shrink-0" />;
  return <Avatar name={bubble.sender.name} id={bubble.sender.id} size={24} />;
}

function nameOf(bubble: BubbleEntry, fallbackName: string): string {
  if (bubble.sender === 'me') return '';
  return bubble.sender.kind === 'system' ? 'Parley' : (bubble.sender.name ?? fallbackName);
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

/** Reports the newest order that was at least half in view while the reader was looking. */
function useSeen(viewport: RefObject<HTMLDivElement | null>, props: MessageListProps) {
  const { snapshot, isWatched, onSeen } = props;
  const report = useRef(onSeen);
  useEffect(() => {
    report.current = onSeen;
  });
  const newest = snapshot.bubbles.findLast((bubble) => bubble.order !== null)?.order ?? 0;
  const { readThrough } = snapshot;
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
  }, [viewport, isWatched, newest, readThrough]);
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
