import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { currentEpoch } from '#/db/expressions.ts';
import { tickets } from '#/db/schema.ts';
import { idList } from '#/db/tickets.ts';
import { groupFields, idOfAssignee, type Known, type Named } from '#/lib/tickets/filter.ts';
import type { ListPosition } from '#/lib/tickets/rules.ts';
import {
  type TicketCounts,
  type TicketFilter,
  type TicketSort,
  type TicketStatus,
  ticketCountMax,
  ticketPriorities,
  ticketStatuses,
} from '#/lib/tickets/schema.ts';

/** A `TicketFilter` as SQL: a row fulfils it exactly when `matches` of `lib/tickets/filter.ts` says so. */

type Reader = { id: string };
/** When "waiting longer than" is asked for; the database's own clock unless a test says otherwise. */
const databaseNow = sql`now()`;

export function filterCondition(filter: TicketFilter, me: Reader, how: How = {}): SQL {
  return joined([statusCondition(filter), ...conditionsOf(filter, me, how)]);
}

type How = {
  now?: SQL | undefined;
  /** Who fulfils a condition on customers, where they are few. */
  customers?: FewCustomers | undefined;
};
type FewCustomers = ReadonlyMap<string, readonly string[]>;
type FieldCondition = NonNullable<TicketFilter['fields']>[number];

const fewCustomersMax = 1_000;

/**
 * The customers behind each condition on one of their fields, where they are few: then their tickets are found by an
 * index. PostgreSQL takes every such condition for one that a thousandth fulfils.
 */
async function findFewCustomers(tx: Tx, filters: readonly TicketFilter[]): Promise<FewCustomers> {
  const conditions = filters.flatMap(({ fields = [] }) =>
    fields.filter(({ subject }) => subject === 'customer'),
  );
  const pairs = [...new Set(conditions.map(pairOf))];
  if (pairs.length === 0) return new Map();
  const found = pairs.map(
    (pair) => sql`select ${pair}::text as pair, to_jsonb(array(
      select id from customers where attributes @> ${pair}::text::jsonb limit ${fewCustomersMax + 1})) as ids`,
  );
  const rows = await tx.execute<{ pair: string; ids: string[] }>(sql.join(found, sql` union all `));
  const few = rows.filter(({ ids }) => ids.length <= fewCustomersMax);
  return new Map(few.map(({ pair, ids }) => [pair, ids]));
}

function pairOf({ key, is }: FieldCondition): string {
  return JSON.stringify({ [key]: is });
}

function fieldCondition(condition: FieldCondition, customers: FewCustomers | undefined): SQL {
  const pair = pairOf(condition);
  if (condition.subject === 'ticket') return sql`${tickets.fields} @> ${pair}::text::jsonb`;
  const ids = customers?.get(pair);
  if (ids !== undefined) return sql`${tickets.customerId} = any(${`{${ids.join(',')}}`}::uuid[])`;
  return sql`(select asking.attributes @> ${pair}::text::jsonb from customers asking
    where asking.id = ${tickets.customerId})`;
}

function joined(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `);
}

const live = ['open', 'pending'];

/** Written out where an index covers exactly these. */
function statusCondition({ status = [] }: TicketFilter): SQL {
  const wanted = new Set<string>(status);
  if (wanted.size === 0 || wanted.size === ticketStatuses.length) return sql`true`;
  if (wanted.size === 2 && live.every((each) => wanted.has(each)))
    return sql`${tickets.status} in ('open', 'pending')`;
  if (wanted.size === 1 && wanted.has('snoozed')) return sql`${tickets.status} = 'snoozed'`;
  return sql`${tickets.status} = any(${`{${[...wanted].join(',')}}`}::text[])`;
}

/** All but the status. */
function conditionsOf(filter: TicketFilter, me: Reader, { now = databaseNow, customers }: How): SQL[] {
  const { priority = [], assignee = [], department = [], tag = [] } = filter;
  const { customer, createdFrom, createdTo, waitingMinutes, fields = [] } = filter;
  const conditions: SQL[] = [];
  if (priority.length > 0) {
    const ranks = priority.map((each) => ticketPriorities.indexOf(each));
    conditions.push(sql`${tickets.priorityRank} = any(${`{${ranks.join(',')}}`}::smallint[])`);
  }
  if (assignee.length > 0) {
    conditions.push(
      idCondition(
        sql`${tickets.assigneeId}`,
        assignee.map((who) => idOfAssignee(who, me)),
      ),
    );
  }
  if (department.length > 0) {
    const ids = department.map((id) => (id === 'none' ? null : id));
    conditions.push(idCondition(sql`${tickets.departmentId}`, ids));
  }
  if (tag.length > 0) {
    conditions.push(sql`exists (select 1 from ticket_tags where ticket_tags.ticket_id = ${tickets.id}
      and ticket_tags.tag_id = any(${`{${tag.join(',')}}`}::uuid[]))`);
  }
  if (customer != null) conditions.push(sql`${tickets.customerId} = ${customer}`);
  if (createdFrom != null) conditions.push(sql`${tickets.createdAt} >= ${createdFrom}::timestamptz`);
  if (createdTo != null) conditions.push(sql`${tickets.createdAt} < ${createdTo}::timestamptz`);
  if (waitingMinutes != null) {
    conditions.push(sql`${tickets.waitingSince} <= ${now} - make_interval(mins => ${waitingMinutes}::int)`);
  }
  for (const group of groupFields(fields)) {
    const any = group.map((condition) => fieldCondition(condition, customers));
    conditions.push(sql`(${sql.join(any, sql` or `)})`);
  }
  return conditions;
}

/** Null among the values asks for rows without one. */
function idCondition(column: SQL, values: readonly (string | null)[]): SQL {
  const ids = [...new Set(values.filter((value) => value !== null))];
  const isNone = sql`${column} is null`;
  const [first] = ids;
  if (first === undefined) return isNone;
  const isOne =
    ids.length === 1 ? sql`${column} = ${first}` : sql`${column} = any(${`{${ids.join(',')}}`}::uuid[])`;
  return ids.length === values.length ? isOne : values.includes(null) ? sql`(${isOne} or ${isNone})` : isOne;
}

export type Selection = {
  filter: TicketFilter;
  sort: TicketSort;
  after: ListPosition | null;
  limit: number;
  me: Reader;
  scope: SQL;
  /** Few enough to sort them all; more than so many are found soon enough by walking along an index. */
  fewMax?: number;
} & How;

/**
 * Runs a statement with a plan for its own values: which index finds few rows depends on them, and a plan for any values
 * reads everything. Only inside a transaction, whose end undoes it.
 */
async function withOwnPlan<Row extends Record<string, unknown>>(tx: Tx, statement: SQL) {
  const [, rows] = await Promise.all([
    // By one process: others cost more to begin than these statements take, and there are other people.
    tx.execute(sql`select set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('max_parallel_workers_per_gather', '0', true)`),
    tx.execute<Row>(statement),
  ]);
  return rows;
}

/**
 * Runs a statement that walks along indexes in their order, and never sorts or gathers first: that there is enough to
 * meet on the way is known here and not to the planner. Only inside a transaction, whose end undoes it.
 */
async function alongIndexes<Row extends Record<string, unknown>>(tx: Tx, statement: SQL) {
  const [, rows] = await Promise.all([
    tx.execute(
      sql`select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
    ),
    tx.execute<Row>(statement),
  ]);
  return rows;
}

const fewMaxUsual = 2_000;

/**
 * The ids of one page in their order, and how many rows there are altogether (bounded). Few matching rows are gathered by
 * whatever index finds them and sorted; many are met soon by walking along the index of the sort.
 */
export async function listTicketIds(
  tx: Tx,
  selection: Selection,
): Promise<{ ids: string[]; matching: number }> {
  const { filter, me } = selection;
  if (conditionsOf(filter, me, selection).length === 0) {
    const [matching, ids] = await Promise.all([countMatching(tx, selection), walk(tx, selection)]);
    return { ids, matching };
  }
  const known = { ...selection, customers: await findFewCustomers(tx, [filter]) };
  const gathered = await gather(tx, known);
  const matching = Math.min(ticketCountMax, gathered.count);
  return {
    ids: gathered.count > (selection.fewMax ?? fewMaxUsual) ? await walk(tx, known) : gathered.ids,
    matching,
  };
}

async function countMatching(
  tx: Tx,
  selection: Pick<Selection, 'filter' | 'me' | 'scope' | 'now'>,
): Promise<number> {
  const { filter, me, scope } = selection;
  const [row] = await withOwnPlan<{ count: number }>(
    tx,
    sql`select ${boundedCount(sql`${filterCondition(filter, me, selection)} and ${scope}`)} as count`,
  );
  return row?.count ?? 0;
}

function boundedCount(condition: SQL): SQL {
  return sql`(select count(*)::int from (select 1 from ${tickets} where ${condition} limit ${ticketCountMax}) counted)`;
}

async function gather(tx: Tx, selection: Selection): Promise<{ ids: string[]; count: number }> {
  const { filter, sort, after, limit, me, scope, fewMax = fewMaxUsual } = selection;
  const { place, at } = sortKeys[sort];
  const [row] = await withOwnPlan<{ ids: string[]; count: number }>(
    tx,
    sql`
    with found as materialized (
      select ${tickets.id} as id, ${place} as place, ${at} as at from ${tickets}
      where ${filterCondition(filter, me, selection)} and ${scope} limit ${Math.max(fewMax, ticketCountMax) + 1})
    select (select count(*)::int from found) as count,
      to_jsonb(array(select id from found where ${after === null ? sql`true` : isAfter(after)}
        order by ${listOrder} limit ${limit})) as ids`,
  );
  return { ids: row?.ids ?? [], count: row?.count ?? 0 };
}

/** The columns behind a `ListPosition`. */
const sortKeys: Record<TicketSort, { place: SQL; at: SQL }> = {
  newest: { place: sql`0`, at: sql`${tickets.lastActivityAt}` },
  waiting: {
    place: sql`case when ${tickets.wokeAt} is null then 1 else 0 end`,
    at: sql`coalesce(${tickets.wokeAt}, ${tickets.waitingSince})`,
  },
  priority: { place: sql`4 - ${tickets.priorityRank}`, at: sql`${tickets.waitingSince}` },
};

/** Of rows with `place`, `at` and `id`. */
const listOrder = sql`place, case when place = 0 then at end desc nulls last,
  case when place = 0 then id end desc nulls last, case when place > 0 then at end asc nulls last, id asc`;

function isAfter({ place, at, id }: ListPosition): SQL {
  const further = sql`place > ${place}::int`;
  const same = sql`place = ${place}::int`;
  if (at === null) return sql`(${further} or (${same} and at is null and id > ${id}::uuid))`;
  const key = sql`(${at}::timestamptz, ${id}::uuid)`;
  if (place === 0) return sql`(${further} or (${same} and (at, id) < ${key}))`;
  return sql`(${further} or (${same} and (at is null or (at, id) > ${key})))`;
}

/** What the inbox asks for, and the one row more that tells whether there is a next page. */
const usualLimit = 51;

/** One bounded index scan for each status and stretch of the order, merged: sorting all of them would grow with their number. */
async function walk(tx: Tx, selection: Selection): Promise<string[]> {
  const { filter, me, scope, limit } = selection;
  // As text, not as a parameter: a plan for any number of rows looks dear, and each call would be planned anew.
  const bound = limit === usualLimit ? sql`51` : sql`${limit}`;
  const condition = joined([...conditionsOf(filter, me, selection), scope]);
  const { status = [] } = filter;
  const statuses: readonly TicketStatus[] = status.length === 0 ? ticketStatuses : [...new Set(status)];
  const branches = statuses.flatMap((each) =>
    stretchesOf(selection).map(
      ({ place, at, where, order }) => sql`(
        select ${tickets.id} as id, ${place} as place, ${at} as at from ${tickets}
        where ${tickets.status} = ${each} and ${where} and ${condition} order by ${order} limit ${bound})`,
    ),
  );
  if (branches.length === 0) return [];
  const rows = await alongIndexes<{ id: string }>(
    tx,
    sql`
    select id from (${sql.join(branches, sql` union all `)}) found order by ${listOrder} limit ${bound}`,
  );
  return rows.map((row) => row.id);
}

type Stretch = { place: SQL; at: SQL; where: SQL; order: SQL };

function stretchesOf({ sort, after }: Selection): Stretch[] {
  switch (sort) {
    case 'newest':
      return [downwards(sql`${tickets.lastActivityAt}`, sql`true`, after, sql`desc nulls last`)];
    case 'waiting': {
      const woken = downwards(sql`${tickets.wokeAt}`, sql`${tickets.wokeAt} is not null`, after, sql`desc`);
      const others = upwards(1, sql`${tickets.wokeAt} is null`, after);
      return after !== null && after.place > 0 ? others : [woken, ...others];
    }
    case 'priority':
      return [1, 2, 3, 4].flatMap((place) =>
        upwards(place, sql`${tickets.priorityRank} = ${ranks[place]}`, after),
      );
  }
}

const places: Record<number, SQL> = { 1: sql`1`, 2: sql`2`, 3: sql`3`, 4: sql`4` };
/** By place; as text, since each is a stretch of the index of its own. */
const ranks: Record<number, SQL> = { 1: sql`3`, 2: sql`2`, 3: sql`1`, 4: sql`0` };

function downwards(at: SQL, where: SQL, after: ListPosition | null, direction: SQL): Stretch {
  const isBelow =
    after === null ? sql`true` : sql`(${at}, ${tickets.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  return {
    place: sql`0`,
    at,
    where: sql`${where} and ${isBelow}`,
    order: sql`${at} ${direction}, ${tickets.id} ${direction}`,
  };
}

/** Those who wait, longest first, then those whom nobody keeps waiting. */
function upwards(place: number, where: SQL, after: ListPosition | null): Stretch[] {
  if (after !== null && after.place > place) return [];
  const from = after?.place === place ? after : null;
  const isAmongIdle = from !== null && from.at === null;
  const shared = {
    place: places[place] ?? sql`0`,
    at: sql`${tickets.waitingSince}`,
    // Named also where all are null: only so does the order match the index, which ends in the id.
    order: sql`${tickets.waitingSince} asc, ${tickets.id} asc`,
  };
  const isWaitingAfter =
    from === null
      ? sql`true`
      : sql`(${tickets.waitingSince}, ${tickets.id}) > (${from.at}::timestamptz, ${from.id}::uuid)`;
  const waiting = {
    ...shared,
    where: sql`${where} and ${tickets.waitingSince} is not null and ${isWaitingAfter}`,
  };
  const isIdleAfter = isAmongIdle ? sql`${tickets.id} > ${from.id}::uuid` : sql`true`;
  const idle = { ...shared, where: sql`${where} and ${tickets.waitingSince} is null and ${isIdleAfter}` };
  return isAmongIdle ? [idle] : [waiting, idle];
}

export type FixedCounts = Pick<TicketCounts, 'mine' | 'unassigned' | 'all' | 'snoozed'> & {
  departments: { id: string; isRestricted: boolean; count: number }[];
  epoch: string;
};

/** The views that everybody has and all departments, each bounded at 1,000. */
export async function countTickets(tx: Tx, agentId: string, scope: SQL): Promise<FixedCounts> {
  const among = (condition: SQL) =>
    boundedCount(sql`${tickets.status} in ('open', 'pending') and ${condition} and ${scope}`);
  const [row] = await tx.execute<FixedCounts>(sql`
    select ${among(sql`${tickets.assigneeId} = ${agentId}`)} as mine,
      ${among(sql`${tickets.assigneeId} is null`)} as unassigned, ${among(sql`true`)} as "all",
      ${boundedCount(sql`${tickets.status} = 'snoozed' and ${scope}`)} as snoozed,
      (select coalesce(jsonb_agg(jsonb_build_object('id', each.id, 'isRestricted', each.is_restricted,
          'count', ${among(sql`${tickets.departmentId} = each.id`)})), '[]')
        from departments each) as departments,
      ${currentEpoch} as epoch`);
  if (row === undefined) throw new Error('a query without FROM answered no row');
  return row;
}

/** See `epochSchema` of messages. */
export async function findEpoch(tx: Tx): Promise<string> {
  const [row] = await tx.execute<{ epoch: string }>(sql`select ${currentEpoch} as epoch`);
  return row?.epoch ?? '';
}

/** How many tickets each of these filters matches, in their order, each bounded at 1,000. */
export async function countEach(
  tx: Tx,
  filters: readonly TicketFilter[],
  me: Reader,
  scope: SQL,
): Promise<number[]> {
  if (filters.length === 0) return [];
  const customers = await findFewCustomers(tx, filters);
  const counts = filters.map((filter) =>
    boundedCount(sql`${filterCondition(filter, me, { customers })} and ${scope}`),
  );
  const [row] = await withOwnPlan<{ counts: number[] }>(
    tx,
    sql`select to_jsonb(array[${sql.join(counts, sql`, `)}]) as counts`,
  );
  return row?.counts ?? [];
}

/** Those of the named that there are. */
export async function findNamed(tx: Tx, named: Named): Promise<Known> {
  const found = (table: SQL, ids: readonly string[]) =>
    sql`to_jsonb(array(select id from ${table} where id = any(${idList(ids)})))`;
  const [row] = await tx.execute<Record<keyof Known, string[]>>(sql`
    select ${found(sql`tags`, named.tags)} as tags, ${found(sql`departments`, named.departments)} as departments,
      ${found(sql`agents`, named.agents)} as agents, ${found(sql`customers`, named.customers)} as customers,
      to_jsonb(array(select subject || '.' || key from custom_fields)) as fields`);
  return {
    tags: new Set(row?.tags),
    departments: new Set(row?.departments),
    agents: new Set(row?.agents),
    customers: new Set(row?.customers),
    fields: new Set(row?.fields),
  };
}
