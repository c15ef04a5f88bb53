export const errorCodes = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'rate_limited',
  'unavailable',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/**
 * What a browser learns about a refusal. `reason` is a stable machine word such as `text_too_long`; the sentence
 * for people lives in the component that shows it. `incidentId` finds the log line of an `unavailable`.
 */
export type Failure = {
  code: ErrorCode;
  reason?: string;
  field?: string;
  /** With `changed_meanwhile`: what it is now, as people call it, and whose doing that was (null: nobody's name). */
  current?: { by: string | null; value: string | null };
  retryAfterMs?: number;
  incidentId?: string;
};

export type Result<Value> = { ok: true; value: Value } | { ok: false; error: Failure };

export function succeed<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

export function fail(error: Failure): { ok: false; error: Failure } {
  return { ok: false, error };
}

/** A refusal on its way up to the edge, which turns it into a `Failure`. Told apart by `code`, never by `instanceof`. */
export class RefusedError extends Error {
  readonly failure: Failure;
  readonly code: ErrorCode;
  constructor(failure: Failure) {
    super(failure.reason === undefined ? failure.code : `${failure.code}: ${failure.reason}`);
    this.name = 'RefusedError';
    this.failure = failure;
    this.code = failure.code;
  }
}

/** Whether a failure may go away by itself, so that the same request may be sent again unchanged. */
export function isPassing(failure: Failure): boolean {
  return failure.code === 'unavailable' || failure.code === 'rate_limited';
}
