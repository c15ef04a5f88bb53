import { env } from '#/lib/env.ts';

/** PUBLIC_URL, else the address that the person asking has typed (as `server.ts` found it out). */
export function ownOriginOf(headers: Pick<Headers, 'get'>): string {
  const { publicUrl, port } = env();
  if (publicUrl !== undefined) return publicUrl;
  const host = headers.get('x-forwarded-host');
  const protocol = headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http';
  return host === null || host === '' ? `http://localhost:${port}` : `${protocol}://${host}`;
}
