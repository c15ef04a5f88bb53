import { once } from 'node:events';
import { brotliCompressSync } from 'node:zlib';
import Published from 'pusher-js';
import { afterEach, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { bundleLiveLibrary } from '#/scripts/build-live-library.ts';

const bytesMax = 9_500;
/** What ends each of the two connections' talk. */
const lastHeard = ['private-a pusher:subscription_succeeded', 'presence-b pusher:member_removed'];

afterEach(() => vi.unstubAllGlobals());

test('what the browser gets of the live library stays small', async () => {
  expect(brotliCompressSync(await bundleLiveLibrary()).length).toBeLessThanOrEqual(bytesMax);
});

test('it says the same on the wire as the library as published, and hears the same', async () => {
  const [published, ours] = [await talkOf(Published), await talkOf(await bundled())];
  expect(published.said).toHaveLength(2);
  expect(published.heard).toContain('private-a news "Grüße 👋"');
  expect(ours).toEqual(published);
});

/** The bundle in a world that has of a browser what it asks for. */
async function bundled(): Promise<typeof Published> {
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  vi.stubGlobal('location', new URL('http://localhost'));
  vi.stubGlobal('navigator', { onLine: true });
  const code = Buffer.from(await bundleLiveLibrary()).toString('base64');
  const module = await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`);
  return module.default;
}

/**
 * A conversation of a client with a server: connect, sign in, join, hear, leave, be pinged, fall silent, be sent away
 * and come back. `said` is each connection's address with its frames; `heard` is what the caller was told.
 */
async function talkOf(Library: typeof Published) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const said: string[][] = [];
  const heard: string[] = [];
  const port = portOf(server.address());
  const over = Promise.withResolvers<void>();
  server.on('connection', (socket, request) => {
    const frames = [request.url ?? ''];
    said.push(frames);
    answer(socket, frames, said.length === 1);
  });

  const client = new Library('key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    wssPort: port,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
    enableStats: false,
    activityTimeout: 300,
    pongTimeout: 300,
    channelAuthorization: {
      transport: 'ajax',
      endpoint: '',
      customHandler({ socketId, channelName }, callback) {
        if (channelName === 'private-refused') callback(new Error('refused'), null);
        else callback(null, { auth: `${socketId}:${channelName}`, channel_data: '{"user_id":"ann"}' });
      },
    },
    userAuthentication: {
      transport: 'ajax',
      endpoint: '',
      customHandler: ({ socketId }, callback) =>
        callback(null, { auth: socketId, user_data: '{"id":"ann"}' }),
    },
  });
  client.connection.bind('state_change', ({ current }: { current: string }) => heard.push(`is ${current}`));
  client.connection.bind('error', (error: { data?: { code?: number } }) =>
    heard.push(`error ${error.data?.code}`),
  );
  client.signin();
  for (const name of ['private-a', 'presence-b', 'private-refused', 'private-left']) {
    client.subscribe(name).bind_global((event: string, data: unknown) => {
      heard.push(`${name} ${event} ${JSON.stringify(data)}`);
      // What the client has heard ends it, not what was sent: that may still be under way.
      if (lastHeard.every((line) => heard.filter((one) => one.startsWith(line)).length === 2)) over.resolve();
      if (name === 'private-a' && event === 'leave') client.unsubscribe('private-left');
    });
  }
  await over.promise;
  client.disconnect();
  server.close();
  for (const socket of server.clients) socket.terminate();
  return { said, heard };
}

/** The server's part. The first connection is sent away once it has asked whether anybody is there. */
function answer(socket: WebSocket, frames: string[], isFirst: boolean) {
  const tell = (event: string, data: unknown, channel?: string) =>
    socket.send(
      JSON.stringify({ event, data: JSON.stringify(data), ...(channel === undefined ? {} : { channel }) }),
    );
  tell('pusher:connection_established', { socket_id: '1.2', activity_timeout: 30 });
  socket.on('message', (raw) => {
    const frame = String(raw);
    const { event, data } = JSON.parse(frame);
    // The second connection is left at once; if a busy machine takes its time, the client asks there too.
    if (event === 'pusher:ping' && !isFirst) return tell('pusher:pong', {});
    frames.push(frame);
    if (event === 'pusher:signin') tell('pusher:signin_success', { user_data: '{"id":"ann"}' });
    if (event === 'pusher:subscribe') {
      const members = { presence: { ids: ['ann'], hash: { ann: { name: 'Ann' } }, count: 1 } };
      const isPresence = data.channel.startsWith('presence-');
      tell('pusher_internal:subscription_succeeded', isPresence ? members : {}, data.channel);
      if (data.channel === 'presence-b') {
        tell('pusher_internal:member_added', { user_id: 'bob', user_info: { name: 'Bob' } }, 'presence-b');
        tell('pusher_internal:member_removed', { user_id: 'bob' }, 'presence-b');
      }
      if (data.channel === 'private-left') {
        tell('news', 'Grüße 👋', 'private-a');
        socket.send('{"event":"news","channel":"private-a","data":"not json"}');
        tell('leave', null, 'private-a');
      }
    }
    if (event === 'pusher:unsubscribe') tell('pusher:ping', {});
    if (event === 'pusher:ping') {
      tell('pusher:pong', {});
      tell('pusher:error', { code: 4200, message: 'Restarting' });
      socket.close(4200);
    }
  });
}

function portOf(address: ReturnType<WebSocketServer['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
