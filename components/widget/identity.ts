import { fail, isPassing, type Result, succeed } from '#/lib/errors.ts';
import type { Identified } from '#/lib/identity/schema.ts';
import { newToken } from '#/lib/ids.ts';
import { backoffMs } from '#/lib/sync/clock.ts';
import type { Clock } from '#/lib/sync/transport.ts';

/** What signing in reaches of the messenger. */
export type IdentityParts = {
  clock: Clock;
  /** The session's token, or that of the one that an unsent first message would begin; null when there is neither. */
  held(): string | null;
  /** Whether the session is a person's whom the site once named. */
  isNamed(): boolean;
  /** A token of the site, asked of the page now; null when it has none. */
  askToken(): Promise<string | null>;
  exchange(input: { token: string; held: string | null; next: string }): Promise<Result<Identified>>;
  /** Another session from now on. `joins`: what was begun and left unsent in the former one goes on in it. */
  become(next: string, customerId: string, joins: boolean): void;
  /** A visitor from now on, with nothing of whoever was here. */
  leave(): void;
  /** The session is a person's whom the site named. */
  vouch(customerId: string): void;
  /** Tells the page whether somebody is signed in now. */
  changed(isVerified: boolean): void;
};

export type Identity = {
  /** Signs in whom the token names; without one the page is asked for it. Answers once that is settled. */
  identify(given: { token: string | null }): Promise<Result<{ isVerified: true }>>;
  /** Asks the page for a token and signs in anew; false when nobody is signed in after it. */
  renew(): Promise<boolean>;
  close(): void;
};

const triesMax = 6;
const tryMsMax = 4_000;
const renewBeforeMs = 600_000;
const renewMsMin = 30_000;

/** Who is here, as the page's own server says: exchanges its tokens for sessions, and renews them while the page is open. */
export function openIdentity(parts: IdentityParts): Identity {
  const { clock } = parts;
  let timer: unknown = null;
  let turn: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  /** One after the other, in the order in which the page said it: the last one stays. */
  function inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const acting = turn.then(act);
    turn = acting.catch(() => undefined);
    return acting;
  }

  async function exchange(given: string | null): Promise<Result<{ isVerified: true }>> {
    const result = await signIn(given);
    // Who was named here before may not be whom the page means now: nothing of theirs is shown.
    if (!result.ok && parts.isNamed() && !isClosed) {
      parts.leave();
      parts.changed(false);
    }
    return result;
  }

  async function signIn(given: string | null): Promise<Result<{ isVerified: true }>> {
    const token = given ?? (await parts.askToken());
    if (token === null) return fail({ code: 'invalid', reason: 'token_missing' });
    const held = parts.held();
    const next = newToken();
    let result = await persist({ token, held, next });
    if (isUsedUp(result)) result = (await again(token, held, next)) ?? result;
    if (!result.ok && isStale(result.error.reason)) {
      // It waited too long, or the page was shown again from the browser's memory.
      const fresh = await parts.askToken();
      if (fresh !== null && fresh !== token) result = await persist({ token: fresh, held, next });
    }
    if (isClosed) return fail({ code: 'unavailable', reason: 'shut_down' });
    if (!result.ok) return result;
    const wasNamed = parts.isNamed();
    const { customerId, session, joins, livesMs } = result.value;
    // Who wrote nothing yet and is named now is the one who sits there.
    if (session === 'next') parts.become(next, customerId, joins || (held === null && !wasNamed));
    parts.vouch(customerId);
    clock.clearTimeout(timer);
    timer = clock.setTimeout(() => void renew(), Math.max(renewMsMin, livesMs - renewBeforeMs));
    if (session === 'next' || !wasNamed) parts.changed(true);
    return succeed({ isVerified: true });
  }

  /** Another tab of this browser may have used the page's token a moment ago: what it began is good here, too. */
  async function again(token: string, held: string | null, next: string) {
    for (let waits = 0; waits < 5; waits++) {
      const now = parts.held();
      if (now !== held && now !== null) return persist({ token, held: now, next });
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 200));
    }
    return null;
  }

  /** An answer that was lost is asked for again with the same tokens, and is the same. */
  async function persist(input: { token: string; held: string | null; next: string }) {
    for (let failures = 0; ; failures++) {
      const result = await parts.exchange(input);
      if (result.ok || !isPassing(result.error) || failures + 1 >= triesMax || isClosed) return result;
      const waitMs = backoffMs(clock, failures, result.error, tryMsMax);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, waitMs));
    }
  }

  async function renew(): Promise<boolean> {
    const token = await parts.askToken();
    return token !== null && (await inTurn(() => signIn(token))).ok;
  }

  return {
    identify: ({ token }) => inTurn(() => exchange(token)),
    renew,
    close() {
      isClosed = true;
      clock.clearTimeout(timer);
    },
  };
}

function isUsedUp(result: Result<unknown>): boolean {
  return !result.ok && result.error.reason === 'identity_jti_used';
}

function isStale(reason: string | undefined): boolean {
  return reason === 'identity_exp_past' || reason === 'identity_jti_used';
}
