'use client';

import type { MouseEvent } from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import { Waiting } from '#/components/inbox/list/waiting.tsx';
import { Avatar } from '#/components/ui/avatar.tsx';
import { PriorityGlyph, priorityNames, StatusGlyph } from '#/components/ui/status-glyph.tsx';
import type { TicketListRow } from '#/lib/tickets/schema.ts';

/** One ticket in the list: a link, so that it opens in its own tab too. */
export function TicketRow({
  row,
  href,
  isOpen,
  isCursor,
  onOpen,
  onCursor,
  onNear,
}: {
  row: TicketListRow;
  href: string;
  isOpen: boolean;
  isCursor: boolean;
  onOpen(): void;
  onCursor(): void;
  /** The pointer or the keyboard is on it: it may be opened next. */
  onNear(): void;
}) {
  const isUnread = row.unreadCount > 0;
  function onClick(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen();
  }
  return (
    <li className="px-2 [contain-intrinsic-size:auto_76px] [content-visibility:auto]">
      <a
        href={href}
        data-ticket-id={row.id}
        aria-current={isOpen ? 'true' : undefined}
        onClick={onClick}
        onFocus={() => {
          onCursor();
          onNear();
        }}
        onPointerEnter={onNear}
        className={`relative block rounded-control py-2 pr-3 pl-5 text-inherit no-underline transition-colors duration-120 focus-visible:-outline-offset-2 ${
          isOpen ? 'bg-accent-bg' : isCursor ? 'bg-bg-hover' : 'hover:bg-bg-hover'
        }`}
      >
        {isUnread ? (
          <span className="absolute top-[15px] left-1.5 size-2 rounded-full bg-accent">
            <span className="sr-only">Unread, </span>
          </span>
        ) : null}
        <span className="flex items-baseline gap-2">
          <span
            dir="auto"
            className={`min-w-0 flex-1 truncate text-left ${isUnread ? 'font-semibold' : 'font-medium'}`}
          >
            {customerName(row.customer)}
          </span>
          <Waiting since={row.waitingSince} lastAt={row.lastActivityAt} />
        </span>
        <span className="flex items-center gap-2">
          <bdi className={`min-w-0 flex-1 truncate text-left ${isUnread ? 'font-medium' : ''}`}>
            {row.subject}
          </bdi>
          {isUnread && row.unreadCount > 1 ? (
            <span className="tabular shrink-0 min-w-5 rounded-full bg-bg-selected px-1.5 text-center font-medium text-12 text-text-muted">
              {row.unreadCount > 99 ? '99+' : row.unreadCount}
              <span className="sr-only"> unread messages</span>
            </span>
          ) : null}
        </span>
        <span className="flex items-center gap-2 text-text-muted">
          <bdi className="min-w-0 flex-1 truncate text-left">{row.lastMessage ?? 'No message yet'}</bdi>
          <span className="flex shrink-0 items-center gap-1.5">
            {row.priority === 'normal' ? null : (
              <span title={`${priorityNames[row.priority]} priority`}>
                <PriorityGlyph priority={row.priority} isNamed />
              </span>
            )}
            {row.status === 'open' ? (
              <span className="sr-only">Open</span>
            ) : (
              <StatusGlyph status={row.status} isNamed />
            )}
            {row.assignee === null ? (
              <span
                role="img"
                aria-label="Unassigned"
                title="Unassigned"
                className="size-5 rounded-full border border-line-strong border-dashed"
              />
            ) : (
              <Avatar name={row.assignee.name} size={20} title={`Assigned to ${row.assignee.name}`} />
            )}
          </span>
        </span>
      </a>
    </li>
  );
}
