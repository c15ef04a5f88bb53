import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A network between client and PostgreSQL that fails when told to. For tests. */
export type FaultyNetwork = {
  /** The given URL, through the proxy. */
  url: string;
  /** The server gets what the client sends next, its answer and everything after it gets lost. */
  loseNextAnswer(): void;
  /** The next `count` connections are closed as soon as the client speaks. */
  refuseNext(count: number): void;
  /** While true nothing passes, and nobody is told. */
  swallow(isOn: boolean): void;
  /** Connections that exist carry nothing any more, in either direction, and are never closed; new ones work. */
  forget(): void;
  close(): Promise<void>;
};

export async function startFaultyNetwork(target: string): Promise<FaultyNetwork> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isLosing = false;
  let isSwallowing = false;
  let refusals = 0;
  let generation = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const isRefused = refusals-- > 0;
    const bornIn = generation;
    const isSilent = () => isSwallowing || bornIn !== generation;
    client.on('data', (bytes) => {
      if (isRefused) client.destroy();
      else if (!isSilent()) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isLosing) {
        isLosing = false;
        client.destroy();
      } else if (!isSilent()) client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(target);
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  return {
    url: url.href,
    loseNextAnswer: () => {
      isLosing = true;
    },
    refuseNext: (count) => {
      refusals = count;
    },
    swallow: (isOn) => {
      isSwallowing = isOn;
    },
    forget: () => {
      generation++;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
