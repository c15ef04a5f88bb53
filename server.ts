import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { closeDatabase, read } from '#/db/client.ts';
import { env } from '#/lib/env.ts';
import { readForwarded, withKnownHeaders } from '#/lib/forwarded.ts';
import { guardRequest, refusalBody } from '#/lib/http-guard.ts';
import { logger } from '#/lib/logger.ts';
import { failReadiness, registerProbe } from '#/lib/readiness.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { startRelay } from '#/lib/realtime/relay.ts';
import { createRealtimeServer, type RealtimeServer } from '#/lib/realtime/server/realtime-server.ts';
import { type HeaderInput, realtimeOrigins, securityHeaders } from '#/lib/security-headers.ts';
import { loadStaticAssets } from '#/lib/static-assets.ts';
import { startTypingExpiry } from '#/lib/typing/expiry.ts';
import { frameAncestors } from '#/lib/widgets/frame-ancestors.ts';

const projectDir = fileURLToPath(new URL('.', import.meta.url));
const log = logger();
const stopMsMax = 2000;

// Whoever read the log is gone: that is no reason to end, and telling it in the log would never stop.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.on('uncaughtException', (error) => crash('uncaught exception', error));
process.on('unhandledRejection', (error) => crash('unhandled rejection', error));

const buildFile = `${projectDir}.next/parley-build`;
if (existsSync(buildFile)) process.env.PARLEY_BUILD_ID = readFileSync(buildFile, 'utf8').trim();

const settings = env();
const assets = loadStaticAssets(projectDir);
const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 });
const realtime = openRealtime();
const answerByNext = await prepareNext();
registerProbe(
  'database',
  async () => void (await read((tx) => tx.execute(sql`select 1`), { deadlineMs: 1500 })),
);
const timers: { stop(): Promise<void> }[] = [];
let isStopping = false;
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
process.on('SIGHUP', () => {});
process.once('disconnect', () => void stop());

server.on('request', (request, response) => {
  handle(request, response).catch((error: unknown) => {
    if (response.destroyed || request.destroyed) return;
    log.error('request failed', { requestId: response.getHeader('X-Request-Id'), error });
    answerError(response, 500, 'request_failed');
  });
});
server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  const { address } = readForwarded(request, settings);
  if (realtime?.handleUpgrade(request, socket, head, address) !== true) socket.destroy();
});
server.on('error', (error) => {
  process.send?.({ failed: 'code' in error ? String(error.code) : error.message });
  log.error('cannot listen', { error });
  process.exit(1);
});
await released();
if (!settings.isWorkerApart) timers.push(startRelay(), startTypingExpiry());
server.listen(
  { port: settings.port, ...(settings.host === undefined ? {} : { host: settings.host }) },
  () => {
    process.send?.({ ready: true });
  },
);

/** Waits for the launcher to say that the database is ready, when it started us before it was. */
function released(): Promise<void> {
  if (process.env.PARLEY_HELD !== '1') return Promise.resolve();
  return new Promise((resolve) => process.once('message', () => resolve()));
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The realtime HTTP API is signed, called by servers, and has its own limits: the guard is not for it.
  if (realtime?.handleRequest(request, response) === true) return;
  const requestId = randomUUID();
  response.setHeader('X-Request-Id', requestId);
  const url = request.url ?? '/';
  const pathname = url.split('?')[0] ?? '/';
  if (assets.serve(pathname, request, response)) return;
  const from = readForwarded(request, settings);
  const input: HeaderInput = {
    pathname,
    nonce: randomBytes(16).toString('base64'),
    protocol: from.protocol,
    host: from.host ?? 'invalid',
    frameAncestors: pathname === '/widget' ? await ancestorsOf(url) : [],
    realtimeOrigins: realtimeOrigins(settings.realtime.browser),
  };
  const secured = securityHeaders(input);
  for (const [name, value] of Object.entries(secured)) response.setHeader(name, value);
  if (from.host === undefined) return answerError(response, 400, 'host_not_valid');
  if (pathname.startsWith('/_next/')) return answerError(response, 404, 'not_found');
  const verdict = await guardRequest(request, { from, publicUrl: settings.publicUrl });
  if (!verdict.isOk) return answerError(response, verdict.status, verdict.reason);
  verdict.request.headers = {
    ...withKnownHeaders(verdict.request.headers, from, requestId),
    'content-security-policy': secured['Content-Security-Policy'],
    'x-nonce': input.nonce,
  };
  await answerByNext(verdict.request, response);
}

function openRealtime(): RealtimeServer | undefined {
  const { mode, appId, key, secret } = settings.realtime;
  if (mode !== 'embedded') return undefined;
  return createRealtimeServer({
    apps: [{ id: appId, key, secret, clientEvents: false }],
    logger: {
      info: (fields, event) => log.info(event, fields),
      warn: (fields, event) => log.warn(event, fields),
      error: (fields, event) => log.error(event, fields),
    },
  });
}

async function prepareNext(): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> {
  const { default: next } = await import('next');
  // Next listens for upgrades on the server it is told about; ours are not its business.
  const app = next({
    dev: false,
    dir: projectDir,
    hostname: settings.host ?? 'localhost',
    port: settings.port,
    httpServer: createServer(),
    quiet: true,
  });
  await app.prepare();
  return app.getRequestHandler();
}

/** Who may frame the widget of this address; nobody while that cannot be known. */
async function ancestorsOf(url: string): Promise<string[]> {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  try {
    return await frameAncestors(query.get('widget') ?? '');
  } catch (error) {
    log.warn('frame ancestors unknown', { error });
    return [];
  }
}

function answerError(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) return void response.destroy();
  const body = refusalBody(status, reason);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'private, no-store');
  // What was not read of a refused body must not be taken for the next request.
  response.setHeader('Connection', 'close');
  response.writeHead(status).end(body);
}

/** Takes no new requests, lets those under way finish, closes the sockets, and ends; within two seconds. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  const hurry = setTimeout(() => process.exit(0), stopMsMax);
  const closed = new Promise((resolve) => server.close(resolve));
  await Promise.allSettled([realtime?.close(), ...timers.map((timer) => timer.stop())]);
  await closed;
  await drainPublishing();
  await closeDatabase(500);
  clearTimeout(hurry);
  process.exit(0);
}

/** After a surprise nothing in memory can be trusted: say so, fail readiness, end; the launcher starts it again. */
function crash(what: string, error: unknown): void {
  failReadiness('process');
  log.error(what, { error });
  setTimeout(() => process.exit(1), 200).unref();
  if (isStopping) return;
  isStopping = true;
  server.close();
}
