import { signIn } from '#/lib/auth/next-auth.ts';
import { RefusedError } from '#/lib/errors.ts';
import { logger } from '#/lib/logger.ts';

/** Sets this browser's session cookie for the account that these open, or throws `forbidden` or `rate_limited`. */
export async function openSession(credentials: { email: string; password: string }): Promise<void> {
  try {
    await signIn('credentials', { ...credentials, redirect: false });
  } catch (error) {
    throw refusalWithin(error) ?? error;
  }
}

/**
 * As `openSession`, right after the account was made: a failure is only logged, because the link that made it is used
 * up. The page goes on to the inbox, which asks to sign in.
 */
export async function openFirstSession(credentials: { email: string; password: string }): Promise<void> {
  try {
    await openSession(credentials);
  } catch (error) {
    logger().warn('a new account was not signed in', { error });
  }
}

/** next-auth wraps what `authorize` threw; a plain null of it (a wrong pair) becomes `CredentialsSignin`. */
function refusalWithin(error: unknown): unknown {
  if (!(error instanceof Error)) return null;
  if (Reflect.get(error, 'type') === 'CredentialsSignin') {
    return new RefusedError({ code: 'forbidden', reason: 'wrong_credentials' });
  }
  const cause: unknown = error.cause;
  const inner: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'err') : null;
  return typeof inner === 'object' && inner !== null && Reflect.has(inner, 'failure') ? inner : null;
}
