import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type HttpProxy, openHttpProxy } from '#/bench/faults/network/http-proxy.ts';
import { randomFrom } from '#/bench/random.ts';

let server: WebSocketServer;
let proxy: HttpProxy;
let served: WebSocket[];
let atServer: string[];
const clients: Client[] = [];
beforeEach(async () => {
  served = [];
  atServer = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
  server.on('connection', (socket) => {
    served.push(socket);
    socket.on('error', () => {});
    socket.on('message', (text) => atServer.push(String(text)));
  });
  await once(server, 'listening');
  const { port } = addressOf(server.address());
  proxy = await openHttpProxy({ target: { host: '127.0.0.1', port }, random: randomFrom(7) });
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  await proxy.close();
  for (const socket of server.clients) socket.terminate();
  server.close();
});

/** Safe: a server that listens on a port has such an address. */
function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address;
}

type Client = { socket: WebSocket; heard: string[]; closed: Promise<void> };
async function open(): Promise<Client & { peer: WebSocket }> {
  const socket = new WebSocket(`ws://${proxy.host}:${proxy.port}/app/key?protocol=7`);
  const heard: string[] = [];
  socket.on('message', (text) => heard.push(String(text)));
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const client = { socket, heard, closed };
  clients.push(client);
  await once(socket, 'open');
  const peer = served.at(-1);
  if (peer === undefined) throw new Error('the server did not see it');
  return { ...client, peer };
}
const event = (n: number) => JSON.stringify({ event: 'message.created', channel: 'c', data: `{"n":${n}}` });
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
/** Frames are in order on one connection, so a pong that comes back closes the list. */
async function flushed({ socket }: Client): Promise<void> {
  socket.ping();
  await once(socket, 'pong');
}

test('frames pass in both directions, whole, whatever their size', async () => {
  const client = await open();
  const texts = ['', 'short', 'x'.repeat(300), 'y'.repeat(200_000), 'ü👋'];
  for (const text of texts) {
    client.peer.send(text);
    client.socket.send(text);
  }
  await expect.poll(() => client.heard).toEqual(texts);
  await expect.poll(() => atServer).toEqual(texts);
  expect(client.socket.extensions).toBe('');
});

test('a closing passes with its code', async () => {
  const client = await open();
  const told = once(client.socket, 'close');
  client.peer.close(4200, 'come back');
  expect((await told)[0]).toBe(4200);
  await expect.poll(() => proxy.sockets.openLinks()).toBe(0);
});

describe('frames to the client', () => {
  test('are dropped, as many as is said, and never what the protocol says for itself', async () => {
    const client = await open();
    proxy.sockets.setFaults('toClient', { drop: 0.2 });
    const own = JSON.stringify({ event: 'pusher_internal:subscription_succeeded', channel: 'c', data: '{}' });
    const quoting = JSON.stringify({ event: 'message.created', data: JSON.stringify({ event: 'pusher:x' }) });
    for (const n of numbers(500)) client.peer.send(n % 2 === 0 ? own : quoting);
    await flushed(client);
    const { dropped } = proxy.sockets.counts();
    expect(dropped).toBeGreaterThan(30);
    expect(dropped).toBeLessThan(70);
    expect(client.heard.filter((text) => text === own)).toHaveLength(250);
    expect(client.heard.filter((text) => text === quoting)).toHaveLength(250 - dropped);
  });

  test('are doubled', async () => {
    const client = await open();
    proxy.sockets.setFaults('toClient', { double: 1 });
    for (const n of numbers(3)) client.peer.send(event(n));
    await expect.poll(() => client.heard).toEqual([0, 0, 1, 1, 2, 2].map(event));
    expect(proxy.sockets.counts().doubled).toBe(3);
  });

  test('change places, and none is lost', async () => {
    const client = await open();
    proxy.sockets.setFaults('toClient', { reorder: 0.3 });
    const sent = numbers(100).map(event);
    for (const text of sent) client.peer.send(text);
    await expect.poll(() => client.heard.length).toBe(100);
    expect(client.heard).not.toEqual(sent);
    expect(client.heard.toSorted()).toEqual(sent.toSorted());
    expect(proxy.sockets.counts().reordered).toBeGreaterThan(10);
  });

  test('are late, and keep their order', async () => {
    const client = await open();
    proxy.sockets.setFaults('toClient', { delayMs: [20, 60] });
    const startedAt = performance.now();
    const sent = numbers(20).map(event);
    for (const text of sent) client.peer.send(text);
    await expect.poll(() => client.heard).toEqual(sent);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19);
    expect(proxy.sockets.counts().delayed).toBe(20);
  });
});

test('frames to the server are dropped, unmasked in between to tell them apart', async () => {
  const client = await open();
  proxy.sockets.setFaults('toServer', { drop: 1 });
  client.socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel: 'c' } }));
  client.socket.send(JSON.stringify({ event: 'client-typing', data: {} }));
  await flushed(client);
  expect(atServer).toHaveLength(1);
  expect(proxy.sockets.counts().dropped).toBe(1);
});

describe('a socket that is dead in one direction', () => {
  test('loses everything from there, pings and the closing too, while new ones work', async () => {
    const client = await open();
    expect(proxy.sockets.silence('toClient')).toBe(1);
    client.socket.send('work');
    await expect.poll(() => atServer).toEqual(['work']);
    client.peer.send('lost');
    client.peer.terminate();
    const other = await open();
    other.peer.send('fine');
    await expect.poll(() => other.heard).toEqual(['fine']);
    expect([client.heard, client.socket.readyState]).toEqual([[], WebSocket.OPEN]);
    expect(proxy.sockets.counts().silenced).toBe(1);
  });

  test('or loses what goes there', async () => {
    const client = await open();
    proxy.sockets.halfOpen('toServer');
    client.socket.send('lost');
    await expect.poll(() => proxy.sockets.counts().swallowed).toBe(1);
    client.peer.send('fine');
    await expect.poll(() => client.heard).toEqual(['fine']);
    proxy.heal();
    await client.closed;
    expect(atServer).toEqual([]);
  });
});

test('sockets are cut after so many bytes, all at once, or refused', async () => {
  const client = await open();
  proxy.sockets.cutAfterBytes(10, 'toClient');
  client.peer.send('12345');
  client.peer.send('in the middle');
  await client.closed;
  expect(client.heard).toEqual(['12345']);
  const others = [await open(), await open()];
  expect(proxy.sockets.cutAll()).toBe(2);
  await Promise.all(others.map(({ closed }) => closed));
  proxy.sockets.refuse(true);
  await expect(open()).rejects.toThrow();
  proxy.heal();
  await open();
  expect(proxy.sockets.counts()).toMatchObject({ cut: 3, refused: 1, links: 4 });
});
