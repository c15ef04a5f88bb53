import { type Failure, fail, type Result } from '#/lib/errors.ts';

/** An action's answer; `unavailable` when there was none, and `outdated` when the server has a newer build than we. */
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
  return { code: 'unavailable', reason: isOutdated ? 'outdated' : 'no_connection' };
}

const reloadEveryMs = 5 * 60_000;
const lastKey = 'parley:outdated';

/** Reloads the page for the newer build; not again within five minutes, and not where that cannot be remembered. */
export function reloadOutdated() {
  try {
    if (Date.now() - Number(sessionStorage.getItem(lastKey)) < reloadEveryMs) return;
    sessionStorage.setItem(lastKey, String(Date.now()));
  } catch {
    return;
  }
  location.reload();
}
