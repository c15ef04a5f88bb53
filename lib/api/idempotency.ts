import { createHash } from 'node:crypto';
import {
  deleteOldClaims,
  insertClaim,
  type KeptAnswer,
  lockClaim,
  releaseClaim,
  settleClaim,
  takeOverClaim,
} from '#/db/api/idempotency.ts';
import { transact } from '#/db/client.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { logger } from '#/lib/logger.ts';
import { processSingleton } from '#/lib/process.ts';

/** An answer as it is kept for a repeat: `body` is JSON text, null for none. */
export type PlainAnswer = KeptAnswer;

/**
 * `first`: to be carried out now, whatever is made gets `recordId`, and `settle` keeps the answer or, where it says
 * nothing lasting, gives the key free for another attempt. `replay`: it was carried out before.
 */
export type Claim =
  | { kind: 'first'; recordId: string; settle(answer: PlainAnswer): Promise<void> }
  | { kind: 'replay'; answer: PlainAnswer };

/** An attempt that has not settled after this long is not at work any more: its process died. */
const attemptMsMax = 60_000;
const keptHours = 24;
const sweepEvery = 200;
/** What another attempt with the same key may be answered otherwise: nobody decided anything about the request. */
const passing: ReadonlySet<number> = new Set([401, 403, 429]);

/** What makes two requests the same one: asked on another condition it is another. */
type AskedFor = { method: string; url: string; ifMatch: string | null; body: unknown };

/**
 * Claims a key of `owner` for one request. Throws `idempotency_key_reused` where it came with another request, and
 * `request_in_progress` while the first one is under way.
 */
export async function claimKey(owner: string, key: string, route: string, request: AskedFor): Promise<Claim> {
  const place = { owner, key };
  const hash = hashOf(request);
  const attemptId = newId();
  sweep();
  const held = await transact(async (tx) => {
    const isNew = await insertClaim(tx, { ...place, route, hash, attemptId, recordId: newId(), keptHours });
    const claim = await lockClaim(tx, place, attemptMsMax);
    if (claim === null) throw new RefusedError({ code: 'unavailable', reason: 'database_busy' });
    if (isNew || claim.route !== route || claim.hash !== hash) return claim;
    if (claim.answer === null && !claim.isUnderWay) await takeOverClaim(tx, place, attemptId);
    return claim;
  });
  if (held.route !== route || held.hash !== hash) {
    throw new RefusedError({ code: 'invalid', reason: 'idempotency_key_reused', field: 'Idempotency-Key' });
  }
  if (held.answer !== null) return { kind: 'replay', answer: held.answer };
  if (held.attemptId !== attemptId && held.isUnderWay) {
    throw new RefusedError({ code: 'conflict', reason: 'request_in_progress', retryAfterMs: 1_000 });
  }
  return {
    kind: 'first',
    recordId: held.recordId,
    settle: (answer) => settle({ ...place, attemptId }, answer),
  };
}

async function settle(
  place: { owner: string; key: string; attemptId: string },
  answer: PlainAnswer,
): Promise<void> {
  const isLasting = answer.status < 500 && !passing.has(answer.status);
  try {
    await transact((tx) => (isLasting ? settleClaim(tx, place, answer) : releaseClaim(tx, place)));
  } catch (error) {
    // It was carried out all the same: a repeat waits until the attempt counts as over, and then finds what is there.
    logger().warn('an answer was not kept for repeats', { error });
  }
}

function hashOf({ method, url, ifMatch, body }: AskedFor): string {
  const { pathname, search } = new URL(url);
  return createHash('sha256')
    .update(JSON.stringify([method, pathname, search, ifMatch, body]))
    .digest('hex');
}

/** Now and then, what nobody will ask for any more. */
function sweep(): void {
  const turns = processSingleton('api-idempotency', () => ({ count: 0 }));
  turns.count++;
  if (turns.count % sweepEvery !== 1) return;
  transact((tx) => deleteOldClaims(tx, keptHours)).catch((error: unknown) => {
    logger().warn('old idempotency keys were not deleted', { error });
  });
}
