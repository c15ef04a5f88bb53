'use client';

import { Check, ChevronLeft, ChevronRight, PanelRight, Tag as TagIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { SnoozeChoices } from '#/components/inbox/ticket/snooze-choices.tsx';
import { snoozeText } from '#/components/inbox/ticket/snooze-times.ts';
import { TagPicker } from '#/components/inbox/ticket/tag-picker.tsx';
import { factsOf } from '#/components/inbox/ticket/ticket-facts.tsx';
import { type TicketHeaderProps, ticketActs } from '#/components/inbox/ticket/ticket-header.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { TagDot } from '#/components/ui/tag-chip.tsx';

type Page = 'all' | 'status' | 'priority' | 'department' | 'assignee' | 'tags' | 'snooze';

const titles: Record<Page, string> = {
  all: 'Ticket',
  status: 'Status',
  priority: 'Priority',
  department: 'Department',
  assignee: 'Assignee',
  tags: 'Tags',
  snooze: 'Snooze',
};

/** Everything that can be done with a ticket, on a phone: one sheet, each choice a page of it. */
export function ActionsSheet(
  props: TicketHeaderProps & { start: Page; isOpen: boolean; onOpenChange(isOpen: boolean): void },
) {
  const [page, setPage] = useState<Page>(props.start);
  const { onOpenChange } = props;
  const close = () => onOpenChange(false);
  return (
    <Dialog title={titles[page]} isOpen={props.isOpen} onOpenChange={onOpenChange}>
      {page === 'all' ? null : (
        <button
          type="button"
          onClick={() => setPage('all')}
          className="-mx-2 -mt-3 mb-1 flex min-h-11 items-center gap-1 rounded-control px-2 font-medium text-text-muted"
        >
          <ChevronLeft className="size-4 rtl:rotate-180" aria-hidden="true" />
          All actions
        </button>
      )}
      {page === 'all' ? (
        <Everything {...props} onPage={setPage} onDone={close} />
      ) : page === 'tags' ? (
        <div className="-mx-5 -mb-5">
          <TagPicker
            chosen={props.row.tags}
            tags={props.catalogue.tags}
            createTag={props.ports.createTag}
            onChange={props.onChange}
          />
        </div>
      ) : page === 'snooze' ? (
        <div className="-mx-4 -mb-4">
          <SnoozeChoices
            row={props.row}
            zone={props.zone}
            onChoose={(until) => {
              props.onChange({ field: 'snooze', until });
              close();
            }}
          />
        </div>
      ) : (
        <Choices {...props} page={page} onDone={close} />
      )}
    </Dialog>
  );
}

function Everything(props: TicketHeaderProps & { onPage(page: Page): void; onDone(): void }) {
  const { row, onPage, onDone } = props;
  const { now } = useClock();
  const isDone = row.status === 'resolved' || row.status === 'closed';
  const isAsleep = row.status === 'snoozed' && row.snoozedUntil !== null;
  return (
    <div className="-mx-2 flex flex-col">
      {props.isClosed ? null : (
        <SheetRow
          icon={<StatusGlyph status={isDone ? 'open' : 'resolved'} />}
          words={isDone ? 'Reopen' : 'Resolve and open the next'}
          onPress={() => {
            if (isDone) props.onChange({ field: 'status', to: 'open' });
            else props.onResolveNext();
            onDone();
          }}
        />
      )}
      {factsOf(row, props.me, props.catalogue).map((fact) => (
        <SheetRow
          key={fact.menu}
          icon={fact.glyph}
          words={fact.name}
          value={fact.words}
          leads
          onPress={() => onPage(fact.menu)}
        />
      ))}
      <SheetRow
        icon={<TagIcon aria-hidden="true" strokeWidth={1.75} />}
        words="Tags"
        value={
          row.tags.length === 0 ? (
            'None'
          ) : (
            <span className="flex items-center gap-1">
              {row.tags.slice(0, 4).map((tag) => (
                <TagDot key={tag.id} color={tag.color} />
              ))}
              {row.tags.length === 1 ? row.tags[0]?.name : row.tags.length}
            </span>
          )
        }
        leads
        onPress={() => onPage('tags')}
      />
      <SheetRow
        icon={<StatusGlyph status="snoozed" />}
        words="Snooze"
        value={isAsleep ? `until ${snoozeText(row.snoozedUntil ?? '', now, props.zone)}` : ''}
        leads
        onPress={() => onPage('snooze')}
      />
      <SheetRow
        icon={<PanelRight aria-hidden="true" strokeWidth={1.75} className="rtl:rotate-180" />}
        words="Customer and timeline"
        onPress={() => {
          onDone();
          props.panel.setDrawn(true);
        }}
      />
      {ticketActs(props).map((group) => (
        <div key={group[0]?.name} className="mt-1 border-line border-t pt-1">
          {group.map((act) => (
            <SheetRow
              key={act.name}
              icon={act.icon}
              words={act.words}
              isBad={act.isBad === true}
              onPress={() => {
                onDone();
                act.run();
              }}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function Choices(
  props: TicketHeaderProps & { page: 'status' | 'priority' | 'department' | 'assignee'; onDone(): void },
) {
  const fact = factsOf(props.row, props.me, props.catalogue).find((each) => each.menu === props.page);
  if (fact === undefined) return null;
  return (
    <ul className="-mx-2 flex flex-col" aria-label={fact.name}>
      {fact.choices.map((choice) => (
        <li key={choice.value}>
          <button
            type="button"
            aria-pressed={choice.value === fact.value}
            onClick={() => {
              const change = fact.changeFor(choice.value);
              if (change !== null) props.onChange(change);
              props.onDone();
            }}
            className="flex min-h-11 w-full items-center gap-3 rounded-control px-2 text-start"
          >
            {choice.glyph}
            <bdi className="min-w-0 flex-1 truncate">{choice.label}</bdi>
            {choice.value === fact.value ? (
              <Check className="size-4 text-accent-ink" aria-hidden="true" />
            ) : null}
          </button>
        </li>
      ))}
    </ul>
  );
}

function SheetRow({
  icon,
  words,
  value,
  leads = false,
  isBad = false,
  onPress,
}: {
  icon: ReactNode;
  words: string;
  value?: ReactNode;
  /** Opens another page of the sheet. */
  leads?: boolean;
  isBad?: boolean;
  onPress(): void;
}) {
  return (
    <button
      type="button"
      onClick={onPress}
      className={`flex min-h-11 w-full items-center gap-3 rounded-control px-2 text-start ${isBad ? 'text-bad' : ''}`}
    >
      <span className="flex size-5 shrink-0 items-center justify-center text-text-muted [&_svg]:size-4">
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{words}</span>
      {value === undefined ? null : (
        <span className="min-w-0 max-w-[55%] truncate text-text-muted">{value}</span>
      )}
      {leads ? (
        <ChevronRight className="size-4 shrink-0 text-text-faint rtl:rotate-180" aria-hidden="true" />
      ) : null}
    </button>
  );
}
