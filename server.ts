import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { closeDatabase } from '#/db/client.ts';
import { createAdmission } from '#/lib/admission.ts';
import { endWaiting } from '#/lib/api/event-waiting.ts';
import { findApiRoutes } from '#/lib/api-routes.ts';
import { env } from '#/lib/env.ts';
import { readForwarded, withKnownHeaders } from '#/lib/forwarded.ts';
import { bodyBytesMax, guardRequest } from '#/lib/http-guard.ts';
import { announceInstance } from '#/lib/instances/registry.ts';
import { type Listening, listen } from '#/lib/listening.ts';
import { logger } from '#/lib/logger.ts';
import { guardReasonOf, metrics } from '#/lib/metrics.ts';
import { answerOperations } from '#/lib/operations.ts';
import { connectionsMax } from '#/lib/process-limits.ts';
import { failReadiness } from '#/lib/readiness.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { createRealtimeServer, type RealtimeServer } from '#/lib/realtime/server/realtime-server.ts';
import { answerRefusal } from '#/lib/refusals.ts';
import { inRequest, type RequestContext } from '#/lib/request-context.ts';
import { isPublicApi, type RouteClass, routeClassOf } from '#/lib/route-class.ts';
import { type HeaderInput, realtimeOrigins, securityHeaders } from '#/lib/security-headers.ts';
import { loadStaticAssets } from '#/lib/static-assets.ts';
import { registerMeasurements, registerProbes, watchLoopDelay } from '#/lib/vital-signs.ts';
import { sendWhole } from '#/lib/whole-answer.ts';
import { frameAncestors } from '#/lib/widgets/frame-ancestors.ts';
import { startWorkers } from '#/lib/workers.ts';

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
/** The whole of a file may take this long; of any other request `endLateBody` ends what takes too long. */
const uploadMsMax = 900_000;
const bodyMsMax = 30_000;
const server = createServer({
  requestTimeout: uploadMsMax,
  headersTimeout: 10_000,
  keepAliveTimeout: 65_000,
});
let listening: Listening | undefined;
const realtime = openRealtime();
const answerByNext = await prepareNext();
const apiRoutes = findApiRoutes(projectDir);
const admission = createAdmission();
const loopDelay = watchLoopDelay(admission.noteLoopDelay);
registerProbes();
registerMeasurements({
  realtime,
  admission,
  loopDelay,
  openConnections: async () => listening?.countConnections() ?? 0,
  buildId: process.env.PARLEY_BUILD_ID ?? 'none',
});
const timers: { stop(): Promise<void> }[] = [];
let isStopping = false;
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
process.on('SIGHUP', () => {});
process.once('disconnect', () => void stop());

server.on('request', (request, response) => {
  const context: RequestContext = { requestId: randomUUID(), isOver: false };
  response.setHeader('X-Request-Id', context.requestId);
  const pathname = (request.url ?? '/').split('?')[0] ?? '/';
  const route = assets.has(pathname) ? 'asset' : routeClassOf(request, pathname);
  note(request, response, route, context);
  if (route !== 'upload') endLateBody(request);
  inRequest(context, () =>
    handle(request, response, { pathname, route, requestId: context.requestId }),
  ).catch((error: unknown) => {
    if (response.destroyed || request.destroyed) return;
    log.error('request failed', { requestId: context.requestId, error });
    answerRefusal(response, { status: 500, reason: 'request_failed' }, route);
  });
});
server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  const { address } = readForwarded(request, settings);
  if (realtime?.handleUpgrade(request, socket, head, address) !== true) socket.destroy();
});
await released();
timers.push(announceInstance('app'));
if (!settings.isWorkerApart) timers.push(startWorkers());
await open();

async function open(): Promise<void> {
  try {
    listening = await listen(server, {
      port: settings.port,
      host: settings.host,
      connectionsMax: connectionsMax(),
      onDrop: () => metrics().socketsRefused.add({}),
    });
    process.send?.({ ready: true });
  } catch (error) {
    const isKnown = error instanceof Error && 'code' in error;
    process.send?.({ failed: isKnown ? String(error.code) : String(error) });
    log.error('cannot listen', { error });
    process.exit(1);
  }
}

/** Waits for the launcher to say that the database is ready, when it started us before it was. */
function released(): Promise<void> {
  if (process.env.PARLEY_HELD !== '1') return Promise.resolve();
  return new Promise((resolve) => process.once('message', () => resolve()));
}

type Asked = { pathname: string; route: RouteClass; requestId: string };

async function handle(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
  const { pathname, route } = asked;
  // The realtime HTTP API is signed, called by servers, and has its own limits: the guard is not for it.
  if (realtime?.handleRequest(request, response) === true) return;
  if (assets.serve(pathname, request, response)) return;
  const from = readForwarded(request, settings);
  const input: HeaderInput = {
    pathname,
    nonce: randomBytes(16).toString('base64'),
    protocol: from.protocol,
    host: from.host ?? 'invalid',
    frameAncestors: pathname === '/widget' ? await ancestorsOf(request.url ?? '') : [],
    realtimeOrigins: realtimeOrigins(settings.realtime.browser),
  };
  const secured = securityHeaders(input);
  for (const [name, value] of Object.entries(secured)) response.setHeader(name, value);
  if (await answerOperations(pathname, request, response, settings)) return;
  if (from.host === undefined)
    return answerRefusal(response, { status: 400, reason: 'host_not_valid' }, route);
  if (pathname.startsWith('/_next/'))
    return answerRefusal(response, { status: 404, reason: 'not_found' }, route);
  if (admission.isFull(route)) return shed(request, response, route);
  const verdict = await guardRequest(request, {
    from,
    publicUrl: settings.publicUrl,
    fileBytesMax: settings.files.fileBytesMax,
  });
  if (!verdict.isOk) {
    metrics().guardRefusals.add({ reason: guardReasonOf(verdict.status) });
    return answerRefusal(response, verdict, route);
  }
  const leave = await admission.enter(route, () => response.destroyed);
  if (leave === null) return shed(request, response, route);
  // `close` comes whether the answer went out or its reader went away.
  if (response.destroyed) return leave();
  response.once('close', leave);
  verdict.request.headers = withKnownHeaders(verdict.request.headers, from, asked.requestId);
  // A file goes in and out as it comes, which the handlers' own way of answering in one piece is not made for.
  const isFile = route === 'upload' || route === 'download';
  if (!isFile && (await apiRoutes.answer(pathname, verdict.request, response))) return;
  if (isPublicApi(pathname)) return refuseUnknown(pathname, response, route);
  const isWhole = route !== 'download' && (request.method === 'POST' || pathname.startsWith('/api/'));
  const accepted = String(request.headers['accept-encoding'] ?? '');
  verdict.request.headers = {
    ...verdict.request.headers,
    'content-security-policy': secured['Content-Security-Policy'],
    'x-nonce': input.nonce,
    // A part of a file is a part of its own bytes, not of packed ones.
    ...(isWhole || route === 'download' ? { 'accept-encoding': 'identity' } : {}),
  };
  if (isWhole) sendWhole(response, request.method === 'GET' ? accepted : '');
  await answerByNext(verdict.request, response);
}

/** What the public API does not have, in its own words instead of those of a page. */
async function refuseUnknown(pathname: string, response: ServerResponse, route: RouteClass): Promise<void> {
  const methods = await apiRoutes.methodsOf(pathname);
  if (methods.length > 0) response.setHeader('Allow', methods.join(', '));
  const refusal =
    methods.length === 0
      ? { status: 404, reason: 'not_found', isKept: true }
      : { status: 405, reason: 'method_not_allowed', isKept: true };
  answerRefusal(response, refusal, route);
}

/** Too much to do: come back later. Nothing was begun, so nothing has to be undone. */
function shed(request: IncomingMessage, response: ServerResponse, route: RouteClass): void {
  if (response.destroyed) return;
  metrics().shed.add({ route });
  // Reading the rest of a small body keeps the connection: a new one would cost more than the refusal.
  const isSmall = Number(request.headers['content-length'] ?? 0) <= bodyBytesMax;
  if (isSmall) request.resume();
  answerRefusal(response, { status: 503, reason: 'overloaded', isKept: isSmall }, route);
}

const slowMs = 1_000;

/** One line and one measurement for each request, when its answer is out. Of its address only the class is kept. */
function note(
  request: IncomingMessage,
  response: ServerResponse,
  route: RouteClass,
  context: RequestContext,
): void {
  const startedAtMs = performance.now();
  response.once('close', () => {
    const ms = performance.now() - startedAtMs;
    const status = response.headersSent ? `${Math.floor(response.statusCode / 100)}xx` : 'gone';
    metrics().requests.add({ route, status });
    metrics().requestSeconds.observe({ route }, ms / 1000);
    const isNoteworthy = response.statusCode >= 500 || (ms > slowMs && !isLong(route));
    log[isNoteworthy ? 'info' : 'debug']('request', {
      requestId: context.requestId,
      method: request.method,
      route,
      status: response.headersSent ? response.statusCode : 0,
      ms: Math.round(ms * 10) / 10,
    });
    context.isOver = true;
  });
}

/** Of these a long time says nothing. */
function isLong(route: RouteClass): boolean {
  return route === 'publish' || route === 'upload' || route === 'download' || route === 'poll';
}

function endLateBody(request: IncomingMessage): void {
  const { 'content-length': length = '0', 'transfer-encoding': transfer } = request.headers;
  if (length === '0' && transfer === undefined) return;
  const late = setTimeout(() => request.complete || request.destroy(), bodyMsMax).unref();
  request.once('close', () => clearTimeout(late));
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

/** Takes no new requests, lets those under way finish, closes the sockets, and ends; within two seconds. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  failReadiness('shutdown');
  endWaiting();
  const hurry = setTimeout(() => process.exit(0), stopMsMax);
  const closed = listening?.close();
  loopDelay.stop();
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
  void listening?.close();
}
