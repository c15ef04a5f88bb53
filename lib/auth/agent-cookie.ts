import { getToken } from 'next-auth/jwt';
import { findSignedInAgent, type SignedInAgent } from '#/lib/agents/service.ts';
import { env } from '#/lib/env.ts';
import { processSingleton } from '#/lib/process.ts';

type Session = { agentId: string; version: number };
type Opened = { session: Session; untilMs: number };
const openedMs = 60_000;
const openedMax = 2_000;
// Opening a cookie derives its key again each time, which costs more than the rest of a small request. What it says
// stays so until it expires; whether that still opens anything is asked of the agent's row.
const opened = () => processSingleton('agent-cookies', () => new Map<string, Opened>());

/** On http (a first try on one's own machine) a `Secure` cookie would never come back. */
export function isSecureCookie(): boolean {
  return env().publicUrl?.startsWith('https:') === true;
}

/**
 * The agent whom a request's `Cookie` header signs in, or null. The cookie names an account and the version of its
 * session; the agent's row decides (at most a second ago) whether that still opens anything.
 */
export async function agentOfCookie(cookie: string | null): Promise<SignedInAgent | null> {
  if (cookie === null) return null;
  const session = await openCookie(cookie);
  return session === null ? null : findSignedInAgent(session.agentId, session.version);
}

async function openCookie(cookie: string): Promise<Session | null> {
  const held = opened().get(cookie);
  if (held !== undefined && held.untilMs > performance.now()) return held.session;
  const token = await getToken({
    // The cookie alone: a customer's bearer token is not a session here.
    req: { headers: { cookie } },
    secret: env().authSecret,
    secureCookie: isSecureCookie(),
  });
  const { sessionVersion, exp }: { sessionVersion?: unknown; exp?: number } = token ?? {};
  if (typeof token?.sub !== 'string' || typeof sessionVersion !== 'number') return null;
  const session = { agentId: token.sub, version: sessionVersion };
  if (opened().size >= openedMax) opened().clear();
  const expiresInMs = exp === undefined ? 0 : exp * 1_000 - Date.now();
  opened().set(cookie, { session, untilMs: performance.now() + Math.min(openedMs, expiresInMs) });
  return session;
}
