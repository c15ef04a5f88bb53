import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: string };
/** Somebody else's server: a real one, on a port of its own. */
export type Receiver = {
  url: string;
  port: number;
  /** What came, oldest first. */
  received: readonly Received[];
  close(): Promise<void>;
};

export type Answering = (received: Received, response: ServerResponse) => void;

/** For tests only. Answers 204 to everything, unless `answer` does otherwise. */
export async function startReceiver(
  answer: Answering = (_received, response) => response.writeHead(204).end(),
  { host = '127.0.0.1', port = 0 } = {},
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      answer(one, response);
    });
    request.on('error', () => {});
    response.on('error', () => {});
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${host}:${own}`,
    port: own,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
