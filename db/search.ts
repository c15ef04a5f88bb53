import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso, number } from '#/db/expressions.ts';
import { agents, conversations, customers, messages, searchTickets, tags, tickets } from '#/db/schema.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

/** Finding by words. Every statement looks at a bounded number of rows: the caller cuts time into slices. */

/** A stretch of time to look at, and how far the reader has come in it. Moments in milliseconds, `toMs` excluded. */
export type Slice = {
  /** A condition on the index that also names the slice's blocks of time. */
  query: string;
  fromMs: number;
  toMs: number;
  after: { atMs: number; id: string } | null;
  /** No more rows than these are looked at; one more tells that there were more. */
  candidatesMax: number;
  hitsMax: number;
};

export type FoundTicket = {
  ticket_id: string;
  number: number;
  subject: string;
  status: TicketStatus;
  customer_id: string;
  customer_name: string | null;
  customer_email: string | null;
  customer_phone: string | null;
  at: string;
};
export type FoundEntry = FoundTicket & {
  id: string;
  conversation_id: string;
  seq: number;
  kind: 'reply' | 'note';
  text: string;
};
export type FoundTicketWithTags = FoundTicket & { tag_ids: string[] };
export type Looked<Found> = { candidates: number; found: Found[] };

const ticketColumns = sql`${tickets.id} as ticket_id, ${tickets.number} as number, ${tickets.subject} as subject,
  ${tickets.status} as status, ${customers.id} as customer_id, ${customers.name} as customer_name, ${customers.email} as customer_email,
  ${customers.phone} as customer_phone`;

/**
 * For a transaction that looks at slices: each statement touches a few hundred rows by the index, and nothing that pays
 * only for large ones (a whole table, other processes, compiling) may be tried; joined row by row, what comes sorted
 * stays so and ends with its limit. Need not be waited for.
 */
export async function preferIndexes(tx: Tx): Promise<void> {
  await tx.execute(sql`select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('max_parallel_workers_per_gather', '0', true)`);
}

/** The words of each text, as the indexes know them. */
export async function foldTexts(tx: Tx, texts: readonly string[]): Promise<string[][]> {
  if (texts.length === 0) return [];
  const rows = await tx.execute<{ tokens: string[] }>(sql`
    select to_json(search_tokens(listed.text)) as tokens
    from jsonb_array_elements_text(${JSON.stringify(texts)}::text::jsonb) with ordinality as listed (text, place)
    order by place`);
  return rows.map(({ tokens }) => tokens);
}

/** Entries of one slice, newest first. `look` narrows by what the index cannot tell. */
export async function findEntries(
  tx: Tx,
  slice: Slice,
  conditions: { scope: SQL; filter: SQL; look: SQL },
): Promise<Looked<FoundEntry>> {
  const { query, fromMs, toMs, candidatesMax } = slice;
  const found = sql`
    select ${messages.conversationId}, ${messages.seq}, ${messages.kind}, ${messages.id}, ${messages.sentAt},
      ${messages.text}
    from ${messages}
    where ${messages.kind} <> 'event'
      and search_entry(${messages.text}, ${messages.kind}, ${messages.sentAt}) @@ ${query}::tsquery
      and ${messages.sentAt} >= ${moment(fromMs)} and ${messages.sentAt} < ${moment(toMs)}
      and ${isBefore(sql`${messages.sentAt}`, sql`${messages.id}`, slice)}
    limit ${candidatesMax + 1}`;
  return look(tx, entriesOf(found, slice, conditions));
}

/** As `findEntries`, in a few conversations, whose entries are read one after the other. */
export async function findEntriesIn(
  tx: Tx,
  conversationIds: readonly string[],
  slice: Slice,
  conditions: { scope: SQL; filter: SQL; look: SQL },
): Promise<Looked<FoundEntry>> {
  const { query, fromMs, toMs, candidatesMax } = slice;
  const found = sql`
    select ${messages.conversationId}, ${messages.seq}, ${messages.kind}, ${messages.id}, ${messages.sentAt},
      ${messages.text}
    from ${messages}
    where ${messages.conversationId} = any(${idList(conversationIds)}) and ${messages.kind} <> 'event'
      and array_to_tsvector(search_lexemes(${messages.text})
        || case when ${messages.kind} = 'note' then array[' n'] else '{}'::text[] end) @@ ${query}::tsquery
      and ${messages.sentAt} >= ${moment(fromMs)} and ${messages.sentAt} < ${moment(toMs)}
      and ${isBefore(sql`${messages.sentAt}`, sql`${messages.id}`, slice)}
    limit ${candidatesMax + 1}`;
  return look(tx, entriesOf(found, slice, conditions));
}

function entriesOf(
  found: SQL,
  { hitsMax }: Slice,
  { scope, filter, look: further }: { scope: SQL; filter: SQL; look: SQL },
): SQL {
  return sql`
    with found as materialized (${found})
    select (select count(*)::int from found) as candidates, hit.* from (select) one left join lateral (
      select ${ticketColumns}, found.conversation_id, ${number(sql`found.seq`)} as seq, found.kind, found.id,
        found.text, ${iso(sql`found.sent_at`)} as at
      from (select * from found order by sent_at desc, id desc offset 0) found
      join ${conversations} on ${conversations.id} = found.conversation_id
      join ${tickets} on ${tickets.id} = ${conversations.ticketId}
      join ${customers} on ${customers.id} = ${tickets.customerId}
      where ${scope} and ${filter} and ${further}
      order by found.sent_at desc, found.id desc limit ${hitsMax}
    ) hit on true`;
}

/** Tickets of one slice by their own words, newest first. */
export async function findTickets(
  tx: Tx,
  slice: Slice,
  conditions: { scope: SQL; filter: SQL; look: SQL },
): Promise<Looked<FoundTicketWithTags>> {
  const { query, fromMs, toMs, candidatesMax, hitsMax } = slice;
  return look(
    tx,
    sql`
    with found as materialized (
      select ${searchTickets.ticketId}, ${searchTickets.at}, ${searchTickets.words}
      from ${searchTickets}
      where ${searchTickets.words} @@ ${query}::tsquery
        and ${searchTickets.at} >= ${moment(fromMs)} and ${searchTickets.at} < ${moment(toMs)}
        and ${isBefore(sql`${searchTickets.at}`, sql`${searchTickets.ticketId}`, slice)}
      limit ${candidatesMax + 1}
    )
    select (select count(*)::int from found) as candidates, hit.* from (select) one left join lateral (
      select ${ticketColumns}, ${iso(sql`found.at`)} as at,
        (select coalesce(json_agg(ticket_tags.tag_id), '[]') from ticket_tags
          where ticket_tags.ticket_id = ${tickets.id}) as tag_ids
      from (select * from found order by at desc, ticket_id desc offset 0) found
      join ${tickets} on ${tickets.id} = found.ticket_id
      join ${customers} on ${customers.id} = ${tickets.customerId}
      where ${conditions.scope} and ${conditions.filter} and ${conditions.look}
      order by found.at desc, found.ticket_id desc limit ${hitsMax}
    ) hit on true`,
  );
}

async function look<Found extends FoundTicket>(tx: Tx, statement: SQL): Promise<Looked<Found>> {
  const rows = await tx.execute<Record<string, unknown>>(statement);
  return { candidates: Number(rows[0]?.candidates ?? 0), found: [...rows].filter(isFound<Found>) };
}

/** Safe: the outer join's row without a find has no ticket, and every other one has the columns asked for. */
function isFound<Found extends FoundTicket>(
  row: Record<string, unknown>,
): row is Record<string, unknown> & Found {
  return row.ticket_id !== null;
}

/** The ticket with this number, within the scope. */
export async function findTicketByNumber(
  tx: Tx,
  ticketNumber: number,
  conditions: SQL,
): Promise<FoundTicket | null> {
  const [row] = await tx.execute<FoundTicket>(sql`
    select ${ticketColumns}, ${iso(tickets.createdAt)} as at
    from ${tickets} join ${customers} on ${customers.id} = ${tickets.customerId}
    where ${tickets.number} = ${ticketNumber} and ${conditions}`);
  return row ?? null;
}

/** Ids of tickets that fulfil the conditions, and how long their logs are, as far as there are few of them. */
export async function listFewTickets(
  tx: Tx,
  conditions: SQL,
  max: number,
): Promise<{ ticketIds: string[]; conversationIds: string[]; entries: number }> {
  const rows = await tx.execute<{ ticket_id: string; conversation_id: string; entries: number }>(sql`
    select few.id as ticket_id, ${conversations.id} as conversation_id, ${number(conversations.lastSeq)} as entries
    from (select ${tickets.id} as id from ${tickets} where ${conditions} limit ${max}) few
    join ${conversations} on ${conversations.ticketId} = few.id`);
  return {
    ticketIds: [...new Set(rows.map((row) => row.ticket_id))],
    conversationIds: rows.map((row) => row.conversation_id),
    entries: rows.reduce((sum, row) => sum + row.entries, 0),
  };
}

/** In about how many texts there are words that begin like this. */
export async function countBegun(tx: Tx, beginning: string): Promise<number> {
  const [row] = await tx.execute<{ entries: number }>(sql`
    select coalesce(sum(entries), 0)::float8 as entries from search_words
    where word collate "C" >= ${beginning} and word collate "C" < ${`${beginning}\u{10ffff}`}`);
  return row?.entries ?? 0;
}

/**
 * In about how many texts these words are, of how many, and since when there are any. Null counts: the words were not
 * read so far that one that is missing would be a rare one.
 */
export async function listWordCounts(
  tx: Tx,
  words: readonly string[],
): Promise<{ counts: Map<string, number> | null; texts: number; beganAtMs: number | null }> {
  const [row] = await tx.execute<{
    counts: Record<string, number>;
    is_current: boolean | null;
    texts: number;
    began_at: number | null;
  }>(sql`
    select (select reltuples::float8 from pg_class where oid = 'messages'::regclass) as texts,
      (select extract(epoch from created_at)::float8 * 1000 from tickets order by number limit 1) as began_at,
      (select next_block * 64 > extract(epoch from now()) - 3600 from search_progress) as is_current,
      (select coalesce(json_object_agg(word, entries), '{}') from search_words
        where word = any(select jsonb_array_elements_text(${JSON.stringify(words)}::text::jsonb))) as counts`);
  return {
    counts: row?.is_current === true ? new Map(Object.entries(row.counts)) : null,
    texts: row?.texts ?? 0,
    beganAtMs: row?.began_at ?? null,
  };
}

/** Known words among `variants`, and known words that look like `word`, with how often they are used. */
export async function listSimilarWords(
  tx: Tx,
  word: string,
  variants: readonly string[],
  max: number,
): Promise<{ word: string; entries: number }[]> {
  const rows = await tx.execute<{ word: string; entries: number }>(sql`
    (select word, entries from search_words
      where word = any(select jsonb_array_elements_text(${JSON.stringify(variants)}::text::jsonb)) limit ${max})
    union
    (select word, entries from search_words where word % ${word} order by similarity(word, ${word}) desc limit ${max})`);
  return [...rows];
}

/** Tags whose name has the words of each condition, by the condition's place. */
export async function listTagsByWords(
  tx: Tx,
  queries: readonly string[],
): Promise<{ place: number; id: string; name: string }[]> {
  if (queries.length === 0) return [];
  const rows = await tx.execute<{ place: number; id: string; name: string }>(sql`
    with named as materialized (
      select ${tags.id} as id, ${tags.name} as name, array_to_tsvector(search_lexemes(${tags.name}::text)) as words
      from ${tags}
    )
    select listed.place::int - 1 as place, named.id, named.name
    from jsonb_array_elements_text(${JSON.stringify(queries)}::text::jsonb) with ordinality as listed (query, place)
    join named on named.words @@ listed.query::tsquery`);
  return [...rows];
}

/** Active or not: what somebody who left has answered is looked for too. */
export async function listAgentsByWords(
  tx: Tx,
  queries: readonly string[],
): Promise<{ place: number; id: string }[]> {
  if (queries.length === 0) return [];
  const rows = await tx.execute<{ place: number; id: string }>(sql`
    with named as materialized (
      select ${agents.id} as id,
        array_to_tsvector(search_lexemes(${agents.name}) || search_lexemes(${agents.email}::text)) as words
      from ${agents}
    )
    select listed.place::int - 1 as place, named.id
    from jsonb_array_elements_text(${JSON.stringify(queries)}::text::jsonb) with ordinality as listed (query, place)
    join named on named.words @@ listed.query::tsquery`);
  return [...rows];
}

/** Conditions on a ticket, for the filters. */
export const ticketIs = {
  status: (statuses: readonly string[]) => sql`${tickets.status} = any(${textList(statuses)})`,
  assignee: (ids: readonly string[], orNone: boolean) =>
    sql`(${tickets.assigneeId} = any(${idList(ids)}) ${orNone ? sql`or ${tickets.assigneeId} is null` : sql``})`,
  tagged: (tagIds: readonly string[]) =>
    sql`exists (select from ticket_tags where ticket_tags.ticket_id = ${tickets.id} and ticket_tags.tag_id = any(${idList(tagIds)}))`,
  numbered: (value: number) => sql`${tickets.number} = ${value}`,
  among: (ids: readonly string[]) => sql`${tickets.id} = any(${idList(ids)})`,
};

/** What the index cannot tell: that words stand right after one another. */
export const textHas = {
  entry: (needle: string) => stands(needle, sql`found.text`),
  ticket: (needle: string) =>
    sql`(${stands(needle, sql`${tickets.subject}`)} or ${textHas.customer(needle)})`,
  customer: (needle: string) =>
    sql`(${stands(needle, sql`coalesce(${customers.name}, '')`)}
      or ${stands(needle, sql`coalesce(${customers.email}::text, '')`)})`,
  customerPhone: (digits: string) => sql`coalesce(${customers.phone} like ${`%${digits}`}, false)`,
  ticketWords: (query: string) => sql`found.words @@ ${query}::tsquery`,
};

/** Patterns would say it shorter, and take five times as long for each text. */
function stands(needle: string, text: SQL): SQL {
  return sql`strpos(' ' || array_to_string(search_tokens(${text}), ' ') || ' ', ${needle}) > 0`;
}

function moment(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}

function isBefore(at: SQL, id: SQL, { after }: Slice): SQL {
  return after === null ? sql`true` : sql`(${at}, ${id}) < (${moment(after.atMs)}, ${after.id}::uuid)`;
}

function idList(ids: readonly string[]): SQL {
  return sql`(select ${`{${ids.join(',')}}`}::uuid[])::uuid[]`;
}

function textList(words: readonly string[]): SQL {
  return sql`(select ${`{${words.join(',')}}`}::text[])::text[]`;
}
