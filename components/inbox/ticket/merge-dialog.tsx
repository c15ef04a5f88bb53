'use client';

import { ArrowRight, ArrowRightLeft } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { InboxPorts } from '#/components/inbox/ports.ts';
import { changeWords } from '#/components/inbox/ticket/change-words.ts';
import { Button } from '#/components/ui/button.tsx';
import { Moment, useClock } from '#/components/ui/clock.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { TextField } from '#/components/ui/field.tsx';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { dateText, momentText } from '#/components/ui/time-text.ts';
import type { Failure } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { MergedTickets, MergePreview } from '#/lib/merges/schema.ts';
import { type TicketRow, ticketStatuses } from '#/lib/tickets/schema.ts';

type Ports = Pick<InboxPorts, 'inbox' | 'fetchMergePreview' | 'mergeTickets'>;
type Loaded<Value> = { value: Value | null; failure: Failure | null };

const nothing = { value: null, failure: null };
const offeredMax = 100;

/** Makes one ticket of two of the same customer: find the other, see the joined thread and the direction, merge. */
export function MergeDialog({
  row,
  customer,
  ports,
  zone,
  isOpen,
  onOpenChange,
  onMerged,
}: {
  row: TicketRow;
  customer: string;
  ports: Ports;
  zone: string | undefined;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  onMerged(merged: MergedTickets): void;
}) {
  const [other, setOther] = useState<TicketRow | null>(null);
  return (
    <Dialog
      title={other === null ? `Merge #${row.number} with…` : 'Merge these two?'}
      description={
        other === null
          ? `Another ticket of ${customer}. Everything of one moves into the other; it can be taken back.`
          : 'This is what the thread will look like.'
      }
      width="wide"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
    >
      {other === null ? (
        <FindOther row={row} ports={ports} onChoose={setOther} />
      ) : (
        <Preview
          row={row}
          other={other}
          ports={ports}
          zone={zone}
          onBack={() => setOther(null)}
          onMerged={onMerged}
        />
      )}
    </Dialog>
  );
}

function FindOther({
  row,
  ports,
  onChoose,
}: {
  row: TicketRow;
  ports: Ports;
  onChoose(other: TicketRow): void;
}) {
  const [found, setFound] = useState<Loaded<readonly TicketRow[]>>(nothing);
  const [query, setQuery] = useState('');
  const { now } = useClock();
  const customerId = row.customer.id;
  useEffect(() => {
    let isCurrent = true;
    const filter = { customer: customerId, status: [...ticketStatuses] };
    void ports.inbox
      .listTickets({ view: 'all', filter, sort: 'newest', limit: offeredMax })
      .then((result) => {
        if (isCurrent) {
          setFound(
            result.ok
              ? { value: result.value.tickets, failure: null }
              : { value: null, failure: result.error },
          );
        }
      });
    return () => {
      isCurrent = false;
    };
  }, [ports, customerId]);

  const others = (found.value ?? []).filter((each) => each.id !== row.id);
  const shown = fittingTickets(others, query);
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label="Number or subject"
        name="ticket"
        placeholder="#1042"
        value={query}
        onChange={setQuery}
        autoComplete="off"
      />
      {found.failure !== null ? (
        <p role="alert" className="text-bad">
          {failureText(found.failure)}
        </p>
      ) : found.value === null ? (
        <Skeletons />
      ) : shown.length === 0 ? (
        <p className="py-4 text-center text-text-muted">
          {others.length === 0
            ? 'This customer has no other ticket that you can see.'
            : 'No ticket of this customer has that number or subject.'}
        </p>
      ) : (
        <ul className="-mx-2 flex flex-col">
          {shown.map((each) => (
            <li key={each.id}>
              <button
                type="button"
                onClick={() => onChoose(each)}
                className="flex min-h-11 w-full items-center gap-3 rounded-control px-2 text-start transition-colors duration-120 hover:bg-bg-hover"
              >
                <StatusGlyph status={each.status} isNamed />
                <span className="tabular shrink-0 text-text-muted">#{each.number}</span>
                <span className="flex min-w-0 flex-1 flex-col">
                  <bdi className="truncate font-medium">{each.subject}</bdi>
                  {each.lastMessage === null ? null : (
                    <bdi className="truncate text-12 text-text-muted">{each.lastMessage}</bdi>
                  )}
                </span>
                <span className="tabular shrink-0 text-12 text-text-muted">
                  {dateText(each.createdAt, now, 'short')}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Tickets whose number begins with, or whose subject holds, what was typed. */
export function fittingTickets<Row extends Pick<TicketRow, 'number' | 'subject'>>(
  rows: readonly Row[],
  query: string,
): Row[] {
  const wanted = query.trim().toLocaleLowerCase();
  const digits = /^#?(\d+)$/.exec(wanted)?.[1];
  return rows.filter(
    (row) =>
      (digits !== undefined && String(row.number).startsWith(digits)) ||
      row.subject.toLocaleLowerCase().includes(wanted),
  );
}

function Preview({
  row,
  other,
  ports,
  zone,
  onBack,
  onMerged,
}: {
  row: TicketRow;
  other: TicketRow;
  ports: Ports;
  zone: string | undefined;
  onBack(): void;
  onMerged(merged: MergedTickets): void;
}) {
  // The one that was opened first is the one that people know by its number.
  const [isInto, setIsInto] = useState(other.number < row.number);
  const [preview, setPreview] = useState<Loaded<MergePreview>>(nothing);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  // Once for this dialog: pressed twice, it is the same merge.
  const [mergeId] = useState(newId);
  useEffect(() => {
    let isCurrent = true;
    void ports.fetchMergePreview({ ticketId: row.id, with: other.id }).then((result) => {
      if (isCurrent)
        setPreview(
          result.ok ? { value: result.value, failure: null } : { value: null, failure: result.error },
        );
    });
    return () => {
      isCurrent = false;
    };
  }, [ports, row.id, other.id]);

  const source = isInto ? row : other;
  const target = isInto ? other : row;
  async function merge() {
    setIsBusy(true);
    const result = await ports.mergeTickets({ id: mergeId, sourceId: source.id, targetId: target.id });
    setIsBusy(false);
    if (result.ok) onMerged(result.value);
    else setFailure(result.error);
  }

  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2 rounded-card border border-line p-2 max-tablet:flex-col max-tablet:items-stretch">
        <Side row={source} fate="is closed" />
        <ArrowRight
          className="mx-1 size-5 shrink-0 text-text-muted max-tablet:mx-auto max-tablet:rotate-90 tablet:rtl:rotate-180"
          role="img"
          aria-label="goes into"
        />
        <Side row={target} fate="stays" />
      </div>
      <div className="flex items-center gap-3 text-text-muted">
        <p className="min-w-0 flex-1">
          Everything of #{source.number} moves into #{target.number}. The customer keeps both conversations.
        </p>
        <Button size="small" onClick={() => setIsInto(!isInto)}>
          <ArrowRightLeft className="size-4" strokeWidth={1.75} aria-hidden="true" />
          Other way round
        </Button>
      </div>
      <PreviewThread preview={preview} source={source} zone={zone} />
      {failure === null ? null : (
        <p role="alert" className="text-bad">
          {mergeFailureText(failure)}
        </p>
      )}
      <div className="sticky bottom-0 -mx-5 -mb-5 flex justify-end gap-2 border-line border-t bg-bg-overlay px-5 py-3">
        <Button onClick={onBack}>Back</Button>
        <Button tone="primary" isBusy={isBusy} onClick={() => void merge()}>
          Merge into #{target.number}
        </Button>
      </div>
    </div>
  );
}

function Side({ row, fate }: { row: TicketRow; fate: string }) {
  return (
    <div className="flex min-w-0 flex-1 items-center gap-2 px-1">
      <StatusGlyph status={row.status} isNamed />
      <span className="flex min-w-0 flex-col">
        <bdi className="truncate font-medium">{row.subject}</bdi>
        <span className="tabular text-12 text-text-muted">
          #{row.number} · {fate}
        </span>
      </span>
    </div>
  );
}

function PreviewThread({
  preview,
  source,
  zone,
}: {
  preview: Loaded<MergePreview>;
  source: TicketRow;
  zone: string | undefined;
}) {
  const { now } = useClock();
  if (preview.failure !== null) {
    return (
      <p role="alert" className="text-bad">
        {failureText(preview.failure)}
      </p>
    );
  }
  if (preview.value === null) return <Skeletons />;
  const { entries, ticket, other, hasMore } = preview.value;
  return (
    <ol
      aria-label="The joined thread"
      className="flex max-h-[38vh] flex-col gap-2 overflow-y-auto rounded-card bg-bg-sunken p-3 [scrollbar-width:thin]"
    >
      {hasMore ? (
        <li className="text-center text-12 text-text-muted">Earlier messages are not shown</li>
      ) : null}
      {entries.map(({ entry, ticketId }) => {
        const isMoved = ticketId === source.id;
        const { number } = ticketId === ticket.id ? ticket : other;
        return (
          <li
            key={entry.id}
            className={`flex gap-3 border-s-2 ps-3 ${isMoved ? 'border-accent-ink' : 'border-line-strong'}`}
          >
            <span className="tabular w-12 shrink-0 text-12 text-text-muted leading-5">#{number}</span>
            <span className="flex min-w-0 flex-1 flex-col">
              {entry.kind === 'event' ? (
                <bdi className="text-text-muted">
                  {entry.change === null ? '' : changeWords(entry.change, entry.sender, now, zone)}
                </bdi>
              ) : (
                <>
                  <span className="flex gap-2 text-12 text-text-muted">
                    <bdi className="truncate font-medium">{writerOf(entry)}</bdi>
                    {entry.kind === 'note' ? <span className="text-note-text">Note</span> : null}
                  </span>
                  <bdi className="wrap-anywhere line-clamp-3 whitespace-pre-wrap">{entry.text}</bdi>
                </>
              )}
            </span>
            <Moment
              at={entry.sentAt}
              say={momentText}
              className="tabular shrink-0 whitespace-nowrap text-12 text-text-muted leading-5"
            />
          </li>
        );
      })}
    </ol>
  );
}

function writerOf({ sender }: MergePreview['entries'][number]['entry']): string {
  if (sender.kind === 'system') return 'Parley';
  return sender.name ?? 'The customer';
}

function mergeFailureText(failure: Failure): string {
  const went = failure.current?.value == null ? '' : ` It went into #${failure.current.value}.`;
  switch (failure.reason) {
    case 'same_ticket':
      return 'These two are one ticket already.';
    case 'other_customer':
      return 'These two are of different customers.';
    case 'source_merged':
      return `The first one was merged by somebody else a moment ago.${went}`;
    case 'target_merged':
      return `The second one was merged by somebody else a moment ago.${went}`;
    default:
      return failureText(failure);
  }
}

function Skeletons() {
  return (
    <div className="flex flex-col gap-4 py-3" aria-busy="true">
      <SkeletonLine width="80%" />
      <SkeletonLine width="60%" />
      <SkeletonLine width="70%" />
    </div>
  );
}
