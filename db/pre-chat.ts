import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { jsonParam } from '#/db/messages.ts';
import { customers, tickets, widgets } from '#/db/schema.ts';
import type { FieldValue } from '#/lib/custom-fields/schema.ts';

/** What a widget asks before a conversation and after it; null when there is no such widget. */
export async function findAsking(
  tx: Tx,
  widgetId: string,
): Promise<{ preChat: Record<string, unknown>; asksRating: boolean } | null> {
  const [row] = await tx.execute<{ pre_chat: Record<string, unknown>; asks_rating: boolean }>(
    sql`select pre_chat, asks_rating from ${widgets} where ${widgets.id} = ${widgetId}`,
  );
  return row === undefined ? null : { preChat: row.pre_chat, asksRating: row.asks_rating };
}

/** The same, locked until the end of the transaction. */
export async function lockAsking(
  tx: Tx,
  widgetId: string,
): Promise<{ preChat: Record<string, unknown>; asksRating: boolean } | null> {
  const [row] = await tx.execute<{ pre_chat: Record<string, unknown>; asks_rating: boolean }>(
    sql`select pre_chat, asks_rating from ${widgets} where ${widgets.id} = ${widgetId} for no key update`,
  );
  return row === undefined ? null : { preChat: row.pre_chat, asksRating: row.asks_rating };
}

export async function updateAsking(
  tx: Tx,
  widgetId: string,
  asking: { preChat: object; asksRating: boolean },
): Promise<void> {
  await tx.execute(sql`
    update ${widgets} set pre_chat = ${jsonParam(asking.preChat)}, asks_rating = ${asking.asksRating}
    where ${widgets.id} = ${widgetId}`);
}

/**
 * What a customer tells of themselves, in their own transaction; what is absent stays. What their site signed stays as it
 * was signed, whatever they type.
 */
export async function updateOwnDetails(
  tx: Tx,
  customerId: string,
  told: { name?: string; email?: string; phone?: string; attributes: Record<string, FieldValue> },
): Promise<void> {
  const unsigned = (key: string) => sql`not ${key}::text = any(${customers.signedKeys})`;
  const kept = (key: 'name' | 'email' | 'phone', value: string | undefined) =>
    sql`case when ${value ?? null}::text is not null and ${unsigned(key)} then ${value ?? null} else ${customers[key]} end`;
  await tx.execute(sql`
    update ${customers} set name = ${kept('name', told.name)}, email = ${kept('email', told.email)},
      phone = ${kept('phone', told.phone)},
      attributes = attributes || (${jsonParam(told.attributes)} - ${customers.signedKeys})
    where ${customers.id} = ${customerId}`);
  // Rows that show the customer are newer now; in the order in which others lock them.
  await tx.execute(sql`
    with locked as materialized (
      select id from ${tickets} where ${tickets.customerId} = ${customerId} order by id for no key update)
    update ${tickets} set version = version + 1 where id in (select id from locked)`);
}
