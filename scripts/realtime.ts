import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { EnvError, parseRealtimeServerEnv, type RealtimeServerEnv } from '#/lib/env.ts';
import { readForwarded } from '#/lib/forwarded.ts';
import { listen } from '#/lib/listening.ts';
import { logger } from '#/lib/logger.ts';
import { connectionsMax } from '#/lib/process-limits.ts';
import { createRealtimeServer } from '#/lib/realtime/server/realtime-server.ts';
import { environmentBeside } from './own-environment.ts';
import { Refusal } from './refusal.ts';

// npm run realtime: our own realtime server as a process of its own, for several instances of the app.
const stopMsMax = 2_500;
const log = logger();

process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.on('uncaughtException', (error) => crash('uncaught exception', error));
process.on('unhandledRejection', (error) => crash('unhandled rejection', error));

const settings = readSettings();
const realtime = createRealtimeServer({
  apps: [{ id: settings.appId, key: settings.key, secret: settings.secret, clientEvents: false }],
  logger: {
    info: (fields, event) => log.info(event, fields),
    warn: (fields, event) => log.warn(event, fields),
    error: (fields, event) => log.error(event, fields),
  },
});
const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 });
let isStopping = false;

server.on('request', (request, response) => {
  if (realtime.handleRequest(request, response)) return;
  if (/^\/api\/health(?:\/(?:live|ready))?$/.test(request.url ?? '')) return answerHealth(response);
  response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"error":"not_found"}');
});
server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  const { address } = readForwarded(request, settings);
  if (!realtime.handleUpgrade(request, socket, head, address)) socket.destroy();
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
// Whoever started us with a channel and is gone cannot stop us any more.
process.once('disconnect', () => void stop());

const listening = await listen(server, {
  port: settings.port,
  host: settings.host,
  connectionsMax: connectionsMax(),
  onDrop: () => {},
}).catch((error: unknown) =>
  refuse(listenRefusal(error instanceof Error && 'code' in error ? String(error.code) : String(error))),
);
process.send?.({ ready: true });
if (!process.connected)
  console.log(`The realtime server is ready on port ${listening.port}. Ctrl-C stops it.`);

function readSettings(): RealtimeServerEnv {
  try {
    return parseRealtimeServerEnv(environmentBeside());
  } catch (error) {
    if (error instanceof EnvError) return refuse(new Refusal(error.message));
    throw error;
  }
}

function answerHealth(response: ServerResponse): void {
  const body = JSON.stringify({ ready: !isStopping, ...realtime.stats() });
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  response.writeHead(isStopping ? 503 : 200, headers).end(body);
}

function listenRefusal(code: string): Refusal {
  const { port, host } = settings;
  if (code === 'EADDRINUSE') {
    return new Refusal(`Port ${port} is taken by another program: choose another one with REALTIME_PORT.`);
  }
  return new Refusal(
    `The realtime server cannot listen on ${host ?? 'this machine'} port ${port} (${code}): check REALTIME_HOST and REALTIME_PORT.`,
  );
}

function refuse(refusal: Refusal): never {
  process.send?.({ failed: refusal.message });
  console.error(refusal.message);
  process.exit(1);
}

/** Sends every client to the next server at once (4200), lets publishes under way finish, and ends. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  const hurry = setTimeout(() => process.exit(0), stopMsMax);
  const closed = listening.close();
  await realtime.close();
  server.closeIdleConnections();
  await closed;
  clearTimeout(hurry);
  process.exit(0);
}

/** After a surprise nothing in memory can be trusted; whoever supervises this process starts it again. */
function crash(what: string, error: unknown): void {
  log.error(what, { error });
  process.exit(1);
}
