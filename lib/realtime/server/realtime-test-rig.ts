import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import PusherApi from 'pusher';
import PusherClient from 'pusher-js';
import { WebSocket } from 'ws';
import { createRealtimeServer, type RealtimeServerOptions } from './realtime-server.ts';

export const app = { id: 'parley', key: 'public-key', secret: 'a-secret', clientEvents: false };
export const chattyApp = { id: 'chatty', key: 'chatty-key', secret: 'another-secret', clientEvents: true };

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** A realtime server on a free port with the official libraries around it; `stop` leaves nothing open. */
export async function startRig(options: Partial<RealtimeServerOptions> = {}) {
  const create = () => createRealtimeServer({ apps: [app, chattyApp], ...options });
  let realtime = create();
  const server = createServer((request, response) => {
    if (!realtime.handleRequest(request, response)) response.writeHead(418).end();
  });
  server.on('upgrade', (request, socket, head) => {
    const forwarded = request.headers['x-test-address'];
    const address = typeof forwarded === 'string' ? forwarded : undefined;
    if (!realtime.handleUpgrade(request, socket, head, address)) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  const agent = new Agent({ keepAlive: true });
  const clients: PusherClient[] = [];
  const sockets: WebSocket[] = [];

  function api({ id, key, secret, ...rest }: ApiIdentity = {}): PusherApi {
    const credentials = { appId: id ?? app.id, key: key ?? app.key, secret: secret ?? app.secret };
    return new PusherApi({
      ...credentials,
      ...rest,
      host: '127.0.0.1',
      port: String(port),
      useTLS: false,
      agent,
    });
  }

  /** An official browser client; its channel and user signatures are made in place. */
  function client(identity: Identity = {}): PusherClient {
    const { id, key, secret } = identity.app ?? app;
    const signer = api({ id, key, secret });
    const created = new PusherClient(key, {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: port,
      forceTLS: false,
      enabledTransports: ['ws'],
      channelAuthorization: {
        transport: 'ajax',
        endpoint: '',
        customHandler: ({ socketId, channelName }, callback) => {
          callback(null, signer.authorizeChannel(socketId, channelName, identity.member));
        },
      },
      userAuthentication: {
        transport: 'ajax',
        endpoint: '',
        customHandler: ({ socketId }, callback) => {
          callback(null, signer.authenticateUser(socketId, { id: identity.userId ?? 'nobody' }));
        },
      },
    });
    clients.push(created);
    return created;
  }

  function raw(path = `/app/${app.key}?protocol=7`, headers: Record<string, string> = {}): RawClient {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      headers,
      autoPong: !headers['x-no-pong'],
    });
    sockets.push(socket);
    return createRawClient(socket);
  }

  return {
    realtime: () => realtime,
    port,
    api,
    client,
    raw,
    /** As behind a load balancer: the next one is there before the old one says goodbye. */
    async restart() {
      const old = realtime;
      realtime = create();
      await old.close();
    },
    async stop() {
      for (const one of clients) one.disconnect();
      for (const socket of sockets) socket.terminate();
      await realtime.close();
      agent.destroy();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export type ApiIdentity = Partial<typeof app> & { encryptionMasterKeyBase64?: string };

export type Identity = {
  app?: typeof app;
  userId?: string;
  member?: PusherApi.PresenceChannelData;
};

export type Frame = { event: string; channel?: string; data?: unknown; user_id?: string };

export type RawClient = {
  socket: WebSocket;
  /** The next frame that was not taken yet, its `data` decoded. */
  next(): Promise<Frame>;
  send(frame: unknown): void;
  /** How the socket ended. */
  closed: Promise<{ code: number; reason: string }>;
  open(): Promise<{ socketId: string; activityTimeout: unknown }>;
};

function createRawClient(socket: WebSocket): RawClient {
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  socket.on('error', () => {});
  socket.on('message', (bytes) => {
    const frame = parseFrame(bytes.toString());
    const taker = waiting.shift();
    if (taker) taker(frame);
    else frames.push(frame);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const next = () =>
    new Promise<Frame>((resolve) => {
      const frame = frames.shift();
      if (frame) resolve(frame);
      else waiting.push(resolve);
    });
  return {
    socket,
    closed,
    next,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async open() {
      const { event, data } = await next();
      if (event !== 'pusher:connection_established') throw new Error(`expected a greeting, got ${event}`);
      const greeting: { socket_id?: string; activity_timeout?: unknown } = Object(data);
      return { socketId: greeting.socket_id ?? '', activityTimeout: greeting.activity_timeout };
    },
  };
}

function parseFrame(text: string): Frame {
  const frame: Frame = JSON.parse(text);
  return { ...frame, data: typeof frame.data === 'string' ? decode(frame.data) : frame.data };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Resolves with the next occurrence of an event on anything of pusher-js that has `bind`. */
export function heard(
  source: { bind(event: string, callback: (data: unknown) => void): unknown },
  event: string,
): Promise<unknown> {
  return new Promise((resolve) => source.bind(event, resolve));
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
