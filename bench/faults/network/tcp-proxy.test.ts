import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTcpProxy, type TcpProxy } from '#/bench/faults/network/tcp-proxy.ts';

/** Answers every byte it gets with the same byte, and keeps what it got. */
async function startEcho() {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      heard.push(String(bytes));
      socket.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sockets,
    heard: () => heard.join(''),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

let echo: Awaited<ReturnType<typeof startEcho>>;
let proxy: TcpProxy;
const clients: Client[] = [];
beforeEach(async () => {
  echo = await startEcho();
  proxy = await openTcpProxy({ target: { host: '127.0.0.1', port: echo.port }, random: () => 0.5 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await proxy.close();
  await echo.close();
});

type Client = {
  socket: Socket;
  closed: Promise<void>;
  text(): string;
  hears(length: number): Promise<string>;
};
function openClient(): Client {
  const socket = connect(proxy.port, proxy.host);
  let text = '';
  const waiting: { length: number; done: () => void }[] = [];
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    text += String(bytes);
    for (const { length, done } of waiting) if (text.length >= length) done();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const client = {
    socket,
    closed,
    text: () => text,
    async hears(length: number) {
      if (text.length < length) await new Promise<void>((done) => waiting.push({ length, done }));
      return text;
    },
  };
  clients.push(client);
  return client;
}

/** A client that is connected through the proxy as far as the server. */
async function openEchoed(): Promise<Client> {
  const client = openClient();
  client.socket.write('.');
  await client.hears(1);
  return client;
}

test('everything passes in both directions, in order and whole', async () => {
  const client = openClient();
  const text = 'x'.repeat(3_000_000);
  client.socket.write(text);
  expect((await client.hears(text.length)) === text).toBe(true);
});

test('an end passes, and leaves no link', async () => {
  const client = await openEchoed();
  client.socket.end('last');
  await client.closed;
  expect(client.text()).toBe('.last');
  await expect.poll(() => [proxy.openLinks(), echo.sockets.size]).toEqual([0, 0]);
});

test('what is delayed comes late and in order', async () => {
  const client = await openEchoed();
  proxy.setDelay(10, 50);
  const startedAt = performance.now();
  for (const letter of 'abcdef') client.socket.write(letter);
  expect(await client.hears(7)).toBe('.abcdef');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(58);
  expect(proxy.counts().delayed).toBeGreaterThan(1);
});

test('refused links end as soon as they speak, later ones work', async () => {
  proxy.refuse(2);
  for (let link = 0; link < 2; link++) {
    const client = openClient();
    client.socket.write('?');
    await client.closed;
    expect(client.text()).toBe('');
  }
  await openEchoed();
  expect(proxy.counts()).toMatchObject({ refused: 2, links: 1 });
});

describe('a link that is dead in one direction', () => {
  test('to the server: nothing more arrives there, and nobody is told', async () => {
    const client = await openEchoed();
    proxy.halfOpen('toServer');
    client.socket.write('lost');
    const [socket] = echo.sockets;
    socket?.write('!');
    expect(await client.hears(2)).toBe('.!');
    proxy.halfOpen(null);
    client.socket.write('still lost');
    await openEchoed();
    expect(echo.heard()).toBe('..');
    expect(proxy.counts()).toMatchObject({ silenced: 1, swallowed: 1 });
  });

  test('to the client: the work is done, the answer is lost, and the end too', async () => {
    const client = await openEchoed();
    expect(proxy.silence('toClient')).toBe(1);
    client.socket.write('work');
    await expect.poll(() => echo.heard()).toBe('.work');
    for (const socket of echo.sockets) socket.destroy();
    await openEchoed();
    expect(client.text()).toBe('.');
    expect(client.socket.destroyed).toBe(false);
  });

  test('is cut when the network heals', async () => {
    const client = await openEchoed();
    proxy.blackHole(true);
    client.socket.write('lost');
    await expect.poll(() => proxy.counts().swallowed).toBe(1);
    proxy.heal();
    await client.closed;
    expect(echo.heard()).toBe('.');
  });
});

test('a link is cut after so many bytes, to the byte', async () => {
  const client = await openEchoed();
  proxy.cutAfterBytes(4, 'toClient');
  client.socket.write('abcdefgh');
  await client.closed;
  expect(client.text()).toBe('.abcd');
  expect(echo.heard()).toBe('.abcdefgh');
  await openEchoed();
  expect(proxy.counts().cut).toBe(1);
});

test('all links can be cut at once', async () => {
  const three = await Promise.all([openEchoed(), openEchoed(), openEchoed()]);
  expect(proxy.cutAll()).toBe(3);
  await Promise.all(three.map((client) => client.closed));
  await openEchoed();
  expect(proxy.counts().cut).toBe(3);
});

test('a server that is not there ends the link', async () => {
  const port = echo.port;
  await echo.close();
  const client = openClient();
  client.socket.write('?');
  await client.closed;
  echo = await startEcho();
  expect(echo.port === port).toBe(false);
  proxy.setTarget({ host: '127.0.0.1', port: echo.port });
  await openEchoed();
});
