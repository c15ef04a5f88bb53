import { errorCodes, type Failure, fail, type Result } from '#/lib/errors.ts';

const retryMsMax = 60_000;

/**
 * A request to our own server, as a `Result`. Never throws: no answer is `unavailable`, and so is one that is none of
 * ours, such as a proxy's page; what that says about coming back (429, 503, Retry-After) is believed.
 */
export async function resultOf<Value>(request: () => Promise<Response>): Promise<Result<Value>> {
  try {
    const response = await request();
    const body: unknown = await response.json().catch(() => null);
    return asResult(body) ?? fail(foreignFailure(response));
  } catch {
    return fail({ code: 'unavailable', reason: 'no_connection' });
  }
}

/** Safe because it is our own server of the same build that answers; null for anything without the envelope. */
function asResult<Value>(body: unknown): Result<Value> | null {
  const isOurs = typeof body === 'object' && body !== null && 'ok' in body;
  return isOurs && (body.ok === true || body.ok === false) ? (body as Result<Value>) : null;
}

function foreignFailure({ status, headers }: Response): Failure {
  const seconds = Number(headers.get('retry-after') ?? '');
  const retryAfterMs = Math.min(retryMsMax, seconds * 1000);
  const wait = retryAfterMs > 0 ? { retryAfterMs } : {};
  return status === 429
    ? { code: 'rate_limited', ...wait }
    : { code: 'unavailable', reason: 'no_answer', ...wait };
}

/**
 * The refusal in an action's error, or null. What is refused in front of the framework is answered in plain text,
 * which its client hands on as the error's message.
 */
export function refusalIn(error: unknown): Failure | null {
  if (!(error instanceof Error) || !error.message.startsWith('{"ok":false')) return null;
  try {
    const told: unknown = Reflect.get(Object(JSON.parse(error.message)), 'error');
    const code = errorCodes.find((known) => known === Reflect.get(Object(told), 'code'));
    if (code === undefined) return null;
    const reason: unknown = Reflect.get(Object(told), 'reason');
    const retryAfterMs = Math.min(retryMsMax, Number(Reflect.get(Object(told), 'retryAfterMs')));
    return {
      code,
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
    };
  } catch {
    return null;
  }
}
