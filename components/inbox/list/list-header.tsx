'use client';

import { ArrowUpDown, Bookmark, CheckSquare, ListFilter, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { countText } from '#/components/inbox/list/count-text.ts';
import { AddFilter, type FilterProps } from '#/components/inbox/list/filter-bar.tsx';
import { isFiltered } from '#/components/inbox/list/filter-parts.ts';
import { sortNames } from '#/components/inbox/place.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct, MenuChoices, MenuHeading, MenuLine } from '#/components/ui/menu.tsx';
import { type TicketSort, ticketSorts } from '#/lib/tickets/schema.ts';

/** The view's name and count, and the ways to order, narrow and search it. */
export function ListHeader({
  name,
  count,
  notifications,
  isFilterOpen,
  onFilterOpen,
  onSort,
  onSearch,
  onTick,
  onSaveView,
  ...filter
}: FilterProps & {
  name: string;
  count: number | null;
  notifications: ReactNode;
  isFilterOpen: boolean;
  onFilterOpen(isOpen: boolean): void;
  onSort(sort: TicketSort): void;
  onSearch(): void;
  /** Every row offers its box. */
  onTick(): void;
  onSaveView(): void;
}) {
  const { place } = filter;
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
      <AddFilter
        {...filter}
        align="end"
        isOpen={isFilterOpen}
        onOpenChange={onFilterOpen}
        trigger={
          <IconButton label="Filter" isPressed={isFiltered(place.filter)}>
            <ListFilter aria-hidden="true" strokeWidth={1.75} />
          </IconButton>
        }
      />
      <Menu
        align="end"
        trigger={
          <IconButton label={`Sort: ${sortNames[place.sort]}`}>
            <ArrowUpDown aria-hidden="true" strokeWidth={1.75} />
          </IconButton>
        }
      >
        <MenuHeading>Sort by</MenuHeading>
        <MenuChoices
          label="Sort by"
          value={place.sort}
          choices={ticketSorts.map((value) => ({ value, label: sortNames[value] }))}
          onChoose={(value) => {
            const sort = ticketSorts.find((each) => each === value);
            if (sort !== undefined) onSort(sort);
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
