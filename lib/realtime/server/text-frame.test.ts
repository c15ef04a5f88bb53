import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { encodeTextFrame } from './text-frame.ts';

test('a client reads back every length, on both sides of each length field', async () => {
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000].map((length) => 'x'.repeat(length));
  texts.push('é'.repeat(63), '👋'.repeat(16_384));
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, () => {
      for (const text of texts) socket.write(encodeTextFrame(text));
    });
  });
  const address = server.address();
  const client = new WebSocket(`ws://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`);
  const received: string[] = [];
  await new Promise((resolve) => {
    client.on('message', (bytes) => {
      if (received.push(bytes.toString()) === texts.length) resolve(null);
    });
  });
  expect(received).toEqual(texts);
  client.terminate();
  server.close();
});
