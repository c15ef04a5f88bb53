import { type Failure, fail, type Result } from '#/lib/errors.ts';
import { refusalIn } from '#/lib/sync/answers.ts';

/**
 * An action's answer; why it was refused before it ran; `unavailable` when there was no answer, and `outdated` when
 * the server has a newer build than we.
 */
export async function answered<Value>(act: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await act();
  } catch (error) {
    return fail(failureOf(error));
  }
}

// By name: the framework's own test would bring its router's module into the frame.
function failureOf(error: unknown): Failure {
  const isOutdated = error instanceof Error && error.name === 'UnrecognizedActionError';
  if (isOutdated) return { code: 'unavailable', reason: 'outdated' };
  return refusalIn(error) ?? { code: 'unavailable', reason: 'no_connection' };
}

const reloadEveryMs = 5 * 60_000;
const lastKey = 'parley:outdated';

/** Reloads the page for the newer build; not again within five minutes, and not where that cannot be remembered. */
export function reloadOutdated() {
  try {
    const agoMs = Date.now() - Number(sessionStorage.getItem(lastKey));
    // Somebody may have set the clock back: what lies ahead was not within these minutes.
    if (agoMs >= 0 && agoMs < reloadEveryMs) return;
    sessionStorage.setItem(lastKey, String(Date.now()));
  } catch {
    return;
  }
  location.reload();
}
