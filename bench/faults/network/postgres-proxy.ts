import type { Direction, Link, Target } from '#/bench/faults/network/link.ts';
import { readPostgres } from '#/bench/faults/network/postgres-messages.ts';
import {
  type Inspector,
  openTcpProxy,
  type TcpCounts,
  type TcpProxy,
} from '#/bench/faults/network/tcp-proxy.ts';

/** A statement on its way in, before PostgreSQL sees it; or its answer on the way back, after the commit. */
export type Moment = 'query' | 'answer';
export type PostgresCounts = TcpCounts & { statements: number; hooked: number; slowed: number };

export type PostgresProxy = Omit<TcpProxy, 'counts'> & {
  /**
   * Calls `action` at the next `times` statements that match (a part of their text, or a pattern), and keeps the
   * message back until it has settled; cutting the link loses it. An error is no answer. `heal` cancels it.
   */
  onNext(moment: Moment, match: string | RegExp, action: (link: Link) => unknown, times?: number): Hook;
  /** Each statement from now on reaches PostgreSQL this much later; 0 for at once. */
  slowQueries(ms: number): void;
  counts(): PostgresCounts;
};

export type Hook = {
  /** Resolves when the last of its actions has settled. */
  fired: Promise<void>;
  /** How many actions have begun. */
  count(): number;
  cancel(): void;
};

type Armed = {
  moment: Moment;
  isMatch: (statement: string) => boolean;
  action: (link: Link) => unknown;
  left: number;
  count: number;
  onLast: () => void;
};
/** One direction of a link: `scanned` bytes of `pending` are understood, and kept because an action may lose them. */
type Stream = { pending: Buffer; scanned: number; isWaiting: boolean };

/** A network between the app and PostgreSQL that also knows which statement it carries. */
export async function openPostgresProxy(options: {
  target: Target;
  random: () => number;
}): Promise<PostgresProxy> {
  const counts = { statements: 0, hooked: 0, slowed: 0 };
  const hooks = new Set<Armed>();
  let slowMs = 0;
  const proxy = await openTcpProxy({ ...options, inspect });

  return {
    ...proxy,
    onNext(moment, match, action, times = 1) {
      const { promise: fired, resolve } = Promise.withResolvers<void>();
      const isMatch = (statement: string) =>
        typeof match === 'string' ? statement.includes(match) : match.test(statement);
      const armed: Armed = { moment, isMatch, action, left: times, count: 0, onLast: resolve };
      hooks.add(armed);
      return { fired, count: () => armed.count, cancel: () => hooks.delete(armed) };
    },
    slowQueries(ms) {
      slowMs = ms;
    },
    counts: () => ({ ...proxy.counts(), ...counts }),
    heal() {
      hooks.clear();
      slowMs = 0;
      proxy.heal();
    },
  };

  function inspect(link: Link, forward: Inspector): Inspector {
    const messages = readPostgres();
    const streams: Record<Direction, Stream> = {
      toServer: { pending: Buffer.alloc(0), scanned: 0, isWaiting: false },
      toClient: { pending: Buffer.alloc(0), scanned: 0, isWaiting: false },
    };
    return (direction, bytes) => {
      const stream = streams[direction];
      const { pending } = stream;
      stream.pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      if (!stream.isWaiting) read(direction, stream);
    };

    function read(direction: Direction, stream: Stream): void {
      const { pending } = stream;
      let passable = 0;
      let met: Armed[] = [];
      for (let at = stream.scanned; met.length === 0; at = stream.scanned) {
        const end =
          direction === 'toServer' ? messages.endOfQuestion(pending, at) : messages.endOfAnswer(pending, at);
        if (end === 0 || messages.isOpaque()) break;
        stream.scanned = end;
        if (direction === 'toServer') {
          met = meetQuery(messages.statementIn(pending, at));
          passable = met.length > 0 ? at : end;
        } else {
          // An answer is kept from its beginning: its rows tell as much as its end.
          const isAwaited = messages.isAnswering((statement) => armedFor('answer', statement).length > 0);
          const answered = messages.answeredBy(pending, at);
          if (isAwaited && answered !== null) met = meetAnswer(answered);
          if (met.length === 0 && (!isAwaited || answered !== null)) passable = end;
        }
      }
      if (messages.isOpaque()) stream.scanned = passable = pending.length;
      pass(direction, pending.subarray(0, passable));
      stream.pending = pending.subarray(passable);
      stream.scanned -= passable;
      if (met.length > 0) void wait(direction, stream, met);
    }

    async function wait(direction: Direction, stream: Stream, met: readonly Armed[]): Promise<void> {
      stream.isWaiting = true;
      counts.hooked++;
      await Promise.allSettled(met.map(async ({ action }) => action(link)));
      for (const { left, onLast } of met) if (left === 0) onLast();
      stream.isWaiting = false;
      pass(direction, stream.pending.subarray(0, stream.scanned));
      stream.pending = stream.pending.subarray(stream.scanned);
      stream.scanned = 0;
      read(direction, stream);
    }

    function pass(direction: Direction, bytes: Buffer): void {
      if (bytes.length === 0) return;
      if (direction === 'toServer' && slowMs > 0 && messages.isReady()) {
        counts.slowed++;
        link.forward(direction, bytes, slowMs);
      } else forward(direction, bytes);
    }
  }

  function meetQuery(statement: string | null): Armed[] {
    if (statement === null) return [];
    counts.statements++;
    return meet(armedFor('query', statement));
  }

  function meetAnswer(statements: readonly string[]): Armed[] {
    return meet([...new Set(statements.flatMap((statement) => armedFor('answer', statement)))]);
  }

  function armedFor(moment: Moment, statement: string): Armed[] {
    if (hooks.size === 0) return [];
    return [...hooks].filter((hook) => hook.moment === moment && hook.isMatch(statement));
  }

  function meet(met: Armed[]): Armed[] {
    for (const hook of met) {
      hook.count++;
      if (--hook.left === 0) hooks.delete(hook);
    }
    return met;
  }
}
