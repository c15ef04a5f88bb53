import { Resolver } from 'node:dns/promises';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { env } from '#/lib/env.ts';
import { isPublicAddress } from '#/lib/outbound/addresses.ts';
import type { AllowList } from '#/lib/outbound/allow-list.ts';
import { type OutboundProblem, outboundUrlCharsMax } from '#/lib/outbound/schema.ts';

export type OutboundRequest = {
  url: string;
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Plain http is refused, unless whoever runs Parley allowed that place. */
  isEncrypted?: boolean;
};
export type OutboundAnswer = {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
  /** Where it came from, after redirects. */
  url: string;
};
export type Outbound =
  | { ok: true; answer: OutboundAnswer }
  /** `status` where one had come already. */
  | { ok: false; problem: OutboundProblem; status: number | null };

/** What a test may replace. */
export type Surroundings = {
  allowList: AllowList;
  /** All addresses of a name, none when there is no such name. */
  resolve(name: string): Promise<readonly string[]>;
  /** From the first look at the URL to the last byte of the answer, redirects included. */
  wholeMsMax: number;
  answerBytesMax: number;
};

const redirectsMax = 3;
const headerBytesMax = 16_384;
/** Of the public internet; what OUTBOUND_ALLOW names is reached on any. */
const portsOpen: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/**
 * Fetches from outside, and the only function that may: http and https to public unicast addresses (and OUTBOUND_ALLOW),
 * whatever the URL's spelling. A name is resolved once and the connection goes to an address that was checked; redirects
 * are checked like the first URL. Five seconds and 1 MB in all. Never throws: what did not work is a value.
 */
export async function fetchOutbound(
  asked: OutboundRequest,
  given: Partial<Surroundings> = {},
): Promise<Outbound> {
  const around = surroundings(given);
  const controller = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<Outbound>();
  const timer = setTimeout(() => resolve(problem('answer_too_late')), around.wholeMsMax);
  try {
    return await Promise.race([follow(asked, around, controller.signal), late]);
  } finally {
    clearTimeout(timer);
    // Whatever is still open is of no use to anybody.
    controller.abort();
  }
}

/** What `fetchOutbound` would refuse a URL for before sending anything; null: nothing. For when a URL is written down. */
export async function checkOutboundUrl(
  asked: Pick<OutboundRequest, 'url' | 'isEncrypted'>,
  given: Partial<Surroundings> = {},
): Promise<OutboundProblem | null> {
  const around = surroundings(given);
  const { promise: late, resolve } = Promise.withResolvers<OutboundProblem>();
  const timer = setTimeout(() => resolve('name_unknown'), around.wholeMsMax);
  try {
    const found = await Promise.race([findTarget(asked.url, asked.isEncrypted === true, around), late]);
    return typeof found === 'string' ? found : null;
  } finally {
    clearTimeout(timer);
  }
}

function surroundings(given: Partial<Surroundings>): Surroundings {
  return {
    allowList: given.allowList ?? env().outboundAllow,
    resolve: given.resolve ?? resolveName,
    wholeMsMax: given.wholeMsMax ?? 5_000,
    answerBytesMax: given.answerBytesMax ?? 1_000_000,
  };
}

function problem(what: OutboundProblem, status: number | null = null): Outbound {
  return { ok: false, problem: what, status };
}

type Address = { address: string; family: 4 | 6 };
type Target = { url: URL; addresses: readonly Address[] };

async function follow(asked: OutboundRequest, around: Surroundings, signal: AbortSignal): Promise<Outbound> {
  let from = asked.url;
  let isEncrypted = asked.isEncrypted === true;
  for (let hops = 0; hops <= redirectsMax; hops++) {
    const target = await findTarget(from, isEncrypted, around);
    if (typeof target === 'string') return problem(target);
    if (signal.aborted) return problem('answer_too_late');
    const outbound = await send(target, asked, around, signal);
    const next = outbound.ok ? redirectOf(outbound.answer, asked.method) : null;
    if (next === null) return outbound;
    from = next;
    // What began encrypted stays so.
    isEncrypted ||= target.url.protocol === 'https:';
  }
  return problem('too_many_redirects');
}

/** Where an answer leads. A POST is sent again only where the answer says that it stays one. */
function redirectOf(
  { status, headers, url }: OutboundAnswer,
  method: OutboundRequest['method'],
): string | null {
  const isFollowed =
    method === 'GET' ? [301, 302, 303, 307, 308].includes(status) : [307, 308].includes(status);
  const { location } = headers;
  if (!isFollowed || location === undefined) return null;
  return URL.canParse(location, url) ? new URL(location, url).href : location;
}

/** The addresses to connect to, all of them checked; or why not. */
async function findTarget(
  text: string,
  isEncrypted: boolean,
  around: Surroundings,
): Promise<Target | OutboundProblem> {
  if (text.length > outboundUrlCharsMax || !URL.canParse(text)) return 'url_not_valid';
  // Writes an IPv4 address as four decimal numbers, however it was spelled, and a name in lower case.
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme_not_allowed';
  if (url.username !== '' || url.password !== '') return 'credentials_in_url';
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const addresses = await addressesOf(name, around);
  if (addresses.length === 0) return 'name_unknown';
  const outside = addresses.filter(({ address }) => !around.allowList.allows({ name, address, port }));
  // One address inside is enough: which of them is connected to is not ours to say.
  if (!outside.every(({ address }) => isPublicAddress(address))) return 'address_not_allowed';
  if (outside.length > 0 && !portsOpen.has(port)) return 'port_not_allowed';
  if (outside.length > 0 && isEncrypted && url.protocol === 'http:') return 'not_encrypted';
  return { url, addresses };
}

async function addressesOf(name: string, around: Surroundings): Promise<Address[]> {
  const found = isIP(name) !== 0 ? [name] : isLocalhost(name) ? ['127.0.0.1'] : await around.resolve(name);
  return found.flatMap((address): Address[] => {
    const family = isIP(address);
    // What is no address at all is kept out of the list, and an empty list is no name.
    return family === 4 || family === 6 ? [{ address, family }] : [];
  });
}

/** It means this machine everywhere, and DNS need not know it. */
function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/** Asks DNS itself: the system's own look-up would hold one of the few threads that files and passwords share. */
async function resolveName(name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 1_500, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
}

/** Answers what was checked, whatever it is asked: no name is resolved a second time. */
function pinnedTo(addresses: readonly Address[]): LookupFunction {
  return (_name, options, done) => {
    const [first] = addresses;
    if (options.all === true) done(null, [...addresses]);
    else if (first !== undefined) done(null, first.address, first.family);
  };
}

function send(
  { url, addresses }: Target,
  { method, headers = {}, body }: OutboundRequest,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Outbound> {
  const { promise, resolve } = Promise.withResolvers<Outbound>();
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const options = {
    method,
    headers: { 'User-Agent': 'Parley', Accept: '*/*', ...headers, ...length },
    // A connection of its own, closed at the end.
    agent: false,
    lookup: pinnedTo(addresses),
    maxHeaderSize: headerBytesMax,
    signal,
  };
  const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
  let hasAnswer = false;
  request.on('response', (response) => {
    hasAnswer = true;
    readAnswer(response, url, around.answerBytesMax).then(resolve, (error: unknown) =>
      resolve(problem(problemOf(error), response.statusCode ?? null)),
    );
  });
  request.on('error', (error) => {
    if (!hasAnswer) resolve(problem(problemOf(error)));
  });
  // Also where the other side wanted to speak something else than HTTP from there on.
  request.on('close', () => {
    if (!hasAnswer) resolve(problem('no_connection'));
  });
  request.end(body);
  return promise;
}

async function readAnswer(response: IncomingMessage, url: URL, bytesMax: number): Promise<Outbound> {
  const status = response.statusCode ?? 0;
  const body = await readBody(response, bytesMax);
  if (body === null) return problem('answer_too_large', status);
  return { ok: true, answer: { status, headers: headersOf(response.headers), body, url: url.href } };
}

/** Null when there is more than may be; the rest is not waited for. */
async function readBody(response: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  if (Number(response.headers['content-length'] ?? 0) > bytesMax) {
    response.destroy();
    return null;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece: Buffer = chunk;
    bytes += piece.length;
    // Leaving the loop destroys the response.
    if (bytes > bytesMax) return null;
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** From the words of Node's and OpenSSL's errors; what they say beyond that is nobody's business. */
function problemOf(error: unknown): OutboundProblem {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string') return 'no_connection';
  if (code.startsWith('HPE_')) return 'answer_not_http';
  const isTls = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO)/;
  return isTls.test(code) ? 'tls_failed' : 'no_connection';
}
