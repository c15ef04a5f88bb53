import { type SQL, sql } from 'drizzle-orm';
import { read } from '#/db/client.ts';
import { ticketScope } from '#/db/scope.ts';
import {
  type FoundEntry,
  type FoundTicket,
  type FoundTicketWithTags,
  findEntries,
  findEntriesIn,
  findTicketByNumber,
  findTickets,
  listFewTickets,
  listSimilarWords,
  type Slice,
} from '#/db/search.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { isCorrectable, rankMeant, slipsOf } from '#/lib/search/corrections.ts';
import { msOf, numberHit, type Position, pageOf, positionOf } from '#/lib/search/hits.ts';
import { termQuery } from '#/lib/search/lexemes.ts';
import {
  answerMsMax,
  everything,
  fewTicketsMax,
  latestMs,
  type Plan,
  planSearch,
  startDeadline,
  type Term,
  withIndexes,
} from '#/lib/search/plan.ts';
import { knownZone } from '#/lib/search/rules.ts';
import { type SearchAnswer, type SearchQuery, searchCharsUsed, searchPageMax } from '#/lib/search/schema.ts';
import { lookBack, type Reach } from '#/lib/search/slices.ts';
import { cleanText } from '#/lib/text.ts';

const correctionMsMax = 120;
const fewEntriesMax = 2_000;
const similarMax = 40;
const meantTries = 4;
const correctedWordsMax = 4;

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
  const { candidatesMax } = plan;
  const looking = {
    ...{ ...range, enough: searchPageMax + 1, candidatesMax },
    isOver: startDeadline(answerMsMax),
  };
  const sliceOf = (query: string, hitsMax = searchPageMax + 1) => ({ query, after, candidatesMax, hitsMax });

  const lookAtEntries = (): Promise<Reach<FoundEntry>> => {
    const { entryQuery } = plan;
    if (entryQuery === null) return Promise.resolve({ found: [], backToMs: null });
    const conditions = { scope, filter, look: plan.entryLook };
    if (few?.isFew === true) {
      const slice = { ...sliceOf(plan.wholeQuery), ...range, candidatesMax: fewEntriesMax };
      return withIndexes((tx) => findEntriesIn(tx, few.conversationIds, slice, conditions)).then(
        ({ found }) => ({
          found,
          backToMs: found.length > searchPageMax ? msOf(found.at(-1)?.at) : null,
        }),
      );
    }
    return withIndexes((tx) =>
      lookBack({ ...looking, spread: plan.spread }, (stretch, max) => {
        const slice: Slice = {
          ...sliceOf(entryQuery === '' ? stretch.query : `${entryQuery} & ${stretch.query}`),
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
      lookBack({ ...looking, spread: { ...plan.spread, expected: null } }, (stretch, max) => {
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
  const isSingle = plan.terms.length === 1 && places.length === 1 && plan.parsed.chips.length === 0;
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
  const query = termQuery({ tokens: [word], isBegun: false }) ?? '';
  const conditions = { scope: ticketScope(actor), filter: sql`true`, look: sql`true` };
  const reaches = await Promise.all(
    [findEntries, findTickets].map((find) =>
      withIndexes((tx) =>
        lookBack<FoundTicket>({ ...everything(), enough: 1 }, (stretch, max) =>
          find(
            tx,
            {
              ...stretch,
              query: `${query} & ${stretch.query}`,
              ...{ after: null, candidatesMax: max, hitsMax: 1 },
            },
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
