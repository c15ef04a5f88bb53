import { createHash } from 'node:crypto';

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** SHA-256 of a 256-bit token, hex: all of it that is ever stored. Null for what cannot be a token. */
export function tokenHashOf(token: string): string | null {
  return tokenPattern.test(token) ? createHash('sha256').update(token).digest('hex') : null;
}
