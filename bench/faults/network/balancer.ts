import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Balancer = { port: number; close(): Promise<void> };

/**
 * What any proxy in front of several instances does, and no more: each connection goes to the next instance that takes
 * it, sockets for `/app/` to the realtime server. What breaks behind it breaks in front of it; it repeats nothing.
 */
export async function openBalancer(options: {
  port: number;
  instances: readonly number[];
  realtime: number;
}): Promise<Balancer> {
  const { instances, realtime } = options;
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ noDelay: true }, (client) => {
    hold(client);
    client.once('data', (first) => {
      client.pause();
      const isLive = first.subarray(0, 10).toString('latin1').startsWith('GET /app/');
      turn++;
      const targets = isLive
        ? [realtime]
        : instances.map((_, index) => instances[(turn + index) % instances.length] ?? 0);
      join(client, first, targets);
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: options.port,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function join(client: Socket, first: Buffer, [target, ...others]: number[]): void {
    if (target === undefined || client.destroyed) return void client.destroy();
    const behind = connect({ host: '127.0.0.1', port: target, noDelay: true });
    let isJoined = false;
    behind.once('connect', () => {
      isJoined = true;
      hold(behind);
      behind.write(first);
      client.pipe(behind);
      behind.pipe(client);
      client.once('close', () => behind.destroy());
      behind.once('close', () => client.destroy());
    });
    behind.once('error', () => {
      // Nothing of the request was sent yet, so that the next instance may have it.
      if (!isJoined) join(client, first, others);
    });
  }

  function hold(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  }
}
