import { keyPrefix } from '#/lib/api-keys/schema.ts';

/** The part of a key's token that is random; null for text that is no key's token. */
export function secretOfKeyToken(token: string): string | null {
  if (!token.startsWith(keyPrefix)) return null;
  const secret = token.slice(keyPrefix.length);
  return /^[A-Za-z0-9_-]{43}$/.test(secret) ? secret : null;
}

/** Whether a bearer token says that it is a key's; any other is a customer's session. */
export function isKeyToken(token: string): boolean {
  return token.startsWith(keyPrefix);
}

/** By which people tell a token from others. */
export function hintOfKeyToken(token: string): string {
  return token.slice(-4);
}
