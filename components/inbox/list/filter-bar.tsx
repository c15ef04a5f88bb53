'use client';

import { Plus, X } from 'lucide-react';
import type { OpenFilter } from '#/components/inbox/list/filter-panel.tsx';
import { type Chip, chipsOf, withoutPart } from '#/components/inbox/list/filter-parts.ts';
import { chipText, partName, partValues } from '#/components/inbox/list/filter-words.ts';
import type { InboxListProps } from '#/components/inbox/list/list-props.ts';
import { useClock } from '#/components/ui/clock.tsx';
import { resolveFilter } from '#/lib/tickets/filter.ts';
import type { TicketFilter } from '#/lib/tickets/schema.ts';

export type FilterProps = Pick<InboxListProps, 'place' | 'catalogue' | 'me' | 'rows' | 'zone' | 'search'> & {
  /** The view's own conditions. */
  base: TicketFilter;
  onFilter(next: TicketFilter): void;
};

type PanelProps = { open: OpenFilter | null; onOpen(open: OpenFilter | null): void };

const quiet =
  'inline-flex h-7 items-center gap-1 rounded-full px-2 text-12 text-text-muted transition-colors duration-120 hover:bg-bg-hover hover:text-text max-tablet:h-11';

/** What the list is narrowed to, one chip for each condition. Nothing is drawn while there is none. */
export function FilterBar({
  saveLabel,
  onSave,
  ...props
}: FilterProps & PanelProps & { saveLabel: string | null; onSave(): void }) {
  const { place, base, open } = props;
  const chips = chipsOf(place.view, base, place.filter);
  const openPart = open?.part ?? null;
  // While its values are being changed a chip stays, even when the last one was just taken away.
  if (openPart !== null && !chips.some((chip) => chip.part === openPart))
    chips.push({ part: openPart, isOnTop: true, isAny: true });
  if (chips.length === 0) return null;
  return (
    <fieldset
      aria-label="Filters"
      // A fieldset is as wide as its longest word unless it is told otherwise.
      className="flex min-w-0 flex-wrap items-center gap-1.5 border-line border-b px-4 py-2"
    >
      {chips.map((chip) => (
        <FilterChip key={chip.part} chip={chip} {...props} />
      ))}
      <button
        type="button"
        aria-label="Add a filter"
        aria-haspopup="dialog"
        onClick={(event) => props.onOpen(open === null ? { part: null, anchor: event.currentTarget } : null)}
        className={`${quiet} px-1.5 max-tablet:w-11 max-tablet:justify-center`}
      >
        <Plus className="size-3.5" aria-hidden="true" />
      </button>
      {chips.some((chip) => chip.isOnTop) ? (
        <button type="button" className={quiet} onClick={() => props.onFilter({})}>
          Clear all
        </button>
      ) : null}
      {saveLabel === null ? null : (
        <button type="button" className={`${quiet} text-accent-ink`} onClick={onSave}>
          {saveLabel}
        </button>
      )}
    </fieldset>
  );
}

function FilterChip({ chip, ...props }: FilterProps & PanelProps & { chip: Chip }) {
  const { base, catalogue, place, open } = props;
  const { now, zone } = useClock();
  const isOpen = open?.part === chip.part;
  const values = partValues(chip.part, resolveFilter(base, place.filter), catalogue, {
    me: props.me,
    now,
    zone: zone ?? props.zone ?? undefined,
    customers: new Map(props.rows.map(({ customer }) => [customer.id, customer])),
  });
  const text = chipText(partName(chip.part, catalogue.fields), values);
  return (
    <span
      className={`inline-flex h-7 min-w-0 max-w-full items-center rounded-full border text-12 max-tablet:h-11 ${chip.isOnTop ? 'border-line-strong bg-bg-raised' : 'border-line border-dashed'}`}
    >
      <button
        type="button"
        title={values.join(', ')}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={(event) => props.onOpen(isOpen ? null : { part: chip.part, anchor: event.currentTarget })}
        className="h-full min-w-0 truncate rounded-s-full ps-2.5 pe-1 hover:bg-bg-hover aria-expanded:bg-bg-hover"
      >
        <bdi>{text}</bdi>
      </button>
      <button
        type="button"
        aria-label={`Remove the filter ${text}`}
        onClick={() => {
          if (isOpen) props.onOpen(null);
          props.onFilter(withoutPart(base, place.filter, chip));
        }}
        className="inline-flex h-full w-6 shrink-0 items-center justify-center rounded-e-full text-text-muted hover:bg-bg-hover hover:text-text max-tablet:w-11"
      >
        <X className="size-3" aria-hidden="true" />
      </button>
    </span>
  );
}
