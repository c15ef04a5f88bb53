import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { jsonParam } from '#/db/messages.ts';
import { customerSessions, customers, tickets } from '#/db/schema.ts';
import type { CustomerCard, CustomerChange } from '#/lib/customers/schema.ts';

export type CustomerSession = { id: string; customerId: string; widgetId: string };

/** The live session with this token hash: neither revoked nor expired, of a customer who is not blocked. */
export async function findCustomerSession(tx: Tx, tokenHash: string): Promise<CustomerSession | null> {
  const [row] = await tx.execute<{ id: string; customer_id: string; widget_id: string }>(sql`
    select ${customerSessions.id} as id, ${customerSessions.customerId} as customer_id,
      ${customerSessions.widgetId} as widget_id
    from ${customerSessions} join ${customers} on ${customers.id} = ${customerSessions.customerId}
    where ${customerSessions.tokenHash} = ${tokenHash} and ${customerSessions.revokedAt} is null
      and ${customerSessions.expiresAt} > now() and ${customers.blockedAt} is null`);
  return row === undefined ? null : { id: row.id, customerId: row.customer_id, widgetId: row.widget_id };
}

/** Whether any session, live or not, was ever made with this token. */
export async function isTokenUsed(tx: Tx, tokenHash: string): Promise<boolean> {
  const rows = await tx.execute(
    sql`select 1 from ${customerSessions} where ${customerSessions.tokenHash} = ${tokenHash}`,
  );
  return rows.length > 0;
}

/** Whether this token would open a session, were its customer not blocked. */
export async function isTokenBlocked(tx: Tx, tokenHash: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${customerSessions} join ${customers} on ${customers.id} = ${customerSessions.customerId}
    where ${customerSessions.tokenHash} = ${tokenHash} and ${customerSessions.revokedAt} is null
      and ${customerSessions.expiresAt} > now() and ${customers.blockedAt} is not null`);
  return rows.length > 0;
}

export async function isCustomerBlocked(tx: Tx, customerId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${customers} where ${customers.id} = ${customerId} and ${customers.blockedAt} is not null`);
  return rows.length > 0;
}

/** Ids of the sessions that would open anything, were the customer not blocked. */
export async function listSessionIds(tx: Tx, customerId: string): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from ${customerSessions} where ${customerSessions.customerId} = ${customerId}
      and ${customerSessions.revokedAt} is null and ${customerSessions.expiresAt} > now()`);
  return rows.map((row) => row.id);
}

type RawCard = {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  timezone: string | null;
  is_verified: boolean;
  is_blocked: boolean;
  attributes: Record<string, unknown>;
  signed_keys: string[];
  created_at: string;
  last_seen_at: string | null;
  last_page: string | null;
};

/** What agents see of a customer, locked until the end of the transaction. */
export async function lockCustomer(tx: Tx, customerId: string): Promise<CustomerCard | null> {
  return findCard(tx, customerId, sql`for no key update`);
}

export async function findCustomerCard(tx: Tx, customerId: string): Promise<CustomerCard | null> {
  return findCard(tx, customerId, sql``);
}

async function findCard(tx: Tx, customerId: string, lock: SQL): Promise<CustomerCard | null> {
  const [row] = await tx.execute<RawCard>(sql`
    select id, name, email, phone, locale, timezone, verified_at is not null as is_verified,
      blocked_at is not null as is_blocked, attributes, to_json(signed_keys) as signed_keys, ${iso(customers.createdAt)} as created_at,
      ${iso(customers.lastSeenAt)} as last_seen_at, last_page
    from ${customers} where ${customers.id} = ${customerId} and ${customers.mergedInto} is null ${lock}`);
  if (row === undefined) return null;
  const { id, name, email, phone, locale, timezone, attributes } = row;
  return {
    id,
    name,
    email,
    phone,
    locale,
    timezone,
    isVerified: row.is_verified,
    isBlocked: row.is_blocked,
    attributes,
    signedKeys: row.signed_keys,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    lastPage: row.last_page,
  };
}

/** Sets it, and counts as a change of each ticket whose row shows the customer. */
export async function updateCustomer(tx: Tx, customerId: string, change: CustomerChange): Promise<void> {
  await writeCustomerChange(tx, customerId, change);
  await countAsTicketChange(tx, customerId);
}

/** Sets it alone: who writes several of them counts them as one change of each ticket. */
export async function writeCustomerChange(tx: Tx, customerId: string, change: CustomerChange): Promise<void> {
  await tx.execute(
    sql`update ${customers} set ${assignmentOf(change)} where ${customers.id} = ${customerId}`,
  );
}

/** Another version of each ticket whose row shows the customer: in the order in which others lock them. */
export async function countAsTicketChange(tx: Tx, customerId: string): Promise<void> {
  await tx.execute(sql`
    with locked as materialized (
      select id from ${tickets} where ${tickets.customerId} = ${customerId} order by id for no key update)
    update ${tickets} set version = version + 1 where id in (select id from locked)`);
}

function assignmentOf(change: CustomerChange): SQL {
  switch (change.field) {
    case 'name':
      return sql`name = ${change.to}, ${unsigned(change.field)}`;
    case 'email':
      return sql`email = ${change.to}, ${unsigned(change.field)}`;
    case 'phone':
      return sql`phone = ${change.to}, ${unsigned(change.field)}`;
    case 'attributes':
      return change.to === null
        ? sql`attributes = attributes - ${change.key}::text, ${unsigned(change.key)}`
        : sql`attributes = attributes || ${jsonParam({ [change.key]: change.to })}, ${unsigned(change.key)}`;
  }
}

/** What an agent wrote is not the site's word any more. */
function unsigned(key: string): SQL {
  return sql`signed_keys = array_remove(signed_keys, ${key})`;
}

export async function updateCustomerBlock(tx: Tx, customerId: string, isBlocked: boolean): Promise<void> {
  await tx.execute(sql`
    update ${customers} set blocked_at = ${isBlocked ? sql`now()` : sql`null`}
    where ${customers.id} = ${customerId}`);
}

/** The customer's tickets that lists may be showing now, the newest first. */
export async function listLiveTicketIdsOfCustomer(
  tx: Tx,
  customerId: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select ${tickets.id} as id from ${tickets} where ${tickets.customerId} = ${customerId}
    order by ${tickets.id} desc limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Whether a department holds a ticket of the customer, ended ones included. */
export async function hasTicketIn(tx: Tx, customerId: string, departmentId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${tickets}
    where ${tickets.customerId} = ${customerId} and ${tickets.departmentId} = ${departmentId} limit 1`);
  return rows.length > 0;
}

export type KnownCustomer = {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  /** The site's own id, with the widget of that site; both or none. */
  externalId: string | null;
  widgetId: string | null;
  locale: string | null;
  timezone: string | null;
  attributes: Record<string, unknown>;
};

/** Somebody who never wrote yet. An id that the site gave already surfaces as `customers_identity_unique`. */
export async function insertKnownCustomer(tx: Tx, customer: KnownCustomer): Promise<void> {
  await tx.execute(sql`
    insert into ${customers}
      (id, name, email, phone, external_id, identity_widget_id, locale, timezone, attributes)
    values (${customer.id}, ${customer.name}, ${customer.email}, ${customer.phone}, ${customer.externalId},
      ${customer.widgetId}, ${customer.locale}, ${customer.timezone}, ${jsonParam(customer.attributes)})`);
}

export type NewCustomer = {
  id: string;
  locale: string | null;
  timezone: string | null;
  lastPage: string | null;
  attributes: Record<string, unknown>;
};

export async function insertCustomer(tx: Tx, customer: NewCustomer): Promise<void> {
  await tx.execute(sql`
    insert into ${customers} (id, locale, timezone, last_page, attributes, last_seen_at)
    values (${customer.id}, ${customer.locale}, ${customer.timezone}, ${customer.lastPage},
      ${jsonParam(customer.attributes)}, now())`);
}

export async function insertCustomerSession(
  tx: Tx,
  session: CustomerSession & { tokenHash: string; livesForDays: number },
): Promise<void> {
  await tx.execute(sql`
    insert into ${customerSessions} (id, token_hash, customer_id, widget_id, expires_at)
    values (${session.id}, ${session.tokenHash}, ${session.customerId}, ${session.widgetId},
      now() + make_interval(days => ${session.livesForDays}::int))`);
}

/** True when it was live until now. */
export async function revokeCustomerSession(tx: Tx, sessionId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update ${customerSessions} set revoked_at = now()
    where ${customerSessions.id} = ${sessionId} and ${customerSessions.revokedAt} is null returning id`);
  return rows.length > 0;
}

export async function findCustomer(
  tx: Tx,
  customerId: string,
): Promise<{ id: string; name: string | null; email: string | null } | null> {
  const [row] = await tx.execute<{ id: string; name: string | null; email: string | null }>(
    sql`select id, name, email from ${customers} where ${customers.id} = ${customerId}`,
  );
  return row ?? null;
}

export async function updateLastSeen(tx: Tx, customerId: string): Promise<void> {
  await tx.execute(sql`
    update ${customers} set last_seen_at = now()
    where ${customers.id} = ${customerId}
      and (${customers.lastSeenAt} is null or ${customers.lastSeenAt} < now() - interval '1 minute')`);
}

/** Whether the session is live, and stays so until the end of the transaction. Meant for `asCustomer`. */
export async function lockLiveSession(tx: Tx, sessionId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${customerSessions} where ${customerSessions.id} = ${sessionId}
      and ${customerSessions.revokedAt} is null and ${customerSessions.expiresAt} > now() for share`);
  return rows.length > 0;
}

export async function isSessionLive(tx: Tx, sessionId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${customerSessions} join ${customers} on ${customers.id} = ${customerSessions.customerId}
    where ${customerSessions.id} = ${sessionId} and ${customerSessions.revokedAt} is null
      and ${customerSessions.expiresAt} > now() and ${customers.blockedAt} is null`);
  return rows.length > 0;
}
