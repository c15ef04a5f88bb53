import { insertAgent } from '#/db/agents.ts';
import {
  countLiveTokens,
  countUnrevokedKeys,
  deleteOldTokens,
  endTokens,
  findKeyOfToken,
  insertKey,
  insertKeyToken,
  listKeys as listKeyRows,
  listOpeningHashes,
  lockKey,
  lockKeys,
  revokeKey as revokeKeyRow,
  type StoredKey,
  updateKeyExpiry,
  updateTokenUse,
} from '#/db/api/keys.ts';
import { constraintOf, read, type Tx, transact } from '#/db/client.ts';
import { findDepartment } from '#/db/departments.ts';
import { insertChange } from '#/db/events.ts';
import type { SignedInAgent } from '#/lib/agents/service.ts';
import type { Scope } from '#/lib/api/scopes.ts';
import { hintOfKeyToken, secretOfKeyToken } from '#/lib/api-keys/rules.ts';
import {
  type ApiKeyInfo,
  type CreateKeyInput,
  type KeyProblem,
  type KeyRef,
  keyPrefix,
  keyTokensMax,
  liveKeysMax,
  type NewKeyToken,
  overlapHours,
  type RotateKeyInput,
} from '#/lib/api-keys/schema.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newToken } from '#/lib/ids.ts';
import { logger } from '#/lib/logger.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { processSingleton } from '#/lib/process.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';

/** Who asks with a key: the account that it acts as, and what the key lets it do. */
export type ApiKeyHolder = {
  actor: SignedInAgent;
  keyId: string;
  scopes: readonly Scope[];
  /** Null for all departments. */
  departmentId: string | null;
  expiresAt: string | null;
};

const listedMax = 500;
const endedTokensKeptDays = 30;

type Remembered = { holder: ApiKeyHolder; untilMs: number };
const rememberedMs = 1_000;
const rememberedMax = 2_000;
// A busy program asks hundreds of times a second; a revoked key is out after a second at the latest, in every process.
const remembered = () => processSingleton('api-keys', () => new Map<string, Remembered>());

/**
 * Who asks with this token, while its key is live, not expired, and its department there; null for any other text. At
 * most a second old. That it is used is noted, to the minute.
 */
export async function findKeyByToken(token: string): Promise<ApiKeyHolder | null> {
  const tokenHash = hashOfKeyToken(token);
  if (tokenHash === null) return null;
  const askedAtMs = performance.now();
  const held = remembered().get(tokenHash);
  if (held !== undefined && held.untilMs > askedAtMs) return held.holder;
  const stored = await read((tx) => findKeyOfToken(tx, tokenHash));
  if (stored === null || stored.problem !== null) {
    remembered().delete(tokenHash);
    return null;
  }
  const holder = holderOf(stored);
  if (remembered().size >= rememberedMax) remembered().clear();
  // Counted from before the read: a revocation that came during it does not get a second of its own.
  remembered().set(tokenHash, { holder, untilMs: askedAtMs + rememberedMs });
  if (stored.isUseDue) await noteUse(tokenHash, stored.id);
  return holder;
}

function holderOf({ id, role, departmentId, name, email, scopes, expiresAt }: StoredKey): ApiKeyHolder {
  const actor: SignedInAgent = { kind: 'agent', id, role, departmentId, name, email };
  return { actor, keyId: id, scopes, departmentId, expiresAt };
}

/** What a program asked for is not refused because the note of it could not be written. */
async function noteUse(tokenHash: string, keyId: string): Promise<void> {
  try {
    await transact((tx) => updateTokenUse(tx, tokenHash));
  } catch (error) {
    logger().warn('the use of an api key was not noted', { keyId, error });
  }
}

/** Whether the token opens its key at this moment, whatever was remembered of it. */
export async function isKeyLive(token: string): Promise<boolean> {
  const tokenHash = hashOfKeyToken(token);
  if (tokenHash === null) return false;
  const stored = await read((tx) => findKeyOfToken(tx, tokenHash));
  const isLive = stored !== null && stored.problem === null;
  if (!isLive) remembered().delete(tokenHash);
  return isLive;
}

/** Those of the tokens that open their keys at this moment, in one query for any number of them. */
export async function listOpeningTokens(tokens: readonly string[]): Promise<Set<string>> {
  const byHash = new Map<string, string>();
  for (const token of tokens) {
    const tokenHash = hashOfKeyToken(token);
    if (tokenHash !== null) byHash.set(tokenHash, token);
  }
  if (byHash.size === 0) return new Set();
  const opening = await read((tx) => listOpeningHashes(tx, [...byHash.keys()]));
  return new Set(opening.flatMap((tokenHash) => byHash.get(tokenHash) ?? []));
}

/** Why a token that is a key's opens nothing, as whoever holds it is told. */
export async function refusalOfKeyToken(token: string): Promise<RefusedError> {
  const tokenHash = hashOfKeyToken(token);
  const stored = tokenHash === null ? null : await read((tx) => findKeyOfToken(tx, tokenHash));
  const reason: KeyProblem | 'key_unknown' = stored?.problem ?? 'key_unknown';
  return new RefusedError({ code: 'unauthenticated', reason });
}

/** Every key without its tokens, those that open something first. For admins. */
export async function listKeys(actor: AgentActor): Promise<ApiKeyInfo[]> {
  authorize(actor, 'key.read', {});
  return read((tx) => listKeyRows(tx, listedMax));
}

/** A new key, whose token is told this once. It acts as an account of its own, which has its name. */
export async function createKey(actor: AgentActor, input: CreateKeyInput): Promise<Done<NewKeyToken>> {
  const { id, name, departmentId, lifeDays } = input;
  const scopes = [...new Set(input.scopes)].toSorted();
  const { token, tokenHash, hint } = makeToken();
  return transact(async (tx) => {
    authorize(actor, 'key.manage', {});
    await lockKeys(tx);
    if ((await lockKey(tx, id)) !== null) throw new RefusedError({ code: 'conflict', reason: 'key_exists' });
    if ((await countUnrevokedKeys(tx)) >= liveKeysMax) {
      throw new RefusedError({ code: 'conflict', reason: 'keys_many' });
    }
    if (departmentId !== null && (await findDepartment(tx, departmentId)) === null) {
      throw new RefusedError({ code: 'invalid', reason: 'department_unknown', field: 'departmentId' });
    }
    await insertRobot(tx, { id, name, departmentId });
    await insertKey(tx, { id, scopes, createdBy: actor.id, lifeDays });
    await insertKeyToken(tx, { tokenHash, keyId: id, hint });
    const after = { name, scopes, departmentId, lifeDays, hint };
    const change = await insertChange(tx, { type: 'key.created', actor, subjectId: id, after });
    return { value: { token, keys: await listKeyRows(tx, listedMax) }, events: [change] };
  });
}

/** The account that a key acts as. Nobody signs in with it: it has no password, and its address is nowhere. */
async function insertRobot(
  tx: Tx,
  { id, name, departmentId }: { id: string; name: string; departmentId: string | null },
): Promise<void> {
  const role = departmentId === null ? 'robot' : 'department_robot';
  const email = `key-${id}@robots.invalid`;
  try {
    await insertAgent(tx, { id, name, email, role, departmentId, passwordHash: null });
  } catch (error) {
    if (constraintOf(error) !== 'agents_pkey') throw error;
    throw new RefusedError({ code: 'conflict', reason: 'id_used', field: 'id' });
  }
}

/**
 * Another token for the key, told this once. Those so far go on for a day, so that a program can change over, or end now.
 * An expired key comes back to life with a new span, but its old tokens do not. Throws `conflict` for a revoked one.
 */
export async function rotateKey(actor: AgentActor, input: RotateKeyInput): Promise<Done<NewKeyToken>> {
  const { id, lifeDays } = input;
  const { token, tokenHash, hint } = makeToken();
  const done = await transact(async (tx) => {
    authorize(actor, 'key.manage', {});
    const key = await lockKey(tx, id);
    if (key === null) throw new RefusedError({ code: 'not_found' });
    if (key.isRevoked) throw new RefusedError({ code: 'conflict', reason: 'key_revoked' });
    if (key.isExpired && lifeDays === undefined) {
      throw new RefusedError({ code: 'conflict', reason: 'key_expired' });
    }
    const overlap = key.isExpired ? 'none' : input.overlap;
    await endTokens(tx, id, overlap === 'day' ? overlapHours : 0);
    if ((await countLiveTokens(tx, id)) >= keyTokensMax) {
      throw new RefusedError({ code: 'conflict', reason: 'key_tokens_many' });
    }
    await deleteOldTokens(tx, id, endedTokensKeptDays);
    await insertKeyToken(tx, { tokenHash, keyId: id, hint });
    if (lifeDays !== undefined) await updateKeyExpiry(tx, id, lifeDays);
    const after = { hint, overlap, ...(lifeDays === undefined ? {} : { lifeDays }) };
    const change = await insertChange(tx, { type: 'key.rotated', actor, subjectId: id, after });
    return { value: { token, keys: await listKeyRows(tx, listedMax) }, events: [change] };
  });
  forgetKey(id);
  return done;
}

/**
 * Ends a key: within a second none of its tokens opens anything, in any process, and its sockets are closed with the
 * event's publishing. What it wrote stays under its name. Once more changes nothing.
 */
export async function revokeKey(actor: AgentActor, { id }: KeyRef): Promise<Done<ApiKeyInfo[]>> {
  const done = await transact(async (tx) => {
    authorize(actor, 'key.manage', {});
    const key = await lockKey(tx, id);
    if (key === null) throw new RefusedError({ code: 'not_found' });
    const events: ChangeEvent[] = [];
    if (!key.isRevoked) {
      await revokeKeyRow(tx, id, actor.id);
      const before = { name: key.name };
      events.push(await insertChange(tx, { type: 'key.revoked', actor, subjectId: id, before }));
    }
    return { value: await listKeyRows(tx, listedMax), events };
  });
  forgetKey(id);
  return done;
}

/** The next request with any of the key's tokens reads its row again. */
function forgetKey(keyId: string): void {
  for (const [hash, held] of remembered()) if (held.holder.keyId === keyId) remembered().delete(hash);
}

function makeToken(): { token: string; tokenHash: string; hint: string } {
  const secret = newToken();
  const tokenHash = tokenHashOf(secret);
  if (tokenHash === null) throw new Error('a token of ours that is not one');
  const token = `${keyPrefix}${secret}`;
  return { token, tokenHash, hint: hintOfKeyToken(token) };
}

function hashOfKeyToken(token: string): string | null {
  const secret = secretOfKeyToken(token);
  return secret === null ? null : tokenHashOf(secret);
}
