import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { jsonParam } from '#/db/messages.ts';
import {
  conversations,
  customerActions,
  customerSessions,
  customers,
  events,
  files,
  identityTokens,
  messages,
  participants,
  tickets,
  typingStatus,
  widgetSecrets,
  widgets,
} from '#/db/schema.ts';
import type { AttributeChanges, Contact } from '#/lib/identity/rules.ts';
import type { CustomerAction, SecretInfo } from '#/lib/identity/schema.ts';

export type StoredSecret = SecretInfo & { secret: string };

type RawSecret = {
  id: string;
  secret: string;
  created_at: string;
  created_by: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
};

/** A widget's secrets, revoked ones last, each group the newest first. */
export async function listSecrets(tx: Tx, widgetId: string, limit: number): Promise<StoredSecret[]> {
  const rows = await tx.execute<RawSecret>(sql`
    select ${widgetSecrets.id} as id, secret, ${iso(widgetSecrets.createdAt)} as created_at,
      agents.name as created_by, ${iso(widgetSecrets.lastUsedAt)} as last_used_at,
      ${iso(widgetSecrets.revokedAt)} as revoked_at
    from ${widgetSecrets} left join agents on agents.id = ${widgetSecrets.createdBy}
    where ${widgetSecrets.widgetId} = ${widgetId}
    order by ${widgetSecrets.revokedAt} is not null, ${widgetSecrets.createdAt} desc, ${widgetSecrets.id} desc
    limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    secret: row.secret,
    hint: row.secret.slice(-4),
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }));
}

/** Keys and live secrets of the other widgets: only to tell whose a token is. */
export async function listOthersSecrets(
  tx: Tx,
  widgetId: string,
  limit: number,
): Promise<{ key: string; secrets: string[] }[]> {
  return await tx.execute<{ key: string; secrets: string[] }>(sql`
    select ${widgets.key} as key, coalesce(json_agg(${widgetSecrets.secret})
      filter (where ${widgetSecrets.secret} is not null and ${widgetSecrets.revokedAt} is null), '[]') as secrets
    from ${widgets} left join ${widgetSecrets} on ${widgetSecrets.widgetId} = ${widgets.id}
    where ${widgets.id} <> ${widgetId} group by ${widgets.id} order by ${widgets.createdAt} limit ${limit}`);
}

/** Takes turns over a widget's secrets; false when there is no such widget. */
export async function lockWidget(tx: Tx, widgetId: string): Promise<boolean> {
  const rows = await tx.execute(
    sql`select 1 from ${widgets} where ${widgets.id} = ${widgetId} for no key update`,
  );
  return rows.length > 0;
}

export async function insertSecret(
  tx: Tx,
  secret: { id: string; widgetId: string; secret: string; createdBy: string },
): Promise<void> {
  await tx.execute(sql`
    insert into ${widgetSecrets} (id, widget_id, secret, created_by)
    values (${secret.id}, ${secret.widgetId}, ${secret.secret}, ${secret.createdBy})`);
}

/** True when it was live until now. */
export async function revokeSecret(tx: Tx, widgetId: string, secretId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update ${widgetSecrets} set revoked_at = now() where ${widgetSecrets.id} = ${secretId}
      and ${widgetSecrets.widgetId} = ${widgetId} and ${widgetSecrets.revokedAt} is null returning id`);
  return rows.length > 0;
}

/** Revoked secrets that explain nothing any more. */
export async function deleteOldSecrets(tx: Tx, widgetId: string, kept: number): Promise<void> {
  await tx.execute(sql`
    delete from ${widgetSecrets} where ${widgetSecrets.id} in (
      select id from ${widgetSecrets} where ${widgetSecrets.widgetId} = ${widgetId}
        and ${widgetSecrets.revokedAt} is not null order by revoked_at desc, id desc offset ${kept})`);
}

/** Whether the secret is live now, and stays so until the end of the transaction. Notes that it was used, to the minute. */
export async function takeSecret(tx: Tx, secretId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${widgetSecrets} where ${widgetSecrets.id} = ${secretId} and ${widgetSecrets.revokedAt} is null
    for key share`);
  if (rows.length === 0) return false;
  // Whoever finds the row taken leaves it: somebody else is noting the same minute.
  await tx.execute(sql`
    update ${widgetSecrets} set last_used_at = now() where id = (
      select id from ${widgetSecrets} where ${widgetSecrets.id} = ${secretId}
        and (${widgetSecrets.lastUsedAt} is null or ${widgetSecrets.lastUsedAt} < now() - interval '1 minute')
      for no key update skip locked)`);
  return true;
}

export type Person = {
  id: string;
  isNew: boolean;
  isBlocked: boolean;
  isVerified: boolean;
  attributes: Record<string, unknown>;
  signedKeys: string[];
} & Record<'name' | 'email' | 'phone', string | null>;

type RawPerson = {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  is_blocked: boolean;
  is_verified: boolean;
  attributes: Record<string, unknown>;
  signed_keys: string[];
};
const personColumns = sql`id, name, email, phone, blocked_at is not null as is_blocked,
  verified_at is not null as is_verified, attributes, to_json(signed_keys) as signed_keys`;

/**
 * The person whom a site knows under this id, made if there is none, locked until the end of the transaction. Two who
 * sign in as the same person at once take turns here.
 */
export async function lockPerson(
  tx: Tx,
  person: {
    id: string;
    widgetId: string;
    externalId: string;
    attributes: Record<string, unknown>;
    locale: string | null;
    timezone: string | null;
  },
): Promise<Person> {
  await tx.execute(sql`
    insert into ${customers} (id, identity_widget_id, external_id, attributes, locale, timezone, last_seen_at)
    values (${person.id}, ${person.widgetId}, ${person.externalId}, ${jsonParam(person.attributes)},
      ${person.locale}, ${person.timezone}, now())
    on conflict (identity_widget_id, external_id) where external_id is not null do nothing`);
  const [row] = await tx.execute<RawPerson>(sql`
    select ${personColumns} from ${customers} where ${customers.identityWidgetId} = ${person.widgetId}
      and ${customers.externalId} = ${person.externalId} for no key update`);
  if (row === undefined) throw new Error('a person is gone');
  return personOf(row, person.id);
}

function personOf(row: RawPerson, newId: string | null): Person {
  const { id, name, email, phone, attributes } = row;
  return {
    id,
    name,
    email,
    phone,
    attributes,
    isNew: id === newId,
    isBlocked: row.is_blocked,
    isVerified: row.is_verified,
    signedKeys: row.signed_keys,
  };
}

/** A customer's own row, locked; null when it is gone or became part of somebody else. Meant for `asCustomer`, too. */
export async function lockAttributes(
  tx: Tx,
  customerId: string,
): Promise<Pick<Person, 'name' | 'email' | 'phone' | 'attributes' | 'signedKeys'> | null> {
  const [row] = await tx.execute<Omit<RawPerson, 'is_blocked' | 'is_verified'>>(sql`
    select id, name, email, phone, attributes, to_json(signed_keys) as signed_keys
    from ${customers} where ${customers.id} = ${customerId} for no key update`);
  if (row === undefined) return null;
  const { name, email, phone, attributes } = row;
  return { name, email, phone, attributes, signedKeys: row.signed_keys };
}

/** Sets what is named, and counts as a change of each ticket that shows it. For tickets in the order of their locks. */
export async function updateAttributes(
  tx: Tx,
  customerId: string,
  changes: { contact: Contact; attributes: AttributeChanges },
): Promise<void> {
  const { contact, attributes } = changes;
  const removed = Object.keys(attributes).filter((key) => attributes[key] === null);
  const set = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
  await tx.execute(sql`
    update ${customers} set
      attributes = (attributes || ${jsonParam(set)}) - ${`{${removed.join(',')}}`}::text[]
      ${contact.name === undefined ? sql`` : sql`, name = ${contact.name}`}
      ${contact.email === undefined ? sql`` : sql`, email = ${contact.email}`}
      ${contact.phone === undefined ? sql`` : sql`, phone = ${contact.phone}`}
    where ${customers.id} = ${customerId}`);
  await bumpTickets(tx, customerId);
}

async function bumpTickets(tx: Tx, customerId: string): Promise<void> {
  await tx.execute(sql`
    with locked as materialized (
      select id from ${tickets} where ${tickets.customerId} = ${customerId} order by id for no key update)
    update ${tickets} set version = version + 1 where id in (select id from locked)`);
}

/** What a site vouches for from now on; `signed` are keys that it named, taken away ones as well. */
export async function updateVerified(
  tx: Tx,
  customerId: string,
  signedKeys: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    update ${customers} set verified_at = coalesce(verified_at, now()), last_seen_at = now(),
      signed_keys = array(select json_array_elements_text(${JSON.stringify(signedKeys)}::text::json))
    where ${customers.id} = ${customerId}`);
}

/** As last seen in this browser. */
export async function updateHints(
  tx: Tx,
  customerId: string,
  hints: { locale: string | null; timezone: string | null },
): Promise<void> {
  await tx.execute(sql`
    update ${customers} set locale = coalesce(${hints.locale}, locale),
      timezone = coalesce(${hints.timezone}, timezone), last_seen_at = now()
    where ${customers.id} = ${customerId}`);
}

export type UsedToken = { customerId: string; sessionId: string };

/** Marks a token as used; null when it is the first time, else what it did then. */
export async function noteToken(
  tx: Tx,
  token: { widgetId: string; jtiHash: string; customerId: string; sessionId: string; expiresAtMs: number },
): Promise<UsedToken | null> {
  const made = await tx.execute(sql`
    insert into ${identityTokens} (widget_id, jti_hash, customer_id, session_id, expires_at)
    values (${token.widgetId}, ${token.jtiHash}, ${token.customerId}, ${token.sessionId},
      to_timestamp(${token.expiresAtMs / 1000}::float8))
    on conflict do nothing returning 1`);
  if (made.length > 0) return null;
  return findUsedToken(tx, token);
}

export async function findUsedToken(
  tx: Tx,
  token: { widgetId: string; jtiHash: string },
): Promise<UsedToken | null> {
  const [row] = await tx.execute<{ customer_id: string; session_id: string }>(sql`
    select customer_id, session_id from ${identityTokens}
    where ${identityTokens.widgetId} = ${token.widgetId} and ${identityTokens.jtiHash} = ${token.jtiHash}`);
  return row === undefined ? null : { customerId: row.customer_id, sessionId: row.session_id };
}

/** Expired a day ago: whatever a clock says, such a token is refused for its age. */
export async function deleteExpiredTokens(tx: Tx, limit: number): Promise<void> {
  await tx.execute(sql`
    delete from ${identityTokens} where (widget_id, jti_hash) in (
      select widget_id, jti_hash from ${identityTokens}
      where ${identityTokens.expiresAt} < now() - interval '1 day' limit ${limit} for update skip locked)`);
}

export type HeldSession = {
  id: string;
  customerId: string;
  widgetId: string;
  isLive: boolean;
  ageMs: number;
  livesMs: number;
};

/** The session of a token, live or not, locked until the end of the transaction; null when it was never made. */
export async function lockSessionByHash(tx: Tx, tokenHash: string): Promise<HeldSession | null> {
  return readSession(tx, tokenHash, sql`for update`);
}

export async function findSessionByHash(tx: Tx, tokenHash: string): Promise<HeldSession | null> {
  return readSession(tx, tokenHash, sql``);
}

async function readSession(tx: Tx, tokenHash: string, lock: SQL): Promise<HeldSession | null> {
  const [row] = await tx.execute<{
    id: string;
    customer_id: string;
    widget_id: string;
    is_live: boolean;
    age_ms: number;
    lives_ms: number;
  }>(sql`
    select id, customer_id, widget_id, revoked_at is null and expires_at > now() as is_live,
      (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as age_ms,
      (extract(epoch from expires_at - clock_timestamp()) * 1000)::float8 as lives_ms
    from ${customerSessions} where ${customerSessions.tokenHash} = ${tokenHash} ${lock}`);
  if (row === undefined) return null;
  return {
    id: row.id,
    customerId: row.customer_id,
    widgetId: row.widget_id,
    isLive: row.is_live,
    ageMs: row.age_ms,
    livesMs: row.lives_ms,
  };
}

/**
 * Makes sure that a token which no session has yet will never open one: a first message that is still on its way with
 * it is refused and comes back under the new session. Waits for one that is being stored just now.
 */
export async function spendToken(
  tx: Tx,
  session: { id: string; tokenHash: string; customerId: string; widgetId: string },
): Promise<void> {
  await tx.execute(sql`
    insert into ${customerSessions} (id, token_hash, customer_id, widget_id, expires_at, revoked_at)
    values (${session.id}, ${session.tokenHash}, ${session.customerId}, ${session.widgetId}, now(), now())
    on conflict (token_hash) do nothing`);
}

/** A token that is taken surfaces as a unique violation. */
export async function insertPersonSession(
  tx: Tx,
  session: { id: string; tokenHash: string; customerId: string; widgetId: string; livesMs: number },
): Promise<void> {
  await tx.execute(sql`
    insert into ${customerSessions} (id, token_hash, customer_id, widget_id, expires_at)
    values (${session.id}, ${session.tokenHash}, ${session.customerId}, ${session.widgetId},
      now() + make_interval(secs => ${session.livesMs / 1000}::float8))`);
}

export async function extendSession(tx: Tx, sessionId: string, livesMs: number): Promise<void> {
  await tx.execute(sql`
    update ${customerSessions} set expires_at = now() + make_interval(secs => ${livesMs / 1000}::float8)
    where ${customerSessions.id} = ${sessionId}`);
}

/** Whether a customer is a mere visitor, whom nobody vouches for and nobody blocked; locked until the end. */
export async function lockVisitor(tx: Tx, customerId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${customers} where ${customers.id} = ${customerId} and ${customers.externalId} is null
      and ${customers.verifiedAt} is null and ${customers.mergedInto} is null and ${customers.blockedAt} is null
      and not ${customers.isExample}
    for no key update`);
  return rows.length > 0;
}

/** What was uploaded under a session's token before there was a customer is the person's. */
export async function claimLooseFiles(tx: Tx, tokenHash: string, personId: string): Promise<void> {
  await tx.execute(sql`
    update ${files} set customer_id = ${personId}, visitor_hash = null where ${files.visitorHash} = ${tokenHash}`);
}

export type MovedTicket = { ticketId: string; conversationId: string };

/**
 * Gives everything of a visitor to the person they turned out to be; both rows are locked already. Logs, orders and
 * marks stay as they are, only whose they are changes. The visitor's row stays, empty, as the way to the person. Null
 * when a conversation began meanwhile: begin anew.
 */
export async function mergeCustomer(
  tx: Tx,
  visitorId: string,
  personId: string,
): Promise<{ moved: MovedTicket[]; sessionIds: string[] } | null> {
  const moved = await lockTicketsOf(tx, visitorId);
  if (moved === null) return null;
  const ofConversations = anyOf(moved.map((each) => each.conversationId));
  const ofTickets = anyOf(moved.map((each) => each.ticketId));
  await tx.execute(sql`
    update ${messages} set customer_id = ${personId}
    where ${messages.conversationId} = ${ofConversations} and ${messages.customerId} = ${visitorId}`);
  await tx.execute(sql`
    update ${participants} set customer_id = ${personId}
    where ${participants.conversationId} = ${ofConversations} and ${participants.customerId} = ${visitorId}`);
  await tx.execute(sql`
    delete from ${typingStatus}
    where ${typingStatus.conversationId} = ${ofConversations} and ${typingStatus.senderId} = ${visitorId}`);
  await tx.execute(sql`
    update ${events} set actor_id = ${personId}
    where ${events.ticketId} = ${ofTickets} and ${events.actorKind} = 'customer' and ${events.actorId} = ${visitorId}`);
  await tx.execute(sql`
    update ${tickets} set customer_id = ${personId}, version = version + 1 where ${tickets.id} = ${ofTickets}`);
  await tx.execute(sql`
    update ${customerActions} set customer_id = ${personId} where ${customerActions.customerId} = ${visitorId}`);
  await tx.execute(
    sql`update ${files} set customer_id = ${personId} where ${files.customerId} = ${visitorId}`,
  );
  const sessionIds = await endSessions(tx, visitorId, personId);
  await moveDetails(tx, visitorId, personId);
  return { moved, sessionIds };
}

/** Conversations first and each by id, which is the order that a send has; the newest of each ticket is named. */
async function lockTicketsOf(tx: Tx, customerId: string): Promise<MovedTicket[] | null> {
  const list = sql`select ${conversations.id} as id, ${conversations.ticketId} as ticket_id from ${conversations}
    join ${tickets} on ${tickets.id} = ${conversations.ticketId} where ${tickets.customerId} = ${customerId}
    order by ${conversations.id}`;
  type Row = { id: string; ticket_id: string };
  const before = await tx.execute<Row>(sql`${list} for no key update of conversations`);
  await tx.execute(sql`
    select 1 from ${tickets} where ${tickets.customerId} = ${customerId} order by id for no key update`);
  const now = await tx.execute<Row>(list);
  if (before.map(({ id }) => id).join() !== now.map(({ id }) => id).join()) return null;
  return now.map((row) => ({ ticketId: row.ticket_id, conversationId: row.id }));
}

async function endSessions(tx: Tx, visitorId: string, personId: string): Promise<string[]> {
  const rows = await tx.execute<{ id: string; was_live: boolean }>(sql`
    update ${customerSessions} set customer_id = ${personId}, revoked_at = coalesce(revoked.at, now())
    from (select id, revoked_at as at from ${customerSessions} where ${customerSessions.customerId} = ${visitorId}
      order by id for update) revoked
    where ${customerSessions.id} = revoked.id
    returning ${customerSessions.id} as id, revoked.at is null as was_live`);
  return rows.filter((row) => row.was_live).map((row) => row.id);
}

/** What the visitor told of themselves fills what is not known of the person, and says nothing against it. */
async function moveDetails(tx: Tx, visitorId: string, personId: string): Promise<void> {
  await tx.execute(sql`
    update ${customers} set name = coalesce(${customers.name}, visitor.name),
      email = coalesce(${customers.email}, visitor.email), phone = coalesce(${customers.phone}, visitor.phone),
      locale = coalesce(${customers.locale}, visitor.locale),
      timezone = coalesce(${customers.timezone}, visitor.timezone),
      last_page = coalesce(visitor.last_page, ${customers.lastPage}),
      attributes = visitor.attributes || ${customers.attributes},
      created_at = least(${customers.createdAt}, visitor.created_at)
    from (select * from ${customers} where ${customers.id} = ${visitorId}) visitor
    where ${customers.id} = ${personId}`);
  await tx.execute(sql`
    update ${customers} set merged_into = ${personId}, name = null, email = null, phone = null, locale = null,
      timezone = null, last_page = null, attributes = '{}'
    where ${customers.id} = ${visitorId}`);
}

function anyOf(ids: readonly string[]) {
  return sql`any((select ${`{${[...new Set(ids)].join(',')}}`}::uuid[])::uuid[])`;
}

/** False when it is there already. Keeps the newest `kept`. Meant for `asCustomer`. */
export async function insertAction(
  tx: Tx,
  action: {
    id: string;
    customerId: string;
    name: string;
    details: Record<string, unknown>;
    page: string | null;
    /** ISO 8601. */
    at: string;
  },
  kept: number,
): Promise<boolean> {
  const made = await tx.execute(sql`
    insert into ${customerActions} (id, customer_id, name, details, page, at)
    values (${action.id}, ${action.customerId}, ${action.name}, ${jsonParam(action.details)}, ${action.page},
      ${action.at}::timestamptz)
    on conflict (id) do nothing returning id`);
  if (made.length === 0) return false;
  await tx.execute(sql`
    delete from ${customerActions} where ${customerActions.id} in (
      select id from ${customerActions} where ${customerActions.customerId} = ${action.customerId}
      order by at desc, id desc offset ${kept})`);
  return true;
}

/** The newest first. */
export async function listActions(tx: Tx, customerId: string, limit: number): Promise<CustomerAction[]> {
  return await tx.execute<CustomerAction>(sql`
    select id, name, details, page, ${iso(customerActions.at)} as at from ${customerActions}
    where ${customerActions.customerId} = ${customerId} order by ${customerActions.at} desc, id desc limit ${limit}`);
}
