import { headers } from 'next/headers';
import type { SignedInAgent } from '#/lib/agents/service.ts';
import { agentOfCookie } from '#/lib/auth/agent-cookie.ts';

/** The signed-in agent of the page or action that Next is running, or null. */
export async function currentAgent(): Promise<SignedInAgent | null> {
  return agentOfCookie((await headers()).get('cookie'));
}
