'use client';

import { Moon } from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import { firstName, rowTexts, tagsShown, viewersText } from '#/components/inbox/list/row-words.ts';
import { Waiting } from '#/components/inbox/list/waiting.tsx';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { PriorityGlyph, priorityNames, StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { TagChip, TagDot } from '#/components/ui/tag-chip.tsx';
import { momentText } from '#/components/ui/time-text.ts';
import type { TicketListRow } from '#/lib/tickets/schema.ts';

/** What a row tells of itself; the same functions for all rows, so that only rows that changed are drawn again. */
export type RowActs = {
  onOpen(ticketId: string): void;
  onCursor(ticketId: string): void;
  /** The pointer or the keyboard is on it: it may be opened next. */
  onNear(ticketId: string): void;
  onToggle(ticketId: string, isRange: boolean): void;
};

type TicketRowProps = RowActs & {
  row: TicketListRow;
  href: string;
  /** Its place, from 0, and how many there are; -1 while nobody knows. */
  index: number;
  setSize: number;
  topPx: number;
  heightPx: number;
  isCompact: boolean;
  /** How wide its lines are. */
  linePx: number;
  isOpen: boolean;
  isCursor: boolean;
  /** The one row that Tab reaches. */
  isTabStop: boolean;
  isTicked: boolean;
  /** Something is ticked: every row offers its box. */
  isTicking: boolean;
};

/** One ticket in the list: a link, so that it opens in its own tab too, and a box to tick it. */
export const TicketRow = memo(function TicketRow(props: TicketRowProps) {
  const { row, isOpen, isCursor, isTicked, isTicking } = props;
  const isUnread = row.unreadCount > 0;
  const tabIndex = props.isTabStop ? 0 : -1;
  function onClick(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    if (event.shiftKey && !isTicking) return;
    event.preventDefault();
    if (event.shiftKey) props.onToggle(row.id, true);
    else props.onOpen(row.id);
  }
  return (
    <li
      aria-setsize={props.setSize}
      aria-posinset={props.index + 1}
      data-row-id={row.id}
      className="group/row absolute inset-x-0 px-2 py-px"
      style={{ top: props.topPx, height: props.heightPx }}
    >
      <a
        href={props.href}
        data-ticket-id={row.id}
        tabIndex={tabIndex}
        aria-current={isOpen ? 'true' : undefined}
        onClick={onClick}
        onFocus={() => {
          props.onCursor(row.id);
          props.onNear(row.id);
        }}
        onPointerEnter={() => props.onNear(row.id)}
        className={`relative flex h-full flex-col justify-center rounded-control ps-7 pe-3 text-inherit no-underline transition-colors duration-120 focus-visible:-outline-offset-2 ${lookOf(isOpen, isTicked, isCursor)}`}
      >
        {isOpen ? (
          <span aria-hidden="true" className="absolute inset-y-2 start-0 w-[3px] rounded-full bg-accent" />
        ) : null}
        {isUnread ? (
          <>
            <span className="sr-only">Unread, </span>
            <span
              aria-hidden="true"
              className={`absolute start-2.5 top-1/2 size-2 -translate-y-1/2 rounded-full bg-accent group-focus-within/row:hidden group-hover/row:hidden ${isTicking ? 'hidden' : ''}`}
            />
          </>
        ) : null}
        {props.isCompact ? (
          <span className="flex min-w-0 items-center gap-2">
            <Name row={row} isUnread={isUnread} className="max-w-[36%] shrink-0" />
            {row.wokeAt === null ? null : (
              <Moon
                className="size-3.5 shrink-0 text-warn"
                strokeWidth={1.75}
                aria-label="Woken from snooze"
              />
            )}
            <Texts row={row} isUnread={isUnread} />
            <TagDots row={row} />
            <Marks row={row} />
            <Viewers row={row} isShort />
            <span className="flex min-w-11 shrink-0 justify-end">
              <Times row={row} />
            </span>
          </span>
        ) : (
          <>
            <span className="flex min-w-0 items-baseline gap-2">
              <Name
                row={row}
                isUnread={isUnread}
                className={`min-w-16 shrink ${row.wokeAt !== null || row.tags.length > 0 ? 'max-w-[58%]' : ''}`}
              />
              <span className="flex h-5 min-w-0 flex-1 items-center gap-1.5 self-center overflow-hidden">
                {row.wokeAt === null ? null : <Woken row={row} />}
                <Tags row={row} linePx={props.linePx} />
              </span>
              <Viewers row={row} />
              <Times row={row} />
            </span>
            <span className="flex min-w-0 items-center gap-2">
              <Texts row={row} isUnread={isUnread} />
              <Marks row={row} />
            </span>
          </>
        )}
      </a>
      <label
        className={`absolute start-2 top-0 flex h-full w-7 cursor-pointer items-center justify-center max-tablet:start-0 max-tablet:w-11 ${isTicking ? '' : 'opacity-0 focus-within:opacity-100 group-focus-within/row:opacity-100 group-hover/row:opacity-100 pointer-coarse:pointer-events-none'}`}
      >
        <input
          type="checkbox"
          checked={isTicked}
          tabIndex={tabIndex}
          aria-label={`Select ${customerName(row.customer)}, ${row.subject}`}
          onClick={(event) => {
            if (event.shiftKey) event.preventDefault();
          }}
          onClickCapture={(event) => {
            if (event.shiftKey) props.onToggle(row.id, true);
          }}
          onChange={() => props.onToggle(row.id, false)}
          className="size-4 cursor-pointer accent-accent"
        />
      </label>
    </li>
  );
});

// Open, ticked and under the cursor are three looks that can come together.
function lookOf(isOpen: boolean, isTicked: boolean, isCursor: boolean): string {
  if (isTicked) return 'bg-bg-selected';
  if (isOpen) return 'bg-accent-bg';
  return isCursor ? 'bg-bg-hover' : 'hover:bg-bg-hover';
}

type Part = { row: TicketListRow };

function Name({ row, isUnread, className }: Part & { isUnread: boolean; className: string }) {
  return (
    <bdi className={`truncate ${className} ${isUnread ? 'font-semibold' : 'font-medium'}`}>
      {customerName(row.customer)}
    </bdi>
  );
}

function Texts({ row, isUnread }: Part & { isUnread: boolean }) {
  const { title, excerpt } = rowTexts(row.subject, row.lastMessage);
  return (
    // The outer one stands at the page's side, the inner one is cut where its own language ends.
    <span className="flex min-w-0 flex-1">
      <span dir="auto" className="min-w-0 truncate">
        <bdi className={isUnread ? 'font-medium' : ''}>{title}</bdi>
        {excerpt === null ? null : (
          <span className="text-text-muted">
            {' – '}
            <bdi>{excerpt}</bdi>
          </span>
        )}
      </span>
    </span>
  );
}

/** Why a ticket is back at the top: who put it away, and when. */
function Woken({ row }: Part) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1 text-12 text-warn">
      <Moon className="size-3.5 shrink-0" strokeWidth={1.75} aria-hidden="true" />
      <span className="truncate">
        Snoozed
        {row.snoozedBy === null ? null : (
          <>
            {' by '}
            <bdi>{firstName(row.snoozedBy.name)}</bdi>
          </>
        )}
        {row.snoozedAt === null ? null : (
          <>
            {' '}
            <Moment at={row.snoozedAt} say={momentText} />
          </>
        )}
      </span>
    </span>
  );
}

function Tags({ row, linePx }: Part & { linePx: number }) {
  const shown = tagsShown({
    name: customerName(row.customer),
    tags: row.tags,
    isWoken: row.wokeAt !== null,
    viewers: viewersText(row.viewers),
    linePx,
  });
  const more = row.tags.slice(shown);
  if (row.tags.length === 0) return null;
  return (
    <span className="flex min-w-0 shrink-0 items-center gap-1">
      {row.tags.slice(0, shown).map((tag) => (
        <span key={tag.id} className="flex min-w-0 max-w-24">
          <TagChip name={tag.name} color={tag.color} />
        </span>
      ))}
      {more.length === 0 ? null : (
        <span
          className="tabular shrink-0 text-12 text-text-muted"
          title={more.map((tag) => tag.name).join(', ')}
        >
          <span aria-hidden="true">+{more.length}</span>
          <span className="sr-only">{more.map((tag) => tag.name).join(', ')}</span>
        </span>
      )}
    </span>
  );
}

/** Where there is room for one line only: colours, with the words on hover and for who listens. */
function TagDots({ row }: Part) {
  if (row.tags.length === 0) return null;
  const names = row.tags.map((tag) => tag.name).join(', ');
  return (
    <span className="flex shrink-0 gap-0.5" title={names}>
      <span className="sr-only">{names}</span>
      {row.tags.slice(0, 3).map((tag) => (
        <TagDot key={tag.id} color={tag.color} />
      ))}
    </span>
  );
}

/** Who else is there. Typing is said in words; looking is a face. */
function Viewers({ row, isShort = false }: Part & { isShort?: boolean }) {
  const text = viewersText(row.viewers);
  if (text === null) return null;
  const isTyping = row.viewers.some((viewer) => viewer.isTyping);
  const names = row.viewers.map((viewer) => viewer.name).join(', ');
  if (isTyping && !isShort) {
    return (
      <span className="max-w-32 shrink-0 truncate text-12 text-accent-ink" title={names}>
        {text}
      </span>
    );
  }
  return (
    <span className="flex shrink-0 items-center gap-1 self-center px-0.5" title={text}>
      <span className="sr-only">{text}</span>
      {row.viewers.slice(0, 2).map((viewer) => (
        <span key={viewer.id} className="inline-flex rounded-full ring-2 ring-accent">
          <Avatar name={viewer.name} size={16} />
        </span>
      ))}
    </span>
  );
}

function Times({ row }: Part) {
  return (
    <Waiting
      since={row.waitingSince}
      lastAt={row.lastActivityAt}
      until={row.status === 'snoozed' ? row.snoozedUntil : null}
    />
  );
}

function Marks({ row }: Part) {
  const { unreadCount } = row;
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      {unreadCount > 1 ? (
        <span className="tabular min-w-5 rounded-full bg-bg-selected px-1.5 text-center font-medium text-12 text-text-muted">
          {unreadCount > 99 ? '99+' : unreadCount}
          <span className="sr-only"> unread messages</span>
        </span>
      ) : null}
      {row.priority === 'normal' ? null : (
        <span title={`${priorityNames[row.priority]} priority`}>
          <PriorityGlyph priority={row.priority} isNamed />
        </span>
      )}
      <StatusGlyph status={row.status} isNamed />
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
  );
}
