'use client';

import { Users } from 'lucide-react';
import type { ComponentType, MouseEvent } from 'react';
import { countText } from '#/components/inbox/list/count-text.ts';
import type { Place } from '#/components/inbox/place.ts';
import { Tooltip } from '#/components/ui/tooltip.tsx';

export type SidebarIcon = ComponentType<{ className?: string; strokeWidth?: number; 'aria-hidden'?: 'true' }>;

export const sidebarRowLook =
  'flex h-8 min-w-0 items-center gap-2.5 rounded-control px-2 text-start text-text-muted no-underline transition-colors duration-120 hover:bg-bg-hover hover:text-text tablet:max-laptop:justify-center tablet:max-laptop:px-0 max-tablet:h-11 max-tablet:px-3';
export const currentRowLook = 'bg-bg-selected font-medium text-text';
/** On the rail words are for screen readers; a tooltip shows them. In the phone's sheet they are there. */
export const sidebarWordLook = 'min-w-0 flex-1 truncate tablet:max-laptop:sr-only';

/** The view that stands in the list's place; none while a search does. */
export function shownView(place: Place | null): Place['view'] | null {
  return place === null || place.search !== null ? null : place.view;
}

/** One place in the sidebar: its icon, its name and how much is in it. */
export function SidebarRow({
  icon: RowIcon,
  name,
  note = null,
  isShared = false,
  isBroken = false,
  count,
  keys,
  href,
  isCurrent,
  hasMenu = false,
  onFollow,
}: {
  icon: SidebarIcon | null;
  name: string;
  /** What else is to be known, in words; for tooltip and screen readers. */
  note?: string | null;
  isShared?: boolean;
  isBroken?: boolean;
  count: number | null;
  keys?: string | undefined;
  href: string;
  isCurrent: boolean;
  /** A menu appears in the count's place under the pointer. */
  hasMenu?: boolean;
  onFollow?: () => void;
}) {
  function onClick(event: MouseEvent) {
    if (onFollow === undefined || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onFollow();
  }
  return (
    <Tooltip
      label={note === null ? name : `${name}, ${note}`}
      keys={keys === '' ? undefined : keys}
      side="right"
    >
      <a
        href={href}
        onClick={onClick}
        draggable={false}
        aria-current={isCurrent ? 'page' : undefined}
        className={`${sidebarRowLook} flex-1 ${isCurrent ? currentRowLook : ''}`}
      >
        {RowIcon === null ? (
          <Initial name={name} />
        ) : (
          <RowIcon
            className={`size-4 shrink-0 ${isBroken ? 'text-warn' : ''}`}
            strokeWidth={1.75}
            aria-hidden="true"
          />
        )}
        <bdi className={sidebarWordLook}>{name}</bdi>
        {note === null ? null : <span className="sr-only">, {note}</span>}
        {isShared ? (
          <Users
            className="size-3.5 shrink-0 text-text-faint tablet:max-laptop:hidden"
            strokeWidth={1.75}
            aria-hidden="true"
          />
        ) : null}
        {count === null ? null : (
          <span
            className={`tabular text-12 text-text-muted tablet:max-laptop:sr-only ${hasMenu ? 'max-tablet:me-11 laptop:group-focus-within/view:invisible laptop:group-hover/view:invisible' : ''}`}
          >
            <bdi>{countText(count)}</bdi>
          </span>
        )}
      </a>
    </Tooltip>
  );
}

/** The first letter on a small tile: tells departments apart on the rail, where there is no room for words. */
function Initial({ name }: { name: string }) {
  return (
    <span
      aria-hidden="true"
      className="inline-flex size-4 shrink-0 items-center justify-center rounded-tail bg-bg-selected font-semibold text-[9px] leading-none"
    >
      {Array.from(name.trim())[0]?.toLocaleUpperCase() ?? '·'}
    </span>
  );
}
