'use client';

import { ArrowLeft, Plus, X } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { ChoiceList } from '#/components/inbox/list/choice-list.tsx';
import {
  type Chip,
  chipsOf,
  type FilterPart,
  fieldPart,
  withoutPart,
} from '#/components/inbox/list/filter-parts.ts';
import { chipText, partName, partValues } from '#/components/inbox/list/filter-words.ts';
import { FloatingPanel } from '#/components/inbox/list/floating-panel.tsx';
import type { InboxListProps } from '#/components/inbox/list/list-props.ts';
import { PartEditor } from '#/components/inbox/list/part-editor.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { resolveFilter } from '#/lib/tickets/filter.ts';
import type { TicketFilter } from '#/lib/tickets/schema.ts';

export type FilterProps = Pick<InboxListProps, 'place' | 'catalogue' | 'me' | 'rows' | 'zone'> & {
  /** The view's own conditions. */
  base: TicketFilter;
  onFilter(next: TicketFilter): void;
};

const quiet =
  'inline-flex h-7 items-center gap-1 rounded-full px-2 text-12 text-text-muted transition-colors duration-120 hover:bg-bg-hover hover:text-text max-tablet:h-11';

/** What the list is narrowed to, one chip for each condition. Nothing is drawn while there is none. */
export function FilterBar({
  saveLabel,
  onSave,
  ...props
}: FilterProps & { saveLabel: string | null; onSave(): void }) {
  const { place, base } = props;
  const chips = chipsOf(place.view, base, place.filter);
  if (chips.length === 0) return null;
  const hasOwn = chips.some((chip) => chip.isOnTop);
  return (
    <fieldset
      aria-label="Filters"
      className="flex flex-wrap items-center gap-1.5 border-line border-b px-4 py-2"
    >
      {chips.map((chip) => (
        <FilterChip key={chip.part} chip={chip} {...props} />
      ))}
      <AddFilter
        {...props}
        trigger={
          <button type="button" aria-label="Add a filter" className={`${quiet} px-1.5`}>
            <Plus className="size-3.5" aria-hidden="true" />
          </button>
        }
      />
      {hasOwn ? (
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

function FilterChip({ chip, ...props }: FilterProps & { chip: Chip }) {
  const [isOpen, setIsOpen] = useState(false);
  const { base, catalogue, place } = props;
  const { now, zone } = useClock();
  const name = partName(chip.part, catalogue.fields);
  const values = partValues(chip.part, resolveFilter(base, place.filter), catalogue, {
    me: props.me,
    now,
    zone: zone ?? props.zone ?? undefined,
    customers: new Map(props.rows.map(({ customer }) => [customer.id, customer])),
  });
  const text = chipText(name, values);
  return (
    <span
      className={`inline-flex h-7 min-w-0 max-w-full items-center rounded-full border text-12 max-tablet:h-11 ${chip.isOnTop ? 'border-line-strong bg-bg-raised' : 'border-line border-dashed'}`}
    >
      <FloatingPanel
        label={name}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          <button
            type="button"
            title={values.join(', ')}
            className="h-full min-w-0 truncate rounded-s-full ps-2.5 pe-1 hover:bg-bg-hover"
          >
            <bdi>{text}</bdi>
          </button>
        }
      >
        <PartEditor {...props} part={chip.part} onTop={place.filter} onDone={() => setIsOpen(false)} />
      </FloatingPanel>
      <button
        type="button"
        aria-label={`Remove the filter ${text}`}
        onClick={() => props.onFilter(withoutPart(base, place.filter, chip))}
        className="inline-flex h-full w-6 shrink-0 items-center justify-center rounded-e-full text-text-muted hover:bg-bg-hover hover:text-text max-tablet:w-11"
      >
        <X className="size-3" aria-hidden="true" />
      </button>
    </span>
  );
}

/** First what to filter by, then its values, in one panel. */
export function AddFilter({
  trigger,
  isOpen,
  onOpenChange,
  align = 'start',
  ...props
}: FilterProps & {
  trigger: ReactElement;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  align?: 'start' | 'end';
}) {
  const [isOpenHere, setIsOpenHere] = useState(false);
  const [part, setPart] = useState<FilterPart | null>(null);
  const { fields } = props.catalogue;
  function setOpen(next: boolean) {
    if (next) setPart(null);
    setIsOpenHere(next);
    onOpenChange?.(next);
  }
  const parts: FilterPart[] = [
    'status',
    'priority',
    'assignee',
    'department',
    'tag',
    'customer',
    'created',
    'waiting',
    ...fields.filter((field) => !field.isArchived).map(fieldPart),
  ];
  return (
    <FloatingPanel
      label={part === null ? 'Filter by' : partName(part, fields)}
      trigger={trigger}
      isOpen={isOpen ?? isOpenHere}
      onOpenChange={setOpen}
      align={align}
    >
      {part === null ? (
        <ChoiceList
          label="Filter by"
          placeholder="Filter by…"
          choices={parts.map((each) => ({
            id: each,
            label: each === 'waiting' ? 'Waiting longer than' : partName(each, fields),
            ...(each.startsWith('field:customer') ? { hint: 'Customer' } : {}),
            ...(each.startsWith('field:ticket') ? { hint: 'Ticket' } : {}),
          }))}
          chosen={new Set()}
          onChoose={(id) => setPart(parts.find((each) => each === id) ?? null)}
        />
      ) : (
        <>
          <button
            type="button"
            onClick={() => setPart(null)}
            className="flex h-9 w-full items-center gap-2 border-line border-b px-3 text-start font-medium text-13 hover:bg-bg-hover max-tablet:h-11"
          >
            <ArrowLeft className="size-4 text-text-muted rtl:rotate-180" aria-hidden="true" />
            <span className="sr-only">Back to all filters from </span>
            {partName(part, fields)}
          </button>
          <StepFocus key={part}>
            <PartEditor {...props} part={part} onTop={props.place.filter} onDone={() => setOpen(false)} />
          </StepFocus>
        </>
      )}
    </FloatingPanel>
  );
}

/** Another step of the same panel takes the focus into its first field. */
function StepFocus({ children }: { children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    body.current?.querySelector<HTMLElement>('input, button')?.focus();
  }, []);
  return <div ref={body}>{children}</div>;
}
