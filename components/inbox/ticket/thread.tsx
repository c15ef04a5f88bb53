'use client';

import { ArrowDown, ChevronRight } from 'lucide-react';
import {
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Moment as LocalMoment } from '#/components/conversation/moment.tsx';
import { TypingLine } from '#/components/conversation/typing-line.tsx';
import type { MessageRef } from '#/components/inbox/place.ts';
import { changeWords } from '#/components/inbox/ticket/change-words.ts';
import { SeenState, type SendActs, SendState } from '#/components/inbox/ticket/send-state.tsx';
import { StaffMessage } from '#/components/inbox/ticket/thread-bubble.tsx';
import { placeThread, type ThreadRow } from '#/components/inbox/ticket/thread-rows.ts';
import { useThreadPlace } from '#/components/inbox/ticket/use-thread-place.ts';
import { useClock } from '#/components/ui/clock.tsx';
import { clockText, dateText, dayText } from '#/components/ui/time-text.ts';
import type { ThreadBubble } from '#/lib/sync/thread.ts';
import type { Typist } from '#/lib/sync/typing.ts';

export type ThreadProps = {
  bubbles: readonly ThreadBubble[];
  isLoading: boolean;
  hasEarlier: boolean;
  isLoadingEarlier: boolean;
  isAtNewest: boolean;
  isLoadingLater: boolean;
  isStorageDurable: boolean;
  typists: readonly Typist[];
  /** What the log shows of read marks to who measures it. */
  conversationId: string;
  unreadCount: number;
  readThrough(conversationId: string): number;
  /** When the customer first saw it; null when that is not known, undefined when they have not. */
  seenAt(bubble: ThreadBubble): string | null | undefined;
  /** What others wrote while this guarded message was written. */
  newerThan(bubble: ThreadBubble): readonly ThreadBubble[];
  /** What became of the ticket while this message waited. */
  meanwhile(bubble: ThreadBubble): string | null;
  fallbackName: string;
  /** The agent's own zone, for moments to come. */
  zone: string | undefined;
  isWatched: boolean;
  target: MessageRef | null;
  acts: SendActs;
  onSeen(conversationId: string, order: number): void;
  onLoadEarlier(): void;
  onLoadLater(): void;
  onNewest(): void;
};

/**
 * Staff's thread: everything that was said and done on a ticket, in one run. Stays at the end while the reader is there,
 * stays put while they read further up, and reports what was really in view.
 */
export function Thread(props: ThreadProps) {
  const { bubbles, isLoading, isAtNewest } = props;
  const newFrom = useNewFrom(props);
  const known = useKnownIds(bubbles, isLoading);
  const rows = useMemo(() => placeThread(bubbles, newFrom), [bubbles, newFrom]);
  const place = useThreadPlace({ bubbles, isLoading, isAtNewest, target: props.target });
  useSeen(place.viewport, props);
  useNear(
    place.viewport,
    '[data-earlier]',
    props.hasEarlier && !props.isLoadingEarlier && !isLoading,
    props.onLoadEarlier,
  );
  useNear(
    place.viewport,
    '[data-later]',
    !isAtNewest && !props.isLoadingLater && !isLoading,
    props.onLoadLater,
  );
  const lastOwn = bubbles.findLast((bubble) => bubble.kind === 'reply' && isTeams(bubble));

  return (
    <div className="thread relative flex min-h-0 flex-1 flex-col">
      <div
        ref={place.viewport}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-label="Conversation"
        aria-relevant="additions"
        aria-busy={isLoading || props.isLoadingEarlier || props.isLoadingLater}
        data-conversation-id={props.conversationId}
        data-read-through={props.readThrough(props.conversationId)}
        data-unread={props.unreadCount}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain [overflow-anchor:none] [scrollbar-width:thin] focus-visible:-outline-offset-2"
      >
        <div className="flex min-h-full flex-col justify-end pt-4 pb-2">
          <div data-earlier="" className="h-px shrink-0" />
          {isLoading || props.isLoadingEarlier ? <LoadingRows /> : null}
          {rows.length === 0 && !isLoading ? (
            <p className="py-8 text-center text-text-muted">Nothing was written yet.</p>
          ) : null}
          <ol className="flex flex-col">
            {rows.map((row) => (
              <Row
                key={row.key}
                row={row}
                thread={props}
                lastOwn={lastOwn}
                isNew={(id) => !known.has(id)}
                litId={place.litId}
              />
            ))}
          </ol>
          {props.isLoadingLater ? <LoadingRows /> : null}
          <div data-later="" className="h-px shrink-0" />
          {isAtNewest ? (
            <TypingLine typists={props.typists} fallbackName={props.fallbackName} isNamed />
          ) : null}
        </div>
      </div>
      <JumpButton
        newBelow={place.newBelow}
        isFar={place.isFar}
        isAtNewest={isAtNewest}
        onPress={() => {
          if (!isAtNewest) props.onNewest();
          place.toEnd();
        }}
      />
    </div>
  );
}

function JumpButton({
  newBelow,
  isFar,
  isAtNewest,
  onPress,
}: {
  newBelow: number;
  isFar: boolean;
  isAtNewest: boolean;
  onPress(): void;
}) {
  if (isAtNewest && newBelow === 0 && !isFar) return null;
  const words = !isAtNewest ? 'Back to newest' : newBelow > 0 ? `${newBelow} new` : null;
  return (
    <button
      type="button"
      onClick={onPress}
      aria-label={words === null ? 'Go to the end' : isAtNewest ? `${words}, go to the end` : words}
      className="absolute inset-x-0 bottom-3 mx-auto flex h-8 w-fit animate-fade items-center gap-1.5 rounded-full border border-line bg-bg-raised px-3 font-medium text-12 text-text-muted shadow-float hover:text-text pointer-coarse:h-11"
    >
      {words}
      <ArrowDown className="size-4" strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}

function Row({
  row,
  thread,
  lastOwn,
  isNew,
  litId,
}: {
  row: ThreadRow;
  thread: ThreadProps;
  lastOwn: ThreadBubble | undefined;
  isNew(id: string): boolean;
  litId: string | null;
}) {
  switch (row.kind) {
    case 'day':
      return (
        <li className="mt-2 mb-3 text-center font-medium text-12 text-text-faint first:mt-0">
          <LocalMoment at={row.at} words={(at) => dayText(at, Date.now())} />
        </li>
      );
    case 'conversation':
      return <ConversationLine at={row.startedAt} />;
    case 'new':
      return (
        <li
          data-new-line=""
          className="mt-1 mb-3 flex items-center gap-3 font-medium text-12 text-accent-ink"
        >
          <span className="h-px flex-1 bg-accent-ink opacity-40" />
          New
          <span className="h-px flex-1 bg-accent-ink opacity-40" />
        </li>
      );
    case 'event':
      return (
        <EventLine
          bubble={row.bubble}
          zone={thread.zone}
          isNew={isNew(row.bubble.id)}
          isLit={litId === row.bubble.id}
        />
      );
    case 'fold':
      return <FoldedEvents bubbles={row.bubbles} zone={thread.zone} litId={litId} />;
    case 'bubble':
      return (
        <StaffMessage
          bubble={row.bubble}
          isFirst={row.isFirst}
          isLast={row.isLast}
          fallbackName={thread.fallbackName}
          isNew={isNew(row.bubble.id)}
          isLit={litId === row.bubble.id}
          footer={footerOf(row.bubble, thread, row.bubble === lastOwn)}
        />
      );
  }
}

/** Null under nearly all: what a message looks like is drawn once, however many come after it. */
function footerOf(bubble: ThreadBubble, thread: ThreadProps, isLastOwn: boolean): ReactNode {
  if (bubble.state === 'sent') {
    if (!isLastOwn) return null;
    const at = thread.seenAt(bubble);
    if (at !== undefined) return <SeenState at={at} />;
  }
  return (
    <SendState
      bubble={bubble}
      isDurable={thread.isStorageDurable}
      newer={bubble.state === 'guarded' ? thread.newerThan(bubble) : []}
      meanwhile={thread.meanwhile(bubble)}
      acts={thread.acts}
    />
  );
}

function ConversationLine({ at }: { at: string }) {
  return (
    <li className="mt-2 mb-4 flex items-center gap-3 text-12 text-text-muted">
      <span className="h-px flex-1 bg-line" />
      <span>
        Conversation of{' '}
        <LocalMoment
          at={at}
          words={(moment) => `${dateText(moment, Date.now(), 'long')}, ${clockText(moment)}`}
        />
      </span>
      <span className="h-px flex-1 bg-line" />
    </li>
  );
}

const EventLine = memo(function EventLine({
  bubble,
  zone,
  isNew,
  isLit,
  isHidden = false,
}: {
  bubble: ThreadBubble;
  zone: string | undefined;
  isNew: boolean;
  isLit: boolean;
  /** Folded away; still in the page, since it is a part of the log. */
  isHidden?: boolean;
}) {
  return (
    <li
      data-message-id={bubble.id}
      data-order={bubble.order ?? undefined}
      data-in={bubble.conversationId}
      data-kind="event"
      data-state={bubble.state}
      hidden={isHidden}
      className={`mt-1 mb-4 text-balance rounded-card px-6 text-center text-12 text-text-muted transition-[background-color] duration-500 ${isNew ? 'animate-fade' : ''} ${isLit ? 'bg-accent-bg' : ''}`}
    >
      <EventWords bubble={bubble} zone={zone} />
    </li>
  );
});

function EventWords({ bubble, zone }: { bubble: ThreadBubble; zone: string | undefined }) {
  const { now } = useClock();
  return (
    <>
      <bdi className="wrap-anywhere">
        {bubble.change === null ? bubble.text : changeWords(bubble.change, bubble.sender, now, zone)}
      </bdi>
      {bubble.sentAt === null ? null : (
        <span className="whitespace-nowrap">
          {' · '}
          <LocalMoment at={bubble.sentAt} words={(at) => clockText(at)} />
        </span>
      )}
    </>
  );
}

/** "4 changes", and what the last of them was; opens to all of them. */
function FoldedEvents({
  bubbles,
  zone,
  litId,
}: {
  bubbles: readonly ThreadBubble[];
  zone: string | undefined;
  litId: string | null;
}) {
  const [isChosen, setIsChosen] = useState(false);
  const isOpen = isChosen || bubbles.some((bubble) => bubble.id === litId);
  const last = bubbles.at(-1);
  return (
    <>
      <li
        data-covers={last?.id}
        data-order={last?.order ?? undefined}
        data-in={last?.conversationId}
        className={`mt-1 text-center text-12 text-text-muted ${isOpen ? 'mb-1' : 'mb-4'}`}
      >
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setIsChosen(!isOpen)}
          className="relative inline-flex max-w-full items-center gap-1 rounded-control px-2 py-0.5 transition-colors duration-120 hover:bg-bg-hover hover:text-text pointer-coarse:py-3"
        >
          <ChevronRight
            className={`size-3.5 shrink-0 transition-transform duration-120 ${isOpen ? 'rotate-90' : 'rtl:rotate-180'}`}
            strokeWidth={1.75}
            aria-hidden="true"
          />
          <span className="shrink-0 font-medium">{bubbles.length} changes</span>
          {isOpen || last === undefined ? null : (
            <span className="truncate">
              {' · '}
              <EventWords bubble={last} zone={zone} />
            </span>
          )}
        </button>
      </li>
      {bubbles.map((bubble) => (
        <EventLine
          key={bubble.id}
          bubble={bubble}
          zone={zone}
          isNew={false}
          isLit={litId === bubble.id}
          isHidden={!isOpen}
        />
      ))}
    </>
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

function isTeams(bubble: ThreadBubble): boolean {
  return bubble.isMine || bubble.sender === 'me' || bubble.sender.kind === 'agent';
}

/** Ids that were there when the thread first showed, or came from further up or down: they don't rise. */
function useKnownIds(bubbles: readonly ThreadBubble[], isLoading: boolean): ReadonlySet<string> {
  const [known] = useState(() => new Set<string>());
  const isFirst = useRef(true);
  const before = useRef({ first: '', last: '' });
  const first = bubbles[0]?.id ?? '';
  const isOther = first !== before.current.first;
  if (!isLoading && (isFirst.current || isOther)) for (const bubble of bubbles) known.add(bubble.id);
  useEffect(() => {
    if (!isLoading) isFirst.current = false;
    before.current = { first, last: bubbles.at(-1)?.id ?? '' };
  });
  return known;
}

/** The first message that was unread when the thread was opened; it keeps its line until the thread is left. */
function useNewFrom({ bubbles, isLoading, unreadCount, readThrough }: ThreadProps): string | null {
  const [newFrom, setNewFrom] = useState<string | null | undefined>(undefined);
  if (newFrom === undefined && !isLoading) {
    const first = bubbles.find(
      (bubble) =>
        bubble.kind !== 'event' &&
        !bubble.isMine &&
        bubble.order !== null &&
        bubble.order > readThrough(bubble.conversationId),
    );
    // Not where the whole thread is new: a line above everything tells nothing.
    const isTold = unreadCount > 0 && first !== undefined && first !== bubbles[0];
    setNewFrom(isTold ? first.id : null);
  }
  return newFrom ?? null;
}

/** Reports of each conversation the newest order that was in view while the reader was looking. */
function useSeen(viewport: RefObject<HTMLDivElement | null>, props: ThreadProps) {
  const { bubbles, isWatched, readThrough } = props;
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  // What is not seen yet, as a word that changes with it.
  const unseen = bubbles
    .filter((bubble) => bubble.order !== null && bubble.order > readThrough(bubble.conversationId))
    .map((bubble) => bubble.id)
    .join(' ');
  useEffect(() => {
    const root = viewport.current;
    if (root === null || !isWatched || unseen === '') return;
    const observer = new IntersectionObserver(
      (seen) => {
        const orders = new Map<string, number>();
        for (const { isIntersecting, target } of seen) {
          const conversationId = target.getAttribute('data-in');
          if (!isIntersecting || conversationId === null) continue;
          const order = Number(target.getAttribute('data-order'));
          orders.set(conversationId, Math.max(orders.get(conversationId) ?? 0, order));
        }
        for (const [conversationId, order] of orders) latest.current.onSeen(conversationId, order);
      },
      { root, threshold: 0.01, rootMargin: '0px 0px -12px 0px' },
    );
    const ids = new Set(unseen.split(' '));
    for (const row of root.querySelectorAll('[data-order]')) {
      const id = row.getAttribute('data-message-id') ?? row.getAttribute('data-covers');
      if (ids.has(id ?? '')) observer.observe(row);
    }
    return () => observer.disconnect();
  }, [viewport, isWatched, unseen]);
}

/** Asks for more when its place comes near the view. */
function useNear(
  viewport: RefObject<HTMLDivElement | null>,
  selector: string,
  isWanted: boolean,
  onNear: () => void,
) {
  const ask = useRef(onNear);
  useEffect(() => {
    ask.current = onNear;
  });
  useLayoutEffect(() => {
    const root = viewport.current;
    const mark = root?.querySelector(selector);
    if (!isWanted || root === null || mark === null || mark === undefined) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) ask.current();
      },
      { root, rootMargin: '400px 0px 400px 0px' },
    );
    observer.observe(mark);
    return () => observer.disconnect();
  }, [viewport, selector, isWanted]);
}
