import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Asked, Condition, FieldType, Scalar } from '#/lib/api/query.ts';

/** What lists of the public API ask for, as SQL: parameters only, on the columns that their list names. */

/** What stands for a field of the record. An orderable one is never null. */
export type FieldColumn = {
  sql: SQLWrapper;
  type: FieldType;
  /** What a value is compared as, where its type does not say it. */
  cast?: SQL;
  /** Its index was written with `.desc()`, which has nulls last: an order reads it only when it says so as well. */
  isIndexedDescending?: boolean;
};
export type FieldColumns = Readonly<Record<string, FieldColumn>>;

const castOf: Readonly<Record<FieldType, SQL>> = {
  id: sql`uuid`,
  choice: sql`text`,
  text: sql`text`,
  integer: sql`bigint`,
  boolean: sql`boolean`,
  time: sql`timestamptz`,
};

/** All conditions hold. A field without a column fulfils none. */
export function conditionsSql(where: readonly Condition[], columns: FieldColumns): SQL {
  if (where.length === 0) return sql`true`;
  return sql`(${sql.join(
    where.map((condition) => conditionSql(condition, columns)),
    sql` and `,
  )})`;
}

function conditionSql({ field, operator, value }: Condition, columns: FieldColumns): SQL {
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
  if (column === undefined) return sql`false`;
  const left = column.sql;
  const cast = column.cast ?? castOf[column.type];
  if (operator === 'isNull') return value === true ? sql`${left} is null` : sql`${left} is not null`;
  if (typeof value === 'object') return sql`${left} = any(${listOf(value, cast)})`;
  const right = sql`${value}::${cast}`;
  switch (operator) {
    case 'eq':
    case 'in':
      return sql`${left} = ${right}`;
    case 'ne':
      return sql`${left} is distinct from ${right}`;
    case 'lt':
      return sql`${left} < ${right}`;
    case 'lte':
      return sql`${left} <= ${right}`;
    case 'gt':
      return sql`${left} > ${right}`;
    case 'gte':
      return sql`${left} >= ${right}`;
    case 'contains':
      return sql`${left} ilike ${likeOf(String(value))}`;
  }
}

/** One parameter for any number of values. Texts of JSON, since an array's own text would need its own quoting. */
function listOf(values: readonly Scalar[], cast: SQL): SQL {
  return sql`(select coalesce(array_agg(listed.value::${cast}), '{}')
    from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb) listed(value))::${cast}[]`;
}

/** A pattern that finds this text as it stands there. */
function likeOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

export type Keyset = {
  /** Holds for what follows the page before. */
  bound: SQL;
  orderBy: SQL;
  /** One more than the page, which tells whether there is another. */
  limit: number;
  /** Text that finds this place again: select it as `sort_key`. */
  sortKey: SQL;
};

/** The order that was asked for, with the id as tie-break, and where the page begins. */
export function keysetOf(asked: Asked, columns: FieldColumns, id: SQLWrapper): Keyset {
  const { after, order, limit } = asked;
  const column = columns[order.field];
  if (column === undefined) throw new Error(`no column for the order by ${order.field}`);
  const direction = directionOf(order.isDescending, column.isIndexedDescending === true);
  const beyond = order.isDescending ? sql`<` : sql`>`;
  return {
    bound:
      after === null
        ? sql`true`
        : sql`(${column.sql}, ${id}) ${beyond} (${after.key}::${column.cast ?? castOf[column.type]}, ${after.id}::uuid)`,
    orderBy: sql`${column.sql} ${direction}, ${id} ${direction}`,
    limit: limit + 1,
    sortKey: sql`(${column.sql})::text`,
  };
}

/** What is ordered by is never null, so where nulls go is for the planner alone. */
function directionOf(isDescending: boolean, isIndexedDescending: boolean): SQL {
  if (isIndexedDescending) return isDescending ? sql`desc nulls last` : sql`asc nulls first`;
  return isDescending ? sql`desc` : sql`asc`;
}
