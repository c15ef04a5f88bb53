'use client';

import { ArrowUpDown, Bookmark, CheckSquare, ListFilter, Search } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { countText } from '#/components/inbox/list/count-text.ts';
import { sortNames } from '#/components/inbox/place.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct, MenuChoices, MenuHeading, MenuLine } from '#/components/ui/menu.tsx';
import { type TicketSort, ticketSorts } from '#/lib/tickets/schema.ts';

/** The view's name and count, and the ways to order, narrow and search it. */
export function ListHeader({
  name,
  count,
  notifications,
  isFiltered,
  sort,
  filterPlace,
  isFilterOpen,
  onFilter,
  onSort,
  onSearch,
  onTick,
  onSaveView,
}: {
  name: string;
  count: number | null;
  notifications: ReactNode;
  isFiltered: boolean;
  sort: TicketSort;
  /** Around the filter's button. */
  filterPlace: RefObject<HTMLSpanElement | null>;
  isFilterOpen: boolean;
  onFilter(): void;
  onSort(sort: TicketSort): void;
  onSearch(): void;
  /** Every row offers its box. */
  onTick(): void;
  onSaveView(): void;
}) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-0.5 border-line border-b ps-5 pe-2">
      <h1 className="min-w-0 flex-1 truncate font-semibold text-14">
        <bdi>{name}</bdi>
        {count === null ? null : (
          <span className="tabular font-normal text-text-muted">
            {' '}
            · <bdi>{countText(count)}</bdi>
          </span>
        )}
      </h1>
      <span ref={filterPlace} className="inline-flex">
        <IconButton
          label="Filter"
          aria-haspopup="dialog"
          aria-expanded={isFilterOpen}
          isPressed={isFiltered}
          onClick={onFilter}
        >
          <ListFilter aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      </span>
      <Menu
        align="end"
        trigger={
          <IconButton label={`Sort: ${sortNames[sort]}`}>
            <ArrowUpDown aria-hidden="true" strokeWidth={1.75} />
          </IconButton>
        }
      >
        <MenuHeading>Sort by</MenuHeading>
        <MenuChoices
          label="Sort by"
          value={sort}
          choices={ticketSorts.map((value) => ({ value, label: sortNames[value] }))}
          onChoose={(value) => {
            const next = ticketSorts.find((each) => each === value);
            if (next !== undefined) onSort(next);
          }}
        />
        <MenuLine />
        <MenuAct icon={<CheckSquare aria-hidden="true" strokeWidth={1.75} />} onChoose={onTick}>
          Select tickets
        </MenuAct>
        <MenuAct icon={<Bookmark aria-hidden="true" strokeWidth={1.75} />} onChoose={onSaveView}>
          Save as a view
        </MenuAct>
      </Menu>
      <span className="tablet:hidden">
        <IconButton label="Search" onClick={onSearch}>
          <Search aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      </span>
      {notifications === undefined ? null : <span className="tablet:hidden">{notifications}</span>}
    </header>
  );
}
