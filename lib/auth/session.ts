import { headers } from 'next/headers';
import { getToken } from 'next-auth/jwt';
import { findSignedInAgent, type SignedInAgent } from '#/lib/agents/service.ts';
import { isSecureCookie } from '#/lib/auth/next-auth.ts';
import { env } from '#/lib/env.ts';

/**
 * The signed-in agent of this request, or null. The cookie names an account and the version of its session; the
 * agent's row decides (at most a second ago) whether that still opens anything.
 */
export async function currentAgent(): Promise<SignedInAgent | null> {
  const cookie = (await headers()).get('cookie');
  if (cookie === null) return null;
  const token = await getToken({
    // The cookie alone: a customer's bearer token is not a session here.
    req: { headers: { cookie } },
    secret: env().authSecret,
    secureCookie: isSecureCookie(),
  });
  const sessionVersion: unknown = token?.sessionVersion;
  if (typeof token?.sub !== 'string' || typeof sessionVersion !== 'number') return null;
  return findSignedInAgent(token.sub, sessionVersion);
}
