import { connect, type Socket } from 'node:net';

export type Target = { host: string; port: number };
export type Direction = 'toServer' | 'toClient';
export const directions: readonly Direction[] = ['toServer', 'toClient'];

/** One connection through a proxy. Bytes pass only when `onBytes` forwards them. */
export type Link = {
  /** Passes bytes on, behind everything that this direction still holds; never sooner than `delayMs` from now. */
  forward(direction: Direction, bytes: Buffer, delayMs?: number): void;
  /** Keeps back what is forwarded from now on; the answer lets it go, in order. */
  hold(direction: Direction): () => void;
  /** From now on the direction is dead for good: bytes are lost, and so is the news that the other side is gone. */
  silence(direction: Direction): void;
  isSilent(direction: Direction): boolean;
  /** Passes `bytes` on as the last ones, then breaks the connection on both sides. */
  cutAfter(direction: Direction, bytes: Buffer): void;
  cut(): void;
  isClosed(): boolean;
};

export type LinkHandlers = {
  onBytes(direction: Direction, bytes: Buffer): void;
  onClosed?(): void;
};

type Held = { bytes: Buffer; dueMs: number };
type Lane = {
  from: Socket;
  to: Socket;
  queue: Held[];
  holds: number;
  lastDueMs: number;
  timer: NodeJS.Timeout | null;
  isSilent: boolean;
  /** The sender said that nothing comes any more: passed on when the queue is empty. */
  isEnding: boolean;
};

/** Joins an accepted connection with a new one to `target`. */
export function openLink(client: Socket, target: Target, handlers: LinkHandlers): Link {
  const server = connect({ ...target, noDelay: true, allowHalfOpen: true });
  client.setNoDelay(true);
  const lanes = { toServer: openLane(client, server), toClient: openLane(server, client) };
  let closed = 0;
  for (const direction of directions) attach(direction);

  return {
    forward(direction, bytes, delayMs = 0) {
      const lane = lanes[direction];
      if (lane.isSilent || bytes.length === 0) return;
      if (lane.queue.length === 0 && lane.holds === 0 && delayMs <= 0) return write(lane, bytes);
      lane.lastDueMs = Math.max(lane.lastDueMs, performance.now() + delayMs);
      lane.queue.push({ bytes, dueMs: lane.lastDueMs });
      arm(lane);
    },
    hold(direction) {
      const lane = lanes[direction];
      lane.holds++;
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        lane.holds--;
        flush(lane);
      };
    },
    silence(direction) {
      const lane = lanes[direction];
      lane.isSilent = true;
      lane.queue = [];
      // Who is not read any more would notice by its own full buffers.
      lane.from.resume();
    },
    isSilent: (direction) => lanes[direction].isSilent,
    cutAfter(direction, bytes) {
      const { to } = lanes[direction];
      for (const { from } of Object.values(lanes)) from.pause();
      if (bytes.length === 0 || to.destroyed) return cut();
      to.write(bytes, cut);
    },
    cut,
    isClosed: () => closed === 2,
  };

  function attach(direction: Direction): void {
    const lane = lanes[direction];
    lane.from.on('data', (bytes) => {
      if (!lane.isSilent) handlers.onBytes(direction, bytes);
    });
    const back = lanes[direction === 'toServer' ? 'toClient' : 'toServer'];
    lane.from.on('end', () => {
      // Whoever hangs up and cannot be told anything has left.
      if (back.isSilent) lane.from.destroy();
      lane.isEnding = true;
      flush(lane);
    });
    lane.from.on('error', () => {});
    lane.from.on('close', (hadError) => {
      if (!lane.isSilent) {
        if (hadError) reset(lane.to);
        lane.isEnding = true;
        flush(lane);
      }
      if (++closed === 2) {
        for (const each of Object.values(lanes)) if (each.timer !== null) clearTimeout(each.timer);
        handlers.onClosed?.();
      }
    });
    lane.to.on('drain', () => lane.from.resume());
  }

  function cut(): void {
    reset(client);
    reset(server);
  }
}

function openLane(from: Socket, to: Socket): Lane {
  return { from, to, queue: [], holds: 0, lastDueMs: 0, timer: null, isSilent: false, isEnding: false };
}

function write(lane: Lane, bytes: Buffer): void {
  if (lane.to.destroyed || lane.to.writableEnded) return;
  if (!lane.to.write(bytes)) lane.from.pause();
}

function flush(lane: Lane): void {
  if (lane.holds > 0 || lane.isSilent) return;
  const nowMs = performance.now();
  const waiting = lane.queue.findIndex(({ dueMs }) => dueMs > nowMs);
  const due = lane.queue.splice(0, waiting === -1 ? lane.queue.length : waiting);
  if (due.length > 0) write(lane, Buffer.concat(due.map(({ bytes }) => bytes)));
  if (lane.queue.length > 0) arm(lane);
  else if (lane.isEnding && !lane.to.destroyed && !lane.to.writableEnded) lane.to.end();
}

function arm(lane: Lane): void {
  const [first] = lane.queue;
  if (lane.timer !== null || first === undefined) return;
  const wait = () => {
    lane.timer = null;
    flush(lane);
  };
  // A timer may fire a moment early; what is not due then waits for the next.
  lane.timer = setTimeout(wait, Math.max(1, Math.ceil(first.dueMs - performance.now())));
}

function reset(socket: Socket): void {
  // Only an established connection can be reset; one that is still being made is given up.
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
