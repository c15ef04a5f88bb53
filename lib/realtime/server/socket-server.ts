import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type AddressCount, addressKeyOf, createAddressCount } from './address-count.ts';
import { handleClientFrame } from './client-frames.ts';
import { type Connection, createConnection, writeFrame } from './connection.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';
import { closeConnection, detachConnection, type Hub } from './hub.ts';
import type { RealtimeLimits } from './limits.ts';
import { type Close, closes, encodeError, encodeEstablished, refuseProtocol } from './protocol.ts';
import { unescapePath } from './signature.ts';

type Log = (fields: Record<string, unknown>, message: string) => void;

export type RealtimeLogger = { info: Log; warn: Log; error: Log };

export type SocketServerOptions = {
  hubs: Hub[];
  limits: RealtimeLimits;
  activityTimeoutSeconds: number;
  now: () => number;
  logger: RealtimeLogger;
};

export type SocketServer = {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, remoteAddress?: string): boolean;
  close(): Promise<void>;
};

type Gate = SocketServerOptions & {
  addresses: AddressCount;
  /** By app key. */
  entrances: Map<string, { hub: Hub; heartbeat: Heartbeat<Connection> }>;
  openWebSockets: Set<WebSocket>;
  isClosing: boolean;
  warnedAt: number;
};

const goodbyeMs = 2_000;
const warningEveryMs = 60_000;

/** Accepts the clients' sockets, watches that they are alive, and hands what they say to their app's hub. */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const gate: Gate = {
    ...options,
    addresses: createAddressCount(options.limits.connectionsPerAddressMax),
    entrances: new Map(options.hubs.map((hub) => [hub.app.key, { hub, heartbeat: watch(hub, options) }])),
    openWebSockets: new Set(),
    isClosing: false,
    warnedAt: Number.NEGATIVE_INFINITY,
  };
  const webSockets = createWebSocketServer(options.limits.frameBytesMax);
  return {
    handleUpgrade(request, socket, head, remoteAddress = request.socket.remoteAddress) {
      const url = request.url ?? '';
      if (!url.startsWith('/app/')) return false;
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        accept(gate, webSocket, socket, url, addressKeyOf(remoteAddress));
      });
      return true;
    },
    async close() {
      await sendEverybodyAway(gate);
      webSockets.close();
    },
  };
}

function createWebSocketServer(frameBytesMax: number): WebSocketServer {
  // Not passed inline: the published types do not know `closeTimeout` yet.
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: frameBytesMax,
    maxFragments: 64,
    maxBufferedChunks: 1024,
    closeTimeout: goodbyeMs,
    handleProtocols: (): false => false,
  };
  return new WebSocketServer(options);
}

/** Asks a silent socket whether it is there, and gives it one round to answer. */
function watch(hub: Hub, { activityTimeoutSeconds }: SocketServerOptions): Heartbeat<Connection> {
  return createHeartbeat(activityTimeoutSeconds * 1000, (connection) => {
    connection.framesThisRound = 0;
    if (!connection.isOpen) return;
    if (connection.hasSpoken) {
      connection.hasSpoken = false;
      connection.isPinged = false;
    } else if (connection.isPinged) {
      closeConnection(hub, connection, closes.pongMissing);
    } else {
      connection.isPinged = true;
      connection.webSocket.ping();
    }
  });
}

/** A client that may not come in is told why inside the protocol: it takes nothing else as an answer. */
function accept(gate: Gate, webSocket: WebSocket, socket: Duplex, url: string, addressKey: string): void {
  gate.openWebSockets.add(webSocket);
  webSocket.on('close', () => gate.openWebSockets.delete(webSocket));
  // The library closes by itself on bad frames; without a listener its error would end the process.
  webSocket.on('error', () => {});
  const entrance = chooseEntrance(gate, url, addressKey);
  if ('code' in entrance) {
    webSocket.close(entrance.code, entrance.reason);
    return;
  }
  const { hub, heartbeat } = entrance;
  const connection = createConnection(webSocket, socket);
  hub.connections.set(connection.socketId, connection);
  gate.addresses.add(addressKey);
  heartbeat.add(connection);
  webSocket.on('close', () => {
    detachConnection(hub, connection);
    gate.addresses.remove(addressKey);
    heartbeat.remove(connection);
  });
  listen(gate, hub, connection);
  writeFrame(connection, encodeEstablished(connection.socketId, gate.activityTimeoutSeconds));
}

function chooseEntrance(gate: Gate, url: string, addressKey: string) {
  // A refused handshake would cost an official client 15 seconds; this close costs it one.
  if (gate.isClosing) return closes.comeBackLater;
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const [key = '', ...rest] = path.slice('/app/'.length).replace(/\/$/, '').split('/');
  if (rest.length > 0) return closes.pathNotFound;
  const refused = refuseProtocol(new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)));
  if (refused) return refused;
  const entrance = gate.entrances.get(unescapePath(key) ?? '');
  if (!entrance) return closes.unknownApp;
  return findNoRoom(gate, entrance.hub, addressKey) ?? entrance;
}

function findNoRoom(gate: Gate, hub: Hub, addressKey: string): Close | null {
  const isAddressFull = gate.addresses.isFull(addressKey);
  if (!isAddressFull && hub.connections.size < gate.limits.connectionsPerAppMax) return null;
  if (gate.now() - gate.warnedAt >= warningEveryMs) {
    gate.warnedAt = gate.now();
    const fields = { appId: hub.app.id, connections: hub.connections.size, isAddressFull };
    gate.logger.warn(fields, 'realtime: full, new connections are told to come back later');
  }
  return closes.overCapacity;
}

function listen(gate: Gate, hub: Hub, connection: Connection): void {
  const { webSocket } = connection;
  const onAlive = () => {
    connection.hasSpoken = true;
  };
  webSocket.on('ping', onAlive);
  webSocket.on('pong', onAlive);
  webSocket.on('message', (data, isBinary) => {
    if (!connection.isOpen) return;
    connection.hasSpoken = true;
    connection.framesThisRound += 1;
    if (connection.framesThisRound > gate.limits.framesPerRoundMax) {
      closeConnection(hub, connection, closes.tooManyFrames);
    } else if (isBinary) {
      closeConnection(hub, connection, closes.binaryFrame);
    } else {
      readFrame(gate, hub, connection, data.toString());
    }
  });
}

function readFrame(gate: Gate, hub: Hub, connection: Connection, text: string): void {
  try {
    handleClientFrame(hub, connection, text, gate.now());
  } catch (error) {
    gate.logger.error({ error }, 'realtime: a client frame failed');
    writeFrame(connection, encodeError('Internal error'));
  }
}

/** Resolves in any case: the library ends the sockets that do not answer its goodbye in time. */
async function sendEverybodyAway(gate: Gate): Promise<void> {
  gate.isClosing = true;
  const gone = [...gate.openWebSockets].map(
    (webSocket) => new Promise((resolve) => webSocket.once('close', resolve)),
  );
  for (const { hub, heartbeat } of gate.entrances.values()) {
    heartbeat.stop();
    for (const connection of [...hub.connections.values()]) {
      closeConnection(hub, connection, closes.restarting);
    }
  }
  await Promise.all(gone);
}
