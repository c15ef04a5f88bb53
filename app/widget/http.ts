import type { Result } from '#/lib/errors.ts';
import { resultOf } from '#/lib/sync/answers.ts';

/** A read from our own server. Never throws: no answer, or one that is none of ours, is `unavailable`. */
export function getJson<Value>(path: string, token: string): Promise<Result<Value>> {
  return resultOf(() => fetch(path, { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' }));
}

/** A signal to our own server, with the same promise. */
export function postJson<Value>(path: string, token: string, body: unknown): Promise<Result<Value>> {
  return resultOf(() =>
    fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}
