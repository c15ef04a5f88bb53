'use client';

import { useEffect, useRef, useState } from 'react';
import { Avatar } from '#/components/conversation/avatar.tsx';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { Moment } from '#/components/conversation/moment.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import { HeaderButton } from '#/components/widget/header-button.tsx';
import { Presence } from '#/components/widget/presence.tsx';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import { useStore } from '#/lib/sync/hooks.ts';
import type { CustomerListSnapshot, CustomerListStore } from '#/lib/sync/widget.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';

/** The first thing seen: a greeting, what is going on already, and one clear way to write. */
export function HomeView({
  config,
  list,
  focusTurn,
  isReturn,
  onOpen,
  onStart,
  onClose,
}: {
  config: FrameConfig;
  list: CustomerListStore | null;
  focusTurn: number;
  /** Came back from a conversation: the focus must not be lost. */
  isReturn: boolean;
  onOpen(conversationId: string): void;
  onStart(): void;
  onClose(): void;
}) {
  const { say } = useWords();
  // The greeting takes the focus: it is read out, Tab leads on, and whoever opened it by mouse sees no ring.
  const greeting = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focusTurn > 0 || isReturn) greeting.current?.focus();
  }, [focusTurn, isReturn]);

  return (
    <>
      <div aria-hidden="true" className="pointer-events-none absolute inset-x-0 top-0 h-64 glow" />
      <header className="relative flex items-center justify-between gap-2 ps-6 pe-2 pt-2">
        <p className="truncate text-14 font-semibold text-text-muted">
          <bdi>{config.name}</bdi>
        </p>
        <HeaderButton shape="close" label={say('panel.close')} onClick={onClose} />
      </header>
      <div className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 pb-6">
        <h1
          ref={greeting}
          tabIndex={-1}
          className="outline-none px-2 pt-6 pb-3 text-28 font-semibold tracking-tight text-balance wrap-anywhere"
        >
          {say('home.greeting')}
        </h1>
        <div className="px-2 pb-6 text-14 text-text-muted">
          <Presence config={config} fallback={say('thread.answersHere')} />
        </div>
        <button
          type="button"
          onClick={onStart}
          className="group flex min-h-14 w-full items-center gap-3 rounded-card bg-accent px-4 py-3 text-start font-medium text-accent-text transition-shadow hover:shadow-float"
        >
          <span className="flex-1">{say('home.start')}</span>
          <span className="transition-transform group-hover:translate-x-0.5 rtl:-scale-x-100 rtl:group-hover:-translate-x-0.5">
            <Glyph shape="send" size={20} />
          </span>
        </button>
        {list === null ? (
          config.preChat === null ? (
            <p className="px-2 pt-3 text-13 text-text-muted">{say('home.line')}</p>
          ) : null
        ) : (
          <Conversations company={config.name} list={list} onOpen={onOpen} />
        )}
      </div>
    </>
  );
}

/** More than these are shown when they are asked for: the newest are what people come back for. */
const shownFirst = 20;

function Conversations({
  company,
  list,
  onOpen,
}: {
  company: string;
  list: CustomerListStore;
  onOpen(id: string): void;
}) {
  const { say } = useWords();
  const snapshot = useStore(list);
  const [isWhole, setIsWhole] = useState(false);
  const rows = useRef<HTMLUListElement>(null);
  // The button goes, so the focus goes on where what it brought begins.
  useEffect(() => {
    if (isWhole) rows.current?.children[shownFirst]?.querySelector('button')?.focus();
  }, [isWhole]);
  const shown = isWhole ? snapshot.conversations : snapshot.conversations.slice(0, shownFirst);
  const hidden = snapshot.conversations.length - shown.length;
  return (
    <section aria-label={say('home.conversations')} className="pt-6">
      {snapshot.conversations.length === 0 ? null : (
        <div className="flex items-baseline justify-between gap-3 px-2 pb-2 text-13 text-text-muted">
          <h2 className="font-medium">{say('home.conversations')}</h2>
          <span role="status">{snapshot.connection === 'offline' ? say('home.reconnecting') : null}</span>
        </div>
      )}
      {snapshot.isLoading && !isLost(snapshot) ? <LoadingRows /> : null}
      <Problem snapshot={snapshot} onRetry={list.wake} />
      <ul ref={rows} className="flex flex-col">
        {shown.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            company={company}
            conversation={conversation}
            onOpen={onOpen}
          />
        ))}
      </ul>
      {hidden > 0 ? (
        <button
          type="button"
          onClick={() => setIsWhole(true)}
          className="mt-1 h-11 w-full rounded-card text-14 font-medium text-accent-ink hover:bg-bg-hover"
        >
          {say('home.more', { count: hidden })}
        </button>
      ) : null}
    </section>
  );
}

function ConversationRow({
  company,
  conversation,
  onOpen,
}: {
  company: string;
  conversation: CustomerConversation;
  onOpen(id: string): void;
}) {
  const { say, ago, number } = useWords();
  const { assignee, unreadCount, lastMessage, lastMessageAt, status, subject } = conversation;
  const isUnread = unreadCount > 0;
  const isDone = status === 'resolved' || status === 'closed';
  return (
    <li>
      <button
        type="button"
        onClick={() => onOpen(conversation.id)}
        className="flex w-full items-center gap-3 rounded-card px-2 py-3 text-start transition-colors hover:bg-bg-hover"
      >
        {/* Of nobody yet, the company's own: a subject has no initials. */}
        <Avatar name={assignee?.name ?? company} id={assignee?.id ?? ''} size={40} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <bdi className={`min-w-0 truncate text-14 ${isUnread ? 'font-semibold' : 'font-medium'}`}>
              {subject}
            </bdi>
            {lastMessageAt === null ? null : (
              <Moment
                at={lastMessageAt}
                words={(at) => ago(at, Date.now())}
                className="ms-auto shrink-0 text-12 text-text-faint tabular-nums"
              />
            )}
          </span>
          <span className="flex items-center gap-2">
            <bdi className={`min-w-0 truncate text-13 ${isUnread ? 'text-text' : 'text-text-muted'}`}>
              {lastMessage ?? say('home.noMessages')}
            </bdi>
            {isUnread ? (
              <span className="ms-auto min-w-5 shrink-0 rounded-full bg-accent px-1.5 text-center text-12 leading-5 font-semibold text-accent-text tabular-nums">
                <span aria-hidden="true">{unreadCount > 99 ? `${number(99)}+` : number(unreadCount)}</span>
                <span className="sr-only">{say('home.unread', { count: unreadCount })}</span>
              </span>
            ) : null}
          </span>
          {assignee === null && !isDone ? null : (
            <span className="flex items-center gap-2 text-12 text-text-muted">
              {assignee === null ? null : (
                <span className="min-w-0 truncate">{say('home.with', { name: assignee.name })}</span>
              )}
              {isDone ? (
                <span className="flex shrink-0 items-center gap-1 text-good">
                  <Glyph shape="check" size={12} />
                  {say(status === 'closed' ? 'home.closed' : 'home.resolved')}
                </span>
              ) : null}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}

function Problem({ snapshot, onRetry }: { snapshot: CustomerListSnapshot; onRetry(): void }) {
  const { say } = useWords();
  if (!isLost(snapshot)) return null;
  return (
    <p role="alert" className="px-2 py-3 text-13 text-text-muted">
      {say('home.failed')}{' '}
      <button
        type="button"
        onClick={onRetry}
        className="relative font-medium text-accent-ink underline underline-offset-2 after:absolute after:-inset-x-3 after:-inset-y-3"
      >
        {say('panel.tryAgain')}
      </button>
    </p>
  );
}

/** There is nothing to wait for unless it is asked for again. */
function isLost({ failure, isLoading, connection }: CustomerListSnapshot): boolean {
  return failure !== null || (isLoading && connection === 'offline');
}

function LoadingRows() {
  return (
    <div aria-hidden="true" className="animate-fade [animation-delay:300ms]">
      {['one', 'two'].map((row) => (
        <div key={row} className="flex items-center gap-3 px-2 py-3">
          <span className="size-10 rounded-full bg-bg-sunken" />
          <span className="flex flex-1 flex-col gap-2">
            <span className="h-3 w-2/5 rounded-control bg-bg-sunken" />
            <span className="h-3 w-4/5 rounded-control bg-bg-sunken" />
          </span>
        </div>
      ))}
    </div>
  );
}
