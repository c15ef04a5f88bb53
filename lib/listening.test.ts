import { createServer, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from '#/lib/listening.ts';

const options = { port: 0, host: '127.0.0.1', connectionsMax: 10_000, onDrop: () => {} };
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

test('two hundred who come at once are let in within a few turns of the event loop', async () => {
  const server = createServer();
  const listening = await listen(server, options);
  let accepted = 0;
  server.on('connection', () => accepted++);
  const clients: Socket[] = [];
  const connected = Array.from(
    { length: 200 },
    () =>
      new Promise((resolve) => {
        const client = connect(listening.port, '127.0.0.1');
        client.once('connect', resolve);
        client.on('error', () => {});
        clients.push(client);
      }),
  );
  let turns = 0;
  while (accepted < 200) {
    await pause();
    turns++;
  }
  await Promise.all(connected);
  expect(turns).toBeLessThan(100);
  expect(await listening.countConnections()).toBe(200);
  for (const client of clients) client.destroy();
  await listening.close();
});

test('a port that somebody listens on is refused, though they would share it', async () => {
  const first = createServer();
  const listening = await listen(first, options);
  await expect(listen(createServer(), { ...options, port: listening.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await listening.close();
});

test('each way in leads to the same server, and closing waits for the requests under way', async () => {
  let answer: (() => void) | undefined;
  const server = createServer((request, response) => {
    if (request.url !== '/slow') return void response.end(request.url);
    answer = () => response.end('done');
  });
  const listening = await listen(server, options);
  const ask = (path: string) =>
    new Promise<string>((resolve, reject) => {
      get({ port: listening.port, host: '127.0.0.1', path, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => resolve(text));
      }).on('error', reject);
    });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => ask(`/${at}`)));
  expect(answers).toEqual(Array.from({ length: 50 }, (_, at) => `/${at}`));
  const slow = ask('/slow');
  while (answer === undefined) await pause();
  let isClosed = false;
  const closed = listening.close().then(() => {
    isClosed = true;
  });
  await expect(ask('/late')).rejects.toThrow();
  expect(isClosed).toBe(false);
  answer();
  expect(await slow).toBe('done');
  await closed;
});

test('one connection too many is closed at once, one that cannot be taken ends nothing, and both are told', async () => {
  let dropped = 0;
  const onDrop = () => {
    dropped++;
  };
  const server = createServer();
  const listening = await listen(server, { ...options, connectionsMax: 16, onDrop });
  const clients = Array.from({ length: 80 }, () => connect(listening.port, '127.0.0.1'));
  for (const client of clients) client.on('error', () => {});
  while (dropped === 0 || (await listening.countConnections()) + dropped < 80) await pause();
  expect(await listening.countConnections()).toBeLessThanOrEqual(32);
  const before = dropped;
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  expect(dropped).toBe(before + 1);
  for (const client of clients) client.destroy();
  await listening.close();
});
