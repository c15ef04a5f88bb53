import { type SQL, sql } from 'drizzle-orm';
import { read, type Tx, transact } from '#/db/client.ts';
import { ticketScope } from '#/db/scope.ts';
import {
  countBegun,
  findTickets,
  foldTexts,
  listAgentsByWords,
  listTagsByWords,
  listWordCounts,
  preferIndexes,
  textHas,
  ticketIs,
} from '#/db/search.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import {
  beginningOf,
  type FoldedTerm,
  needsLook,
  noteQuery,
  phoneDigits,
  phoneQuery,
  tagQuery,
  termQuery,
} from '#/lib/search/lexemes.ts';
import { type ParsedSearch, parseSearch, type SearchTerm } from '#/lib/search/rules.ts';
import {
  candidatesRead,
  candidatesUsual,
  lookBack,
  type Spread,
  spreadUnknown,
} from '#/lib/search/slices.ts';
import { isUnspaced, needleOf, type Sought, wordsOf } from '#/lib/search/text.ts';

/** From what was typed to what the database is asked. */

/** By then an answer is given, with what was found and where to go on. */
export const answerMsMax = 80;
/** A beginning that so many texts have, or that share of them, is sooner met by reading the newest than by the index. */
const begunTextsMax = 100_000;
const begunShareMax = 0.1;
export const fewTicketsMax = 100;
export const latestMs = Date.UTC(2200, 0);

export type Term = SearchTerm & { folded: FoldedTerm; sought: Sought };
type Tag = { id: string; name: string };

/** What was typed, as the database is asked for it. */
export type Plan = {
  parsed: ParsedSearch;
  terms: Term[];
  /** Conditions of the index; null: there is nothing of that kind to look for. */
  entryQuery: string | null;
  ticketQuery: string | null;
  /** All words and nothing of time, for texts that are read one after the other. */
  wholeQuery: string;
  /** What the index cannot tell. */
  entryLook: SQL;
  ticketLook: SQL;
  /** See `Looking`. */
  candidatesMax: number;
  /** The filters, as conditions on the ticket; null when there are none. */
  filter: SQL | null;
  /** Where entries that fulfil the condition may stand. */
  spread: Spread;
  tags: Tag[];
  isPhone: boolean;
  isImpossible: boolean;
  /** Whether the filters can be asked for by themselves, to find that only few tickets fulfil them. */
  mayBeFew: boolean;
};

export async function planSearch(actor: AgentActor, typed: string, zone: string): Promise<Plan> {
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

  const [begun, termTags, filter, counted] = await Promise.all([
    countBegunTexts(terms.at(-1)?.folded),
    read((tx) =>
      listTagsByWords(
        tx,
        terms.map(({ folded: term }) => termQuery(term) ?? ''),
      ),
    ),
    planFilter(actor, parsed, { assignees, tagged, customers }),
    read((tx) =>
      listWordCounts(
        tx,
        terms.flatMap(({ folded: term }) => exactWords(term)),
      ),
    ),
  ]);
  const kinds = parsed.in === null ? [] : [parsed.in === 'notes' ? noteQuery : `!${noteQuery}`];
  const others = terms.flatMap(({ folded: term }) => termQuery(term, true) ?? []);
  const isUsual = begun !== null && begun > Math.min(begunTextsMax, begunShareMax * counted.texts);
  const looksAtBeginning = isUsual && counted.texts > 0;
  const queries = looksAtBeginning ? others : terms.flatMap(({ folded: term }) => termQuery(term) ?? []);
  const phone = phoneQuery(parsed.terms.map(({ raw }) => raw).join(' '));
  const isNumberAlone = parsed.number !== null && terms.length === 0 && parsed.chips.length === 0;
  const hasAnything = terms.length > 0 || parsed.chips.length > 0;
  if (!hasAnything && !isNumberAlone) parsed.notes.push({ kind: 'nothing_to_find', word: null });
  const entryParts = [...queries, ...kinds];
  const tagsOfTerm = (place: number) =>
    termTags.filter((tag) => tag.place === place).map(({ id }) => tagQuery(id));
  const ticketWords = terms.map(
    ({ folded: term }, place) => `(${[termQuery(term) ?? [], tagsOfTerm(place)].flat().join(' | ')})`,
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
    entryQuery: terms.length === 0 && kinds.length === 0 ? null : entryParts.join(' & '),
    wholeQuery: [...terms.flatMap(({ folded: term }) => termQuery(term) ?? []), ...kinds].join(' & '),
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
    candidatesMax: entryLooks.length > 0 ? candidatesRead : candidatesUsual,
    filter: filter.conditions,
    spread: {
      beganAtMs: counted.beganAtMs,
      expected: expectedEntries(
        terms.flatMap(({ folded: term }) => exactWords(term)),
        looksAtBeginning ? (others.length > 0 ? null : counted.texts) : begun,
        counted,
      ),
    },
    tags: termTags,
    isPhone: phone !== null,
    isImpossible: filter.isImpossible,
    mayBeFew: filter.mayBeFew,
  };
}

/** In how many texts there is a word that begins like the one being typed; null when none is. */
async function countBegunTexts(last: FoldedTerm | undefined): Promise<number | null> {
  const beginning = last === undefined ? null : beginningOf(last);
  return beginning === null ? null : read((tx) => countBegun(tx, beginning));
}

/** Words of a term that have an end. */
function exactWords(term: FoldedTerm): string[] {
  return beginningOf(term) === null ? [...term.tokens] : term.tokens.slice(0, -1);
}

/**
 * About how many entries have all of these words: as if they were strewn about on their own, and more, since they are
 * not. Null where nothing is known of any of them: numbers, scripts without spaces.
 */
function expectedEntries(
  words: readonly string[],
  begun: number | null,
  { counts, texts }: { counts: ReadonlyMap<string, number> | null; texts: number },
): number | null {
  if (counts === null) return null;
  const known = words.filter((word) => /^\p{L}+$/u.test(word) && !isUnspaced(word));
  const shares = [...known.map((word) => counts.get(word) ?? 0), ...(begun === null ? [] : [begun])];
  if (shares.length === 0 || texts <= 0) return null;
  const together = shares.reduce((share, count) => share * Math.min(1, count / texts), 4 * texts);
  return Math.min(together, ...shares);
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
  const asQuery = (term: FilterTerm) => termQuery(term) ?? '';
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
  const words = termQuery(term);
  const needle = needleOf({ words: term.tokens, isBegun: true });
  if (words === null || needle === null) return null;
  const phone = phoneQuery(term.value);
  const named = textHas.customer(needle);
  const { found, backToMs } = await withIndexes((tx) =>
    lookBack({ ...everything(), enough: fewTicketsMax + 1 }, (stretch, max) =>
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

/** One transaction for all that is looked at; its set-up travels with the first question. */
export function withIndexes<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(async (tx) => {
    const [, value] = await Promise.all([preferIndexes(tx), fn(tx)]);
    return value;
  });
}

/** From the newest to the oldest, as far as there is time. */
export function everything() {
  const rest = { spread: spreadUnknown, candidatesMax: candidatesUsual };
  return { fromMs: 0, toMs: latestMs, isOver: startDeadline(answerMsMax / 4), ...rest };
}

export function startDeadline(ms: number): () => boolean {
  const endsAt = performance.now() + ms;
  return () => performance.now() > endsAt;
}

function allOf(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql`(${sql.join([...conditions], sql` and `)})`;
}
