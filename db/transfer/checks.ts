import type { OneConnection } from '#/db/one-connection.ts';
import { ownId, type TransferNoun, transferNouns, transferTables } from '#/db/transfer/tables.ts';

/** What does not fit together, found in the staged records and the database, before anything is written. */
export type Misfit = {
  source: number;
  number: number;
  field: string;
  reason:
    | 'doubled'
    | 'used_twice'
    | 'reference_unknown'
    | 'reference_missing'
    | 'stored_otherwise'
    | 'seq_not_next'
    | 'public_seq_not_next'
    | 'head_not_reached'
    | 'mark_beyond_head';
  /** What it says, what belongs there. */
  value: string | null;
  expected: string | null;
  /** The other record that it collides with. */
  otherSource: number | null;
  otherNumber: number | null;
};

export type Prepared = {
  /** Equal copies of another record. */
  doubled: number;
  /** Stored already, under their own id or under their own name. */
  kept: number;
  /** To be written, by noun. */
  fresh: Partial<Record<TransferNoun, number>>;
  /** Tickets whose number another ticket has: they get the next. */
  renumbered: number;
  /** Tickets to which something is added, the new ones among them. */
  tickets: number;
};

export const misfitsMax = 100;

type Ask = (statement: string) => Promise<Row[]>;
type Row = Record<string, string | number | boolean | null>;

/**
 * Compares what was staged with itself and with the database, and lays it out for writing. Answers what does not fit, at
 * most `misfitsMax` of it; then nothing may be written. Can be begun anew at any time.
 */
export async function prepareStaged(
  { client, held }: OneConnection,
  options: { isOwnExport: boolean },
): Promise<{ misfits: Misfit[] } | { prepared: Prepared }> {
  const ask: Ask = async (statement) => [...(await held(client.unsafe<Row[]>(statement)))];
  await resolveLinks(ask);
  const doubled = await foldDoubled(ask);
  if (!('count' in doubled)) return doubled;
  await findSame(ask);
  for (const statement of [...uniqueChecks(), ...referenceChecks(), storedCheck]) {
    const misfits = await findMisfits(ask, statement);
    if (misfits.length > 0) return { misfits };
  }
  const kept = await dropStored(ask);
  const renumbered = await dropTakenNumbers(ask);
  if (!options.isOwnExport) await addMissing(ask);
  await layOutLogs(ask);
  for (const statement of logChecks) {
    const misfits = await findMisfits(ask, statement);
    if (misfits.length > 0) return { misfits };
  }
  if (!options.isOwnExport) await addAuthors(ask);
  const tickets = await layOutTickets(ask);
  const fresh = await countFresh(ask);
  return { prepared: { doubled: doubled.count, kept, fresh, renumbered, tickets } };
}

async function findMisfits(ask: Ask, statement: string): Promise<Misfit[]> {
  const rows = await ask(`select * from (${statement}) found order by source, number limit ${misfitsMax}`);
  return rows.map((row) => ({
    source: Number(row.source),
    number: Number(row.number),
    field: String(row.field),
    reason: reasonOf(row.reason),
    value: textOf(row.value),
    expected: textOf(row.expected),
    otherSource: numberOf(row.other_source),
    otherNumber: numberOf(row.other_number),
  }));
}

/** Safe: every statement of this file names one of them. */
function reasonOf(reason: unknown): Misfit['reason'] {
  return String(reason) as Misfit['reason'];
}
const textOf = (value: unknown) => (value === null || value === undefined ? null : String(value));
const numberOf = (value: unknown) => (value === null || value === undefined ? null : Number(value));

/** What a dump says in a row of its own: in which conversation a message is, and that a user is a customer. */
async function resolveLinks(ask: Ask): Promise<void> {
  await ask(`create index if not exists lines_id on parley_import.lines (noun, id)`);
  await ask(`create index if not exists lines_parent on parley_import.lines (noun, parent)`);
  await ask('analyze parley_import.lines');
  await ask(`update parley_import.lines m
    set parent = l.parent, record = m.record || jsonb_build_object('conversationId', l.parent)
    from parley_import.lines l
    where l.noun = 'link' and m.noun = 'message' and m.id = l.id and m.parent is null`);
  // What the customer's own record leaves out, the user's says.
  await ask(`update parley_import.lines c
    set record = jsonb_strip_nulls(u.record) || jsonb_strip_nulls(c.record)
    from parley_import.lines a join parley_import.lines u on u.noun = 'customer' and u.id = a.id
    where a.noun = 'alias' and c.noun = 'customer' and c.id = a.parent`);
  await ask(`delete from parley_import.lines u using parley_import.lines a
    where a.noun = 'alias' and u.noun = 'customer' and u.id = a.id`);
}

const identityOfLine = `case when l.noun in ('message', 'rating') then l.parent end`;

/** The same record twice is one; two that differ under one id are a misfit. */
async function foldDoubled(ask: Ask): Promise<{ count: number } | { misfits: Misfit[] }> {
  await ask('drop table if exists parley_import.doubled');
  await ask(`create unlogged table parley_import.doubled as
    select l.noun, l.id, ${identityOfLine} as parent from parley_import.lines l
    where l.noun not in ('alias', 'link') group by 1, 2, 3 having count(*) > 1`);
  const told = `select l.ctid, l.source, l.number, l.record,
      row_number() over first as nth, first_value(l.record) over first as first_record,
      first_value(l.source) over first as first_source, first_value(l.number) over first as first_number
    from parley_import.doubled u join parley_import.lines l
      on l.noun = u.noun and l.id = u.id and (${identityOfLine}) is not distinct from u.parent
    window first as (partition by l.noun, l.id, u.parent order by l.source, l.number)`;
  const misfits = await findMisfits(
    ask,
    `select source, number, 'id' as field, 'doubled' as reason, null as value, null as expected,
      first_source as other_source, first_number as other_number
     from (${told}) told where record <> first_record`,
  );
  if (misfits.length > 0) return { misfits };
  const [gone] = await ask(`with gone as (
      delete from parley_import.lines where ctid in (select ctid from (${told}) told where nth > 1) returning 1)
    select count(*)::float8 as count from gone`);
  return { count: Number(gone?.count ?? 0) };
}

/** What there can be only one of by name, and is there under another id: it stays, and what refers to it is led there. */
const sameByName: readonly { noun: TransferNoun; table: string; where: string }[] = [
  {
    noun: 'department',
    table: 'departments',
    where: `t.name = l.record ->> 'name' and t.closed_at is null and (l.record ->> 'closedAt') is null`,
  },
  { noun: 'agent', table: 'agents', where: `t.email = (l.record ->> 'email')::citext` },
  { noun: 'widget', table: 'widgets', where: `t.key = l.record ->> 'key'` },
  { noun: 'tag', table: 'tags', where: `t.name = (l.record ->> 'name')::citext` },
  {
    noun: 'field',
    table: 'custom_fields',
    where: `t.subject = l.record ->> 'subject' and t.key = l.record ->> 'key'`,
  },
  {
    noun: 'customer',
    table: 'customers',
    where: `t.external_id = l.record ->> 'externalId'
      and t.identity_widget_id = ${ownId('widget', `(l.record ->> 'identityWidgetId')::uuid`)}`,
  },
];

async function findSame(ask: Ask): Promise<void> {
  await ask('drop table if exists parley_import.same');
  await ask(`create unlogged table parley_import.same (noun text, id uuid, target uuid not null,
    primary key (noun, id))`);
  await ask(`insert into parley_import.same select 'customer', id, min(parent::text)::uuid from parley_import.lines
    where noun = 'alias' group by id`);
  for (const { noun, table, where } of sameByName) {
    await ask(`insert into parley_import.same
      select '${noun}', l.id, t.id from parley_import.lines l join public.${table} t on ${where}
      where l.noun = '${noun}' and t.id <> l.id and not exists (select from public.${table} o where o.id = l.id)
      on conflict do nothing`);
  }
  await ask('analyze parley_import.same');
}

/** Each: what may be there once, and the field to name. */
const uniques: readonly { noun: TransferNoun; field: string; key: string; where?: string }[] = [
  {
    noun: 'department',
    field: 'name',
    key: `l.record ->> 'name'`,
    where: `(l.record ->> 'closedAt') is null`,
  },
  { noun: 'agent', field: 'email', key: `(l.record ->> 'email')::citext` },
  { noun: 'widget', field: 'key', key: `l.record ->> 'key'` },
  { noun: 'tag', field: 'name', key: `(l.record ->> 'name')::citext` },
  { noun: 'field', field: 'key', key: `(l.record ->> 'subject') || ' ' || (l.record ->> 'key')` },
  {
    noun: 'customer',
    field: 'externalId',
    key: `(l.record ->> 'identityWidgetId') || ' ' || (l.record ->> 'externalId')`,
  },
  { noun: 'ticket', field: 'number', key: `(l.record ->> 'number')::int` },
  {
    noun: 'participant',
    field: 'conversationId',
    key: `l.parent::text || ' ' || coalesce(l.record ->> 'customerId', l.record ->> 'agentId')`,
  },
  { noun: 'file', field: 'key', key: `l.record ->> 'key'` },
  {
    noun: 'file',
    field: 'position',
    key: `l.parent::text || ' ' || (l.record ->> 'messageId') || ' ' || (l.record ->> 'position')`,
  },
  {
    noun: 'merge',
    field: 'sourceId',
    key: `l.record ->> 'sourceId'`,
    where: `(l.record ->> 'undoneAt') is null`,
  },
];

function uniqueChecks(): string[] {
  return uniques.map(
    ({ noun, field, key, where = 'true' }) => `
      select source, number, '${field}' as field, 'used_twice' as reason, key::text as value, null as expected,
        first_source as other_source, first_number as other_number
      from (select l.source, l.number, l.id, ${key} as key, first_value(l.id) over first as first_id,
          first_value(l.source) over first as first_source, first_value(l.number) over first as first_number
        from parley_import.lines l where l.noun = '${noun}' and (${key}) is not null and ${where}
        window first as (partition by ${key} order by l.source, l.number)) told
      where id <> first_id`,
  );
}

function referenceChecks(): string[] {
  const plain = transferNouns.flatMap((noun) =>
    transferTables[noun].columns.flatMap(({ field, refers }) =>
      refers === undefined
        ? []
        : [referenceCheck(noun, field, refers, `(l.record ->> '${field}')::uuid`, '')],
    ),
  );
  const tags = referenceCheck(
    'ticket',
    'tagIds',
    'tag',
    'g.id::uuid',
    `, jsonb_array_elements_text(coalesce(l.record -> 'tagIds', '[]')) g(id)`,
  );
  return [placeCheck, ...plain, tags, messageCheck('rating', 'resolveId'), messageCheck('file', 'messageId')];
}

/** Of a dump: no relation named the message's conversation. */
const placeCheck = `
  select l.source, l.number, 'conversationId' as field, 'reference_missing' as reason, null as value, null as expected,
    null as other_source, null as other_number
  from parley_import.lines l where l.noun = 'message' and l.parent is null`;

function referenceCheck(
  noun: TransferNoun,
  field: string,
  to: TransferNoun,
  ref: string,
  more: string,
): string {
  const { table } = transferTables[to];
  return `
    select l.source, l.number, '${field}' as field, 'reference_unknown' as reason, (${ref})::text as value,
      '${to}' as expected, null as other_source, null as other_number
    from parley_import.lines l ${more}
    where l.noun = '${noun}' and (${ref}) is not null
      and not exists (select from parley_import.lines r where r.noun = '${to}' and r.id = (${ref}))
      and not exists (select from parley_import.same s join parley_import.lines r on r.noun = '${to}' and r.id = s.target
        where s.noun = '${to}' and s.id = (${ref}))
      and not exists (select from parley_import.same s join public.${table} t on t.id = s.target
        where s.noun = '${to}' and s.id = (${ref}))
      and not exists (select from public.${table} t where t.id = (${ref}))`;
}

/** A message is known within its conversation only. */
function messageCheck(noun: 'rating' | 'file', field: string): string {
  const ref = `(l.record ->> '${field}')::uuid`;
  return `
    select l.source, l.number, '${field}' as field, 'reference_unknown' as reason, l.record ->> '${field}' as value,
      'message' as expected, null as other_source, null as other_number
    from parley_import.lines l
    where l.noun = '${noun}'
      and not exists (select from parley_import.lines r where r.noun = 'message' and r.id = ${ref} and r.parent = l.parent)
      and not exists (select from public.messages t where t.conversation_id = l.parent and t.id = ${ref})`;
}

/** Messages never change: one that is stored under the same id is the same, or somebody else's. */
const storedCheck = `
  select l.source, l.number, case when s.text <> coalesce(l.record ->> 'text', '') then 'text' else 'order' end as field,
    'stored_otherwise' as reason, l.record ->> 'order' as value, s.seq::text as expected, null as other_source,
    null as other_number
  from parley_import.lines l join public.messages s on s.conversation_id = l.parent and s.id = l.id
  where l.noun = 'message' and (s.text <> coalesce(l.record ->> 'text', '')
    or s.seq <> coalesce((l.record ->> 'order')::bigint, s.seq))`;

/** What is there stays as it is: an import adds and never changes. */
async function dropStored(ask: Ask): Promise<number> {
  let kept = 0;
  for (const noun of transferNouns) {
    const { table, key, parent } = transferTables[noun];
    const column = transferTables[noun].columns.find(({ field }) => field === (key ?? 'id'))?.column ?? 'id';
    const within = key === undefined || parent === undefined ? '' : 'and t.conversation_id = l.parent';
    const gone = await ask(`with gone as (
        delete from parley_import.lines l using public.${table} t
        where l.noun = '${noun}' and t."${column}" = l.id ${within} returning 1)
      select count(*)::float8 as count from gone`);
    kept += Number(gone[0]?.count ?? 0);
  }
  const same = await ask(`with gone as (
      delete from parley_import.lines l using parley_import.same s where s.noun = l.noun and s.id = l.id returning 1)
    select count(*)::float8 as count from gone`);
  return kept + Number(same[0]?.count ?? 0);
}

async function dropTakenNumbers(ask: Ask): Promise<number> {
  const changed = await ask(`with changed as (
      update parley_import.lines l set record = l.record - 'number' from public.tickets t
      where l.noun = 'ticket' and t.number = (l.record ->> 'number')::int returning 1)
    select count(*)::float8 as count from changed`);
  return Number(changed[0]?.count ?? 0);
}

/** An id that is the same each time, for what a record implies: well formed, of the version that leaves its bits to us. */
const idFrom = (text: string) =>
  `overlay(overlay(md5(${text}) placing '8' from 13) placing '8' from 17)::uuid`;

/** A ticket has at least one conversation. */
async function addMissing(ask: Ask): Promise<void> {
  const made = idFrom(`'conversation of ' || t.id`);
  await ask(`insert into parley_import.lines (noun, id, parent, source, number, record)
    select 'conversation', ${made}, t.id, t.source, t.number, jsonb_build_object('id', ${made}, 'ticketId', t.id)
    from parley_import.lines t where t.noun = 'ticket'
      and not exists (select from parley_import.lines c where c.noun = 'conversation' and c.parent = t.id)
      and not exists (select from public.conversations c where c.ticket_id = t.id)`);
}

/**
 * Gives each new message its places: those that it says, else behind what there is, by time. `read` is what a record
 * without marks says about whom it was written to.
 */
async function layOutLogs(ask: Ask): Promise<void> {
  await ask('drop table if exists parley_import.log');
  await ask(`create unlogged table parley_import.log as
    select told.*, base + row_number() over log as seq,
      case when is_public then public_base + count(*) filter (where is_public) over log end as public_seq
    from (
      select m.parent as conversation_id, m.id, m.source, m.number, coalesce(c.last_seq, 0) as base,
        coalesce(c.last_public_seq, 0) as public_base, (m.record ->> 'order')::bigint as given,
        (m.record ->> 'publicOrder')::bigint as given_public, (m.record ->> 'isPublic')::boolean as is_public,
        (m.record ->> 'sentAt')::timestamptz as sent_at, coalesce(m.record ->> 'kind', 'reply') as kind,
        ${ownId('customer', `(m.record ->> 'customerId')::uuid`)} as customer_id,
        ${ownId('agent', `(m.record ->> 'agentId')::uuid`)} as agent_id,
        coalesce((m.record ->> 'read')::boolean, true) as read, m.record ->> 'snippet' as snippet
      from parley_import.lines m left join public.conversations c on c.id = m.parent where m.noun = 'message') told
    window log as (partition by conversation_id order by given nulls last, sent_at, source, number
      rows between unbounded preceding and current row)`);
  await ask('create unique index log_id on parley_import.log (conversation_id, id)');
  await ask('analyze parley_import.log');
}

const logChecks: readonly string[] = [
  `select source, number, 'order' as field, 'seq_not_next' as reason, given::text as value, seq::text as expected,
     null as other_source, null as other_number
   from parley_import.log where given is not null and given <> seq`,
  `select source, number, 'publicOrder' as field, 'public_seq_not_next' as reason, given_public::text as value,
     public_seq::text as expected, null as other_source, null as other_number
   from parley_import.log where given is not null and given_public is distinct from public_seq`,
  ...(
    [
      ['head', 'seq'],
      ['publicHead', 'public_seq'],
    ] as const
  ).map(
    ([field, column]) => `
      select l.source, l.number, '${field}' as field, 'head_not_reached' as reason, l.record ->> '${field}' as value,
        coalesce(g.head, 0)::text as expected, null as other_source, null as other_number
      from parley_import.lines l left join (
        select conversation_id, max(${column}) as head from parley_import.log group by 1) g on g.conversation_id = l.id
      where l.noun = 'conversation' and (l.record ->> '${field}')::bigint <> coalesce(g.head, 0)`,
  ),
  // What is yet to be written would count as read.
  `select l.source, l.number, marks.field, 'mark_beyond_head' as reason, l.record ->> marks.field as value,
     marks.head::text as expected, null as other_source, null as other_number
   from parley_import.lines l left join public.conversations c on c.id = l.parent
   left join (select conversation_id, max(seq) as seq, max(public_seq) as public_seq from parley_import.log group by 1) g
     on g.conversation_id = l.parent
   cross join lateral (values (coalesce(g.seq, c.last_seq, 0), coalesce(g.public_seq, c.last_public_seq, 0)))
     heads (staff, public)
   cross join lateral (values ('readThrough', heads.staff),
     ('readSeq', case when l.record ->> 'agentId' is null then heads.public else heads.staff end),
     ('deliveredSeq', case when l.record ->> 'agentId' is null then heads.public else heads.staff end))
     marks (field, head)
   where l.noun = 'participant' and (l.record ->> marks.field)::bigint > marks.head`,
];

/** Where nobody said who takes part: those who wrote, as far as what they read is known. */
async function addAuthors(ask: Ask): Promise<void> {
  const made = idFrom(`'participant ' || w.conversation_id || ' ' || w.person`);
  await ask(`insert into parley_import.lines (noun, id, parent, source, number, record)
    select 'participant', ${made}, w.conversation_id, w.source, w.number, jsonb_strip_nulls(jsonb_build_object(
      'id', ${made}, 'conversationId', w.conversation_id, 'customerId', w.customer_id, 'agentId', w.agent_id))
    from (
      select g.conversation_id, coalesce(g.customer_id, g.agent_id) as person, g.customer_id, g.agent_id,
        min(g.source) as source, min(g.number) as number
      from parley_import.log g where g.kind <> 'event' and num_nonnulls(g.customer_id, g.agent_id) = 1
      group by 1, 2, 3, 4) w
    where not exists (select from parley_import.lines p where p.noun = 'participant' and p.parent = w.conversation_id
        and w.person in (${ownId('customer', `(p.record ->> 'customerId')::uuid`)},
          ${ownId('agent', `(p.record ->> 'agentId')::uuid`)}))
      and not exists (select from public.participants p where p.conversation_id = w.conversation_id
        and w.person in (p.customer_id, p.agent_id))
      and not exists (select from parley_import.lines p where p.noun = 'participant' and p.id = ${made})`);
}

/** The tickets to which anything is added, in turn, and which conversations are theirs. */
async function layOutTickets(ask: Ask): Promise<number> {
  const own = ['conversations', 'tickets', 'batch', 'batch_conversations', 'taken']
    .map((name) => `parley_import.${name}`)
    .join(', ');
  await ask(`drop table if exists ${own}`);
  await ask(`create unlogged table parley_import.conversations as
    select c.id, c.ticket_id from public.conversations c where c.id in (
      select l.parent from parley_import.lines l where l.noun in ('message', 'participant', 'rating', 'file'))
    union all
    select l.id, l.parent from parley_import.lines l where l.noun = 'conversation'`);
  await ask('create index on parley_import.conversations (ticket_id)');
  await ask('create index on parley_import.conversations (id)');
  await ask(`create unlogged table parley_import.tickets as
    select row_number() over (order by id) as ordinal, id from (
      select l.id from parley_import.lines l where l.noun = 'ticket'
      union select c.ticket_id from parley_import.conversations c
      union select l.parent from parley_import.lines l where l.noun = 'event' and l.parent is not null) named`);
  await ask('create index on parley_import.tickets (ordinal)');
  await ask('create unlogged table parley_import.batch (id uuid primary key)');
  await ask('create unlogged table parley_import.batch_conversations (id uuid primary key)');
  await ask('create unlogged table parley_import.taken as select * from parley_import.lines limit 0');
  await ask('analyze parley_import.conversations');
  await ask('analyze parley_import.tickets');
  const [row] = await ask('select count(*)::float8 as count from parley_import.tickets');
  return Number(row?.count ?? 0);
}

async function countFresh(ask: Ask): Promise<Prepared['fresh']> {
  const rows = await ask(`select noun, count(*)::float8 as count from parley_import.lines
    where noun not in ('alias', 'link') group by noun`);
  return Object.fromEntries(rows.map(({ noun, count }) => [String(noun), Number(count)]));
}
