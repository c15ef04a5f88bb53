import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Where a request really comes from and what address the person typed. */
export interface Forwarded {
  /** The client's address; a proxy's own unless it is one of TRUSTED_PROXIES. */
  address: string;
  protocol: 'http' | 'https';
  /** Host and port as in the address bar, lower case; undefined when it is not one that can exist. */
  host: string | undefined;
}

interface ForwardedOptions {
  isTrustedProxy: (address: string) => boolean;
  publicUrl: string | undefined;
}

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Reads address, protocol and host, believing X-Forwarded-* only from a trusted proxy. PUBLIC_URL wins. */
export function readForwarded(
  request: IncomingMessage,
  { isTrustedProxy, publicUrl }: ForwardedOptions,
): Forwarded {
  const { headers } = request;
  const peer = plainAddress(request.socket.remoteAddress ?? '');
  const isTrusted = isTrustedProxy(peer);
  const told = isTrusted ? listOf(headers['x-forwarded-for']) : [];
  const address = told.toReversed().find((entry) => !isTrustedProxy(entry)) ?? told[0] ?? peer;
  const saysHttps = isTrusted && listOf(headers['x-forwarded-proto']).at(-1) === 'https';
  const named = (isTrusted ? listOf(headers['x-forwarded-host']).at(-1) : undefined) ?? headers.host ?? '';
  const host = hostPattern.test(named.toLowerCase()) ? named.toLowerCase() : undefined;
  if (publicUrl === undefined) return { address, protocol: saysHttps ? 'https' : 'http', host };
  const url = new URL(publicUrl);
  return {
    address,
    protocol: url.protocol === 'https:' ? 'https' : 'http',
    host: host === undefined ? undefined : url.host,
  };
}

/** The names under which the rest of the app reads what this server found out about a request. */
export const addressHeader = 'x-parley-address';
const requestIdHeader = 'x-request-id';

const untrusted =
  /^(x-forwarded-|x-parley-|x-real-ip$|forwarded$|x-request-id$|x-nonce$|content-security-policy)/;

/** Replaces what a client could have claimed about itself by what is known. */
export function withKnownHeaders(
  headers: IncomingHttpHeaders,
  known: Forwarded,
  requestId: string,
): IncomingHttpHeaders {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !untrusted.test(name)));
  return {
    ...kept,
    'x-forwarded-for': known.address,
    'x-forwarded-proto': known.protocol,
    'x-forwarded-host': known.host ?? '',
    [addressHeader]: known.address,
    [requestIdHeader]: requestId,
  };
}

function listOf(value: string | string[] | undefined): string[] {
  return String(value ?? '')
    .split(',')
    .map((entry) => plainAddress(entry.trim()))
    .filter((entry) => entry !== '');
}

function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
