import type * as z from 'zod/mini';
import { errorCodes, type Failure, RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { logger } from '#/lib/logger.ts';

/**
 * What the browser may know of an error. A refusal keeps its code and reason; anything else is a surprise: it becomes
 * `unavailable` with an id, and the log line with that id holds the cause.
 */
export function failureOf(error: unknown, where: string): Failure {
  const known = refusalOf(error);
  if (known !== null) {
    if (known.code !== 'unavailable' || known.incidentId !== undefined) return known;
    const incidentId = newId();
    logger().warn('unavailable', { where, incidentId, reason: known.reason });
    const { retryAfterMs } = known;
    return { code: 'unavailable', incidentId, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  const incidentId = newId();
  logger().error('unexpected failure', { where, incidentId, error });
  return { code: 'unavailable', incidentId };
}

function refusalOf(error: unknown): Failure | null {
  if (typeof error !== 'object' || error === null) return null;
  const code: unknown = Reflect.get(error, 'code');
  const failure: unknown = Reflect.get(error, 'failure');
  const isRefusal =
    errorCodes.some((known) => known === code) && typeof failure === 'object' && failure !== null;
  // Two copies of the class exist in one process, so the shape decides; only `RefusedError` has a `failure`.
  return isRefusal ? (failure as Failure) : null;
}

/** Strict parsing of untrusted input; throws `invalid` with the field and the schema's own reason word. */
export function parseInput<Schema extends z.ZodMiniType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const reason = issue?.code === 'unrecognized_keys' ? 'unknown_field' : issue?.message;
  const field = issue?.path.map(String).join('.');
  throw new RefusedError({
    code: 'invalid',
    ...(reason !== undefined && /^[a-z_]{3,40}$/.test(reason) ? { reason } : {}),
    ...(field === undefined || field === '' ? {} : { field }),
  });
}
