import { headers } from 'next/headers';
import { env } from '#/lib/env.ts';

/** Links that carry a token carry it in the fragment, which no server, proxy or Referer ever sees. */

export async function statusPageUrl(token: string): Promise<string> {
  return `${await ownOrigin()}/t#${token}`;
}

export async function inviteUrl(token: string): Promise<string> {
  return `${await ownOrigin()}/invite#${token}`;
}

/** PUBLIC_URL, else the address that the person asking has typed (as `server.ts` found it out). */
export async function ownOrigin(): Promise<string> {
  const { publicUrl, port } = env();
  if (publicUrl !== undefined) return publicUrl;
  const known = await headers();
  const host = known.get('x-forwarded-host');
  const protocol = known.get('x-forwarded-proto') === 'https' ? 'https' : 'http';
  return host === null || host === '' ? `http://localhost:${port}` : `${protocol}://${host}`;
}
