'use client';

import { BadgeCheck, Ban, Clock, Globe, Mail, Phone, UserRound } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import { type Place, placeAfter, placeHref } from '#/components/inbox/place.ts';
import type { InboxPorts, OpenedTicket, TimelineChange } from '#/components/inbox/ports.ts';
import { EditInPlace } from '#/components/inbox/ticket/edit-in-place.tsx';
import { TicketTimeline } from '#/components/inbox/ticket/ticket-timeline.tsx';
import {
  fieldValueOf,
  kindOfValue,
  parseTyped,
  type TypedValue,
  typedText,
  type ValueKind,
} from '#/components/inbox/ticket/typed-value.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { Moment, useClock } from '#/components/ui/clock.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { dateText, momentText, timeThere } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { CustomField, FieldValue } from '#/lib/custom-fields/schema.ts';
import type { ChangeCustomerInput, CustomerCard } from '#/lib/customers/schema.ts';
import type { Result } from '#/lib/errors.ts';
import type { TicketChange, TicketRow } from '#/lib/tickets/schema.ts';

export type CustomerPanelProps = {
  row: TicketRow;
  opened: OpenedTicket | null;
  timeline: readonly TimelineChange[] | null;
  place: Place;
  fields: readonly CustomField[];
  zone: string | undefined;
  ports: Pick<InboxPorts, 'changeCustomer' | 'undoMerge'>;
  /** Counts up when somebody asked to change the customer's details. */
  editAsked: number;
  /** Nothing of the ticket can be changed any more. */
  isClosed: boolean;
  onChange(change: TicketChange): void;
  onGo(next: Partial<Place>): void;
  onBlock(): void;
  onReload(): void;
};

/** Who this is, what they had before, and what happened to this ticket. */
export function CustomerPanel(props: CustomerPanelProps) {
  const { row, opened, timeline } = props;
  const customer = opened?.customer ?? null;
  return (
    <div className="flex flex-col pb-6">
      <Identity row={row} customer={customer} />
      {customer === null ? <PanelSkeleton /> : <Contact {...props} customer={customer} />}
      {customer === null ? null : <Attributes {...props} customer={customer} />}
      <TicketFields {...props} />
      {opened === null || opened.actions.length === 0 ? null : <Actions actions={opened.actions} />}
      {opened === null ? null : <Merged {...props} opened={opened} />}
      {opened === null || opened.earlierTickets.length === 0 ? null : <Earlier {...props} opened={opened} />}
      <PanelPart title="Timeline">
        {timeline === null ? <SkeletonRows /> : <TicketTimeline changes={timeline} zone={props.zone} />}
      </PanelPart>
      {customer === null ? null : (
        <div className="border-line border-t px-4 pt-3">
          <Button size="small" tone={customer.isBlocked ? 'plain' : 'bad'} onClick={props.onBlock}>
            <Ban className="size-4" strokeWidth={1.75} aria-hidden="true" />
            {customer.isBlocked ? 'Unblock' : 'Block'}
          </Button>
        </div>
      )}
    </div>
  );
}

function Identity({ row, customer }: { row: TicketRow; customer: CustomerCard | null }) {
  const name = customerName(customer ?? row.customer);
  const isBlocked = customer?.isBlocked === true;
  return (
    <div className="flex h-12 items-center gap-2.5 border-line border-b px-4">
      <Avatar name={name} size={32} />
      <div className="min-w-0">
        <p className="flex items-center gap-1.5 font-semibold leading-4">
          <bdi className="truncate">{name}</bdi>
          {row.customer.isVerified ? (
            <BadgeCheck className="size-4 shrink-0 text-good" role="img" aria-label="Verified by your site" />
          ) : null}
        </p>
        <p className={`text-12 ${isBlocked ? 'text-bad' : 'text-text-muted'}`}>
          {isBlocked ? 'Blocked' : row.customer.isVerified ? 'Verified by your site' : 'Not verified'}
        </p>
      </div>
    </div>
  );
}

type WithCustomer = CustomerPanelProps & { customer: CustomerCard };

/** Keeps a change of the customer; the page then reads what everybody sees. */
function useKeepCustomer({ customer, ports, onReload }: WithCustomer) {
  return async (change: ChangeCustomerInput['change'], from: FieldValue | null): Promise<Result<unknown>> => {
    const result = await ports.changeCustomer({ customerId: customer.id, change, from });
    if (result.ok) onReload();
    else if (result.error.reason === 'changed_meanwhile') {
      onReload();
      const { by = null, value = null } = result.error.current ?? {};
      showToast(`${by ?? 'Somebody'} changed it to ${value ?? 'nothing'} a moment ago.`, 'bad');
    }
    return result;
  };
}

function Contact(props: WithCustomer) {
  const { customer } = props;
  const { now } = useClock();
  const keep = useKeepCustomer(props);
  const there = customer.timezone === null ? null : timeThere(customer.timezone, now);
  const line: ValueKind = { type: 'text', options: [] };
  const contact = (field: 'name' | 'email' | 'phone') => ({
    kind: line,
    text: customer[field] ?? '',
    parse: (typed: string): TypedValue => ({ ok: true, value: typed.trim() === '' ? null : typed.trim() }),
    onKeep: (value: FieldValue | null) =>
      keep({ field, to: value === null ? null : String(value) }, customer[field]),
  });
  return (
    <div className="px-4 pt-3 pb-4">
      <dl className="flex flex-col gap-0.5">
        <Fact icon={<UserRound />} name="Name">
          <EditInPlace name="Name" emptyWords="Add a name" {...contact('name')} startsOn={props.editAsked}>
            {customer.name === null ? null : <Signed customer={customer} of="name" text={customer.name} />}
          </EditInPlace>
        </Fact>
        <Fact icon={<Mail />} name="E-mail">
          <EditInPlace name="E-mail" emptyWords="Add an e-mail" inputMode="email" {...contact('email')}>
            {customer.email === null ? null : <Signed customer={customer} of="email" text={customer.email} />}
          </EditInPlace>
        </Fact>
        <Fact icon={<Phone />} name="Phone">
          <EditInPlace name="Phone" emptyWords="Add a phone" inputMode="tel" {...contact('phone')}>
            {customer.phone === null ? null : (
              <Signed customer={customer} of="phone" text={customer.phone} direction="ltr" />
            )}
          </EditInPlace>
        </Fact>
        {there === null ? null : (
          <Fact icon={<Clock />} name="Local time">
            <span
              className="tabular flex min-h-7 items-center max-tablet:min-h-11"
              title={customer.timezone ?? undefined}
            >
              {there} there
            </span>
          </Fact>
        )}
        {customer.lastPage === null ? null : (
          <Fact icon={<Globe />} name="Page">
            <span className="flex min-h-7 items-center max-tablet:min-h-11" title={customer.lastPage}>
              <span className="truncate">
                on <bdi>{pageWords(customer.lastPage)}</bdi>
              </span>
            </span>
          </Fact>
        )}
      </dl>
      <p className="pt-1.5 text-12 text-text-muted">
        {customer.lastSeenAt === null ? null : (
          <>
            Seen <Moment at={customer.lastSeenAt} say={momentText} /> ·{' '}
          </>
        )}
        first here <Moment at={customer.createdAt} say={firstHereText} />
      </p>
    </div>
  );
}

function Fact({ icon, name, children }: { icon: ReactNode; name: string; children: ReactNode }) {
  return (
    <div className="flex items-start gap-2.5">
      <dt className="flex h-7 items-center text-text-muted max-tablet:h-11 [&_svg]:size-4" title={name}>
        <span aria-hidden="true">{icon}</span>
        <span className="sr-only">{name}</span>
      </dt>
      <dd className="min-w-0 flex-1">{children}</dd>
    </div>
  );
}

/** Custom fields in their order, then whatever else the site told. */
function Attributes(props: WithCustomer) {
  const { customer } = props;
  const keep = useKeepCustomer(props);
  const fields = fieldsOf(props.fields, 'customer', customer.attributes);
  const others = Object.entries(customer.attributes).filter(
    ([key]) => !props.fields.some((field) => field.subject === 'customer' && field.key === key),
  );
  if (fields.length + others.length === 0) return null;
  return (
    <PanelPart title="Details">
      <dl className={gridLook}>
        {fields.map((field) => (
          <Valued
            key={field.key}
            name={field.label}
            kind={field}
            isLocked={field.isArchived}
            value={customer.attributes[field.key]}
            isSigned={customer.signedKeys.includes(field.key)}
            onKeep={(to, from) => keep({ field: 'attributes', key: field.key, to }, from)}
          />
        ))}
        {others.map(([key, value]) => (
          <Valued
            key={key}
            name={key}
            kind={kindOfValue(value)}
            isLocked={!/^[a-zA-Z][a-zA-Z0-9_]{0,39}$/.test(key)}
            value={value}
            isSigned={customer.signedKeys.includes(key)}
            onKeep={(to, from) => keep({ field: 'attributes', key, to }, from)}
          />
        ))}
      </dl>
      {customer.signedKeys.length === 0 ? null : (
        <p className="pt-1.5 text-12 text-text-muted">
          What your site signed is marked; the rest was told by its pages or by you.
        </p>
      )}
    </PanelPart>
  );
}

function TicketFields({ row, fields, isClosed, onChange }: CustomerPanelProps) {
  const shown = fieldsOf(fields, 'ticket', row.fields);
  if (shown.length === 0) return null;
  return (
    <PanelPart title="Ticket">
      <dl className={gridLook}>
        {shown.map((field) => (
          <Valued
            key={field.key}
            name={field.label}
            kind={field}
            isLocked={field.isArchived || isClosed}
            value={row.fields[field.key]}
            onKeep={async (to) => {
              onChange({ field: 'fields', key: field.key, to });
              return { ok: true, value: null };
            }}
          />
        ))}
      </dl>
    </PanelPart>
  );
}

const gridLook =
  'grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] items-start gap-x-3 max-tablet:gap-y-0 [&_dt]:flex [&_dt]:min-h-7 [&_dt]:items-center max-tablet:[&_dt]:min-h-11';

function Valued({
  name,
  kind,
  value,
  isLocked,
  isSigned = false,
  onKeep,
}: {
  name: string;
  kind: Pick<CustomField, 'type' | 'options'> | null;
  value: unknown;
  isLocked: boolean;
  isSigned?: boolean;
  onKeep(to: FieldValue | null, from: FieldValue | null): Promise<Result<unknown>>;
}) {
  const { now } = useClock();
  const known = fieldValueOf(value);
  return (
    <div className="contents">
      <dt className="truncate text-text-muted" title={name}>
        <bdi className="truncate">{name}</bdi>
      </dt>
      <dd className="min-w-0">
        {kind === null ? (
          <span dir="auto" className="wrap-anywhere flex min-h-7 items-center">
            {JSON.stringify(value)}
          </span>
        ) : (
          <EditInPlace
            name={name}
            kind={kind}
            text={typedText(known)}
            isLocked={isLocked}
            parse={(typed) => parseTyped(kind, typed)}
            onKeep={(to) => onKeep(to, known)}
          >
            {known === null ? null : <Marked isSigned={isSigned} text={shownValue(kind.type, known, now)} />}
          </EditInPlace>
        )}
      </dd>
    </div>
  );
}

/** A value, and whether the site itself vouches for it. */
function Marked({ isSigned, text, direction }: { isSigned: boolean; text: string; direction?: 'ltr' }) {
  if (!isSigned) return <bdi {...(direction === undefined ? {} : { dir: direction })}>{text}</bdi>;
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <bdi className="min-w-0 wrap-anywhere" {...(direction === undefined ? {} : { dir: direction })}>
        {text}
      </bdi>
      <BadgeCheck className="size-3.5 shrink-0 text-good" role="img" aria-label="Verified by your site" />
    </span>
  );
}

function Signed({
  customer,
  of,
  ...rest
}: {
  customer: CustomerCard;
  of: 'name' | 'email' | 'phone';
  text: string;
  direction?: 'ltr';
}) {
  return <Marked isSigned={customer.signedKeys.includes(of)} {...rest} />;
}

const actionsShownAtFirst = 5;

/** What the site's pages told by `track`: nobody vouches for it, and it is what a customer did a moment ago. */
function Actions({ actions }: { actions: OpenedTicket['actions'] }) {
  const [isWhole, setIsWhole] = useState(false);
  return (
    <PanelPart title="Last actions">
      <ol className="flex flex-col gap-2">
        {actions
          .slice(0, isWhole ? undefined : actionsShownAtFirst)
          .map(({ id, name, details, page, at }) => (
            <li key={id}>
              <p className="wrap-anywhere">
                <bdi>{name}</bdi>
                {Object.entries(details).map(([key, value]) => (
                  <span key={key} className="text-text-muted">
                    {' · '}
                    <bdi>{key}</bdi> <bdi>{typeof value === 'string' ? value : JSON.stringify(value)}</bdi>
                  </span>
                ))}
              </p>
              <p className="text-12 text-text-muted">
                <Moment at={at} say={momentText} className="tabular" />
                {page === null ? null : (
                  <>
                    {' on '}
                    <bdi title={page}>{pageWords(page)}</bdi>
                  </>
                )}
              </p>
            </li>
          ))}
      </ol>
      {isWhole || actions.length <= actionsShownAtFirst ? null : (
        <div className="-ms-2 pt-1.5">
          <Button size="small" tone="quiet" onClick={() => setIsWhole(true)}>
            Show {actions.length - actionsShownAtFirst} more
          </Button>
        </div>
      )}
    </PanelPart>
  );
}

function shownValue(type: CustomField['type'], value: FieldValue, now: number): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (type === 'date' && typeof value === 'string') {
    return Number.isNaN(Date.parse(value)) ? value : dateText(`${value}T12:00:00Z`, now, 'long', 'UTC');
  }
  return typeof value === 'number' ? value.toLocaleString() : value;
}

/** Archived fields are shown only where they still hold something. */
function fieldsOf(
  fields: readonly CustomField[],
  subject: CustomField['subject'],
  values: Readonly<Record<string, unknown>>,
): CustomField[] {
  return fields.filter(
    (field) => field.subject === subject && (!field.isArchived || values[field.key] !== undefined),
  );
}

/** Which tickets came into this one, each with its way back. */
function Merged({ opened, ports, onReload }: CustomerPanelProps & { opened: OpenedTicket }) {
  const [busyId, setBusyId] = useState<string | null>(null);
  if (opened.merged.length === 0) return null;
  return (
    <PanelPart title="Merged into this">
      <ul className="flex flex-col gap-1">
        {opened.merged.map((ticket) => (
          <li key={ticket.mergeId} className="flex min-h-7 items-center gap-2">
            <span className="tabular shrink-0 text-12 text-text-muted">#{ticket.number}</span>
            <bdi className="min-w-0 flex-1 truncate">{ticket.subject}</bdi>
            <Button
              size="small"
              tone="quiet"
              isBusy={busyId === ticket.mergeId}
              aria-label={`Take the merge with #${ticket.number} back`}
              onClick={() => {
                setBusyId(ticket.mergeId);
                void ports.undoMerge({ id: ticket.mergeId }).then((result) => {
                  setBusyId(null);
                  if (result.ok) onReload();
                  else showToast(failureText(result.error), 'bad');
                });
              }}
            >
              Undo
            </Button>
          </li>
        ))}
      </ul>
    </PanelPart>
  );
}

function Earlier({ opened, place, onGo }: CustomerPanelProps & { opened: OpenedTicket }) {
  return (
    <PanelPart title="Earlier">
      <ul className="-mx-2 flex flex-col">
        {opened.earlierTickets.map((ticket) => (
          <li key={ticket.id}>
            <a
              href={placeHref(placeAfter(place, { ticketId: ticket.id }))}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                onGo({ ticketId: ticket.id });
              }}
              className="flex min-h-8 items-center gap-2 rounded-control px-2 text-inherit no-underline transition-colors duration-120 hover:bg-bg-hover max-tablet:min-h-11"
            >
              <StatusGlyph status={ticket.status} isNamed />
              <bdi className="min-w-0 flex-1 truncate text-start">{ticket.subject}</bdi>
              <span className="tabular shrink-0 text-12 text-text-muted">#{ticket.number}</span>
            </a>
          </li>
        ))}
      </ul>
    </PanelPart>
  );
}

function PanelPart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-line border-t px-4 pt-3 pb-4">
      <h3 className="mb-1.5 font-medium text-12 text-text-muted">{title}</h3>
      {children}
    </section>
  );
}

function PanelSkeleton() {
  return (
    <div className="flex flex-col gap-3 px-4 pt-4 pb-5">
      <SkeletonLine width="70%" />
      <SkeletonLine width="45%" />
      <SkeletonLine width="60%" />
    </div>
  );
}

function SkeletonRows() {
  return (
    <div className="flex flex-col gap-3">
      <SkeletonLine width="80%" />
      <SkeletonLine width="50%" />
    </div>
  );
}

function firstHereText(at: string, now: number, zone: string | undefined): string {
  return now - Date.parse(at) < 7 * 86_400_000 ? momentText(at, now, zone) : dateText(at, now, 'short', zone);
}

// The path says where they are; the origin is nearly always the company's own.
function pageWords(page: string): string {
  if (!URL.canParse(page)) return page;
  const { pathname, hostname } = new URL(page);
  return pathname === '/' ? hostname : pathname;
}
