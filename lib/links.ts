import { headers } from 'next/headers';
import { ownOriginOf } from '#/lib/own-origin.ts';

/** Links that carry a token carry it in the fragment, which no server, proxy or Referer ever sees. */

export async function statusPageUrl(token: string): Promise<string> {
  return `${await ownOrigin()}/t#${token}`;
}

export async function inviteUrl(token: string): Promise<string> {
  return `${await ownOrigin()}/invite#${token}`;
}

/** As `ownOriginOf`, of the page or action that Next is running. */
export async function ownOrigin(): Promise<string> {
  return ownOriginOf(await headers());
}
