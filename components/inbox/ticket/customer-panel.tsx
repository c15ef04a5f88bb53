'use client';

import { BadgeCheck, Clock, Globe, Mail, Phone } from 'lucide-react';
import type { ReactNode } from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import { type Place, placeHref } from '#/components/inbox/place.ts';
import type { OpenedTicket, TimelineChange } from '#/components/inbox/ports.ts';
import { timelineWords } from '#/components/inbox/ticket/timeline-words.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Moment, useClock } from '#/components/ui/clock.tsx';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { dateText, momentText, timeThere } from '#/components/ui/time-text.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

export type CustomerPanelProps = {
  row: TicketRow;
  opened: OpenedTicket | null;
  timeline: readonly TimelineChange[] | null;
  place: Place;
  onGo(next: Partial<Place>): void;
};

/** Who this is, what they had before, and what happened to this ticket. */
export function CustomerPanel({ row, opened, timeline, place, onGo }: CustomerPanelProps) {
  const customer = opened?.customer ?? null;
  const name = customerName(customer ?? row.customer);
  return (
    <div className="flex flex-col pb-6">
      <div className="flex h-12 items-center gap-2.5 border-line border-b px-4">
        <Avatar name={name} size={32} />
        <div className="min-w-0">
          <p className="flex items-center gap-1.5 font-semibold leading-4">
            <bdi className="truncate">{name}</bdi>
            {row.customer.isVerified ? (
              <BadgeCheck
                className="size-4 shrink-0 text-good"
                role="img"
                aria-label="Verified by your site"
              />
            ) : null}
          </p>
          <p className="text-12 text-text-muted">
            {row.customer.isVerified ? 'Verified by your site' : 'Not verified'}
          </p>
        </div>
      </div>
      {customer === null ? <PanelSkeleton /> : <Facts customer={customer} />}
      {customer === null ? null : <Attributes attributes={customer.attributes} />}
      {opened === null || opened.earlierTickets.length === 0 ? null : (
        <PanelPart title="Earlier">
          <ul className="-mx-2 flex flex-col">
            {opened.earlierTickets.map((ticket) => (
              <li key={ticket.id}>
                <a
                  href={placeHref({ ...place, ticketId: ticket.id })}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                    event.preventDefault();
                    onGo({ ticketId: ticket.id });
                  }}
                  className="flex min-h-8 items-center gap-2 rounded-control px-2 text-inherit no-underline transition-colors duration-120 hover:bg-bg-hover max-tablet:min-h-11"
                >
                  <StatusGlyph status={ticket.status} isNamed />
                  <bdi className="min-w-0 flex-1 truncate text-left">{ticket.subject}</bdi>
                  <span className="tabular shrink-0 text-12 text-text-muted">#{ticket.number}</span>
                </a>
              </li>
            ))}
          </ul>
        </PanelPart>
      )}
      <PanelPart title="Timeline">
        {timeline === null ? <SkeletonRows /> : <Timeline changes={timeline} />}
      </PanelPart>
    </div>
  );
}

function Facts({ customer }: { customer: OpenedTicket['customer'] }) {
  const { now } = useClock();
  const there = customer.timezone === null ? null : timeThere(customer.timezone, now);
  return (
    <dl className="flex flex-col gap-1.5 px-4 pt-3 pb-4">
      {customer.email === null ? null : (
        <Fact icon={<Mail />} name="E-mail">
          <a href={`mailto:${customer.email}`} className="text-inherit hover:underline">
            {customer.email}
          </a>
        </Fact>
      )}
      {customer.phone === null ? null : (
        <Fact icon={<Phone />} name="Phone">
          <a href={`tel:${customer.phone}`} className="text-inherit hover:underline">
            {customer.phone}
          </a>
        </Fact>
      )}
      {there === null ? null : (
        <Fact icon={<Clock />} name="Local time">
          <span className="tabular" title={customer.timezone ?? undefined}>
            {there} there
          </span>
        </Fact>
      )}
      {customer.lastPage === null ? null : (
        <Fact icon={<Globe />} name="Page">
          <span title={customer.lastPage}>on {pageWords(customer.lastPage)}</span>
        </Fact>
      )}
      <p className="pt-1 text-12 text-text-muted">
        {customer.lastSeenAt === null ? null : (
          <>
            Seen <Moment at={customer.lastSeenAt} say={momentText} /> ·{' '}
          </>
        )}
        first here <Moment at={customer.createdAt} say={firstHereText} />
      </p>
    </dl>
  );
}

function Fact({ icon, name, children }: { icon: ReactNode; name: string; children: ReactNode }) {
  return (
    <div className="flex items-center gap-2.5">
      <dt className="flex text-text-muted [&_svg]:size-4" title={name}>
        <span aria-hidden="true">{icon}</span>
        <span className="sr-only">{name}</span>
      </dt>
      <dd className="min-w-0 truncate">{children}</dd>
    </div>
  );
}

function Attributes({ attributes }: { attributes: Record<string, unknown> }) {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return null;
  return (
    <PanelPart title="Details">
      <dl className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-x-3 gap-y-1.5">
        {entries.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="truncate text-text-muted" dir="auto">
              {name}
            </dt>
            <dd className="wrap-anywhere min-w-0" dir="auto">
              {typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)}
            </dd>
          </div>
        ))}
      </dl>
    </PanelPart>
  );
}

function Timeline({ changes }: { changes: readonly TimelineChange[] }) {
  return (
    <ol className="flex flex-col gap-2.5">
      {changes.map((change) => {
        const words = timelineWords(change);
        if (words === null) return null;
        return (
          <li key={change.id} className="relative pl-4">
            <span
              aria-hidden="true"
              className="absolute top-[7px] left-0 size-1.5 rounded-full bg-line-strong"
            />
            <p className="wrap-anywhere">
              <bdi className="font-medium">{actorName(change.actor)}</bdi> {words.what}
              {words.from === null ? null : (
                <span className="text-text-muted">
                  {' from '}
                  <bdi>{words.from}</bdi>
                </span>
              )}
              {words.to === null ? null : (
                <>
                  {' to '}
                  <bdi>{words.to}</bdi>
                </>
              )}
            </p>
            <Moment at={change.at} say={momentText} className="tabular text-12 text-text-muted" />
          </li>
        );
      })}
    </ol>
  );
}

function actorName(actor: TimelineChange['actor']): string {
  if (actor.name !== null) return actor.name;
  switch (actor.kind) {
    case 'visitor':
    case 'customer':
      return 'The customer';
    case 'agent':
      return 'A former colleague';
    case 'system':
      return 'Parley';
  }
}

function PanelPart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-line border-t px-4 pt-3 pb-4">
      <h3 className="mb-2 font-medium text-12 text-text-muted">{title}</h3>
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
