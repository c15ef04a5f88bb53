import type { Server } from 'node:http';
import { type Server as Acceptor, createServer, type Socket } from 'node:net';

/**
 * libuv takes one new connection from a listening socket in each turn of the event loop. Under load a turn takes tens of
 * milliseconds, and thousands who come back at once would wait unseen for half a minute. So there are several listening
 * sockets on one port, where the system can do that.
 */
const acceptorsMax = 16;
/** Who finds a system's line full tries again after a second, then three. */
const lineMax = 4_096;

export type Listening = {
  /** The port, also where 0 asked for any. */
  port: number;
  countConnections(): Promise<number>;
  /** Takes no new connections; resolves when the last of the open ones has ended. */
  close(): Promise<void>;
};

export type ListenOptions = {
  port: number;
  host: string | undefined;
  connectionsMax: number;
  /** Told of each connection that was closed at once for being one too many. */
  onDrop: () => void;
};

/** Listens for `server`. Rejects with the system's error, such as EADDRINUSE, when it cannot. */
export async function listen(server: Server, options: ListenOptions): Promise<Listening> {
  const { host, connectionsMax, onDrop } = options;
  const place = (port: number) => ({ port, backlog: lineMax, ...(host === undefined ? {} : { host }) });
  // Alone first: sockets that share a port would also share it with a Parley that still runs.
  const probe = createServer();
  await opened(probe, place(options.port));
  const address = probe.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  await new Promise((resolve) => probe.close(resolve));

  const acceptors: Acceptor[] = [server];
  const isShared = await opened(server, { ...place(port), reusePort: true }).then(
    () => true,
    () => false,
  );
  if (!isShared) await opened(server, place(port));
  for (let count = 1; isShared && count < acceptorsMax; count++) {
    // As `node:http` sets up its own.
    const acceptor = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) =>
      server.emit('connection', socket),
    );
    await opened(acceptor, { ...place(port), reusePort: true });
    acceptors.push(acceptor);
  }
  for (const acceptor of acceptors) {
    acceptor.maxConnections = Math.ceil(connectionsMax / acceptors.length) * (isShared ? 2 : 1);
    acceptor.on('drop', onDrop);
    // One that could not be taken, for want of a file descriptor say, is no reason to end the others.
    acceptor.on('error', onDrop);
  }
  return {
    port,
    async countConnections() {
      const counts = acceptors.map(
        (acceptor) =>
          new Promise<number>((resolve) =>
            acceptor.getConnections((error, count) => resolve(error === null ? count : 0)),
          ),
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    async close() {
      await Promise.all(acceptors.map((acceptor) => new Promise((resolve) => acceptor.close(resolve))));
    },
  };
}

function opened(server: Acceptor, options: Parameters<Acceptor['listen']>[0]): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
