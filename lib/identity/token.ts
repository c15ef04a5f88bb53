import { compactVerify, decodeProtectedHeader } from 'jose';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import { contactKeys, readAttributes, readContact } from '#/lib/identity/rules.ts';
import {
  clockSkewMs,
  externalIdCharsMax,
  jtiCharsMax,
  type SignedPerson,
  type TokenProblem,
  tokenCharsMax,
  tokenLivesMsMax,
} from '#/lib/identity/schema.ts';

export type KnownSecret = { id: string; secret: string; isLive: boolean };

/** What a token is read with. Only what it is compared with here can be told of it. */
export type TokenContext = {
  widgetKey: string;
  secrets: readonly KnownSecret[];
  fields: readonly CustomField[];
  nowMs: number;
  /** Other widgets, to tell their tokens from a stranger's; absent: a wrong signature is not looked into. */
  others?: readonly { key: string; secrets: readonly string[] }[];
};

export type ReadToken = {
  /** Nothing wrong: the token is its site's word. */
  problems: TokenProblem[];
  header: Record<string, unknown> | null;
  claims: Record<string, unknown> | null;
  /** The live secret that signed it. */
  secretId: string | null;
  person: SignedPerson | null;
  jti: string | null;
  expiresAtMs: number | null;
};

const shownCharsMax = 100;

/**
 * Reads an identity token and names everything that is wrong with it, the signature first. Only HS256 is ever verified,
 * whatever the token says of itself. Signing in and *identity check* both read with this, so they cannot disagree.
 */
export async function readToken(token: string, context: TokenContext): Promise<ReadToken> {
  const shape = shapeProblem(token);
  if (shape !== null) return { ...nothing, problems: [{ reason: shape }] };
  const [header, claims] = [headerOf(token), claimsOf(token)];
  if (header === null || claims === null)
    return { ...nothing, header, problems: [{ reason: 'token_not_jwt' }] };
  const signed = headerProblem(header) ?? (await signatureOf(token, context));
  const isSigned = 'id' in signed;
  const problems = [...(isSigned ? [] : [signed]), ...claimProblems(claims, context)];
  const { person, problems: personProblems } = personOf(claims, context.fields);
  return {
    problems: [...problems, ...personProblems],
    header,
    claims,
    secretId: isSigned ? signed.id : null,
    person,
    jti: typeof claims.jti === 'string' ? claims.jti : null,
    expiresAtMs: typeof claims.exp === 'number' ? claims.exp * 1000 : null,
  };
}

const nothing: ReadToken = {
  problems: [],
  header: null,
  claims: null,
  secretId: null,
  person: null,
  jti: null,
  expiresAtMs: null,
};

function shapeProblem(token: string): TokenProblem['reason'] | null {
  if (token.trim() === '') return 'token_empty';
  if (token.length > tokenCharsMax) return 'token_too_long';
  if (/^[\w-]+(\.[\w-]*){4}$/.test(token)) return 'token_encrypted';
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token) ? null : 'token_not_jwt';
}

function headerOf(token: string): Record<string, unknown> | null {
  try {
    return { ...decodeProtectedHeader(token) };
  } catch {
    return null;
  }
}

function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const bytes = Buffer.from(token.split('.')[1] ?? '', 'base64url');
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? { ...claims } : null;
  } catch {
    return null;
  }
}

function headerProblem(header: Record<string, unknown>): TokenProblem | null {
  const { alg } = header;
  if (alg === undefined) return { reason: 'algorithm_missing' };
  if (typeof alg === 'string' && alg.toLowerCase() === 'none') return { reason: 'algorithm_none' };
  if (alg !== 'HS256') return { reason: 'algorithm_wrong', found: shown(alg) };
  return 'crit' in header || 'b64' in header ? { reason: 'header_critical' } : null;
}

async function signatureOf(token: string, context: TokenContext): Promise<{ id: string } | TokenProblem> {
  const live = context.secrets.filter(({ isLive }) => isLive);
  for (const { id, secret } of live) if (await isSignedWith(token, secret)) return { id };
  for (const { secret, isLive } of context.secrets) {
    if (!isLive && (await isSignedWith(token, secret))) {
      return { reason: 'signature_revoked', found: hintOf(secret) };
    }
  }
  for (const { secret } of context.others === undefined ? [] : live) {
    for (const spaced of [`${secret}\n`, `${secret}\r\n`, ` ${secret}`, `${secret} `, `"${secret}"`]) {
      if (await isSignedWith(token, spaced)) return { reason: 'signature_secret_spaced' };
    }
    const rest = secret.slice(secret.indexOf('_') + 1);
    for (const decoded of [Buffer.from(secret, 'base64url'), Buffer.from(rest, 'base64url'), rest]) {
      if (await isSignedWith(token, decoded)) return { reason: 'signature_secret_decoded' };
    }
  }
  for (const { key, secrets } of context.others ?? []) {
    for (const secret of secrets) {
      if (await isSignedWith(token, secret)) return { reason: 'signature_other_widget', found: key };
    }
  }
  return { reason: live.length === 0 ? 'secret_missing' : 'signature_wrong' };
}

async function isSignedWith(token: string, secret: string | Uint8Array): Promise<boolean> {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : new Uint8Array(secret);
  try {
    await compactVerify(token, bytes, { algorithms: ['HS256'] });
    return true;
  } catch {
    return false;
  }
}

function claimProblems(claims: Record<string, unknown>, context: TokenContext): TokenProblem[] {
  return [
    expiryProblem(claims.exp, context.nowMs),
    beginProblem('nbf', claims.nbf, context.nowMs),
    beginProblem('iat', claims.iat, context.nowMs),
    audienceProblem(claims.aud, context),
    textProblem('sub', claims.sub, externalIdCharsMax),
    textProblem('jti', claims.jti, jtiCharsMax),
  ].filter((problem) => problem !== null);
}

function expiryProblem(exp: unknown, nowMs: number): TokenProblem | null {
  const claim = 'exp';
  if (exp === undefined || exp === null) return { reason: 'exp_missing', claim };
  if (typeof exp !== 'number' || !Number.isFinite(exp)) {
    return { reason: 'exp_not_number', claim, found: shown(exp) };
  }
  // Seconds of the year 5138 and later are milliseconds of somebody who did not divide.
  if (exp > 1e11) return { reason: 'exp_milliseconds', claim, found: shown(exp) };
  const leftMs = exp * 1000 - nowMs;
  const found = momentOf(exp);
  if (leftMs <= -clockSkewMs) return { reason: 'exp_past', claim, found };
  return leftMs > tokenLivesMsMax + clockSkewMs ? { reason: 'exp_too_far', claim, found } : null;
}

function beginProblem(claim: 'nbf' | 'iat', value: unknown, nowMs: number): TokenProblem | null {
  if (value === undefined) return null;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return { reason: `${claim}_not_number`, claim, found: shown(value) };
  }
  return value * 1000 - nowMs > clockSkewMs
    ? { reason: `${claim}_future`, claim, found: momentOf(value) }
    : null;
}

function momentOf(seconds: number): string {
  return Math.abs(seconds) > 8e12 ? String(seconds) : new Date(seconds * 1000).toISOString();
}

function audienceProblem(aud: unknown, { widgetKey, others }: TokenContext): TokenProblem | null {
  const claim = 'aud';
  if (aud === undefined || aud === null) return { reason: 'aud_missing', claim, expected: widgetKey };
  const [only, ...more] = Array.isArray(aud) ? aud : [aud];
  if (only === widgetKey && more.length === 0) return null;
  const isOther = others?.some(({ key }) => key === only) === true;
  return {
    reason: isOther ? 'aud_other_widget' : 'aud_wrong',
    claim,
    found: shown(aud),
    expected: widgetKey,
  };
}

function textProblem(claim: 'sub' | 'jti', value: unknown, charsMax: number): TokenProblem | null {
  if (value === undefined || value === null) return { reason: `${claim}_missing`, claim };
  if (typeof value !== 'string') return { reason: `${claim}_not_text`, claim, found: shown(value) };
  if (value.trim() === '') return { reason: `${claim}_missing`, claim };
  // What PostgreSQL cannot store, or what two encodings would make two people of.
  if (value.includes('\0') || !value.isWellFormed())
    return { reason: `${claim}_not_text`, claim, found: shown(value) };
  return value.length > charsMax ? { reason: `${claim}_too_long`, claim, found: String(value.length) } : null;
}

function personOf(
  claims: Record<string, unknown>,
  fields: readonly CustomField[],
): { person: SignedPerson | null; problems: TokenProblem[] } {
  const given = contactKeys.flatMap((key) =>
    claims[key] === undefined ? [] : [{ key, value: readContact(key, claims[key]) }],
  );
  const wrong = given.filter(({ value }) => value === undefined).map(({ key }) => key);
  const contact = Object.fromEntries(given.map(({ key, value }) => [key, value ?? null]));
  const read =
    claims.attributes === undefined
      ? { changes: {}, problems: [] }
      : readAttributes(claims.attributes, fields);
  const problems = [
    ...wrong.map((claim): TokenProblem => ({ reason: 'claim_wrong', claim, found: shown(claims[claim]) })),
    ...read.problems,
  ];
  const { sub } = claims;
  const person = typeof sub === 'string' ? { externalId: sub, ...contact, attributes: read.changes } : null;
  return { person, problems };
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, shownCharsMax);
}

/** How a secret is called where it must not be read. */
export function hintOf(secret: string): string {
  return secret.slice(-4);
}
