import { IncomingMessage } from 'node:http';
import { type ErrorCode, fail } from '#/lib/errors.ts';
import type { Forwarded } from '#/lib/forwarded.ts';
import { isPublicApi, isUpload } from '#/lib/route-class.ts';
import { isRouterTreeHeader } from '#/lib/router-tree.ts';

/** Why a request goes no further, with the status code that says so. */
export type Refused = { isOk: false; status: 400 | 403 | 405 | 411 | 413 | 414 | 415; reason: string };
export type Passed = { isOk: true; request: IncomingMessage };

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid',
  403: 'forbidden',
  404: 'not_found',
  405: 'invalid',
  411: 'invalid',
  413: 'too_large',
  414: 'too_large',
  415: 'invalid',
};

/** A refusal in the words of every other answer of ours, so that a client shows its reason. */
export function refusalBody(status: number, reason: string, retryAfterMs?: number): string {
  const code = codes[status] ?? 'unavailable';
  return JSON.stringify(fail({ code, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
}

export const bodyBytesMax = 64 * 1024;
/** Routes that take more: a draft has up to 50,000 characters, each of which JSON may need six bytes for. */
export const largerBodies: Readonly<Record<string, number>> = { '/api/inbox/drafts': 304 * 1024 };
/** Of the public API, whose clients send lists. */
export const apiBodyBytesMax = 256 * 1024;
/** Where Pusher's own clients send a form. */
const formPaths = new Set(['/api/v1/realtime/auth']);
const urlCharsMax = 8 * 1024;
const depthMax = 20;
const argumentsMax = 16;
const mutations = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const methods = new Set([...mutations, 'GET', 'HEAD', 'OPTIONS']);

interface GuardOptions {
  from: Forwarded;
  publicUrl: string | undefined;
  /** The largest file. */
  fileBytesMax: number;
}

/**
 * Refuses what Next would answer with a 500 or let through: foreign mutations, bodies that are too large, of the
 * wrong type or that do not decode. A body that passes is replayed, so `request` of the answer is the one to use. A file
 * is left unread: its length is what the request declares, which HTTP itself holds it to.
 */
export async function guardRequest(
  request: IncomingMessage,
  options: GuardOptions,
): Promise<Passed | Refused> {
  const method = request.method ?? '';
  if (!methods.has(method)) return refuse(405, 'method_not_allowed');
  const refusal = refuseUrl(request.url ?? '') ?? refuseRouterHeaders(request);
  if (refusal !== undefined) return refusal;
  if (!mutations.has(method)) return { isOk: true, request };
  const pathname = pathOf(request.url ?? '');
  if (!isOriginFine(pathname, request.headers.origin, options)) return refuse(403, 'origin_not_allowed');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return refuse(415, 'encoding_not_supported');
  if (isUpload(method, pathname)) return refuseUpload(request, options) ?? { isOk: true, request };
  const body = await readBody(request, bytesMaxOf(pathname));
  if (body === undefined) return refuse(413, 'body_too_large');
  const refused = isUnder(pathname, '/api')
    ? refuseApiBody(pathname, request, body)
    : await refusePageBody(request, body);
  return refused ?? { isOk: true, request: replay(request, body) };
}

function refuseUpload(request: IncomingMessage, { fileBytesMax }: GuardOptions): Refused | undefined {
  const { 'content-length': length, 'transfer-encoding': transfer } = request.headers;
  if (length === undefined || transfer !== undefined) return refuse(411, 'length_required');
  if (Number(length) > fileBytesMax) return refuse(413, 'file_too_large');
  // What no form can send: a page elsewhere has to ask first, and is told no.
  return mediaType(request) === 'application/octet-stream' ? undefined : refuse(415, 'type_not_supported');
}

function bytesMaxOf(pathname: string): number {
  return isPublicApi(pathname) ? apiBodyBytesMax : (largerBodies[pathname] ?? bodyBytesMax);
}

/** A program has no origin and sends no cookies; a page that is not ours is refused there too. */
function isOriginFine(pathname: string, origin: string | undefined, options: GuardOptions): boolean {
  return (origin === undefined && isPublicApi(pathname)) || isOwnOrigin(origin, options);
}

function isOwnOrigin(origin: string | undefined, { from, publicUrl }: GuardOptions): boolean {
  if (origin === undefined || origin === 'null') return false;
  if (publicUrl !== undefined) return origin === publicUrl;
  // Without PUBLIC_URL a proxy in front may end TLS unknown to us, so the host decides.
  return from.host !== undefined && (origin === `http://${from.host}` || origin === `https://${from.host}`);
}

function refuseUrl(url: string): Refused | undefined {
  if (url.length > urlCharsMax) return refuse(414, 'url_too_long');
  if (!url.startsWith('/') || url.startsWith('//')) return refuse(400, 'url_not_valid');
  try {
    return decodeURIComponent(url.replaceAll('+', ' ')).includes('\0')
      ? refuse(400, 'url_not_valid')
      : undefined;
  } catch {
    return refuse(400, 'url_not_valid');
  }
}

/** The router's own header is JSON; Next throws on any other text. */
function refuseRouterHeaders(request: IncomingMessage): Refused | undefined {
  const tree = request.headers['next-router-state-tree'];
  return tree === undefined || isRouterTreeHeader(String(tree)) ? undefined : refuse(400, 'header_not_valid');
}

function refuseApiBody(pathname: string, request: IncomingMessage, body: Buffer): Refused | undefined {
  const type = mediaType(request);
  // Many programs name a type whether or not they send anything.
  if (body.length === 0 && (type === '' || isPublicApi(pathname))) return undefined;
  const takesForm = isUnder(pathname, '/api/auth') || formPaths.has(pathname);
  if (takesForm && type === 'application/x-www-form-urlencoded') {
    return decodeText(body) === undefined ? refuse(400, 'body_not_valid') : undefined;
  }
  if (type !== 'application/json') return refuse(415, 'type_not_supported');
  const value = parseJson(decodeText(body));
  return value === undefined || depthOf(value) > depthMax ? refuse(400, 'body_not_valid') : undefined;
}

/** A POST to a page is a server action: with its id in a header, or in the fields of a form without script. */
async function refusePageBody(request: IncomingMessage, body: Buffer): Promise<Refused | undefined> {
  if (request.method !== 'POST') return refuse(405, 'method_not_allowed');
  const type = mediaType(request);
  const action = request.headers['next-action'];
  if (action === undefined) {
    return type === 'multipart/form-data' ? refuseForm(request, body) : refuse(415, 'type_not_supported');
  }
  if (typeof action !== 'string' || !/^[0-9a-f]{40,64}$/.test(action)) return refuse(400, 'action_not_valid');
  if (type === 'text/plain') {
    return isReply(decodeText(body), false) ? undefined : refuse(400, 'body_not_valid');
  }
  if (type !== 'multipart/form-data') return refuse(415, 'type_not_supported');
  const fields = await readFields(request, body);
  const rows = [...(fields?.keys() ?? [])].filter((name) => !name.includes('_'));
  // Beside the form's own fields there is one row: our actions take plain data, or one form.
  const isDecodable = rows.length === 1 && rows[0] === '0' && isReply(fields?.get('0'), true);
  return isDecodable ? undefined : refuse(400, 'body_not_valid');
}

/** The fields that React adds to a form whose action is called without script. */
async function refuseForm(request: IncomingMessage, body: Buffer): Promise<Refused | undefined> {
  const fields = await readFields(request, body);
  if (fields === undefined) return refuse(400, 'body_not_valid');
  const added = [...fields.keys()].filter((name) => name.startsWith('$ACTION_') && name !== '$ACTION_KEY');
  const [first = '', ...rest] = added;
  if (/^\$ACTION_ID_[0-9a-f]{40,64}$/.test(first) && rest.length === 0) return undefined;
  const number = /^\$ACTION_REF_(\d{1,3})$/.exec(first)?.[1];
  if (number === undefined) return refuse(400, 'body_not_valid');
  const reference = `$ACTION_${number}:0`;
  const bound = `$ACTION_${number}:1`;
  const isBound = isActionReference(parseJson(fields.get(reference))) && isReply(fields.get(bound), false);
  const isComplete = rest.length === 2 && rest.includes(reference) && rest.includes(bound);
  return isBound && isComplete ? undefined : refuse(400, 'body_not_valid');
}

function isActionReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('bound' in value)) return false;
  return typeof value.id === 'string' && /^[0-9a-f]{40,64}$/.test(value.id) && value.bound === '$@1';
}

/** Whether React can decode this as the arguments of an action: a short list of plain data. */
function isReply(text: string | undefined, mayHoldForm: boolean): boolean {
  const value = parseJson(text);
  return Array.isArray(value) && value.length <= argumentsMax && isPlain(value, mayHoldForm, 0);
}

function isPlain(value: unknown, mayHoldForm: boolean, depth: number): boolean {
  if (depth > depthMax) return false;
  if (typeof value === 'string') return !value.startsWith('$') || isEscape(value, mayHoldForm);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(
    ([name, child]) => name !== '__proto__' && isPlain(child, mayHoldForm, depth + 1),
  );
}

// Of what React can write, our own calls need: $$ before a text that starts with $, $D a date, $K a form, and the
// numbers and the nothing that JSON lacks. Everything else is a reference that could not be resolved.
function isEscape(value: string, mayHoldForm: boolean): boolean {
  if (/^\$(\$|D\d{4}-|(undefined|Infinity|-Infinity|-0|NaN)$)/.test(value)) return true;
  return mayHoldForm && /^\$K[0-9a-f]{1,2}$/.test(value);
}

async function readFields(request: IncomingMessage, body: Buffer): Promise<Map<string, string> | undefined> {
  try {
    const copy = new Uint8Array(body);
    const response = new Response(copy, {
      headers: { 'content-type': String(request.headers['content-type']) },
    });
    const form = await response.formData();
    // Files have their own routes; an action that gets one was not called by our pages.
    const fields = [...form].map(
      ([name, value]) => [name, typeof value === 'string' ? value : undefined] as const,
    );
    return fields.some(([, value]) => value === undefined)
      ? undefined
      : new Map(fields.map(([name, value]) => [name, value ?? '']));
  } catch {
    return undefined;
  }
}

/** The whole body, or undefined as soon as it is larger than allowed, whatever its headers claim. */
function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) return void chunks.push(chunk);
      request.off('data', onData);
      request.pause();
      resolve(undefined);
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the client went away')));
  });
}

/** The same request with its body still unread. */
function replay(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  const { 'transfer-encoding': _chunked, ...headers } = request.headers;
  copy.method = request.method;
  copy.url = request.url;
  copy.httpVersion = request.httpVersion;
  copy.httpVersionMajor = request.httpVersionMajor;
  copy.httpVersionMinor = request.httpVersionMinor;
  copy.headers = { ...headers, 'content-length': String(body.length) };
  copy.rawHeaders = Object.entries(copy.headers).flatMap(([name, value]) => [name, String(value)]);
  copy.push(body);
  copy.push(null);
  copy.complete = true;
  return copy;
}

function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function decodeText(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let level: unknown[] = [value]; level.length > 0 && depth <= depthMax + 1; depth += 1) {
    level = level.flatMap((entry) =>
      typeof entry === 'object' && entry !== null ? Object.values(entry) : [],
    );
  }
  return depth - 1;
}

function isUnder(pathname: string, base: string): boolean {
  return pathname === base || pathname.startsWith(`${base}/`);
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}

function refuse(status: Refused['status'], reason: string): Refused {
  return { isOk: false, status, reason };
}
