import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { metrics } from '#/lib/metrics.ts';
import { readiness } from '#/lib/readiness.ts';

/**
 * What machines ask: health and metrics. Answered in front of Next and of the overload gate, so that an overloaded
 * process is not taken for a dead one.
 */

export type OperationsOptions = {
  metricsToken: string | undefined;
  publicUrl: string | undefined;
  /** Whether TRUSTED_PROXIES names any. */
  hasProxies: boolean;
};

/** Every path that is answered here, for the table of who may ask what. */
export const operationsPaths = ['/api/health/live', '/api/health/ready', '/api/metrics'] as const;

/** Answers one of `operationsPaths`; false, and nothing done, for any other. */
export async function answerOperations(
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
  options: OperationsOptions,
): Promise<boolean> {
  if (!operationsPaths.some((path) => path === pathname)) return false;
  request.resume();
  const isMetrics = pathname === '/api/metrics';
  if (isMetrics && !mayReadMetrics(request, options)) send(request, response, 404, notFound);
  else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    send(request, response, 405, JSON.stringify({ status: 'invalid' }));
  } else if (isMetrics) {
    const text = await metrics().registry.render();
    send(request, response, 200, text, 'text/plain; version=0.0.4; charset=utf-8');
  } else if (pathname === '/api/health/live') {
    send(request, response, 200, JSON.stringify({ status: 'ok' }));
  } else await answerReady(request, response);
  return true;
}

async function answerReady(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, parts } = await readiness();
  if (status === 'failing') response.setHeader('Retry-After', '1');
  send(request, response, status === 'failing' ? 503 : 200, JSON.stringify({ status, parts }));
}

const notFound = JSON.stringify({ ok: false, error: { code: 'not_found', reason: 'not_found' } });

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: string,
  type = 'application/json; charset=utf-8',
): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status).end(request.method === 'HEAD' ? undefined : body);
}

/**
 * With METRICS_TOKEN: whoever brings it. Without: programs on this machine that ask directly. A proxy on this machine
 * brings strangers from a loopback address, so any sign of one (its headers, its host name, our being told of it)
 * closes the door.
 */
export function mayReadMetrics(request: IncomingMessage, options: OperationsOptions): boolean {
  const { metricsToken, publicUrl, hasProxies } = options;
  if (metricsToken !== undefined) return isBearer(request.headers.authorization, metricsToken);
  if (publicUrl !== undefined || hasProxies) return false;
  if (!isLoopbackAddress(request.socket.remoteAddress ?? '')) return false;
  if (Object.keys(request.headers).some((name) => proxyHeader.test(name))) return false;
  return isLoopbackHost(request.headers.host ?? '');
}

const proxyHeader =
  /^(?:x-forwarded|x-real-ip$|x-client|x-original|x-cluster|forwarded$|via$|cf-|true-client)/;

function isBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer (\S{1,512})$/.exec(header ?? '')?.[1] ?? '';
  // Hashed first: the comparison wants equal lengths, and must not tell them.
  return timingSafeEqual(digestOf(given), digestOf(token));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}
