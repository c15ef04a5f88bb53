import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** What PostgreSQL says to whoever connects at the wrong moment. */
export const refusals = {
  startingUp: { state: '57P03', message: 'the database system is starting up' },
  tooMany: { state: '53300', message: 'sorry, too many clients already' },
} as const;

/** A server that is there and takes nobody: it says why and hangs up, or (without a refusal) never says a word. */
export type RefusingPostgres = {
  target: { host: string; port: number };
  /** How many it turned away, or left without an answer. */
  count(): number;
  close(): Promise<void>;
};

export async function startRefusingPostgres(
  refusal: { state: string; message: string } | null,
): Promise<RefusingPostgres> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      count++;
      if (refusal !== null) socket.end(errorResponse(refusal));
    });
    // A socket that nobody reads would not notice that its client left.
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    target: {
      host: '127.0.0.1',
      port: typeof address === 'object' && address !== null ? address.port : 0,
    },
    count: () => count,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function errorResponse({ state, message }: { state: string; message: string }): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${state}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
