import { type SQL, sql } from 'drizzle-orm';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import type { Tx } from '#/db/client.ts';
import { iso, number } from '#/db/expressions.ts';
import { jsonParam } from '#/db/messages.ts';
import { events, webhookAttempts, webhookDeliveries, webhooks } from '#/db/schema.ts';
import { webhookScope } from '#/db/scope.ts';
import type { Asked, Condition, Found } from '#/lib/api/query.ts';
import type {
  AttemptRecord,
  DeliveryRecord,
  DeliveryWithLogRecord,
  DisabledReason,
  WebhookRecord,
} from '#/lib/api/records/webhooks.ts';
import type { ApiEventType } from '#/lib/events/schema.ts';
import type { Actor } from '#/lib/permissions/actor.ts';

/** With what its signatures are made, the newest first. */
export type StoredWebhook = WebhookRecord & { secret: string };

type RawWebhook = {
  id: string;
  name: string;
  url: string;
  types: ApiEventType[];
  department_id: string | null;
  disabled_reason: DisabledReason | null;
  disabled_at: string | null;
  failing_since: string | null;
  secret: string;
  former_until: string | null;
  created_by: string | null;
  created_at: string;
};

const webhookColumns = sql`${webhooks.id} as id, ${webhooks.name} as name, ${webhooks.url} as url,
  to_json(${webhooks.types}) as types, ${webhooks.departmentId} as department_id,
  ${webhooks.disabledReason} as disabled_reason,
  ${iso(webhooks.disabledAt)} as disabled_at, ${iso(webhooks.failingSince)} as failing_since,
  ${webhooks.secret} as secret,
  case when ${webhooks.formerUntil} > now() then ${iso(webhooks.formerUntil)} end as former_until,
  ${webhooks.createdBy} as created_by, ${iso(webhooks.createdAt)} as created_at`;

function storedOf(row: RawWebhook): StoredWebhook {
  return { ...webhookOf(row), secret: row.secret };
}

function webhookOf(row: RawWebhook): WebhookRecord {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    types: row.types,
    departmentId: row.department_id,
    isEnabled: row.disabled_reason === null,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    failingSince: row.failing_since,
    secretHint: row.secret.slice(-4),
    formerSecretUntil: row.former_until,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

const webhookFields: FieldColumns = {
  id: { sql: webhooks.id, type: 'id' },
  name: { sql: webhooks.name, type: 'text' },
  url: { sql: webhooks.url, type: 'text' },
  departmentId: { sql: webhooks.departmentId, type: 'id' },
  isEnabled: { sql: sql`(${webhooks.disabledReason} is null)`, type: 'boolean' },
  createdAt: { sql: webhooks.createdAt, type: 'time' },
};

/** One page of those that the actor may read, with one row more when there are more. */
export async function findWebhooks(tx: Tx, actor: Actor, asked: Asked): Promise<Found<WebhookRecord>[]> {
  const keyset = keysetOf(asked, webhookFields, webhooks.id);
  const rows = await tx.execute<RawWebhook & { sort_key: string }>(sql`
    select ${webhookColumns}, ${keyset.sortKey} as sort_key from ${webhooks}
    where ${webhookScope(actor)} and ${conditionsSql(asked.where, webhookFields)} and ${keyset.bound}
    order by ${keyset.orderBy} limit ${keyset.limit}`);
  return rows.map((row) => ({ item: webhookOf(row), id: row.id, sortKey: row.sort_key }));
}

export async function countWebhooks(tx: Tx, actor: Actor, where: readonly Condition[]): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${webhooks}
    where ${webhookScope(actor)} and ${conditionsSql(where, webhookFields)}`);
  return row?.count ?? 0;
}

/** All that the actor may read, in the order of their making. */
export async function listWebhooks(tx: Tx, actor: Actor): Promise<WebhookRecord[]> {
  const rows = await tx.execute<RawWebhook>(sql`
    select ${webhookColumns} from ${webhooks} where ${webhookScope(actor)}
    order by ${webhooks.createdAt}, ${webhooks.id}`);
  return rows.map(webhookOf);
}

/** How many the actor may read that Parley switched off and nobody has switched on again. */
export async function countStoppedWebhooks(tx: Tx, actor: Actor): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${webhooks}
    where ${webhookScope(actor)} and ${webhooks.disabledReason} in ('failing', 'gone')`);
  return row?.count ?? 0;
}

export async function findWebhook(tx: Tx, id: string): Promise<StoredWebhook | null> {
  return findWhere(tx, sql`${webhooks.id} = ${id}`);
}

/** The same, locked: who changes it and who sends for it take turns. */
export async function lockWebhook(tx: Tx, id: string): Promise<StoredWebhook | null> {
  return findWhere(tx, sql`${webhooks.id} = ${id} for no key update`);
}

async function findWhere(tx: Tx, condition: SQL): Promise<StoredWebhook | null> {
  const [row] = await tx.execute<RawWebhook>(sql`
    select ${webhookColumns} from ${webhooks} where ${condition}`);
  return row === undefined ? null : storedOf(row);
}

export type NewWebhook = {
  id: string;
  name: string;
  url: string;
  types: readonly ApiEventType[];
  departmentId: string | null;
  secret: string;
  /** Position of the last event that it is not told of. */
  through: number;
  createdBy: string;
};

/** False when the id is in use. */
export async function insertWebhook(tx: Tx, webhook: NewWebhook): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into ${webhooks} (id, name, url, types, department_id, secret, through, created_by)
    values (${webhook.id}, ${webhook.name}, ${webhook.url}, ${arrayOf(webhook.types)}, ${webhook.departmentId}::uuid,
       ${webhook.secret}, ${webhook.through}::bigint, ${webhook.createdBy})
    on conflict (id) do nothing returning id`);
  return rows.length > 0;
}

/** Of words without commas, quotes or braces. */
function arrayOf(words: readonly string[]): SQL {
  return sql`${`{${words.join(',')}}`}::text[]`;
}

export async function updateWebhook(
  tx: Tx,
  webhook: Pick<WebhookRecord, 'id' | 'name' | 'url' | 'types'>,
): Promise<void> {
  await tx.execute(sql`
    update ${webhooks} set name = ${webhook.name}, url = ${webhook.url}, types = ${arrayOf(webhook.types)}
    where ${webhooks.id} = ${webhook.id}`);
}

/** Nothing is attempted and nothing noted for it from now on. */
export async function disableWebhook(tx: Tx, id: string, reason: DisabledReason): Promise<void> {
  await tx.execute(sql`
    update ${webhooks} set disabled_reason = ${reason}, disabled_at = now(), paused_until = null
    where ${webhooks.id} = ${id} and ${webhooks.disabledReason} is null`);
}

/**
 * Goes on where it stopped, if that was within `hours`; else from `through` on. Its failures are forgotten: it is tried
 * for a whole day again.
 */
export async function enableWebhook(tx: Tx, id: string, through: number, hours: number): Promise<void> {
  await tx.execute(sql`
    update ${webhooks} set disabled_reason = null, disabled_at = null, failing_since = null, failures_in_row = 0,
      through = case when disabled_at > now() - make_interval(hours => ${hours}) then through
        else ${through}::bigint end
    where ${webhooks.id} = ${id} and ${webhooks.disabledReason} is not null`);
}

/** The secret so far signs as well for so many hours; the one before it does not any more. */
export async function replaceSecret(tx: Tx, id: string, secret: string, hours: number): Promise<void> {
  await tx.execute(sql`
    update ${webhooks} set former_secret = secret, former_until = now() + make_interval(hours => ${hours}),
      secret = ${secret}
    where ${webhooks.id} = ${id}`);
}

/** With its deliveries and their log; false when there is none. */
export async function deleteWebhook(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.execute(sql`delete from ${webhooks} where ${webhooks.id} = ${id} returning id`);
  return rows.length > 0;
}

type RawDelivery = {
  id: string;
  webhook_id: string;
  event_id: string;
  type: string;
  position: number;
  state: DeliveryRecord['state'];
  attempts: number;
  next_attempt_at: string | null;
  last_status: number | null;
  last_problem: DeliveryRecord['lastProblem'];
  created_at: string;
  finished_at: string | null;
};

const deliveryColumns = sql`${webhookDeliveries.id} as id, ${webhookDeliveries.webhookId} as webhook_id,
  ${webhookDeliveries.eventId} as event_id, ${webhookDeliveries.eventType} as type,
  ${number(webhookDeliveries.position)} as position, ${webhookDeliveries.state} as state,
  ${webhookDeliveries.attempts} as attempts, ${iso(webhookDeliveries.nextAttemptAt)} as next_attempt_at,
  ${webhookDeliveries.lastStatus} as last_status, ${webhookDeliveries.lastProblem} as last_problem,
  ${iso(webhookDeliveries.createdAt)} as created_at, ${iso(webhookDeliveries.finishedAt)} as finished_at`;

function deliveryOf(row: RawDelivery): DeliveryRecord {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventId: row.event_id,
    type: row.type,
    position: row.position,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastStatus: row.last_status,
    lastProblem: row.last_problem,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

const deliveryFields: FieldColumns = {
  id: { sql: webhookDeliveries.id, type: 'id' },
  eventId: { sql: webhookDeliveries.eventId, type: 'id' },
  type: { sql: webhookDeliveries.eventType, type: 'text' },
  state: { sql: webhookDeliveries.state, type: 'choice' },
  lastStatus: { sql: webhookDeliveries.lastStatus, type: 'integer' },
  createdAt: { sql: webhookDeliveries.createdAt, type: 'time' },
};

/** One page of a webhook's deliveries, with one row more when there are more. */
export async function findDeliveries(
  tx: Tx,
  webhookId: string,
  asked: Asked,
): Promise<Found<DeliveryRecord>[]> {
  const keyset = keysetOf(asked, deliveryFields, webhookDeliveries.id);
  const rows = await tx.execute<RawDelivery & { sort_key: string }>(sql`
    select ${deliveryColumns}, ${keyset.sortKey} as sort_key from ${webhookDeliveries}
    where ${webhookDeliveries.webhookId} = ${webhookId} and ${conditionsSql(asked.where, deliveryFields)}
      and ${keyset.bound}
    order by ${keyset.orderBy} limit ${keyset.limit}`);
  return rows.map((row) => ({ item: deliveryOf(row), id: row.id, sortKey: row.sort_key }));
}

export async function countDeliveries(
  tx: Tx,
  webhookId: string,
  where: readonly Condition[],
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${webhookDeliveries}
    where ${webhookDeliveries.webhookId} = ${webhookId} and ${conditionsSql(where, deliveryFields)}`);
  return row?.count ?? 0;
}

/** The newest of a webhook. */
export async function listDeliveries(tx: Tx, webhookId: string, limit: number): Promise<DeliveryRecord[]> {
  const rows = await tx.execute<RawDelivery>(sql`
    select ${deliveryColumns} from ${webhookDeliveries} where ${webhookDeliveries.webhookId} = ${webhookId}
    order by ${webhookDeliveries.createdAt} desc, ${webhookDeliveries.id} desc limit ${limit}`);
  return rows.map(deliveryOf);
}

/** A delivery of this webhook, with what was sent and its last attempts. */
export async function findDelivery(
  tx: Tx,
  ref: { webhookId: string; deliveryId: string },
  attemptsMax: number,
): Promise<DeliveryWithLogRecord | null> {
  const [row] = await tx.execute<RawDelivery & { body: string; log: AttemptRecord[] }>(sql`
    select ${deliveryColumns}, ${webhookDeliveries.body} as body, coalesce((
      select json_agg(json_build_object('number', newest.number, 'at', ${iso(sql`newest.at`)}, 'durationMs', duration_ms,
        'url', url, 'requestHeaders', request_headers, 'status', status, 'problem', problem,
        'answerHeaders', answer_headers, 'answerText', answer_text) order by newest.number desc)
      from (select * from ${webhookAttempts} where ${webhookAttempts.deliveryId} = ${ref.deliveryId}
        order by ${webhookAttempts.number} desc limit ${attemptsMax}) newest), '[]') as log
    from ${webhookDeliveries}
    where ${webhookDeliveries.id} = ${ref.deliveryId} and ${webhookDeliveries.webhookId} = ${ref.webhookId}`);
  return row === undefined ? null : { ...deliveryOf(row), body: row.body, log: row.log };
}

/** Sends it again with everything that it is given the first time; false when there is no such delivery. */
export async function resendDelivery(
  tx: Tx,
  ref: { webhookId: string; deliveryId: string },
  hours: number,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update ${webhookDeliveries} set state = 'waiting', tries = 0, next_attempt_at = now(), finished_at = null,
      expires_at = now() + make_interval(hours => ${hours})
    where ${webhookDeliveries.id} = ${ref.deliveryId} and ${webhookDeliveries.webhookId} = ${ref.webhookId}
    returning id`);
  return rows.length > 0;
}

export type ListeningWebhook = {
  id: string;
  types: ApiEventType[];
  departmentId: string | null;
  through: number;
};

/** Those that are told of events. */
export async function listListening(tx: Tx): Promise<ListeningWebhook[]> {
  return await tx.execute<ListeningWebhook>(sql`
    select ${webhooks.id} as id, to_json(${webhooks.types}) as types, ${webhooks.departmentId} as "departmentId",
      ${number(webhooks.through)} as through
    from ${webhooks} where ${webhooks.disabledReason} is null order by ${webhooks.id}`);
}

/** False when somebody else did, or it is switched off: then nothing may be noted for it. */
export async function advanceWebhook(tx: Tx, id: string, from: number, to: number): Promise<boolean> {
  const rows = await tx.execute(sql`
    update ${webhooks} set through = ${to}::bigint
    where ${webhooks.id} = ${id} and ${webhooks.through} = ${from}::bigint and ${webhooks.disabledReason} is null
    returning id`);
  return rows.length > 0;
}

export type NewDelivery = {
  id: string;
  eventId: string;
  type: ApiEventType;
  position: number;
  body: string;
};

/** Events that are gone meanwhile, and those that are noted already, are left out. */
export async function insertDeliveries(
  tx: Tx,
  webhookId: string,
  deliveries: readonly NewDelivery[],
  hours: number,
): Promise<void> {
  if (deliveries.length === 0) return;
  await tx.execute(sql`
    insert into ${webhookDeliveries} (id, webhook_id, event_id, event_type, position, body, state, next_attempt_at,
      expires_at)
    select given.id, ${webhookId}::uuid, given."eventId", given.type, given.position, given.body, 'waiting', now(),
      now() + make_interval(hours => ${hours})
    from jsonb_to_recordset(${JSON.stringify(deliveries)}::text::jsonb)
      as given(id uuid, "eventId" uuid, type text, position bigint, body text)
    join ${events} on ${events.id} = given."eventId"
    on conflict on constraint webhook_deliveries_event_unique do nothing`);
}

/** The right to send for a webhook, which one process at a time has. */
export type Lease = { id: string; webhookId: string };

/** Takes the webhook that waited longest of those with something to send now; null when there is none. */
export async function takeLease(tx: Tx, leaseId: string, seconds: number): Promise<Lease | null> {
  const [row] = await tx.execute<{ id: string }>(sql`
    update ${webhooks} set lease_id = ${leaseId}, leased_until = now() + make_interval(secs => ${seconds})
    where ${webhooks.id} = (
      select free.id from ${webhooks} free
      where free.disabled_reason is null and (free.leased_until is null or free.leased_until < now())
        and (free.paused_until is null or free.paused_until <= now())
        and exists (select from ${webhookDeliveries} where ${webhookDeliveries.webhookId} = free.id
          and ${webhookDeliveries.state} = 'waiting' and ${webhookDeliveries.nextAttemptAt} <= now())
      order by free.leased_until nulls first, free.id limit 1 for no key update skip locked)
    returning id`);
  return row === undefined ? null : { id: leaseId, webhookId: row.id };
}

/** Others may take the webhook; those that were not served yet come first. */
export async function endLease(tx: Tx, lease: Lease): Promise<void> {
  await tx.execute(sql`
    update ${webhooks} set lease_id = null, leased_until = now()
    where ${webhooks.id} = ${lease.webhookId} and ${webhooks.leaseId} = ${lease.id}`);
}

export type BegunAttempt = {
  deliveryId: string;
  eventId: string;
  body: string;
  /** Counts all attempts of this delivery. */
  number: number;
  /** Counts those since it was last asked for. */
  tries: number;
  /** Until its time is up; negative when it is. */
  leftMs: number;
  url: string;
  /** The newest first. */
  secrets: string[];
};

/**
 * Begins the next attempt of the webhook, in the order of events, and renews the lease. If this process dies it is due
 * again in `seconds`. Null when nothing is due, the webhook rests, or somebody else has the lease.
 */
export async function beginAttempt(tx: Tx, lease: Lease, seconds: number): Promise<BegunAttempt | null> {
  const [row] = await tx.execute<{
    id: string;
    event_id: string;
    body: string;
    attempts: number;
    tries: number;
    left_ms: number;
    url: string;
    secret: string;
    former_secret: string | null;
  }>(sql`
    with held as (
      update ${webhooks} set leased_until = now() + make_interval(secs => ${seconds})
      where ${webhooks.id} = ${lease.webhookId} and ${webhooks.leaseId} = ${lease.id}
        and ${webhooks.disabledReason} is null
        and (${webhooks.pausedUntil} is null or ${webhooks.pausedUntil} <= now())
      returning id, url, secret, case when former_until > now() then former_secret end as former_secret
    ), due as (
      select waiting.id from ${webhookDeliveries} waiting
      where waiting.webhook_id = (select id from held) and waiting.state = 'waiting'
        and waiting.next_attempt_at <= now()
      order by waiting.position limit 1 for no key update skip locked
    )
    update ${webhookDeliveries} begun set attempts = begun.attempts + 1, tries = begun.tries + 1,
      next_attempt_at = now() + make_interval(secs => ${seconds})
    from held, due where begun.id = due.id
    returning begun.id, begun.event_id, begun.body, begun.attempts, begun.tries,
      (extract(epoch from begun.expires_at - now()) * 1000)::float8 as left_ms, held.url, held.secret,
      held.former_secret`);
  if (row === undefined) return null;
  return {
    deliveryId: row.id,
    eventId: row.event_id,
    body: row.body,
    number: row.attempts,
    tries: row.tries,
    leftMs: row.left_ms,
    url: row.url,
    secrets: row.former_secret === null ? [row.secret] : [row.secret, row.former_secret],
  };
}

/** Once for each number. */
export async function insertAttempt(tx: Tx, deliveryId: string, attempt: AttemptRecord): Promise<void> {
  await tx.execute(sql`
    insert into ${webhookAttempts} (delivery_id, number, at, duration_ms, url, request_headers, status, problem,
      answer_headers, answer_text)
    select ${deliveryId}::uuid, ${attempt.number}::int, ${attempt.at}::timestamptz, ${attempt.durationMs}::int,
      ${attempt.url}, ${jsonParam(attempt.requestHeaders)}, ${attempt.status}::smallint, ${attempt.problem}::text,
      ${jsonParam(attempt.answerHeaders)}, ${attempt.answerText}::text
    from ${webhookDeliveries} where ${webhookDeliveries.id} = ${deliveryId}
    on conflict on constraint webhook_attempts_pkey do nothing`);
}

export type SettledAttempt = {
  deliveryId: string;
  number: number;
  status: number | null;
  problem: string | null;
  /** Null: it waits for another attempt, in `afterMs`. */
  state: 'delivered' | 'failed' | null;
  afterMs: number;
};

/** False when the delivery went on without this attempt, as after a pause of the process: then it decides nothing. */
export async function settleAttempt(tx: Tx, settled: SettledAttempt): Promise<boolean> {
  const { deliveryId, number: attempt, status, problem, state, afterMs } = settled;
  const next =
    state === null
      ? sql`next_attempt_at = now() + make_interval(secs => ${afterMs / 1000}::float8)`
      : sql`state = ${state}, next_attempt_at = null, finished_at = now()`;
  const rows = await tx.execute(sql`
    update ${webhookDeliveries} set ${next}, last_status = ${status}::smallint, last_problem = ${problem}::text
    where ${webhookDeliveries.id} = ${deliveryId} and ${webhookDeliveries.attempts} = ${attempt}
      and ${webhookDeliveries.state} = 'waiting'
    returning id`);
  return rows.length > 0;
}

/** What went before is forgotten. */
export async function noteSuccess(tx: Tx, webhookId: string): Promise<void> {
  await tx.execute(sql`
    update ${webhooks} set failing_since = null, failures_in_row = 0, paused_until = null
    where ${webhooks.id} = ${webhookId} and (${webhooks.failuresInRow} > 0 or ${webhooks.failingSince} is not null)`);
}

/** How many attempts in a row failed with this one, and for how long there was no other. */
export async function noteFailure(
  tx: Tx,
  webhookId: string,
): Promise<{ failuresInRow: number; failingMs: number }> {
  const [row] = await tx.execute<{ failures: number; ms: number }>(sql`
    update ${webhooks} set failing_since = coalesce(failing_since, now()), failures_in_row = failures_in_row + 1
    where ${webhooks.id} = ${webhookId}
    returning failures_in_row as failures, (extract(epoch from now() - failing_since) * 1000)::float8 as ms`);
  return { failuresInRow: row?.failures ?? 0, failingMs: row?.ms ?? 0 };
}

export async function pauseWebhook(tx: Tx, webhookId: string, ms: number): Promise<void> {
  const until = ms === 0 ? sql`null` : sql`now() + make_interval(secs => ${ms / 1000}::float8)`;
  await tx.execute(sql`
    update ${webhooks} set paused_until = ${until}
    where ${webhooks.id} = ${webhookId}`);
}

/** What waited for a webhook that was switched off, and whose time is up. */
export async function failForgotten(tx: Tx, limit: number): Promise<void> {
  await tx.execute(sql`
    update ${webhookDeliveries} set state = 'failed', next_attempt_at = null, finished_at = now()
    where ${webhookDeliveries.id} in (
      select waiting.id from ${webhooks} join ${webhookDeliveries} waiting on waiting.webhook_id = ${webhooks.id}
      where ${webhooks.disabledReason} is not null and waiting.state = 'waiting' and waiting.expires_at < now()
      limit ${limit} for no key update of waiting skip locked)`);
}

/** Deliveries that are over for so long that nobody asks any more. */
export async function deleteOldDeliveries(tx: Tx, days: number, limit: number): Promise<void> {
  await tx.execute(sql`
    delete from ${webhookDeliveries} where ${webhookDeliveries.id} in (
      select old.id from ${webhookDeliveries} old
      where old.finished_at < now() - make_interval(days => ${days}) limit ${limit} for update skip locked)`);
}
