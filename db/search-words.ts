import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { number } from '#/db/expressions.ts';
import { messages, searchProgress, searchTickets, searchWords } from '#/db/schema.ts';

/** Keeping the words that search knows, apart from whoever writes them. */

export type WordsProgress = {
  nextBlock: number | null;
  ticketsThrough: string | null;
  words: number;
  /** When the first ticket began; null as long as there is none. */
  beganAtMs: number | null;
};

/** Where reading stands, held until the transaction ends; null while another process reads. */
export async function takeWordsProgress(tx: Tx): Promise<WordsProgress | null> {
  await tx.execute(sql`insert into ${searchProgress} (id) values (1) on conflict do nothing`);
  const [row] = await tx.execute<{
    next_block: number | null;
    tickets_through: string | null;
    words: number;
    began_at: number | null;
  }>(sql`
    select ${number(searchProgress.nextBlock)} as next_block, ${searchProgress.ticketsThrough}::text as tickets_through,
      ${searchProgress.words} as words,
      (select extract(epoch from created_at)::float8 * 1000 from tickets order by number limit 1) as began_at
    from ${searchProgress} where ${searchProgress.id} = 1 for update of ${searchProgress} skip locked`);
  if (row === undefined) return null;
  return {
    nextBlock: row.next_block,
    ticketsThrough: row.tickets_through,
    words: row.words,
    beganAtMs: row.began_at,
  };
}

export async function saveWordsProgress(tx: Tx, progress: Omit<WordsProgress, 'beganAtMs'>): Promise<void> {
  await tx.execute(sql`
    update ${searchProgress} set next_block = ${progress.nextBlock}, words = ${progress.words},
      tickets_through = ${progress.ticketsThrough}::timestamptz where ${searchProgress.id} = 1`);
}

/** How many entries there are in these blocks of time, as far as `max`. */
export async function countEntriesInTime(tx: Tx, timeQuery: string, max: number): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from ${messages} where ${messages.kind} <> 'event'
        and search_entry(${messages.text}, ${messages.kind}, ${messages.sentAt}) @@ ${timeQuery}::tsquery
      limit ${max}) counted`);
  return row?.count ?? 0;
}

/** Words worth knowing: of letters, not of scripts that set no spaces, where a word's end is not seen. */
export const wordCondition =
  "char_length(word) between 2 and 32 and word !~ '[0-9\\u0E00-\\u0EFF\\u1000-\\u109F\\u1100-\\u11FF\\u1780-\\u17FF\\u3005-\\uD7FF\\uF900-\\uFAFF\\U00020000-\\U0003FFFF]'";
const isWord = sql.raw(wordCondition);
/** Nobody's message teaches more than that. */
export const wordsOfOneMax = 300;

/** Adds the words of the entries of these blocks; answers how many were new. */
export async function addWordsOfEntries(tx: Tx, timeQuery: string): Promise<number> {
  const [row] = await tx.execute<{ added: number }>(sql`
    with told as materialized (
      select ${messages.text} as text from ${messages} where ${messages.kind} <> 'event'
        and search_entry(${messages.text}, ${messages.kind}, ${messages.sentAt}) @@ ${timeQuery}::tsquery
    ), added as (
      insert into ${searchWords} as known (word, entries)
      select word, count(*)::int from told, unnest((search_tokens(told.text))[1:${sql.raw(String(wordsOfOneMax))}]) word
      where ${isWord} group by word order by word
      on conflict (word) do update set entries = known.entries + excluded.entries
      returning xmax = 0 as is_new
    )
    select count(*) filter (where is_new)::int as added from added`);
  return row?.added ?? 0;
}

/**
 * Adds the words of tickets that changed after `through` and before `until`, some at a time; answers how many were new
 * and how far it came, null when there were none.
 */
export async function addWordsOfTickets(
  tx: Tx,
  through: string | null,
  untilMs: number,
  max: number,
): Promise<{ added: number; through: string | null }> {
  const [row] = await tx.execute<{ added: number; through: string | null }>(sql`
    with reach as materialized (
      select max(touched_at) as at from (
        select ${searchTickets.touchedAt} from ${searchTickets}
        where ${searchTickets.touchedAt} > coalesce(${through}::timestamptz, '-infinity')
          and ${searchTickets.touchedAt} < ${new Date(untilMs).toISOString()}::timestamptz
        order by ${searchTickets.touchedAt} limit ${max}) next_ones
    ), told as materialized (
      select tickets.subject || ' ' || coalesce(customers.name, '') || ' ' || coalesce(customers.email::text, '') as text
      from ${searchTickets} join tickets on tickets.id = ${searchTickets.ticketId}
      join customers on customers.id = tickets.customer_id
      where ${searchTickets.touchedAt} > coalesce(${through}::timestamptz, '-infinity')
        and ${searchTickets.touchedAt} <= (select at from reach)
    ), added as (
      insert into ${searchWords} as known (word, entries)
      select word, count(*)::int from told, unnest((search_tokens(told.text))[1:${sql.raw(String(wordsOfOneMax))}]) word
      where ${isWord} group by word order by word
      on conflict (word) do update set entries = known.entries + excluded.entries
      returning xmax = 0 as is_new
    )
    select (select count(*) filter (where is_new)::int from added) as added, (select at::text from reach) as through`);
  return { added: row?.added ?? 0, through: row?.through ?? null };
}

/** Lets the rarest words go until about `keep` are left; answers how many there are then. */
export async function forgetRareWords(tx: Tx, keep: number): Promise<number> {
  await tx.execute(sql`
    delete from ${searchWords} where word in (
      select word from ${searchWords} order by entries desc, word offset ${keep})`);
  const [row] = await tx.execute<{ count: number }>(sql`select count(*)::int as count from ${searchWords}`);
  return row?.count ?? 0;
}

/** What was written since waits in a list that each search reads whole, until somebody sorts it in: us, not a sender. */
export async function sortInNewEntries(tx: Tx): Promise<void> {
  await tx.execute(
    sql`select gin_clean_pending_list('messages_search_idx'), gin_clean_pending_list('search_tickets_words_idx')`,
  );
}
