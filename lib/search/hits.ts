import type { FoundEntry, FoundTicket, FoundTicketWithTags } from '#/db/search.ts';
import { RefusedError } from '#/lib/errors.ts';
import { latestMs, type Plan } from '#/lib/search/plan.ts';
import { type SearchAnswer, type SearchHit, searchPageMax } from '#/lib/search/schema.ts';
import type { Reach } from '#/lib/search/slices.ts';
import { marksIn, snippetAround } from '#/lib/search/text.ts';

/** What was found, as it is answered. */

export type Position = { atMs: number; id: string };

/** Before everything of that moment. */
const lowestId = '00000000-0000-0000-0000-000000000000';

/** Both kinds together, as far back as both were looked for. */
export function pageOf(
  plan: Plan,
  entries: Reach<FoundEntry>,
  tickets: Reach<FoundTicketWithTags>,
): Pick<SearchAnswer, 'hits' | 'nextCursor' | 'searchedTo'> {
  const ends = [entries.backToMs, tickets.backToMs].filter((ms) => ms !== null);
  const backToMs = ends.length === 0 ? null : Math.max(...ends);
  const all = [
    ...entries.found.map((found) => ({
      atMs: msOf(found.at),
      id: found.id,
      hit: () => entryHit(plan, found),
    })),
    ...tickets.found.map((found) => ({
      ...{ atMs: msOf(found.at), id: found.ticket_id },
      hit: () => ticketHit(plan, found),
    })),
  ]
    .filter(({ atMs }) => backToMs === null || atMs >= backToMs)
    .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1));
  const page = all.slice(0, searchPageMax);
  const last = page.at(-1);
  const isCut = all.length > page.length;
  const next =
    isCut && last !== undefined ? last : backToMs === null ? null : { atMs: backToMs, id: lowestId };
  return {
    hits: page.map(({ hit }) => hit()),
    nextCursor: next === null ? null : `${next.atMs}.${next.id}`,
    searchedTo: isCut || backToMs === null ? null : new Date(backToMs).toISOString(),
  };
}

export function positionOf(cursor: string): Position {
  const match = /^(\d{1,14})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor);
  const atMs = Number(match?.[1]);
  if (match?.[2] === undefined || atMs > latestMs) {
    throw new RefusedError({ code: 'invalid', field: 'cursor', reason: 'cursor_foreign' });
  }
  return { atMs, id: match[2] };
}

export function msOf(iso: string | undefined): number {
  return iso === undefined ? 0 : Date.parse(iso);
}

function ticketOf(found: FoundTicket): SearchHit['ticket'] {
  return {
    ...{ id: found.ticket_id, number: found.number, subject: found.subject, status: found.status },
    customer: { id: found.customer_id, name: found.customer_name, email: found.customer_email },
  };
}

function entryHit({ terms }: Plan, found: FoundEntry): SearchHit {
  return {
    ticket: ticketOf(found),
    match: found.kind === 'note' ? 'note' : 'message',
    ...{ conversationId: found.conversation_id, seq: found.seq, at: found.at },
    snippet: snippetAround(
      found.text,
      terms.map(({ sought }) => sought),
    ),
  };
}

export function numberHit(found: FoundTicket): SearchHit {
  return {
    ticket: ticketOf(found),
    ...{ match: 'number', conversationId: null, seq: null, at: found.at },
    snippet: { text: found.subject, marks: [] },
  };
}

/** Says by what the ticket was found: the first of subject, customer and tags in which a word stands. */
function ticketHit({ terms, tags, isPhone }: Plan, found: FoundTicketWithTags): SearchHit {
  const sought = terms.map((term) => term.sought);
  const hit = (match: SearchHit['match'], snippet: SearchHit['snippet']): SearchHit => ({
    ...{ ticket: ticketOf(found), match, conversationId: null, seq: null, at: found.at, snippet },
  });
  const subject = snippetAround(found.subject, sought);
  if (subject.marks.length > 0 || terms.length === 0) return hit('subject', subject);
  const who = [found.customer_name, found.customer_email].filter((part) => part !== null).join(' · ');
  const marks = marksIn(who, sought);
  if (marks.length > 0) return hit('customer', { text: who, marks });
  const phone = found.customer_phone;
  if (isPhone && phone !== null) {
    const start = who === '' ? 0 : who.length + 3;
    const text = [who, phone].filter((part) => part !== '').join(' · ');
    return hit('customer', { text, marks: [[start, start + phone.length]] });
  }
  const named = [
    ...new Set(tags.filter(({ id }) => found.tag_ids.includes(id)).map(({ name }) => name)),
  ].join(' · ');
  if (named !== '') return hit('tag', { text: named, marks: marksIn(named, sought) });
  return hit('subject', subject);
}
