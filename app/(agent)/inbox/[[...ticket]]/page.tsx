import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { InboxPage } from '#/app/(agent)/inbox/inbox-page.tsx';
import { parsePlace, placeHref } from '#/components/inbox/place.ts';
import type { LiveSettings, OpenedTicket } from '#/components/inbox/ports.ts';
import { currentAgent } from '#/lib/auth/session.ts';
import { getCatalogue } from '#/lib/catalogue/service.ts';
import { env } from '#/lib/env.ts';
import { idSchema } from '#/lib/messages/schema.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { can } from '#/lib/permissions/can.ts';
import { getProfile } from '#/lib/profile/service.ts';
import { findTicketList, listTickets } from '#/lib/tickets/list.ts';
import type { TicketListQuery } from '#/lib/tickets/schema.ts';
import { findTicket, findTicketIdByNumber } from '#/lib/tickets/service.ts';

export const metadata: Metadata = { title: 'Inbox' };

type Props = {
  params: Promise<{ ticket?: string[] }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** Draws the first list and the open ticket; from then on the browser keeps both. */
export default async function Page({ params, searchParams }: Props) {
  const path = `/inbox/${(await params).ticket?.[0] ?? ''}`;
  const search = searchOf(await searchParams);
  const agent = await currentAgent();
  if (agent === null) {
    redirect(`/sign-in?next=${encodeURIComponent(placeHref(parsePlace(path, search).place))}`);
  }
  const profile = await getProfile(agent);
  const { place, ignored } = parsePlace(path, search, profile.preferences.sort);
  const numbered = await findByNumber(agent, place.ticketId);
  if (numbered !== null) redirect(placeHref({ ...place, ticketId: numbered }));
  const query: TicketListQuery = { view: place.view, filter: place.filter, sort: place.sort, limit: 50 };
  const [catalogue, list, ticket] = await Promise.all([
    getCatalogue(agent),
    findTicketList(agent, query),
    place.ticketId === null ? null : findOpened(agent, place.ticketId),
  ]);
  const anyTicket: TicketListQuery = { ...query, view: 'all', filter: { status: [] }, limit: 1 };
  const hasHistory =
    (list?.tickets.length ?? 0) > 0 || (await listTickets(agent, anyTicket)).tickets.length > 0;
  const { id, name, email, role, departmentId } = agent;
  const { timezone, preferences, availability } = profile;
  return (
    <InboxPage
      start={{
        me: {
          id,
          name,
          email,
          role,
          departmentId,
          departmentIds: restrictedIds(agent, catalogue.departments),
          timezone,
          preferences,
        },
        drawnAt: new Date().toISOString(),
        availability,
        catalogue,
        place,
        ignored,
        query,
        list,
        ticket,
        live: liveSettings(),
        hasHistory,
      }}
    />
  );
}

/** Those whose tickets this agent hears of on a channel of their own. */
function restrictedIds(
  agent: AgentActor,
  departments: readonly { id: string; isRestricted: boolean }[],
): string[] {
  return departments
    .filter((each) => each.isRestricted)
    .filter(({ id }) => can(agent, 'note.read', { departmentId: id, departmentIsRestricted: true }))
    .map(({ id }) => id);
}

function searchOf(given: Record<string, string | string[] | undefined>): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'string') search.set(name, value);
  }
  return search;
}

/** People say and type a ticket's number; its address has the id. Null for what is no number, or opens nothing. */
async function findByNumber(agent: AgentActor, given: string | null): Promise<string | null> {
  return given !== null && /^[1-9]\d{0,8}$/.test(given) ? findTicketIdByNumber(agent, Number(given)) : null;
}

/** Null for one that this agent may not see; the browser then says so in the ticket's place. */
async function findOpened(agent: AgentActor, ticketId: string): Promise<OpenedTicket | null> {
  return idSchema.safeParse(ticketId).success ? findTicket(agent, ticketId) : null;
}

function liveSettings(): LiveSettings {
  const { key, browser } = env().realtime;
  return { key, ...browser };
}
