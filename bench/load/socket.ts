import { WebSocket } from 'ws';
import { z } from 'zod';
import { RefusedError } from '#/lib/errors.ts';

/** What the Pusher protocol asks of a client, and nothing more: a thousand of these have to fit into one process. */
export type RawSocket = {
  readonly isJoined: boolean;
  readonly frames: number;
  /** Cuts the connection as a network would: no goodbye. `connect` opens another one. */
  cut(): void;
  connect(): void;
  /** To be called once a second: asks a silent server whether it is there, as pusher-js does. */
  tick(nowMs: number): void;
  close(): void;
};

export type RawSocketOptions = {
  url: string;
  channels: readonly string[];
  /** Answers the frames that sign in and join; what it takes is part of the reconnect. */
  authorize(socketId: string): Promise<Authorization>;
  /** The text of an event's frame; `nowMs` is when it came. Looked at only as far as it has to be. */
  onEvent(frame: string, nowMs: number): void;
  /** The socket stands; its channels are still to be granted. */
  onConnected(): void;
  /** Every channel is joined: from here on events come, and what was before has to be fetched. */
  onJoined(): void;
  onLost(): void;
  onTrouble(what: string): void;
  random(): number;
};

export type Authorization = {
  channels: Record<string, { auth: string; channel_data?: string } | null>;
  user?: { auth: string; user_data: string };
};

const silentMsMax = 15_000;
const pongMsMax = 5_000;
/** As `lib/realtime/subscribe.ts`: pusher-js alone would come back after exactly a second, like everybody else. */
const spreadMs = 2_000;
const againMsMax = 30_000;
const establishedSchema = z.object({ data: z.string() });
const socketIdSchema = z.object({ socket_id: z.string() });

export function openRawSocket(options: RawSocketOptions): RawSocket {
  let socket: WebSocket | null = null;
  let joined = 0;
  let frames = 0;
  let heardAtMs = performance.now();
  let pingedAtMs: number | null = null;
  let isClosed = false;

  function connect(): void {
    if (isClosed) return;
    const opened = new WebSocket(options.url, { perMessageDeflate: false, skipUTF8Validation: true });
    socket = opened;
    joined = 0;
    heardAtMs = performance.now();
    pingedAtMs = null;
    opened.on('message', (data: Buffer) => hear(opened, data.toString()));
    opened.on('ping', () => {
      heardAtMs = performance.now();
    });
    opened.on('error', (error) => options.onTrouble(`socket: ${codeOf(error)}`));
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = null;
      options.onLost();
      setTimeout(connect, options.random() * spreadMs);
    });
  }

  function hear(from: WebSocket, frame: string): void {
    if (from !== socket) return;
    heardAtMs = performance.now();
    pingedAtMs = null;
    if (!frame.startsWith('{"event":"pusher')) {
      frames++;
      options.onEvent(frame, heardAtMs);
    } else if (frame.startsWith('{"event":"pusher_internal:subscription_succeeded"')) {
      joined++;
      if (joined === options.channels.length) options.onJoined();
    } else if (frame.startsWith('{"event":"pusher:connection_established"')) {
      options.onConnected();
      void join(from, frame);
    } else if (!/^\{"event":"pusher(:pong|:signin_success|_internal:member_)/.test(frame)) {
      options.onTrouble(`realtime: ${frame.slice(0, 200)}`);
    }
  }

  async function join(to: WebSocket, frame: string, failures = 0): Promise<void> {
    const established = establishedSchema.parse(JSON.parse(frame));
    const { socket_id: socketId } = socketIdSchema.parse(JSON.parse(established.data));
    try {
      const { channels, user } = await options.authorize(socketId);
      if (to !== socket || to.readyState !== to.OPEN) return;
      if (user !== undefined) to.send(JSON.stringify({ event: 'pusher:signin', data: user }));
      for (const channel of options.channels) {
        const grant = channels[channel] ?? null;
        if (grant === null) options.onTrouble('a channel was refused');
        else to.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel, ...grant } }));
      }
    } catch (error) {
      options.onTrouble(`authorization: ${reasonOf(error)}`);
      // As the shipped client: the socket stays and asks again, ever later.
      const waitMs = Math.min(againMsMax, 1_000 * 2 ** failures) * (0.5 + options.random());
      setTimeout(() => {
        if (to === socket) void join(to, frame, failures + 1);
      }, waitMs);
    }
  }

  return {
    get isJoined() {
      return socket !== null && joined === options.channels.length;
    },
    get frames() {
      return frames;
    },
    connect,
    cut() {
      socket?.terminate();
    },
    tick(nowMs) {
      if (socket === null || socket.readyState !== socket.OPEN) return;
      if (pingedAtMs !== null && nowMs - pingedAtMs > pongMsMax) {
        options.onTrouble('no pong');
        socket.terminate();
      } else if (pingedAtMs === null && nowMs - heardAtMs > silentMsMax) {
        pingedAtMs = nowMs;
        socket.send('{"event":"pusher:ping","data":{}}');
      }
    },
    close() {
      isClosed = true;
      socket?.terminate();
    },
  };
}

/** A word for what went wrong, for counting. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof RefusedError)) return codeOf(error);
  const { code, reason } = error.failure;
  return reason === undefined ? code : `${code} (${reason})`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code !== undefined ? String(error.code) : error.message;
}
