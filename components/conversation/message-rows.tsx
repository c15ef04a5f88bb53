import { Fragment, type ReactNode } from 'react';
import { Avatar } from '#/components/conversation/avatar.tsx';
import { Bubble } from '#/components/conversation/bubble.tsx';
import { customerWords } from '#/components/conversation/change-words.ts';
import { type Around, type Placed, placeBubbles } from '#/components/conversation/grouping.ts';
import { Moment } from '#/components/conversation/moment.tsx';
import { OwnState } from '#/components/conversation/own-state.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import type { Bubble as BubbleEntry, ConversationSnapshot } from '#/lib/sync/conversation.ts';

/** What rows are told of their thread, and tell it. */
export type Thread = {
  snapshot: ConversationSnapshot;
  /** Stands for an agent who has no name. */
  fallbackName: string;
  onRetry(id: string): void;
  /** Takes a failed message back into the composer. */
  onEdit(id: string): void;
  /** Sends what this conversation does not take any more in a new one. */
  onFollowUp?(): void;
};

/** What every row of a thread goes by. */
export type RowProps = {
  list: Thread;
  /** Ids that do not rise. */
  known: ReadonlySet<string>;
  /** The message above which the line of what is new stands. */
  newFrom: string | null;
  /** The reader's newest message, which tells whether it was seen. */
  lastOwn: BubbleEntry | null;
};

/** Messages in their order, with the days that begin at them: items of a list. */
export function MessageRows({
  bubbles,
  before,
  after,
  list,
  known,
  newFrom,
  lastOwn,
}: RowProps & Around & { bubbles: readonly BubbleEntry[] }) {
  return placeBubbles(bubbles, { before, after }).map((item) => (
    <Fragment key={item.bubble.id}>
      {item.dayAt === null ? null : <DayLine at={item.dayAt} />}
      {item.bubble.id === newFrom ? <NewLine /> : null}
      <Row item={item} list={list} isLastOwn={item.bubble === lastOwn} isNew={!known.has(item.bubble.id)} />
    </Fragment>
  ));
}

function Row({
  item,
  list,
  isLastOwn,
  isNew,
}: {
  item: Placed;
  list: Thread;
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
    <li className="mt-2 mb-3 text-center text-12 font-medium text-text-faint">
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

/** Whether the reader wrote it. */
export function isOwn(bubble: BubbleEntry): boolean {
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
