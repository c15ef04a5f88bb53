import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Cursors, Position } from '#/lib/api/query.ts';
import { env } from '#/lib/env.ts';
import { processSingleton } from '#/lib/process.ts';

/**
 * Cursors say where a list goes on. What they hold is signed together with the list that they are of, so that one that
 * was made up, changed, or comes from another list, order, condition or key is no cursor.
 */
export function makeCursors(secret: string): Cursors {
  const key = createHmac('sha256', secret).update('parley.api.cursor').digest();
  const signatureOf = (content: string, bound: string) =>
    createHmac('sha256', key).update(`${content}\n${bound}`).digest().subarray(0, 16);
  return {
    seal({ key: sortKey, id }, bound) {
      const content = Buffer.from(JSON.stringify([sortKey, id])).toString('base64url');
      return `${content}.${signatureOf(content, bound).toString('base64url')}`;
    },
    open(text, bound) {
      const [content = '', signature = '', ...rest] = text.split('.');
      const given = Buffer.from(signature, 'base64url');
      const right = signatureOf(content, bound);
      if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return null;
      return positionOf(content);
    },
  };
}

/** What this server's cursors are signed with; the same at all its instances. */
export function cursorsNow(): Cursors {
  return processSingleton('api-cursors', () => makeCursors(env().authSecret));
}

function positionOf(content: string): Position | null {
  const value: unknown = JSON.parse(Buffer.from(content, 'base64url').toString('utf8'));
  if (!Array.isArray(value)) return null;
  const [key, id]: unknown[] = value;
  return typeof key === 'string' && typeof id === 'string' ? { key, id } : null;
}
