import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { addressKeyOf, createAddressCount } from './address-count.ts';
import { handleClientFrame } from './client-frames.ts';
import { type Connection, createConnection, writeFrame } from './connection.ts';
import { createEventCache } from './event-cache.ts';
import { createHeartbeat } from './heartbeat.ts';
import { answerApiRequest, appIdOf, refusal, reply } from './http-api.ts';
import { closeConnection, createHub, detachConnection, type Hub, type RealtimeApp } from './hub.ts';
import { defaultLimits, type RealtimeLimits } from './limits.ts';
import { type Close, closes, encodeError, encodeEstablished, refuseProtocol } from './protocol.ts';
import { unescapePath } from './signature.ts';

export type { RealtimeApp } from './hub.ts';
export type { RealtimeLimits } from './limits.ts';

type Log = (fields: Record<string, unknown>, message: string) => void;

export type RealtimeServerOptions = {
  apps: RealtimeApp[];
  limits?: Partial<RealtimeLimits>;
  /** After this much silence clients ask whether we are there, and we ask whether they are. */
  activityTimeoutSeconds?: number;
  /** Milliseconds since 1970; tests set their own. */
  now?: () => number;
  logger?: { info: Log; warn: Log; error: Log };
};

export type RealtimeStats = {
  connections: number;
  channels: number;
  subscriptions: number;
  messagesSent: number;
};

export type RealtimeServer = {
  /** Takes `GET /app/{key}` upgrades; false when the path is not its own. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, remoteAddress?: string): boolean;
  /** Takes `/apps/{id}/…` requests (the HTTP API); false when the path is not its own. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  stats(): RealtimeStats;
  /** Tells every client to reconnect at once (4200), and resolves when they are gone. */
  close(): Promise<void>;
};

const activityTimeoutSecondsDefault = 15;
const goodbyeMs = 2_000;
const silent: Log = () => {};

/**
 * Speaks the Pusher Channels protocol, version 7, and its HTTP API: clients cannot tell it from the hosted
 * service. Holds everything in memory and delivers at most once, as that does.
 */
export function createRealtimeServer(options: RealtimeServerOptions): RealtimeServer {
  const limits: RealtimeLimits = { ...defaultLimits, ...options.limits };
  const now = options.now ?? Date.now;
  const logger = options.logger ?? { info: silent, warn: silent, error: silent };
  const activityTimeoutSeconds = options.activityTimeoutSeconds ?? activityTimeoutSecondsDefault;
  const addresses = createAddressCount(limits.connectionsPerAddressMax);
  const hubOf = new WeakMap<Connection, Hub>();
  const heartbeat = createHeartbeat<Connection>(activityTimeoutSeconds * 1000, visit);
  const hubs = options.apps.map((app) => {
    const cache = createEventCache(limits.cachedEventsMax, limits.cachedEventMs, now);
    return createHub(app, limits, cache, onDetached);
  });
  const hubByKey = new Map(hubs.map((hub) => [hub.app.key, hub]));
  const hubById = new Map(hubs.map((hub) => [hub.app.id, hub]));
  const openWebSockets = new Set<WebSocket>();
  // Not passed inline: the published types do not know `closeTimeout` yet.
  const webSocketOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytesMax,
    maxFragments: 64,
    maxBufferedChunks: 1024,
    closeTimeout: goodbyeMs,
    handleProtocols: (): false => false,
  };
  const webSockets = new WebSocketServer(webSocketOptions);
  let isClosing = false;

  function onDetached(connection: Connection): void {
    heartbeat.remove(connection);
    addresses.remove(connection.addressKey);
  }

  function visit(connection: Connection): void {
    const hub = hubOf.get(connection);
    if (!hub) return;
    connection.framesThisRound = 0;
    if (connection.hasSpoken) {
      connection.hasSpoken = false;
      connection.isPinged = false;
    } else if (connection.isPinged) {
      closeConnection(hub, connection, closes.pongMissing);
    } else {
      connection.isPinged = true;
      connection.webSocket.ping();
    }
  }

  function accept(webSocket: WebSocket, socket: Duplex, hub: Hub | Close, addressKey: string): void {
    openWebSockets.add(webSocket);
    webSocket.on('close', () => openWebSockets.delete(webSocket));
    // The library closes by itself on bad frames; without a listener its error would end the process.
    webSocket.on('error', () => {});
    if ('code' in hub) {
      webSocket.close(hub.code, hub.reason);
      return;
    }
    const connection = createConnection(webSocket, socket, addressKey);
    hubOf.set(connection, hub);
    hub.connections.set(connection.socketId, connection);
    addresses.add(addressKey);
    heartbeat.add(connection);
    listen(hub, connection);
    writeFrame(connection, encodeEstablished(connection.socketId, activityTimeoutSeconds));
  }

  function listen(hub: Hub, connection: Connection): void {
    const { webSocket } = connection;
    const onAlive = () => {
      connection.hasSpoken = true;
    };
    webSocket.on('ping', onAlive);
    webSocket.on('pong', onAlive);
    webSocket.on('close', () => detachConnection(hub, connection));
    webSocket.on('message', (data, isBinary) => {
      if (!connection.isOpen) return;
      connection.hasSpoken = true;
      connection.framesThisRound += 1;
      if (connection.framesThisRound > limits.framesPerRoundMax) {
        closeConnection(hub, connection, closes.tooManyFrames);
      } else if (isBinary) {
        closeConnection(hub, connection, closes.binaryFrame);
      } else {
        readFrame(hub, connection, data.toString());
      }
    });
  }

  function readFrame(hub: Hub, connection: Connection, text: string): void {
    try {
      handleClientFrame(hub, connection, text, now());
    } catch (error) {
      logger.error({ error }, 'realtime: a client frame failed');
      writeFrame(connection, encodeError('Internal error'));
    }
  }

  /** The app to connect to, or why not: that is said inside the protocol, where clients understand it. */
  function chooseHub(url: string, addressKey: string): Hub | Close {
    // A refused handshake would cost an official client 15 seconds; this close costs it one.
    if (isClosing) return closes.comeBackLater;
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const [key = '', ...rest] = path.slice('/app/'.length).replace(/\/$/, '').split('/');
    if (rest.length > 0) return closes.pathNotFound;
    const refused = refuseProtocol(new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)));
    if (refused) return refused;
    const hub = hubByKey.get(unescapePath(key) ?? '');
    if (!hub) return closes.unknownApp;
    const isFull = hub.connections.size >= limits.connectionsPerAppMax || addresses.isFull(addressKey);
    return isFull ? closes.overCapacity : hub;
  }

  return {
    handleUpgrade(request, socket, head, remoteAddress = request.socket.remoteAddress) {
      const url = request.url ?? '';
      if (!url.startsWith('/app/')) return false;
      const addressKey = addressKeyOf(remoteAddress);
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        accept(webSocket, socket, chooseHub(url, addressKey), addressKey);
      });
      return true;
    },

    handleRequest(request, response) {
      const appId = appIdOf(request.url ?? '');
      if (appId === null) return false;
      const hub = hubById.get(unescapePath(appId) ?? '');
      if (isClosing) reply(response, refusal(503, 'Restarting'));
      else if (!hub) reply(response, refusal(404, 'Unknown application'));
      else answerSafely(hub, request, response);
      return true;
    },

    stats() {
      const count = (pick: (hub: Hub) => number) => hubs.reduce((sum, hub) => sum + pick(hub), 0);
      return {
        connections: count((hub) => hub.connections.size),
        channels: count((hub) => hub.channels.size),
        subscriptions: count(countSubscriptions),
        messagesSent: count((hub) => hub.messagesSent),
      };
    },

    async close() {
      isClosing = true;
      heartbeat.stop();
      const gone = [...openWebSockets].map(
        (webSocket) => new Promise((resolve) => webSocket.once('close', resolve)),
      );
      for (const hub of hubs) {
        for (const connection of [...hub.connections.values()]) {
          closeConnection(hub, connection, closes.restarting);
        }
      }
      // `closeTimeout` ends the sockets that do not answer, so this resolves in any case.
      await Promise.all(gone);
      webSockets.close();
    },
  };

  function answerSafely(hub: Hub, request: IncomingMessage, response: ServerResponse): void {
    answerApiRequest(hub, request, response, now()).catch((error: unknown) => {
      if (request.destroyed || response.destroyed) return;
      logger.error({ error }, 'realtime: an API request failed');
      reply(response, refusal(500, 'Internal error'));
    });
  }
}

function countSubscriptions(hub: Hub): number {
  let count = 0;
  for (const channel of hub.channels.values()) count += channel.subscribers.size;
  return count;
}
