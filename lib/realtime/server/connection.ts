import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Close } from './protocol.ts';

export type ConnectionUser = { id: string; info: unknown };

export type Member = { info: unknown; connectionCount: number };

export type Channel = {
  readonly name: string;
  readonly subscribers: Set<Connection>;
  /** By user id, on presence channels: a person with two tabs is one member. */
  readonly members: Map<string, Member>;
};

/** One client's socket and what the server knows about it. */
export type Connection = {
  readonly socketId: string;
  readonly webSocket: WebSocket;
  readonly socket: Duplex;
  /** The presence user id of each channel joined; null where the channel has no members. */
  readonly subscriptions: Map<Channel, string | null>;
  user: ConnectionUser | null;
  isOpen: boolean;
  heartbeatSlot: number;
  hasSpoken: boolean;
  isPinged: boolean;
  framesThisRound: number;
  clientEventSecond: number;
  clientEventsThisSecond: number;
};

export function createConnection(webSocket: WebSocket, socket: Duplex): Connection {
  return {
    socketId: createSocketId(),
    webSocket,
    socket,
    subscriptions: new Map(),
    user: null,
    isOpen: true,
    heartbeatSlot: -1,
    hasSpoken: true,
    isPinged: false,
    framesThisRound: 0,
    clientEventSecond: 0,
    clientEventsThisSecond: 0,
  };
}

/**
 * Writes a whole frame. False when the connection is closed. Safe beside `ws`, which queues nothing of its
 * own while compression is off.
 */
export function writeFrame(connection: Connection, frame: Buffer): boolean {
  if (!connection.isOpen || connection.webSocket.readyState !== connection.webSocket.OPEN) return false;
  connection.socket.write(frame);
  return true;
}

export function closeSocket(connection: Connection, close: Close): void {
  connection.isOpen = false;
  connection.webSocket.close(close.code, close.reason);
}

/** Never repeats, also after a restart: an id that came back would revive the signatures made for it. */
function createSocketId(): string {
  return `${randomInt(1, 2 ** 47)}.${randomInt(1, 2 ** 47)}`;
}
