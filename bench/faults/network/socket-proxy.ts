import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Direction, directions, type Link, openLink, type Target } from '#/bench/faults/network/link.ts';
import { readFrames } from '#/bench/faults/network/socket-frames.ts';

/** What happens to the frames of one direction. Probabilities are of one frame. */
export type FrameFaults = {
  drop?: number;
  double?: number;
  /** This share of the frames stands back until up to `window` later ones have passed, or 200 ms. */
  reorder?: number;
  window?: number;
  /** Each frame is under way for a time drawn between the two; the order stays. */
  delayMs?: readonly [number, number];
  /** Drop, double and reorder also what the protocol says for itself (`pusher:…`); pings and closings never. */
  touchesProtocol?: boolean;
};

/** What was really done, in frames; links are sockets. */
export type SocketCounts = {
  links: number;
  refused: number;
  cut: number;
  silenced: number;
  frames: number;
  swallowed: number;
  dropped: number;
  doubled: number;
  reordered: number;
  delayed: number;
};

/** The way of WebSockets through an HTTP proxy. Compression is not negotiated, so that frames can be read. */
export type SocketProxy = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  setTarget(target: Target): void;
  setFaults(direction: Direction, faults: FrameFaults | null): void;
  /** While set, all sockets lose every byte of this way, new ones too. A socket that lost any is dead for good. */
  halfOpen(direction: Direction | null): void;
  blackHole(isOn: boolean): void;
  /** Kills one direction (or both) of the sockets that are open now, for good and in silence: how many. New ones work. */
  silence(direction?: Direction): number;
  /** The next `times` sockets are broken after this many further bytes of frames. */
  cutAfterBytes(bytes: number, direction: Direction, times?: number): void;
  /** Upgrades are broken off until told otherwise. */
  refuse(isOn: boolean): void;
  cutAll(): number;
  openLinks(): number;
  counts(): SocketCounts;
  /** No faults any more; sockets that lost bytes are cut. */
  heal(): void;
  close(): void;
};

type Held = { bytes: Buffer; after: number; timer: NodeJS.Timeout };
type Open = { link: Link; held: Record<Direction, Set<Held>> };

const windowDefault = 4;
const heldMsMax = 200;

export function openSocketProxy(options: { target: Target; random: () => number }): SocketProxy {
  const { random } = options;
  let { target } = options;
  const open = new Set<Open>();
  const faults: Record<Direction, FrameFaults | null> = { toServer: null, toClient: null };
  const cuts = new Map<Direction, { bytes: number; times: number }>();
  const silent = new Set<Direction>();
  let isRefusing = false;
  const counts: SocketCounts = {
    links: 0,
    refused: 0,
    cut: 0,
    silenced: 0,
    frames: 0,
    swallowed: 0,
    dropped: 0,
    doubled: 0,
    reordered: 0,
    delayed: 0,
  };

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (isRefusing || !(socket instanceof Socket)) {
      counts.refused++;
      socket.destroy();
      return;
    }
    counts.links++;
    const readers = { toServer: readFrames(), toClient: readFrames() };
    const passed: Record<Direction, number> = { toServer: 0, toClient: 0 };
    let handshake: Buffer | null = Buffer.alloc(0);
    const link = openLink(socket, target, { onBytes, onClosed });
    const held = { toServer: new Set<Held>(), toClient: new Set<Held>() };
    const each: Open = { link, held };
    open.add(each);
    link.forward('toServer', requestText(request));
    if (head.length > 0) onBytes('toServer', head);

    function onBytes(direction: Direction, bytes: Buffer): void {
      if (silent.has(direction)) {
        counts.swallowed++;
        return void silenceLink(link, direction);
      }
      const frames = direction === 'toClient' && handshake !== null ? afterHandshake(bytes) : bytes;
      readers[direction](frames, (frame, isTouchable) => pass(direction, frame, isTouchable));
    }

    /** The server's answer passes as it is; frames begin behind it. */
    function afterHandshake(bytes: Buffer): Buffer {
      const all = Buffer.concat([handshake ?? Buffer.alloc(0), bytes]);
      const end = all.indexOf('\r\n\r\n');
      handshake = end === -1 ? all : null;
      if (end === -1) return Buffer.alloc(0);
      link.forward('toClient', all.subarray(0, end + 4));
      return all.subarray(end + 4);
    }

    function pass(direction: Direction, frame: Buffer, isTouchable: () => boolean): void {
      counts.frames++;
      if (isCut(direction, frame)) return;
      const { drop = 0, double = 0, reorder = 0, window = windowDefault, ...rest } = faults[direction] ?? {};
      const { delayMs, touchesProtocol = false } = rest;
      const [msMin, msMax] = delayMs ?? [0, 0];
      const inMs = () => (msMax > 0 ? msMin + random() * (msMax - msMin) : 0);
      if (msMax > 0) counts.delayed++;
      const canTouch = drop + double + reorder > 0 && (touchesProtocol || isTouchable());
      if (canTouch && random() < drop) {
        counts.dropped++;
        return;
      }
      if (canTouch && random() < reorder) {
        counts.reordered++;
        standBack(direction, frame, 1 + Math.floor(random() * window));
        return;
      }
      link.forward(direction, frame, inMs());
      if (canTouch && random() < double) {
        counts.doubled++;
        link.forward(direction, frame, inMs());
      }
      for (const one of held[direction]) if (--one.after <= 0) letPass(direction, one);
    }

    function isCut(direction: Direction, frame: Buffer): boolean {
      const cut = cuts.get(direction);
      if (cut === undefined) return false;
      const before = passed[direction];
      passed[direction] += frame.length;
      if (passed[direction] < cut.bytes) return false;
      if (--cut.times <= 0) cuts.delete(direction);
      counts.cut++;
      link.cutAfter(direction, frame.subarray(0, Math.max(0, cut.bytes - before)));
      return true;
    }

    function standBack(direction: Direction, bytes: Buffer, after: number): void {
      const one: Held = { bytes, after, timer: setTimeout(() => letPass(direction, one), heldMsMax) };
      held[direction].add(one);
    }

    function letPass(direction: Direction, one: Held): void {
      clearTimeout(one.timer);
      if (held[direction].delete(one)) link.forward(direction, one.bytes);
    }

    function onClosed(): void {
      for (const direction of directions) for (const { timer } of held[direction]) clearTimeout(timer);
      open.delete(each);
    }
  }

  function silenceLink(link: Link, direction: Direction): void {
    if (link.isSilent(direction)) return;
    counts.silenced++;
    link.silence(direction);
  }

  return {
    upgrade,
    setTarget(next) {
      target = next;
    },
    setFaults(direction, next) {
      faults[direction] = next;
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
      const alive = [...open].filter(({ link }) => dying.some((each) => !link.isSilent(each)));
      for (const { link } of alive) for (const each of dying) silenceLink(link, each);
      return alive.length;
    },
    cutAfterBytes(bytes, direction, times = 1) {
      cuts.set(direction, { bytes, times });
    },
    refuse(isOn) {
      isRefusing = isOn;
    },
    cutAll() {
      const cut = open.size;
      counts.cut += cut;
      for (const { link } of open) link.cut();
      return cut;
    },
    openLinks: () => open.size,
    counts: () => ({ ...counts }),
    heal() {
      for (const direction of directions) faults[direction] = null;
      silent.clear();
      cuts.clear();
      isRefusing = false;
      for (const { link } of open) if (directions.some((direction) => link.isSilent(direction))) link.cut();
    },
    close() {
      for (const { link } of open) link.cut();
    },
  };
}

function requestText({ method, url, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (name.toLowerCase() !== 'sec-websocket-extensions') lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
