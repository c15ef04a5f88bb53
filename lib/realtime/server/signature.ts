import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares without telling by its time where two strings differ; a different length is simply false. */
export function isEqualInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

export function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

type Credentials = { key: string; secret: string };

/** Checks the `key:signature` that the application's own server gave a client for a channel. */
export function isChannelAuthValid(
  app: Credentials,
  auth: string,
  socketId: string,
  channel: string,
  channelData: string | null,
): boolean {
  const text = channelData === null ? `${socketId}:${channel}` : `${socketId}:${channel}:${channelData}`;
  return isEqualInConstantTime(auth, `${app.key}:${sign(app.secret, text)}`);
}

/** Checks the `key:signature` that a client presents with `pusher:signin`. */
export function isUserAuthValid(app: Credentials, auth: string, socketId: string, userData: string): boolean {
  return isEqualInConstantTime(auth, `${app.key}:${sign(app.secret, `${socketId}::user::${userData}`)}`);
}

export type RequestToVerify = { method: string; path: string; query: URLSearchParams; nowMs: number };

const clockToleranceSeconds = 600;

/**
 * Checks an HTTP API request by its line alone, so that no body of a stranger is ever read: the body's
 * hash is part of what is signed, and `isBodyHashValid` compares it later. Returns what is wrong, or null.
 */
export function findRequestFault(app: Credentials, request: RequestToVerify): string | null {
  const { query } = request;
  const names = [...query.keys()];
  if (new Set(names).size !== names.length) return 'Duplicate query parameter';
  for (const name of ['auth_key', 'auth_timestamp', 'auth_version', 'auth_signature']) {
    if (!query.get(name)) return `Missing parameter: ${name}`;
  }
  if (query.get('auth_version') !== '1.0') return 'Unsupported auth_version';
  if (query.get('auth_key') !== app.key) return 'Unknown auth_key';
  if (!isSigned(app.secret, request)) return 'Invalid signature';
  return isRecent(query.get('auth_timestamp') ?? '', request.nowMs) ? null : 'Timestamp expired';
}

export function isBodyHashValid(query: URLSearchParams, body: Buffer): boolean {
  if (body.length === 0 && !query.has('body_md5')) return true;
  const hash = createHash('md5').update(body).digest('hex');
  return isEqualInConstantTime(query.get('body_md5') ?? '', hash);
}

function isRecent(timestamp: string, nowMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(nowMs / 1000 - Number(timestamp)) <= clockToleranceSeconds;
}

/** The libraries sign what they wrote; the path may reach us escaped, so its unescaped form counts too. */
function isSigned(secret: string, { method, path, query }: RequestToVerify): boolean {
  const given = query.get('auth_signature') ?? '';
  const sortedQuery = [...query]
    .filter(([name]) => name !== 'auth_signature')
    .map(([name, value]) => ({ name: name.toLowerCase(), value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&');
  const isPathSigned = (text: string) =>
    isEqualInConstantTime(given, sign(secret, `${method}\n${text}\n${sortedQuery}`));
  if (isPathSigned(path)) return true;
  const unescaped = unescapePath(path);
  return unescaped !== null && unescaped !== path && isPathSigned(unescaped);
}

export function unescapePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
