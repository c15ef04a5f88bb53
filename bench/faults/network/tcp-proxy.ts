import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Direction, directions, type Link, openLink, type Target } from '#/bench/faults/network/link.ts';

/** What was really done. Links are connections, `swallowed` and `delayed` count pieces as they arrived. */
export type TcpCounts = {
  links: number;
  refused: number;
  cut: number;
  silenced: number;
  swallowed: number;
  delayed: number;
};

export type TcpProxy = {
  host: string;
  port: number;
  /** The given URL, through the proxy. */
  through(url: string): string;
  /** Where new links go, for a server that came back elsewhere. */
  setTarget(target: Target): void;
  /** The next so many links are closed as soon as the client speaks; `Infinity` for all, 0 for none. */
  refuse(times: number): void;
  /** How long each piece is under way, drawn between the two; the order of bytes stays. */
  setDelay(msMin: number, msMax?: number): void;
  /** While set, all links lose what goes this way. A link that lost anything stays dead in that direction. */
  halfOpen(direction: Direction | null): void;
  /** Both directions. */
  blackHole(isOn: boolean): void;
  /** Kills one direction (or both) of the links that are open now, for good and in silence: how many. New ones work. */
  silence(direction?: Direction): number;
  /** The next `times` links through which `bytes` more bytes have passed this way break there. */
  cutAfterBytes(bytes: number, direction: Direction, times?: number): void;
  cutAll(): number;
  openLinks(): number;
  counts(): TcpCounts;
  /** No faults any more; links that lost bytes are cut, since nobody could go on with them. */
  heal(): void;
  close(): Promise<void>;
};

/** Looks into what passes one link: called with bytes as they come, forwards what it wants when it wants. */
export type Inspector = (direction: Direction, bytes: Buffer) => void;

type Cut = { bytes: number; times: number };

/** A network between clients and one TCP server that fails when told to, and is as good as none until then. */
export async function openTcpProxy(options: {
  target: Target;
  random: () => number;
  inspect?: (link: Link, forward: Inspector) => Inspector;
}): Promise<TcpProxy> {
  const { random } = options;
  let { target } = options;
  const links = new Set<Link>();
  const strangers = new Set<Socket>();
  const counts: TcpCounts = { links: 0, refused: 0, cut: 0, silenced: 0, swallowed: 0, delayed: 0 };
  const silent = new Set<Direction>();
  const cuts = new Map<Direction, Cut>();
  let refusals = 0;
  let delay: readonly [number, number] = [0, 0];

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (refusals > 0) return turnAway(client);
    counts.links++;
    const passed = new Map<Direction, { under: Cut; bytes: number }>();
    const link = openLink(client, target, {
      onBytes: (direction, bytes) => {
        if (silent.has(direction)) {
          counts.swallowed++;
          return silenceLink(link, direction);
        }
        inspect(direction, bytes);
      },
      onClosed: () => links.delete(link),
    });
    links.add(link);
    const forward: Inspector = (direction, bytes) => {
      const cut = cuts.get(direction);
      if (cut !== undefined) {
        const before = passed.get(direction);
        const soFar = before?.under === cut ? before.bytes : 0;
        passed.set(direction, { under: cut, bytes: soFar + bytes.length });
        if (soFar + bytes.length >= cut.bytes) {
          if (--cut.times <= 0) cuts.delete(direction);
          counts.cut++;
          return link.cutAfter(direction, bytes.subarray(0, cut.bytes - soFar));
        }
      }
      const [msMin, msMax] = delay;
      if (msMax > 0) counts.delayed++;
      link.forward(direction, bytes, msMax > 0 ? msMin + random() * (msMax - msMin) : 0);
    };
    const inspect = options.inspect?.(link, forward) ?? forward;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  function turnAway(client: Socket): void {
    refusals--;
    counts.refused++;
    strangers.add(client);
    client.on('error', () => {});
    client.on('close', () => strangers.delete(client));
    client.once('data', () => client.destroy());
  }

  function silenceLink(link: Link, direction: Direction): void {
    if (link.isSilent(direction)) return;
    counts.silenced++;
    link.silence(direction);
  }

  return {
    host: '127.0.0.1',
    port,
    through(url) {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(port);
      return changed.href;
    },
    setTarget(next) {
      target = next;
    },
    refuse(times) {
      refusals = times;
    },
    setDelay(msMin, msMax = msMin) {
      delay = [msMin, msMax];
    },
    halfOpen(direction) {
      silent.clear();
      if (direction !== null) silent.add(direction);
    },
    blackHole(isOn) {
      silent.clear();
      if (isOn) for (const direction of directions) silent.add(direction);
    },
    silence(direction) {
      const dying = direction === undefined ? directions : [direction];
      const alive = [...links].filter((link) => dying.some((each) => !link.isSilent(each)));
      for (const link of alive) for (const each of dying) silenceLink(link, each);
      return alive.length;
    },
    cutAfterBytes(bytes, direction, times = 1) {
      cuts.set(direction, { bytes, times });
    },
    cutAll() {
      const open = links.size;
      counts.cut += open;
      for (const link of links) link.cut();
      return open;
    },
    openLinks: () => links.size,
    counts: () => ({ ...counts }),
    heal() {
      silent.clear();
      cuts.clear();
      refusals = 0;
      delay = [0, 0];
      for (const link of links) if (directions.some((direction) => link.isSilent(direction))) link.cut();
    },
    async close() {
      for (const link of links) link.cut();
      for (const socket of strangers) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
