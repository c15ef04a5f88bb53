import { type SQL, sql } from 'drizzle-orm';
import { read, type Tx, transact } from '#/db/client.ts';
import { ticketScope } from '#/db/scope.ts';
import {
  type FoundEntry,
  type FoundTicket,
  type FoundTicketWithTags,
  findEntries,
  findEntriesIn,
  findTicketByNumber,
  findTickets,
  foldTexts,
  listAgentsByWords,
  listContinuations,
  listFewTickets,
  listSimilarWords,
  listTagsByWords,
  preferIndexes,
  type Slice,
  textHas,
  ticketIs,
} from '#/db/search.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { isCorrectable, rankMeant, slipsOf } from '#/lib/search/corrections.ts';
import { knownZone, type ParsedSearch, parseSearch, type SearchTerm } from '#/lib/search/query.ts';
import {
  beginningOf,
  type Continuations,
  type FoldedTerm,
  needsLook,
  noteQuery,
  phoneDigits,
  phoneQuery,
  tagQuery,
  termQuery,
} from '#/lib/search/rules.ts';
import {
  type SearchAnswer,
  type SearchHit,
  type SearchQuery,
  searchCharsUsed,
  searchPageMax,
} from '#/lib/search/schema.ts';
import { candidatesMax, lookBack, type Reach } from '#/lib/search/slices.ts';
import { marksIn, needleOf, type Sought, snippetAround, wordsOf } from '#/lib/search/text.ts';
import { cleanText } from '#/lib/text.ts';

/** By then an answer is given, with what was found and where to go on. */
const answerMsMax = 80;
const correctionMsMax = 120;
/** A beginning that more texts have than this stands for the words that it may become, not for every other one. */
const beginningTextsMax = 20_000;
const continuationsMax = 64;
const fewTicketsMax = 100;
const fewEntriesMax = 2_000;
const similarMax = 40;
const meantTries = 4;
const correctedWordsMax = 4;
const latestMs = Date.UTC(2200, 0);
/** Before everything of that moment. */
const lowestId = '00000000-0000-0000-0000-000000000000';

type Position = { atMs: number; id: string };
type Term = SearchTerm & { folded: FoldedTerm; sought: Sought };
type Tag = { id: string; name: string };

/** What was typed, as the database is asked for it. */
type Plan = {
  parsed: ParsedSearch;
  terms: Term[];
  /** Conditions of the index; null: there is nothing of that kind to look for. */
  entryQuery: string | null;
  ticketQuery: string | null;
  /** What the index cannot tell. */
  entryLook: SQL;
  ticketLook: SQL;
  /** The filters, as conditions on the ticket; null when there are none. */
  filter: SQL | null;
  tags: Tag[];
  isPhone: boolean;
  isImpossible: boolean;
  /** Whether the filters can be asked for by themselves, to find that only few tickets fulfil them. */
  mayBeFew: boolean;
};

/**
 * Finds what this agent may see: entries that hold every word, and tickets whose subject, customer or tags do. Newest
 * first. Whatever was typed is answered: what cannot be looked for is said in `notes`.
 */
export async function searchInbox(actor: AgentActor, input: SearchQuery): Promise<SearchAnswer> {
  const after = input.cursor === undefined ? null : positionOf(input.cursor);
  const zone = knownZone(input.zone);
  const typed = cleanText(input.q.replaceAll('\0', ' '));
  const plan = await planSearch(actor, typed, zone);
  const answer = await runPlan(actor, plan, after);
  const isNothing = answer.hits.length === 0 && answer.nextCursor === null && after === null;
  if (!isNothing || plan.isImpossible || plan.terms.length === 0) return answer;
  return (await correct(actor, typed, zone, plan)) ?? answer;
}

async function planSearch(actor: AgentActor, typed: string, zone: string): Promise<Plan> {
  const parsed = parseSearch(typed, zone, Date.now());
  const texts = [
    ...parsed.terms.map(({ raw }) => raw),
    ...parsed.assignees,
    ...parsed.tags,
    ...parsed.customers,
  ];
  const folded = await read((tx) => foldTexts(tx, texts));
  const tokensAt = (index: number) => folded[index] ?? [];
  const terms = parsed.terms
    .map((term, index) => ({
      ...term,
      folded: { tokens: tokensAt(index), isBegun: term.isBegun },
      sought: { words: wordsOf(term.raw), isBegun: term.isBegun },
    }))
    .filter((term) => term.folded.tokens.length > 0);
  let next = parsed.terms.length;
  const filterTerms = (values: readonly string[]) =>
    values.map((value): FoldedTerm & { value: string } => ({
      value,
      tokens: tokensAt(next++),
      isBegun: true,
    }));
  const assignees = filterTerms(parsed.assignees);
  const tagged = filterTerms(parsed.tags);
  const customers = filterTerms(parsed.customers);

  const [continuations, termTags, filter] = await Promise.all([
    continuationsOf(terms.at(-1)?.folded),
    read((tx) =>
      listTagsByWords(
        tx,
        terms.map(({ folded: term }) => termQuery(term, null) ?? ''),
      ),
    ),
    planFilter(actor, parsed, { assignees, tagged, customers }),
  ]);
  const kinds = parsed.in === null ? [] : [parsed.in === 'notes' ? noteQuery : `!${noteQuery}`];
  // A beginning that half of all texts have is no way into the index where anything else is.
  const others = terms.flatMap(({ folded: term }) => termQuery(term, null, true) ?? []);
  const looksAtBeginning = continuations !== null && (others.length > 0 || parsed.in === 'notes');
  const queries = looksAtBeginning
    ? others
    : terms.flatMap(({ folded: term }) => termQuery(term, continuations) ?? []);
  const phone = phoneQuery(parsed.terms.map(({ raw }) => raw).join(' '));
  const isNumberAlone = parsed.number !== null && terms.length === 0 && parsed.chips.length === 0;
  const hasAnything = terms.length > 0 || parsed.chips.length > 0;
  if (!hasAnything && !isNumberAlone) parsed.notes.push({ kind: 'nothing_to_find', word: null });
  const entryParts = [...queries, ...kinds];
  const tagsOfTerm = (place: number) =>
    termTags.filter((tag) => tag.place === place).map(({ id }) => tagQuery(id));
  const ticketWords = terms.map(
    ({ folded: term }, place) =>
      `(${[termQuery(term, continuations) ?? [], tagsOfTerm(place)].flat().join(' | ')})`,
  );
  const looksOf = (wanted: (term: FoldedTerm) => boolean) =>
    terms.flatMap(({ folded: term }, place) => {
      const needle = wanted(term) ? needleOf({ words: term.tokens, isBegun: term.isBegun }) : null;
      return needle === null ? [] : [{ needle, tags: tagsOfTerm(place) }];
    });
  const looks = looksOf(needsLook);
  const entryLooks = looksOf((term) => needsLook(term) || (looksAtBeginning && beginningOf(term) !== null));
  const ticketLook = allOf(
    looks.map(({ needle, tags }) =>
      tags.length === 0
        ? textHas.ticket(needle)
        : sql`(${textHas.ticket(needle)} or ${textHas.ticketWords(tags.join(' | '))})`,
    ),
  );
  return {
    parsed,
    terms,
    entryQuery: entryParts.length === 0 ? null : entryParts.join(' & '),
    ticketQuery:
      parsed.in !== null || !hasAnything || (parsed.number !== null && terms.length === 0)
        ? null
        : ticketWords.length === 0
          ? ''
          : phone === null
            ? ticketWords.join(' & ')
            : `((${ticketWords.join(' & ')}) | ${phone})`,
    entryLook: allOf(entryLooks.map(({ needle }) => textHas.entry(needle))),
    ticketLook: phone === null ? ticketLook : sql`(${ticketLook} or ${textHas.ticketWords(phone)})`,
    filter: filter.conditions,
    tags: termTags,
    isPhone: phone !== null,
    isImpossible: filter.isImpossible,
    mayBeFew: filter.mayBeFew,
  };
}

/** What the word that is still being typed may become, where asking for all of it would touch half the index. */
async function continuationsOf(last: FoldedTerm | undefined): Promise<Continuations> {
  const beginning = last === undefined ? null : beginningOf(last);
  if (beginning === null) return null;
  const { words, entries } = await read((tx) => listContinuations(tx, beginning, continuationsMax));
  return entries > beginningTextsMax ? words : null;
}

type FilterTerm = FoldedTerm & { value: string };

async function planFilter(
  actor: AgentActor,
  parsed: ParsedSearch,
  terms: { assignees: FilterTerm[]; tagged: FilterTerm[]; customers: FilterTerm[] },
): Promise<{ conditions: SQL | null; isImpossible: boolean; mayBeFew: boolean }> {
  const conditions: SQL[] = [];
  let isImpossible = false;
  if (parsed.statuses.length > 0) conditions.push(ticketIs.status(parsed.statuses));
  if (parsed.number !== null) conditions.push(ticketIs.numbered(parsed.number));
  const asQuery = (term: FilterTerm) => termQuery(term, null) ?? '';
  const [people, tags, customers] = await Promise.all([
    read((tx) => listAgentsByWords(tx, terms.assignees.map(asQuery))),
    read((tx) => listTagsByWords(tx, terms.tagged.map(asQuery))),
    Promise.all(terms.customers.map((term) => customerIs(actor, term))),
  ]);
  if (terms.assignees.length > 0) {
    const ids = new Set<string>();
    let orNone = false;
    for (const [place, { value }] of terms.assignees.entries()) {
      const named = people.filter((person) => person.place === place);
      if (value.toLowerCase() === 'me') ids.add(actor.id);
      else if (value.toLowerCase() === 'none') orNone = true;
      else if (named.length === 0) parsed.notes.push({ kind: 'assignee_unknown', word: value });
      for (const { id } of named) ids.add(id);
    }
    if (ids.size === 0 && !orNone) isImpossible = true;
    conditions.push(ticketIs.assignee([...ids], orNone));
  }
  for (const [place, { value }] of terms.tagged.entries()) {
    const ids = tags.filter((tag) => tag.place === place).map(({ id }) => id);
    if (ids.length === 0) {
      parsed.notes.push({ kind: 'tag_unknown', word: value });
      isImpossible = true;
    }
    conditions.push(ticketIs.tagged(ids));
  }
  for (const condition of customers) {
    if (condition === null) isImpossible = true;
    else conditions.push(condition.is);
  }
  const mayBeFew = conditions.length > 0 && customers.every((condition) => condition?.isFew !== false);
  return { conditions: conditions.length === 0 ? null : allOf(conditions), isImpossible, mayBeFew };
}

/**
 * Tickets of customers of that name, e-mail or telephone number: by their ids where they are few, which lets the rest be
 * read in those alone. Null when there are none.
 */
async function customerIs(actor: AgentActor, term: FilterTerm): Promise<{ is: SQL; isFew: boolean } | null> {
  const words = termQuery(term, null);
  const needle = needleOf({ words: term.tokens, isBegun: true });
  if (words === null || needle === null) return null;
  const phone = phoneQuery(term.value);
  const named = textHas.customer(needle);
  const { found, backToMs } = await withIndexes((tx) =>
    lookBack({ fromMs: 0, toMs: latestMs }, fewTicketsMax + 1, startDeadline(answerMsMax), (stretch, max) =>
      findTickets(
        tx,
        {
          ...stretch,
          query: `(${phone === null ? words : `${words} | ${phone}`}) & ${stretch.query}`,
          ...{ after: null, candidatesMax: max, hitsMax: fewTicketsMax + 1 },
        },
        {
          scope: ticketScope(actor),
          filter: sql`true`,
          look: phone === null ? named : sql`(${named} or ${textHas.ticketWords(phone)})`,
        },
      ),
    ),
  );
  if (found.length <= fewTicketsMax && backToMs === null) {
    const ids = found.map((ticket) => ticket.ticket_id);
    return ids.length === 0 ? null : { is: ticketIs.among(ids), isFew: true };
  }
  const is = phone === null ? named : sql`(${named} or ${textHas.customerPhone(phoneDigits(term.value))})`;
  return { is, isFew: false };
}

async function runPlan(actor: AgentActor, plan: Plan, after: Position | null): Promise<SearchAnswer> {
  const { parsed } = plan;
  const empty: SearchAnswer = {
    ...{ hits: [], nextCursor: null, searchedTo: null, corrected: null },
    notes: parsed.notes,
  };
  if (plan.isImpossible) return empty;
  const scope = ticketScope(actor);
  const filter = plan.filter ?? sql`true`;
  const range = {
    fromMs: parsed.fromMs ?? 0,
    // The position's own moment is still open: what stands beside it may come after it.
    toMs: Math.min(parsed.toMs ?? latestMs, after === null ? latestMs : after.atMs + 1),
  };
  const few =
    plan.filter === null || !plan.mayBeFew ? null : await fewTickets(sql`${scope} and ${plan.filter}`);
  if (few !== null && few.ticketIds.length === 0) return empty;
  const isOver = startDeadline(answerMsMax);
  const sliceOf = (query: string, hitsMax = searchPageMax + 1) => ({ query, after, candidatesMax, hitsMax });

  const lookAtEntries = (): Promise<Reach<FoundEntry>> => {
    const { entryQuery } = plan;
    if (entryQuery === null) return Promise.resolve({ found: [], backToMs: null });
    const conditions = { scope, filter, look: plan.entryLook };
    if (few?.isFew === true) {
      const slice = { ...sliceOf(entryQuery), ...range, candidatesMax: fewEntriesMax };
      return withIndexes((tx) => findEntriesIn(tx, few.conversationIds, slice, conditions)).then(
        ({ found }) => ({
          found,
          backToMs: found.length > searchPageMax ? msOf(found.at(-1)?.at) : null,
        }),
      );
    }
    return withIndexes((tx) =>
      lookBack(range, searchPageMax + 1, isOver, (stretch, max) => {
        const slice: Slice = {
          ...sliceOf(`${entryQuery} & ${stretch.query}`),
          ...{ fromMs: stretch.fromMs, toMs: stretch.toMs, candidatesMax: max },
        };
        return findEntries(tx, slice, conditions);
      }),
    );
  };
  const lookAtTickets = (): Promise<Reach<FoundTicketWithTags>> => {
    const { ticketQuery } = plan;
    if (ticketQuery === null) return Promise.resolve({ found: [], backToMs: null });
    return withIndexes((tx) =>
      lookBack(range, searchPageMax + 1, isOver, (stretch, max) => {
        const slice: Slice = {
          ...sliceOf(ticketQuery === '' ? stretch.query : `${ticketQuery} & ${stretch.query}`),
          ...{ fromMs: stretch.fromMs, toMs: stretch.toMs, candidatesMax: max },
        };
        return findTickets(tx, slice, { scope, filter, look: plan.ticketLook });
      }),
    );
  };
  const [entries, tickets, numbered] = await Promise.all([
    lookAtEntries(),
    lookAtTickets(),
    after === null ? findNumbered(plan, sql`${scope} and ${filter}`) : null,
  ]);
  const page = pageOf(plan, entries, tickets);
  const first = numbered === null ? [] : [numberHit(numbered)];
  return { ...empty, ...page, hits: [...first, ...page.hits] };
}

async function fewTickets(conditions: SQL) {
  const few = await read((tx) => listFewTickets(tx, conditions, fewTicketsMax + 1));
  return { ...few, isFew: few.ticketIds.length <= fewTicketsMax && few.entries <= fewEntriesMax };
}

/** The ticket whose number was typed, with or without its sign. */
async function findNumbered({ parsed, terms }: Plan, conditions: SQL): Promise<FoundTicket | null> {
  const [term] = terms;
  const isAlone = terms.length === 1 && parsed.number === null && parsed.chips.length === 0;
  const isNumber = term !== undefined && /^[1-9]\d{0,8}$/.test(term.raw);
  const value =
    parsed.number !== null && terms.length === 0
      ? parsed.number
      : isAlone && isNumber
        ? Number(term.raw)
        : null;
  return value === null ? null : read((tx) => findTicketByNumber(tx, value, conditions));
}

/** Both kinds together, as far back as both were looked for. */
function pageOf(
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

function positionOf(cursor: string): Position {
  const match = /^(\d{1,14})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor);
  const atMs = Number(match?.[1]);
  if (match?.[2] === undefined || atMs > latestMs) {
    throw new RefusedError({ code: 'invalid', field: 'cursor', reason: 'cursor_foreign' });
  }
  return { atMs, id: match[2] };
}

function msOf(iso: string | undefined): number {
  return iso === undefined ? 0 : Date.parse(iso);
}

function ticketOf(found: FoundTicket): SearchHit['ticket'] {
  return {
    ...{ id: found.ticket_id, number: found.number, subject: found.subject, status: found.status },
    customer: { name: found.customer_name, email: found.customer_email },
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

function numberHit(found: FoundTicket): SearchHit {
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

/**
 * Nothing was found: the nearest words instead of those that are nowhere. Each is only ever named when the search with
 * it finds something that this agent may see, so that no correction tells a word from elsewhere.
 */
async function correct(
  actor: AgentActor,
  typed: string,
  zone: string,
  plan: Plan,
): Promise<SearchAnswer | null> {
  const isOver = startDeadline(correctionMsMax);
  const places = plan.terms.flatMap((term, place) =>
    term.folded.tokens.flatMap((token, index) =>
      isCorrectable(token) ? [{ term, place, token, index }] : [],
    ),
  );
  if (places.length === 0 || places.length > correctedWordsMax * 2) return null;
  const isSingle = plan.terms.length === 1 && places.length === 1;
  const occurs = isSingle
    ? [false]
    : await Promise.all(places.map(({ token }) => occursAnywhere(actor, token)));
  const wrong = places.filter((_, index) => occurs[index] === false).slice(0, correctedWordsMax);
  if (wrong.length === 0) return null;
  const meant = await Promise.all(
    wrong.map(async ({ token }) => {
      const slips = slipsOf(token);
      const known = await withIndexes((tx) => listSimilarWords(tx, token, slips, similarMax));
      return rankMeant(token, known, meantTries);
    }),
  );
  for (let tries = 0; tries < meantTries && !isOver(); tries++) {
    const words = wrong.map((_, index) => meant[index]?.[wrong.length === 1 ? tries : 0]);
    if (words.some((word) => word === undefined)) return null;
    const text = textWith(
      typed,
      plan.terms,
      wrong.map((place, index) => ({ ...place, word: words[index] ?? '' })),
    );
    if (text.length > searchCharsUsed) return null;
    const answer = await runPlan(actor, await planSearch(actor, text, zone), null);
    if (answer.hits.length > 0) return { ...answer, notes: plan.parsed.notes, corrected: text };
    if (wrong.length > 1) return null;
  }
  return null;
}

async function occursAnywhere(actor: AgentActor, word: string): Promise<boolean> {
  const query = termQuery({ tokens: [word], isBegun: false }, null) ?? '';
  const conditions = { scope: ticketScope(actor), filter: sql`true`, look: sql`true` };
  const isOver = startDeadline(answerMsMax);
  const range = { fromMs: 0, toMs: latestMs };
  const reaches = await Promise.all(
    [findEntries, findTickets].map((find) =>
      withIndexes((tx) =>
        lookBack<FoundTicket>(range, 1, isOver, (stretch, max) =>
          find(
            tx,
            { ...stretch, query: `${query} & ${stretch.query}`, after: null, candidatesMax: max, hitsMax: 1 },
            conditions,
          ),
        ),
      ),
    ),
  );
  return reaches.some(({ found, backToMs }) => found.length > 0 || backToMs !== null);
}

function textWith(
  typed: string,
  terms: readonly Term[],
  words: readonly { place: number; index: number; word: string }[],
): string {
  let text = typed;
  for (const [place, term] of [...terms.entries()].reverse()) {
    const own = words.filter((each) => each.place === place);
    if (own.length === 0) continue;
    const tokens = term.folded.tokens.map(
      (token, index) => own.find((each) => each.index === index)?.word ?? token,
    );
    const changed = tokens.length === 1 ? (tokens[0] ?? '') : `"${tokens.join(' ')}"`;
    text = `${text.slice(0, term.start)}${changed}${text.slice(term.end)}`;
  }
  return text;
}

/** One transaction for all that is looked at; its set-up travels with the first question. */
function withIndexes<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(async (tx) => {
    const [, value] = await Promise.all([preferIndexes(tx), fn(tx)]);
    return value;
  });
}

function startDeadline(ms: number): () => boolean {
  const endsAt = performance.now() + ms;
  return () => performance.now() > endsAt;
}

function allOf(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql`(${sql.join([...conditions], sql` and `)})`;
}
