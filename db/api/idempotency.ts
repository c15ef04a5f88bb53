import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { jsonParam } from '#/db/messages.ts';
import { apiIdempotency } from '#/db/schema.ts';

export type KeptAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string | null };
type Place = { owner: string; key: string };
export type HeldClaim = {
  route: string;
  hash: string;
  recordId: string;
  attemptId: string;
  /** Null until there is one to keep. */
  answer: KeptAnswer | null;
  /** Whether somebody began with it recently enough to be still at work. */
  isUnderWay: boolean;
};

/** Whether this claim is the first with its key; one that is older than it is kept makes room. */
export async function insertClaim(
  tx: Tx,
  claim: Place & { route: string; hash: string; recordId: string; attemptId: string; keptHours: number },
): Promise<boolean> {
  await tx.execute(sql`
    delete from ${apiIdempotency} where ${apiIdempotency.ownerId} = ${claim.owner}
      and ${apiIdempotency.key} = ${claim.key}
      and ${apiIdempotency.createdAt} < now() - make_interval(hours => ${claim.keptHours}::int)`);
  const rows = await tx.execute(sql`
    insert into ${apiIdempotency} (owner_id, key, route, request_hash, record_id, attempt_id)
    values (${claim.owner}, ${claim.key}, ${claim.route}, ${claim.hash}, ${claim.recordId}, ${claim.attemptId})
    on conflict do nothing returning 1 as made`);
  return rows.length > 0;
}

/** The claim of a key, locked until the end of the transaction; null when there is none. */
export async function lockClaim(
  tx: Tx,
  { owner, key }: Place,
  attemptMsMax: number,
): Promise<HeldClaim | null> {
  const [row] = await tx.execute<{
    route: string;
    request_hash: string;
    record_id: string;
    attempt_id: string;
    status: number | null;
    headers: Record<string, string> | null;
    body: string | null;
    is_under_way: boolean;
  }>(sql`
    select route, request_hash, record_id, attempt_id, status, headers, body,
      attempted_at > clock_timestamp() - make_interval(secs => ${attemptMsMax / 1000}::float8) as is_under_way
    from ${apiIdempotency}
    where ${apiIdempotency.ownerId} = ${owner} and ${apiIdempotency.key} = ${key} for update`);
  if (row === undefined) return null;
  const {
    route,
    request_hash: hash,
    record_id: recordId,
    attempt_id: attemptId,
    status,
    headers,
    body,
  } = row;
  const answer = status === null ? null : { status, headers: headers ?? {}, body };
  return { route, hash, recordId, attemptId, answer, isUnderWay: row.is_under_way };
}

/** Another attempt at a request whose earlier one is not at work any more. */
export async function takeOverClaim(tx: Tx, { owner, key }: Place, attemptId: string): Promise<void> {
  await tx.execute(sql`
    update ${apiIdempotency} set attempt_id = ${attemptId}, attempted_at = clock_timestamp()
    where ${apiIdempotency.ownerId} = ${owner} and ${apiIdempotency.key} = ${key}`);
}

/** Keeps the answer of an attempt, unless another attempt has taken its place. */
export async function settleClaim(
  tx: Tx,
  { owner, key, attemptId }: Place & { attemptId: string },
  answer: KeptAnswer,
): Promise<void> {
  await tx.execute(sql`
    update ${apiIdempotency}
    set status = ${answer.status}, headers = ${jsonParam(answer.headers)}, body = ${answer.body}
    where ${apiIdempotency.ownerId} = ${owner} and ${apiIdempotency.key} = ${key}
      and ${apiIdempotency.attemptId} = ${attemptId}`);
}

/** Lets the next attempt begin at once. The record's id stays: what this one may have made is found by it. */
export async function releaseClaim(
  tx: Tx,
  { owner, key, attemptId }: Place & { attemptId: string },
): Promise<void> {
  await tx.execute(sql`
    update ${apiIdempotency} set attempted_at = '-infinity'
    where ${apiIdempotency.ownerId} = ${owner} and ${apiIdempotency.key} = ${key}
      and ${apiIdempotency.attemptId} = ${attemptId}`);
}

/** Forgets what is older than it is kept, a part at a time. */
export async function deleteOldClaims(tx: Tx, keptHours: number): Promise<void> {
  await tx.execute(sql`
    delete from ${apiIdempotency} where ctid in (
      select ctid from ${apiIdempotency}
      where ${apiIdempotency.createdAt} < now() - make_interval(hours => ${keptHours}::int) limit 1000)`);
}
