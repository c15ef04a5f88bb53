import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { customers, widgets } from '#/db/schema.ts';
import { customerScope } from '#/db/scope.ts';
import { idList } from '#/db/tickets.ts';
import type { Asked, Found } from '#/lib/api/query.ts';
import type { CustomerRecord } from '#/lib/api/records/customers.ts';
import type { Actor } from '#/lib/permissions/actor.ts';

/** What lists of customers are narrowed and ordered by. */
const columns: FieldColumns = {
  id: { sql: sql`${customers.id}`, type: 'id' },
  email: { sql: sql`${customers.email}`, type: 'text', cast: sql`citext` },
  phone: { sql: sql`${customers.phone}`, type: 'text' },
  externalId: { sql: sql`${customers.externalId}`, type: 'text' },
  createdAt: { sql: sql`${customers.createdAt}`, type: 'time' },
};

type RawCustomer = {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  external_id: string | null;
  widget_key: string | null;
  verified_at: string | null;
  blocked_at: string | null;
  locale: string | null;
  timezone: string | null;
  attributes: Record<string, string | number | boolean>;
  signed_keys: string[];
  last_page: string | null;
  last_seen_at: string | null;
  created_at: string;
};

const recordColumns = sql`${customers.id} as id, ${customers.name} as name, ${customers.email} as email,
  ${customers.phone} as phone, ${customers.externalId} as external_id,
  (select ${widgets.key} from ${widgets} where ${widgets.id} = ${customers.identityWidgetId}) as widget_key,
  ${iso(customers.verifiedAt)} as verified_at, ${iso(customers.blockedAt)} as blocked_at,
  ${customers.locale} as locale, ${customers.timezone} as timezone, ${customers.attributes} as attributes,
  to_json(${customers.signedKeys}) as signed_keys, ${customers.lastPage} as last_page,
  ${iso(customers.lastSeenAt)} as last_seen_at, ${iso(customers.createdAt)} as created_at`;

function recordOf(row: RawCustomer): CustomerRecord {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phone: row.phone,
    externalId: row.external_id,
    widgetKey: row.widget_key,
    verifiedAt: row.verified_at,
    blockedAt: row.blocked_at,
    locale: row.locale,
    timezone: row.timezone,
    attributes: row.attributes,
    signedKeys: row.signed_keys,
    lastPage: row.last_page,
    lastSeenAt: row.last_seen_at,
    createdAt: row.created_at,
  };
}

/** A visitor who turned out to be somebody is that person: the row that is left of them is nobody's business. */
function visible(actor: Actor): SQL {
  return sql`${customers.mergedInto} is null and ${customerScope(actor)}`;
}

/** One page of those whom the actor may read, with one row more when there are more. */
export async function listCustomerRecords(
  tx: Tx,
  actor: Actor,
  asked: Asked,
): Promise<Found<CustomerRecord>[]> {
  const { bound, orderBy, limit, sortKey } = keysetOf(asked, columns, sql`${customers.id}`);
  const rows = await tx.execute<RawCustomer & { sort_key: string }>(sql`
    select ${recordColumns}, ${sortKey} as sort_key from ${customers}
    where ${visible(actor)} and ${conditionsSql(asked.where, columns)} and ${bound}
    order by ${orderBy} limit ${limit}`);
  return rows.map((row) => ({ item: recordOf(row), id: row.id, sortKey: row.sort_key }));
}

export async function countCustomerRecords(
  tx: Tx,
  actor: Actor,
  asked: Pick<Asked, 'where'>,
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${customers}
    where ${visible(actor)} and ${conditionsSql(asked.where, columns)}`);
  return row?.count ?? 0;
}

/** By id, those of them whom the actor may read. */
export async function findCustomersById(
  tx: Tx,
  actor: Actor,
  ids: readonly string[],
): Promise<Map<string, CustomerRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<RawCustomer>(sql`
    select ${recordColumns} from ${customers}
    where ${customers.id} = any(${idList(ids)}) and ${visible(actor)}`);
  return new Map(rows.map((row) => [row.id, recordOf(row)]));
}
