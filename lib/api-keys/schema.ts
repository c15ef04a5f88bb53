import * as z from 'zod/mini';
import { personName } from '#/lib/agents/schema.ts';
import { type Scope, scopeSchema, scopes } from '#/lib/api/scopes.ts';

/** What the keys of a program begin with, so that one that stands where it should not is recognised. */
export const keyPrefix = 'parley_';
/** How long a token goes on beside the one that replaced it. */
export const overlapHours = 24;
/** As many tokens of a key open something at once. */
export const keyTokensMax = 5;
export const liveKeysMax = 100;
export const lifeDaysMax = 3_650;
/** Why a token that is a key's opens nothing. */
export type KeyProblem = 'key_revoked' | 'key_expired' | 'key_rotated' | 'key_without_department';

const keyId = z.uuid();
/** Days from now; null is for ever. */
const lifeDays = z.nullable(z.int().check(z.gte(1), z.lte(lifeDaysMax)));

/** `id` is made by the client. `departmentId` null is all departments. */
export const createKeyInputSchema = z.strictObject({
  id: keyId,
  name: personName,
  scopes: z
    .array(scopeSchema)
    .check(z.minLength(1, 'scopes_empty'), z.maxLength(scopes.length, 'scopes_too_many')),
  departmentId: z.nullable(z.uuid()),
  lifeDays,
});
export type CreateKeyInput = z.infer<typeof createKeyInputSchema>;

/** `overlap`: whether the tokens so far go on for a day or end now. Without `lifeDays` the key ends when it did. */
export const rotateKeyInputSchema = z.strictObject({
  id: keyId,
  overlap: z.enum(['day', 'none']),
  lifeDays: z.optional(lifeDays),
});
export type RotateKeyInput = z.infer<typeof rotateKeyInputSchema>;

export const keyRefSchema = z.strictObject({ id: keyId });
export type KeyRef = z.infer<typeof keyRefSchema>;

/** One of a key's tokens, without the token. */
export type KeyTokenInfo = { hint: string; endsAt: string | null; lastUsedAt: string | null };

/** A key as its page shows it. Times are ISO 8601 in UTC; names of who acted are null when they are gone. */
export type ApiKeyInfo = {
  id: string;
  name: string;
  scopes: Scope[];
  /** Of all departments, or of the one in `departmentId`, which is null when that is gone. */
  reach: 'all' | 'department';
  departmentId: string | null;
  createdAt: string;
  createdBy: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  revokedBy: string | null;
  lastUsedAt: string | null;
  /** Why it opens nothing now. */
  problem: Exclude<KeyProblem, 'key_rotated'> | null;
  /** Those that open something, the newest first; of a key that is over the newest alone. */
  tokens: KeyTokenInfo[];
};
export type NewKeyToken = { token: string; keys: ApiKeyInfo[] };
