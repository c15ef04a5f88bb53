import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { agents, apiKeys, apiKeyTokens, departments } from '#/db/schema.ts';
import type { RobotRole } from '#/lib/agents/schema.ts';
import { type Scope, scopes } from '#/lib/api/scopes.ts';
import type { ApiKeyInfo, KeyProblem } from '#/lib/api-keys/schema.ts';

/** Why a key opens nothing, by the database's clock; in queries that have `api_keys` and `agents` in their FROM. */
const keyProblem = sql`case
  when ${apiKeys.revokedAt} is not null or ${agents.deactivatedAt} is not null then 'key_revoked'
  when ${agents.role} = 'department_robot' and not exists (select from ${departments}
    where departments.id = agents.department_id and departments.closed_at is null) then 'key_without_department'
  when ${apiKeys.expiresAt} <= now() then 'key_expired'
end`;

/** The same of one of its tokens, with `api_key_tokens` in the FROM as well. */
const problem = sql`coalesce(${keyProblem}, case when ${apiKeyTokens.endsAt} <= now() then 'key_rotated' end)`;
const isRobot = sql`${agents.role} in ('robot', 'department_robot')`;

export type StoredKey = {
  id: string;
  name: string;
  email: string;
  role: RobotRole;
  departmentId: string | null;
  scopes: Scope[];
  expiresAt: string | null;
  problem: KeyProblem | null;
  /** Nobody noted for a minute that the token is used. */
  isUseDue: boolean;
};

/** The key of a token, whether or not it opens anything. */
export async function findKeyOfToken(tx: Tx, tokenHash: string): Promise<StoredKey | null> {
  const [row] = await tx.execute<{
    id: string;
    name: string;
    email: string;
    role: RobotRole;
    department_id: string | null;
    scopes: string[];
    expires_at: string | null;
    problem: KeyProblem | null;
    is_use_due: boolean;
  }>(sql`
    select ${apiKeys.id} as id, ${agents.name} as name, ${agents.email} as email, ${agents.role} as role,
      ${agents.departmentId} as department_id, ${apiKeys.scopes} as scopes, ${iso(apiKeys.expiresAt)} as expires_at,
      ${problem} as problem,
      coalesce(${apiKeyTokens.lastUsedAt} < now() - interval '1 minute', true) as is_use_due
    from ${apiKeyTokens} join ${apiKeys} on ${apiKeys.id} = ${apiKeyTokens.keyId}
      join ${agents} on ${agents.id} = ${apiKeys.id}
    where ${apiKeyTokens.tokenHash} = ${tokenHash} and ${isRobot}`);
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    departmentId: row.department_id,
    scopes: knownScopes(row.scopes),
    expiresAt: row.expires_at,
    problem: row.problem,
    isUseDue: row.is_use_due,
  };
}

/** Those of the hashes whose tokens open their keys now. */
export async function listOpeningHashes(tx: Tx, tokenHashes: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ token_hash: string }>(sql`
    select ${apiKeyTokens.tokenHash} as token_hash
    from ${apiKeyTokens} join ${apiKeys} on ${apiKeys.id} = ${apiKeyTokens.keyId}
      join ${agents} on ${agents.id} = ${apiKeys.id}
    where ${apiKeyTokens.tokenHash} = any(${`{${tokenHashes.join(',')}}`}::text[]) and ${isRobot}
      and ${problem} is null`);
  return rows.map((row) => row.token_hash);
}

/** What a newer build stored is nothing here. */
function knownScopes(stored: readonly string[]): Scope[] {
  return scopes.filter((scope) => stored.includes(scope));
}

/** Notes that the token is used, to the minute. Whoever finds the row taken leaves it: that one notes the same. */
export async function updateTokenUse(tx: Tx, tokenHash: string): Promise<void> {
  await tx.execute(sql`
    update ${apiKeyTokens} set last_used_at = now() where token_hash = (
      select token_hash from ${apiKeyTokens} where ${apiKeyTokens.tokenHash} = ${tokenHash}
        and coalesce(${apiKeyTokens.lastUsedAt} < now() - interval '1 minute', true)
      for no key update skip locked)`);
}

/** Every key, those that open something first, each group the newest first. */
export async function listKeys(tx: Tx, limit: number): Promise<ApiKeyInfo[]> {
  const rows = await tx.execute<{
    id: string;
    name: string;
    role: RobotRole;
    department_id: string | null;
    scopes: string[];
    created_at: string;
    created_by: string | null;
    expires_at: string | null;
    revoked_at: string | null;
    revoked_by: string | null;
    problem: ApiKeyInfo['problem'];
    last_used_at: string | null;
    tokens: { hint: string; endsAt: string | null; lastUsedAt: string | null; isLive: boolean }[];
  }>(sql`
    select ${apiKeys.id} as id, ${agents.name} as name, ${agents.role} as role,
      ${agents.departmentId} as department_id, ${apiKeys.scopes} as scopes, ${iso(apiKeys.createdAt)} as created_at,
      maker.name as created_by, ${iso(apiKeys.expiresAt)} as expires_at, ${iso(apiKeys.revokedAt)} as revoked_at,
      ender.name as revoked_by, ${keyProblem} as problem,
      (select ${iso(sql`max(used.last_used_at)`)} from ${apiKeyTokens} used where used.key_id = api_keys.id)
        as last_used_at,
      (select json_agg(json_build_object('hint', each.hint, 'endsAt', ${iso(sql`each.ends_at`)},
          'lastUsedAt', ${iso(sql`each.last_used_at`)}, 'isLive', coalesce(each.ends_at > now(), true))
          order by each.ends_at desc nulls first, each.created_at desc)
        from ${apiKeyTokens} each where each.key_id = api_keys.id) as tokens
    from ${apiKeys} join ${agents} on ${agents.id} = ${apiKeys.id}
      left join agents maker on maker.id = ${apiKeys.createdBy}
      left join agents ender on ender.id = ${apiKeys.revokedBy}
    order by ${apiKeys.revokedAt} is not null, ${apiKeys.createdAt} desc, ${apiKeys.id} desc
    limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scopes: knownScopes(row.scopes),
    reach: row.role === 'robot' ? 'all' : 'department',
    departmentId: row.department_id,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by,
    lastUsedAt: row.last_used_at,
    problem: row.problem,
    tokens: row.tokens
      .filter(({ isLive }, at) => at === 0 || (isLive && row.problem === null))
      .map(({ hint, endsAt, lastUsedAt }) => ({ hint, endsAt, lastUsedAt })),
  }));
}

/** Takes turns over all keys: two admins make no more of them at once than there may be. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('parley.api_keys'))`);
}

export async function countUnrevokedKeys(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from ${apiKeys} where ${apiKeys.revokedAt} is null`,
  );
  return row?.count ?? 0;
}

/** A key, locked until the end of the transaction. */
export async function lockKey(
  tx: Tx,
  id: string,
): Promise<{ name: string; isRevoked: boolean; isExpired: boolean } | null> {
  const [row] = await tx.execute<{ name: string; is_revoked: boolean; is_expired: boolean }>(sql`
    select (select agents.name from ${agents} where agents.id = api_keys.id) as name,
      ${apiKeys.revokedAt} is not null as is_revoked, coalesce(${apiKeys.expiresAt} <= now(), false) as is_expired
    from ${apiKeys} where ${apiKeys.id} = ${id} for update`);
  if (row === undefined) return null;
  return { name: row.name, isRevoked: row.is_revoked, isExpired: row.is_expired };
}

/** `lifeDays` null is for ever. The account of the same id is there already. */
export async function insertKey(
  tx: Tx,
  key: { id: string; scopes: readonly Scope[]; createdBy: string; lifeDays: number | null },
): Promise<void> {
  await tx.execute(sql`
    insert into ${apiKeys} (id, scopes, created_by, expires_at)
    values (${key.id}, ${`{${key.scopes.map((scope) => `"${scope}"`).join(',')}}`}::text[], ${key.createdBy},
      ${endOf(key.lifeDays)})`);
}

/** Null `lifeDays` is for ever. */
export async function updateKeyExpiry(tx: Tx, id: string, lifeDays: number | null): Promise<void> {
  await tx.execute(sql`update ${apiKeys} set expires_at = ${endOf(lifeDays)} where ${apiKeys.id} = ${id}`);
}

function endOf(lifeDays: number | null) {
  // In hours: a day of the database's time zone may have 23 of them.
  return sql`now() + make_interval(hours => ${lifeDays}::int * 24)`;
}

export async function insertKeyToken(
  tx: Tx,
  token: { tokenHash: string; keyId: string; hint: string },
): Promise<void> {
  await tx.execute(sql`
    insert into ${apiKeyTokens} (token_hash, key_id, hint)
    values (${token.tokenHash}, ${token.keyId}, ${token.hint})`);
}

export async function countLiveTokens(tx: Tx, keyId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${apiKeyTokens}
    where ${apiKeyTokens.keyId} = ${keyId} and coalesce(${apiKeyTokens.endsAt} > now(), true)`);
  return row?.count ?? 0;
}

/** Columns keep milliseconds and would round up: what ends now would go on for a part of one. */
const nowInColumns = sql`date_trunc('milliseconds', now())`;

/** Every token of the key ends within so many hours; one that ends sooner still does. With none, it has ended. */
export async function endTokens(tx: Tx, keyId: string, inHours: number): Promise<void> {
  await tx.execute(sql`
    update ${apiKeyTokens}
    set ends_at = least(coalesce(ends_at, 'infinity'),
      ${nowInColumns} + make_interval(hours => ${inHours}::int))
    where ${apiKeyTokens.keyId} = ${keyId}`);
}

/** Ended tokens that explain no refusal any more. */
export async function deleteOldTokens(tx: Tx, keyId: string, endedDays: number): Promise<void> {
  await tx.execute(sql`
    delete from ${apiKeyTokens} where ${apiKeyTokens.keyId} = ${keyId}
      and ${apiKeyTokens.endsAt} < now() - make_interval(days => ${endedDays}::int)`);
}

/** Ends a key for good, with the account that it acts as. */
export async function revokeKey(tx: Tx, id: string, by: string): Promise<void> {
  await tx.execute(
    sql`update ${apiKeys} set revoked_at = now(), revoked_by = ${by} where ${apiKeys.id} = ${id}`,
  );
  await tx.execute(sql`
    update ${agents} set deactivated_at = now(), session_version = session_version + 1
    where ${agents.id} = ${id}`);
}
