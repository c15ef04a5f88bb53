import { fail, type Result } from '#/lib/errors.ts';

/** A read from our own server. Never throws: no answer, or one that is none of ours, is `unavailable`. */
export function getJson<Value>(path: string, token: string): Promise<Result<Value>> {
  return answerOf(() => fetch(path, { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' }));
}

/** A signal to our own server, with the same promise. */
export function postJson<Value>(path: string, token: string, body: unknown): Promise<Result<Value>> {
  return answerOf(() =>
    fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

async function answerOf<Value>(request: () => Promise<Response>): Promise<Result<Value>> {
  try {
    return asResult(await (await request()).json());
  } catch {
    return fail({ code: 'unavailable', reason: 'no_connection' });
  }
}

/** Safe because it is our own server of the same build that answers; anything without the envelope is refused. */
function asResult<Value>(body: unknown): Result<Value> {
  if (typeof body === 'object' && body !== null && 'ok' in body && (body.ok === true || body.ok === false)) {
    return body as Result<Value>;
  }
  return fail({ code: 'unavailable', reason: 'no_answer' });
}
