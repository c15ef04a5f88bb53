import { sqlStateOf } from '#/db/errors.ts';
import type { OneConnection } from '#/db/one-connection.ts';
import { wordCondition, wordsOfOneMax } from '#/db/search-words.ts';
import { ownId, type TransferNoun, type TransferTable, transferTables } from '#/db/transfer/tables.ts';
import { newId } from '#/lib/ids.ts';

export type WrittenCounts = Partial<Record<TransferNoun, number>>;
export type WritingOptions = {
  /** How many tickets are there whole, of how many. Waited for. */
  onProgress?: (done: number, total: number) => Promise<void>;
  /** How many tickets come in one transaction. */
  ticketsPerBatch?: number;
};

const ticketsPerBatchDefault = 100;
const rowsPerBatch = 2_000;
const surroundings = ['department', 'agent', 'widget', 'tag', 'field'] as const;

/** Somebody changed what was checked a moment ago. Nothing half-done is left: begin again. */
export class ChangedMeanwhileError extends Error {
  readonly code = 'changed_meanwhile';
  constructor() {
    super('what was checked has changed');
    this.name = 'ChangedMeanwhileError';
  }
}

/**
 * Writes what was prepared: first what tickets lean on, then tickets, each whole in one transaction, so that nobody ever
 * sees a part of one. After a failure what was committed stays, and another run goes on behind it.
 */
export async function writePrepared(
  connection: OneConnection,
  options: WritingOptions = {},
): Promise<WrittenCounts> {
  const counts: WrittenCounts = {};
  const note = (noun: TransferNoun, rows: number) => {
    counts[noun] = (counts[noun] ?? 0) + rows;
  };
  const { client, held } = connection;
  const run = (statement: string) => held(client.unsafe<{ count: number }[]>(statement));
  const inOne = async (work: () => Promise<number>): Promise<number> => {
    await run('begin');
    const done = await work();
    await run('commit');
    return done;
  };
  const insert = async (noun: TransferNoun, from: string) => {
    const [row] = await run(insertOf(noun, from));
    note(noun, row?.count ?? 0);
  };
  try {
    await run(passNumbers);
    await run(ownVocabulary);
    await inOne(async () => {
      for (const noun of surroundings) await insert(noun, linesOf(noun));
      return 0;
    });
    await inTurns(inOne, run, 'customer', insert);
    await writeTickets(inOne, run, insert, options);
    await inTurns(inOne, run, 'merge', insert);
    await inTurns(inOne, run, 'event', insert, 'l.parent is null');
    await tellEverybody(connection, counts);
    await run('analyze');
    return counts;
  } catch (error) {
    const state = sqlStateOf(error);
    // A key that was free, or a row that was there, when it was checked.
    if (state === '23505' || state === '23503') throw new ChangedMeanwhileError();
    throw error;
  }
}

type Run = (statement: string) => Promise<{ count: number }[]>;
type InOne = (work: () => Promise<number>) => Promise<number>;
type Insert = (noun: TransferNoun, from: string) => Promise<void>;

const linesOf = (noun: TransferNoun) => `select l.* from parley_import.lines l where l.noun = '${noun}'`;

/** Many rows that belong to no ticket, some in each transaction, which takes them out of what waits. */
async function inTurns(
  inOne: InOne,
  run: Run,
  noun: TransferNoun,
  insert: Insert,
  where = 'true',
): Promise<void> {
  let taken = rowsPerBatch;
  while (taken > 0) {
    taken = await inOne(async () => {
      await run('delete from parley_import.taken');
      const [row] = await run(`with gone as (
          delete from parley_import.lines where ctid = any(array(select l.ctid from parley_import.lines l
            where l.noun = '${noun}' and ${where} limit ${rowsPerBatch})) returning *),
        kept as (insert into parley_import.taken select * from gone returning 1)
        select count(*)::int as count from kept`);
      await insert(noun, 'select l.* from parley_import.taken l');
      return row?.count ?? 0;
    });
  }
}

/**
 * Rows of the staged records that belong to this batch. Each ticket and conversation looks its own up by the index: the
 * `offset 0` keeps the planner, which knows nothing of the batch, from reading all that is staged once for each batch.
 */
const linesOfBatch = (noun: TransferNoun, by: 'id' | 'parent', batch: 'batch' | 'batch_conversations') =>
  `select l.* from parley_import.${batch} b cross join lateral (
    select * from parley_import.lines l where l.noun = '${noun}' and l.${by} = b.id offset 0) l`;

const ofBatch = {
  ticket: linesOfBatch('ticket', 'id', 'batch'),
  conversation: linesOfBatch('conversation', 'parent', 'batch'),
  message: `select l.* from parley_import.batch_conversations b cross join lateral (
    select l.parent, l.record || jsonb_build_object('order', g.seq, 'publicOrder', g.public_seq) as record
    from parley_import.log g
    join parley_import.lines l on l.noun = 'message' and l.parent = g.conversation_id and l.id = g.id
    where g.conversation_id = b.id order by g.seq offset 0) l`,
  participant: linesOfBatch('participant', 'parent', 'batch_conversations'),
  rating: linesOfBatch('rating', 'parent', 'batch_conversations'),
  file: linesOfBatch('file', 'parent', 'batch_conversations'),
  event: linesOfBatch('event', 'parent', 'batch'),
} as const;

async function writeTickets(
  inOne: InOne,
  run: Run,
  insert: Insert,
  { onProgress = async () => {}, ticketsPerBatch = ticketsPerBatchDefault }: WritingOptions,
): Promise<void> {
  const [row] = await run('select count(*)::int as count from parley_import.tickets');
  const total = row?.count ?? 0;
  let done = 0;
  let taken = total;
  while (taken > 0) {
    await onProgress(done, total);
    taken = await inOne(async () => {
      await run('delete from parley_import.batch');
      await run('delete from parley_import.batch_conversations');
      const [batch] = await run(takeBatch(ticketsPerBatch));
      if (batch === undefined || batch.count === 0) return 0;
      await run(takeConversations);
      await run(lockLogs);
      await insert('ticket', ofBatch.ticket);
      await run(insertTags);
      await insert('conversation', ofBatch.conversation);
      await insert('message', ofBatch.message);
      await run(raiseHeads);
      await run(touchTickets);
      for (const noun of ['participant', 'rating', 'file', 'event'] as const)
        await insert(noun, ofBatch[noun]);
      await run('select 1 as count from public.search_progress where id = 1 for update');
      await run(learnWords);
      return batch.count;
    });
    done += taken;
  }
  await onProgress(done, total);
}

const takeBatch = (tickets: number) => `with gone as (delete from parley_import.tickets where ordinal in (
    select ordinal from parley_import.tickets order by ordinal limit ${tickets}) returning id),
  kept as (insert into parley_import.batch select id from gone returning 1)
  select count(*)::int as count from kept`;

const takeConversations = `insert into parley_import.batch_conversations
  select c.id from parley_import.batch b cross join lateral (
    select c.id from parley_import.conversations c where c.ticket_id = b.id offset 0) c`;

/** Whoever writes into one of these conversations waits; whoever has written since it was checked is found by the log's key. */
const lockLogs = `select count(*)::int as count from (
    select from public.conversations where id in (select id from parley_import.batch_conversations)
    order by id for no key update) locked`;

const insertTags = `insert into public.ticket_tags (ticket_id, tag_id)
  select l.id, ${ownId('tag', 'g.id::uuid')}
  from (${ofBatch.ticket}) l, jsonb_array_elements_text(coalesce(l.record -> 'tagIds', '[]')) g(id)
  on conflict do nothing`;

/** Of conversations that were there before. */
const raiseHeads = `update public.conversations c set last_seq = n.seq,
    last_public_seq = greatest(c.last_public_seq, n.public_seq),
    last_message = coalesce(n.snippet, c.last_message), last_message_at = coalesce(n.sent_at, c.last_message_at)
  from (
    select b.id, n.* from parley_import.batch_conversations b cross join lateral (
      select max(g.seq) as seq, coalesce(max(g.public_seq), 0) as public_seq,
        (array_agg(g.snippet order by g.seq desc) filter (where g.kind = 'reply'))[1] as snippet,
        (array_agg(g.sent_at order by g.seq desc) filter (where g.kind = 'reply'))[1] as sent_at
      from parley_import.log g where g.conversation_id = b.id) n) n
  where c.id = n.id and c.last_seq < n.seq`;

const touchTickets = `update public.tickets t set version = t.version + 1,
    last_activity_at = greatest(t.last_activity_at, n.at)
  from (
    select b.id, n.at from parley_import.batch b cross join lateral (
      select max(g.sent_at) as at from parley_import.conversations c
      join parley_import.log g on g.conversation_id = c.id where c.ticket_id = b.id) n) n
  where t.id = n.id and n.at is not null
    and not exists (select from parley_import.lines l where l.noun = 'ticket' and l.id = t.id)`;

/**
 * Numbers that come along are never given again. In single steps, so that the sequence can't go back under somebody who takes
 * one meanwhile; over a gap that nobody fills in a moment, in one.
 */
const passNumbers = `with last as (select last_value, is_called from public.ticket_numbers),
  gap as (select top, top - last_value + case when is_called then 0 else 1 end as steps from last, (
    select coalesce(max((l.record ->> 'number')::int), 0) as top from parley_import.lines l where l.noun = 'ticket') wanted)
  select (case when steps <= 0 then 0 when steps > 100000 then setval('public.ticket_numbers', top)
    else (select count(nextval('public.ticket_numbers')) from generate_series(1, steps)) end)::int as count from gap`;

/** From now on the words of what is older than this moment are learnt here, where nobody reads it by its time any more. */
const ownVocabulary = `insert into public.search_progress (id, next_block)
  select 1, floor(extract(epoch from coalesce((select min(sent_at) from public.messages), now())))::bigint >> 6
  where not exists (select from public.search_progress where next_block is not null)
  on conflict (id) do update set next_block = coalesce(search_progress.next_block, excluded.next_block)`;

const learnWords = `with told as materialized (
    select m.text from parley_import.batch_conversations b cross join lateral (
      select m.text from parley_import.log g
      join public.messages m on m.conversation_id = g.conversation_id and m.id = g.id
      where g.conversation_id = b.id and m.kind <> 'event' and floor(extract(epoch from m.sent_at))::bigint >> 6
        < (select next_block from public.search_progress where id = 1) offset 0) m
  ), added as (
    insert into public.search_words as known (word, entries)
    select word, count(*)::int from told, unnest((public.search_tokens(told.text))[1:${wordsOfOneMax}]) word
    where ${wordCondition} group by word order by word
    on conflict (word) do update set entries = known.entries + excluded.entries
    returning xmax = 0 as is_new
  )
  update public.search_progress set words = words + (select count(*) filter (where is_new)::int from added) where id = 1`;

/** In the trail, and for open pages, which hold the names of people, departments and tags. */
async function tellEverybody({ client, held }: OneConnection, counts: WrittenCounts): Promise<void> {
  const written = Object.entries(counts).filter(([, count]) => count > 0);
  if (written.length === 0) return;
  const after = JSON.stringify({ imported: Object.fromEntries(written) });
  await held(client`insert into public.events (id, type, actor_kind, after)
    values (${newId()}, 'workspace.changed', 'system', ${after}::text::jsonb)`);
}

/** One statement for the records that `from` selects; answers how many rows came of them. */
function insertOf(noun: TransferNoun, from: string): string {
  const table = transferTables[noun];
  const fixed = Object.entries(table.fixed ?? {});
  const columns = [...table.columns.map(({ column }) => column), ...fixed.map(([column]) => column)];
  const values = [...table.columns.map(insertedOf), ...fixed.map(([, value]) => value)];
  return `with made as (
      insert into public.${table.table} (${columns.map((column) => `"${column}"`).join(', ')})
      select ${values.join(', ')} from (${from}) l cross join lateral jsonb_to_record(l.record) as x(${fieldsOf(table)})
      on conflict ${table.conflict ?? '(id)'} do nothing returning 1)
    select count(*)::int as count from made`;
}

function fieldsOf({ columns, reads = {} }: TransferTable): string {
  const fields = [...columns.map(({ field, type }) => [field, type] as const), ...Object.entries(reads)];
  return fields.map(([field, type]) => `"${field}" ${type}`).join(', ');
}

function insertedOf({ field, refers, otherwise, unlessSaid }: TransferTable['columns'][number]): string {
  const said = refers === undefined ? `x."${field}"` : ownId(refers, `x."${field}"`);
  if (unlessSaid !== undefined) return `case when l.record ? '${field}' then ${said} else ${unlessSaid} end`;
  return otherwise === undefined ? said : `coalesce(${said}, ${otherwise})`;
}
