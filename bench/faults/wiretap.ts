import { createHmac } from 'node:crypto';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { messageCreated } from '#/lib/realtime/events.ts';

/** Hears what the realtime server is told, past every proxy: what was published at all, and not whom it reached. */
export type Wiretap = {
  /** Resolves when it listens to all of these channels. */
  listen(channels: readonly string[]): Promise<void>;
  /** Ids of the messages that were told. */
  heard: ReadonlySet<string>;
  /** False as soon as the server went away: then it may have missed something. */
  isWhole(): boolean;
  close(): void;
};

const frameSchema = z.object({ event: z.string(), channel: z.string().optional(), data: z.unknown() });
const establishedSchema = z.object({ socket_id: z.string() });

export async function openWiretap(options: { port: number; key: string; secret: string }): Promise<Wiretap> {
  const { port, key, secret } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${key}?protocol=7`);
  const heard = new Set<string>();
  const joining = new Map<string, () => void>();
  const established = Promise.withResolvers<string>();
  let isWhole = true;
  socket.on('error', (error) => established.reject(error));
  socket.on('close', () => {
    isWhole = false;
    established.reject(new Error('the realtime server closed the tap'));
  });
  socket.on('message', (bytes) => hear(frameSchema.parse(JSON.parse(String(bytes)))));
  const socketId = await established.promise;
  return {
    heard,
    isWhole: () => isWhole,
    async listen(channels) {
      await Promise.all(channels.map(join));
    },
    close: () => socket.close(),
  };

  function hear({ event, channel = '', data }: z.infer<typeof frameSchema>): void {
    const content: unknown = typeof data === 'string' ? JSON.parse(data) : data;
    if (event === 'pusher:connection_established') {
      established.resolve(establishedSchema.parse(content).socket_id);
    } else if (event === 'pusher:ping') {
      socket.send(JSON.stringify({ event: 'pusher:pong', data: {} }));
    } else if (event === 'pusher_internal:subscription_succeeded') {
      joining.get(channel)?.();
    } else if (event === 'message.created') {
      heard.add(messageCreated.parse(content).entry.id);
    }
  }

  function join(channel: string): Promise<void> {
    const signature = createHmac('sha256', secret).update(`${socketId}:${channel}`).digest('hex');
    const data = { channel, auth: `${key}:${signature}` };
    socket.send(JSON.stringify({ event: 'pusher:subscribe', data }));
    return new Promise((resolve) => joining.set(channel, resolve));
  }
}
