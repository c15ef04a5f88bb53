import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { customerSessions, customers } from '#/db/schema.ts';

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

export type NewCustomer = {
  id: string;
  locale: string | null;
  timezone: string | null;
  lastPage: string | null;
};

export async function insertCustomer(tx: Tx, customer: NewCustomer): Promise<void> {
  await tx.execute(sql`
    insert into ${customers} (id, locale, timezone, last_page, last_seen_at)
    values (${customer.id}, ${customer.locale}, ${customer.timezone}, ${customer.lastPage}, now())`);
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

export async function isSessionLive(tx: Tx, sessionId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${customerSessions} join ${customers} on ${customers.id} = ${customerSessions.customerId}
    where ${customerSessions.id} = ${sessionId} and ${customerSessions.revokedAt} is null
      and ${customerSessions.expiresAt} > now() and ${customers.blockedAt} is null`);
  return rows.length > 0;
}
