'use client';

import { AlarmClock, AtSign, BellOff, CheckCheck, UserRoundPlus } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import { agoText } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { NotificationItem } from '#/lib/notifications/schema.ts';
import { useStore } from '#/lib/sync/hooks.ts';
import type { NotificationStore } from '#/lib/sync/notifications.ts';

/** What the agent was told, newest first; each leads to the message that it is about. */
export function NotificationList({
  store,
  onOpenItem,
}: {
  store: NotificationStore;
  onOpenItem(item: NotificationItem): void;
}) {
  const { items, unread, isLoading, failure, hasMore } = useStore(store);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    void store.load();
  }, [store]);

  async function readAll() {
    const refused = await store.read('all');
    if (refused !== null) showToast(failureText(refused), 'bad');
  }
  /** Arrows as in any list; the browser's own Tab goes on working. */
  function onKeyDown(event: KeyboardEvent<HTMLUListElement>) {
    const by = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const next = by === undefined ? undefined : buttons[at + by];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }

  return (
    <>
      <div className="flex h-12 shrink-0 items-center justify-between border-line border-b pr-2 pl-4">
        <h2 className="font-semibold text-14">Notifications</h2>
        <IconButton label="Mark all as read" disabled={unread === 0} onClick={() => void readAll()}>
          <CheckCheck aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto [scrollbar-width:thin]">
        {items.length > 0 ? (
          <ul ref={list} onKeyDown={onKeyDown} className="flex flex-col p-1.5">
            {items.map((item) => (
              <li key={item.id}>
                <NotificationLine
                  item={item}
                  onOpen={() => {
                    if (item.readAt === null) void store.read({ ids: [item.id] });
                    onOpenItem(item);
                  }}
                />
              </li>
            ))}
          </ul>
        ) : failure !== null ? (
          <EmptyState
            title="Notifications could not be loaded"
            actions={<Button onClick={() => void store.load()}>Try again</Button>}
          >
            {failureText(failure)}
          </EmptyState>
        ) : isLoading ? (
          <div aria-busy="true" className="flex flex-col gap-3 p-4">
            <SkeletonLine width="60%" />
            <SkeletonLine width="80%" />
          </div>
        ) : (
          <EmptyState icon={<BellOff aria-hidden="true" />} title="Nothing to tell you yet">
            You hear here when a colleague mentions you, assigns you a ticket, or a snoozed one wakes up.
          </EmptyState>
        )}
        {hasMore && items.length > 0 ? (
          <div className="flex justify-center p-2">
            <Button tone="quiet" isBusy={isLoading} onClick={() => void store.loadMore()}>
              Show earlier ones
            </Button>
          </div>
        ) : null}
      </div>
    </>
  );
}

function NotificationLine({ item, onOpen }: { item: NotificationItem; onOpen(): void }) {
  const isUnread = item.readAt === null;
  return (
    <button
      type="button"
      onClick={onOpen}
      className="flex w-full items-start gap-3 rounded-control px-2.5 py-2 text-start hover:bg-bg-hover max-tablet:min-h-11"
    >
      {item.actor === null ? (
        <span className="mt-0.5 flex size-6 shrink-0 items-center justify-center rounded-full bg-bg-sunken text-text-muted [&_svg]:size-4">
          <KindGlyph kind={item.kind} />
        </span>
      ) : (
        <span className="relative mt-0.5">
          <Avatar name={item.actor.name} size={24} />
          <span className="absolute -right-1.5 -bottom-1.5 flex size-4 items-center justify-center rounded-full bg-bg-overlay text-text-muted [&_svg]:size-3">
            <KindGlyph kind={item.kind} />
          </span>
        </span>
      )}
      <span className="flex min-w-0 flex-1 flex-col">
        <span className={isUnread ? 'font-medium' : 'text-text-muted'}>{deedWords(item)}</span>
        <span dir="auto" className="truncate text-12 text-text-muted">
          #{item.ticket.number} {item.ticket.subject}
        </span>
      </span>
      <span className="flex shrink-0 items-center gap-2 text-12 text-text-muted">
        <Moment at={item.at} say={agoText} />
        {isUnread ? (
          <span role="img" aria-label="unread" className="size-2 rounded-full bg-accent" />
        ) : (
          <span className="size-2" />
        )}
      </span>
    </button>
  );
}

function KindGlyph({ kind }: { kind: NotificationItem['kind'] }) {
  switch (kind) {
    case 'mention':
      return <AtSign aria-hidden="true" />;
    case 'assigned':
      return <UserRoundPlus aria-hidden="true" />;
    case 'woke':
      return <AlarmClock aria-hidden="true" />;
  }
}

function deedWords({ kind, actor }: NotificationItem): string {
  const who = actor?.name ?? 'Somebody';
  switch (kind) {
    case 'mention':
      return `${who} mentioned you`;
    case 'assigned':
      return `${who} assigned you a ticket`;
    case 'woke':
      return 'A snoozed ticket woke up';
  }
}
