import type { SignedInAgent } from '#/lib/agents/service.ts';
import type { Scope } from '#/lib/api/scopes.ts';
import { isKeyToken } from '#/lib/api-keys/rules.ts';
import { findKeyByToken, refusalOfKeyToken } from '#/lib/api-keys/service.ts';
import { findCustomerByToken, refusalOfToken } from '#/lib/customers/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { addressHeader } from '#/lib/forwarded.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { addressSubject, limitRate } from '#/lib/rate-limit.ts';

/** Who asks the public API: a key as its robot, a customer's session, or anybody where an endpoint takes anybody. */

export type KeyActor = SignedInAgent & { keyId: string; scopes: readonly Scope[] };
export type AnybodyActor = { kind: 'anybody'; address: string };
export type Askers = { key: KeyActor; customer: CustomerActor; anybody: AnybodyActor };
export type AskerKind = keyof Askers;
export type Asker = Askers[AskerKind];

/**
 * Who asks, by the bearer token alone: cookies mean nothing here. Throws `unauthenticated` for a token that opens nothing
 * (counted by address), and `forbidden` for one whose holder is not among those that the endpoint is for.
 */
export async function askerOf(request: Request, kinds: readonly AskerKind[]): Promise<Asker> {
  const address = request.headers.get(addressHeader) ?? '';
  if (kinds.includes('anybody')) return { kind: 'anybody', address };
  const token = bearerOf(request);
  const found = token === null ? null : await findHolder(token);
  if (found === null) {
    await limitRate('api.open', addressSubject(address));
    throw await refusalOf(token);
  }
  const kind: AskerKind = found.kind === 'agent' ? 'key' : 'customer';
  if (kinds.includes(kind)) return found;
  throw new RefusedError({
    code: 'forbidden',
    reason: kind === 'key' ? 'not_for_keys' : 'not_for_customers',
  });
}

async function findHolder(token: string): Promise<KeyActor | CustomerActor | null> {
  if (!isKeyToken(token)) return findCustomerByToken(token);
  const holder = await findKeyByToken(token);
  if (holder === null) return null;
  return { ...holder.actor, keyId: holder.keyId, scopes: holder.scopes };
}

async function refusalOf(token: string | null): Promise<RefusedError> {
  if (token === null) return new RefusedError({ code: 'unauthenticated', reason: 'token_missing' });
  return isKeyToken(token) ? refusalOfKeyToken(token) : refusalOfToken(token);
}

/** The bearer token of a request, as it stands there; null when there is none. */
export function bearerOf(request: Request): string | null {
  const [scheme = '', token = '', ...rest] = (request.headers.get('authorization') ?? '').split(' ');
  return scheme.toLowerCase() !== 'bearer' || token === '' || rest.length > 0 ? null : token;
}

/** Whose quota a request counts against. */
export function subjectOf(actor: Asker): string {
  switch (actor.kind) {
    case 'agent':
      return actor.keyId;
    case 'customer':
      return actor.sessionId;
    case 'anybody':
      return addressSubject(actor.address);
  }
}

/** Whom cursors and idempotency keys belong to: a key, or a customer with all sessions. */
export function ownerOf(actor: Asker): string {
  switch (actor.kind) {
    case 'agent':
      return actor.keyId;
    case 'customer':
      return actor.id;
    case 'anybody':
      return 'anybody';
  }
}
