import { IncomingMessage } from 'node:http';
import type { Forwarded } from '#/lib/forwarded.ts';

/** Why a request goes no further, with the status code that says so. */
export type Refused = { isOk: false; status: 400 | 403 | 405 | 413 | 414 | 415; code: string };
export type Passed = { isOk: true; request: IncomingMessage };

export const bodyBytesMax = 64 * 1024;
const urlCharsMax = 8 * 1024;
const depthMax = 20;
const mutations = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const methods = new Set([...mutations, 'GET', 'HEAD', 'OPTIONS']);

interface GuardOptions {
  from: Forwarded;
  publicUrl: string | undefined;
}

/**
 * Refuses what Next would answer with a 500 or let through: foreign mutations, bodies that are too large, of the
 * wrong type or that do not decode. A body that passes is replayed, so `request` of the answer is the one to use.
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
  if (!isOwnOrigin(request.headers.origin, options)) return refuse(403, 'origin_not_allowed');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return refuse(415, 'encoding_not_supported');
  const body = await readBody(request);
  if (body === undefined) return refuse(413, 'body_too_large');
  const pathname = pathOf(request.url ?? '');
  const refused = isUnder(pathname, '/api')
    ? refuseApiBody(pathname, request, body)
    : await refusePageBody(request, body);
  return refused ?? { isOk: true, request: replay(request, body) };
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

/** The router's own headers are JSON in a header; Next throws on any other text. */
function refuseRouterHeaders(request: IncomingMessage): Refused | undefined {
  const tree = request.headers['next-router-state-tree'];
  if (tree === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(String(tree)));
    return isRouterTree(parsed, 0) ? undefined : refuse(400, 'header_not_valid');
  } catch {
    return refuse(400, 'header_not_valid');
  }
}

function isRouterTree(value: unknown, depth: number): boolean {
  if (depth > 40 || !Array.isArray(value) || value.length < 2) return false;
  const [segment, children]: unknown[] = value;
  const isSegment =
    typeof segment === 'string' || (Array.isArray(segment) && segment.length >= 3 && segment.length <= 4);
  if (!isSegment || typeof children !== 'object' || children === null || Array.isArray(children))
    return false;
  return Object.values(children).every((child) => isRouterTree(child, depth + 1));
}

function refuseApiBody(pathname: string, request: IncomingMessage, body: Buffer): Refused | undefined {
  const type = mediaType(request);
  if (type === '' && body.length === 0) return undefined;
  if (isUnder(pathname, '/api/auth') && type === 'application/x-www-form-urlencoded') {
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
    const value = parseJson(decodeText(body));
    return Array.isArray(value) && isReply(value, undefined) ? undefined : refuse(400, 'body_not_valid');
  }
  if (type !== 'multipart/form-data') return refuse(415, 'type_not_supported');
  const fields = await readFields(request, body);
  const root = parseJson(fields?.get('0'));
  return fields !== undefined && Array.isArray(root) && isReply(root, fields) && haveValidRows(fields)
    ? undefined
    : refuse(400, 'body_not_valid');
}

async function refuseForm(request: IncomingMessage, body: Buffer): Promise<Refused | undefined> {
  const fields = await readFields(request, body);
  if (fields === undefined) return refuse(400, 'body_not_valid');
  const names = [...fields.keys()];
  const ids = names.filter((name) => /^\$ACTION_(ID_[0-9a-f]{40,64}|REF_\d{1,3})$/.test(name));
  const rows = names.filter((name) => /^\$ACTION_\d{1,3}:\d{1,3}$/.test(name));
  const own = names.filter((name) => name.startsWith('$ACTION_'));
  const isKnown = own.length === ids.length + rows.length + (fields.has('$ACTION_KEY') ? 1 : 0);
  if (ids.length !== 1 || !isKnown) return refuse(400, 'body_not_valid');
  const prefix = ids[0]?.replace('REF_', '');
  const isBound = ids[0]?.startsWith('$ACTION_REF_') === true;
  const values = rows.map((name) => parseJson(fields.get(name)));
  const areRows = values.every(
    (value) => value !== undefined && depthOf(value) <= depthMax && isReply(value, fields, `${prefix}:`),
  );
  return areRows && (!isBound || isActionReference(parseJson(fields.get(`${prefix}:0`))))
    ? undefined
    : refuse(400, 'body_not_valid');
}

function isActionReference(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    /^[0-9a-f]{40,64}$/.test(value.id)
  );
}

/** Every further row of a reply that carries a form: numbered, and JSON unless it is one of the form's fields. */
function haveValidRows(fields: Map<string, string>): boolean {
  return [...fields].every(([name, text]) => {
    if (name.includes('_')) return true;
    if (!/^[0-9a-f]{1,4}$/.test(name)) return false;
    const value = parseJson(text);
    return value !== undefined && isReply(value, fields);
  });
}

/** Whether React can decode this: plain data, and references only to rows that are there. */
function isReply(value: unknown, fields: Map<string, string> | undefined, prefix = '', depth = 0): boolean {
  if (depth > depthMax) return false;
  if (typeof value === 'string') return !value.startsWith('$') || isReference(value, fields, prefix);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(
    ([name, child]) => name !== '__proto__' && isReply(child, fields, prefix, depth + 1),
  );
}

// Written by React: $$ escapes text, $D a date, $n a bigint, $K a form, $Q $W $i a map, set and iterator, $1 a row.
function isReference(value: string, fields: Map<string, string> | undefined, prefix: string): boolean {
  if (/^\$(\$|undefined$|D\d{4}-|n-?\d{1,40}$|Infinity$|-Infinity$|-0$|NaN$)/s.test(value)) return true;
  if (fields === undefined) return false;
  const form = /^\$K([0-9a-f]{1,4})$/.exec(value);
  if (form !== null) return true;
  const row = /^\$[QWi@]?([0-9a-f]{1,4})$/.exec(value);
  return (
    row !== null &&
    fields.has(`${prefix}${Number.parseInt(row[1] ?? '', 16).toString(prefix === '' ? 16 : 10)}`)
  );
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
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bodyBytesMax) return void chunks.push(chunk);
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

function refuse(status: Refused['status'], code: string): Refused {
  return { isOk: false, status, code };
}
