import { setTimeout as delay } from 'node:timers/promises';
import type { Injection } from '#/bench/faults/exercise.ts';
import type { Fate } from '#/bench/faults/network/http-proxy.ts';
import type { World } from '#/bench/faults/world.ts';
import { between, pick } from '#/bench/random.ts';

/** One fault that can happen to a running world at any time, and is over when `act` is. */
export type Mischief = {
  name: string;
  /** Answers how many faults it really injected. */
  act(context: Injection): Promise<number> | number;
};

/** Needs a world whose realtime server is apart and whose database is durable. */
export const mischief: readonly Mischief[] = [
  once('app killed', ({ world }) => world.app.kill9()),
  once('app stopped', ({ world }) => world.app.terminate()),
  once('app stalled', ({ world, random }) => world.app.stall(between(random, 300, 3_000))),
  once('realtime killed', async ({ world }) => world.realtime?.kill9()),
  once('realtime stopped', async ({ world }) => world.realtime?.terminate()),
  once('realtime stalled', async ({ world, random }) => world.realtime?.stall(between(random, 300, 3_000))),
  once('database killed', ({ world }) => world.postgres.kill9()),
  once('database slow', ({ world, random }) => {
    world.database.slowQueries(between(random, 5, 400));
    return delay(between(random, 500, 3_000));
  }),
  once('database black hole', ({ world, random }) => {
    world.database.blackHole(true);
    return delay(between(random, 500, 3_000));
  }),
  {
    name: 'one row locked',
    async act({ world, crowd, random }) {
      const id = pick(random, crowd.conversationIds);
      const seconds = between(random, 0.5, 3);
      const locking = world.ask(
        (sql) =>
          sql`select pg_sleep(${seconds}) from (select id from conversations where id = ${id} for update) held`,
      );
      return locking.then(() => 1, unlessGone);
    },
  },
  {
    name: 'database connections cut',
    act: ({ world }) => world.database.cutAll(),
  },
  {
    name: 'sockets cut',
    act: ({ world }) => world.sockets.cutAll(),
  },
  {
    name: 'sockets silent',
    async act({ world, random }) {
      const count = world.sockets.silence(pick(random, ['toServer', 'toClient'] as const));
      await delay(between(random, 500, 5_000));
      return count;
    },
  },
  {
    name: 'frames lost, doubled, reordered, late',
    async act({ world, random }) {
      const before = world.sockets.counts();
      const late = random() < 0.5 ? {} : { delayMs: [0, between(random, 10, 1_500)] as const };
      world.sockets.setFaults('toClient', { drop: 0.2, double: 0.2, reorder: 0.2, ...late });
      await delay(between(random, 500, 4_000));
      const after = world.sockets.counts();
      world.sockets.setFaults('toClient', null);
      const count = (of: 'dropped' | 'doubled' | 'reordered') => after[of] - before[of];
      return count('dropped') + count('doubled') + count('reordered');
    },
  },
  once('browsers cut', ({ world }) => world.http.cutAll()),
  once('browsers black hole', ({ world, random }) => {
    world.http.blackHole(true);
    return delay(between(random, 500, 3_000));
  }),
  fates('answers lost', ({ http }) => http, 'loseAnswer'),
  fates('requests doubled', ({ http }) => http, 'double'),
  fates('requests dropped', ({ http }) => http, 'drop'),
  fates('requests late', ({ http }) => http, { delayMs: 300 }, { answerDelayMs: 600 }),
  fates('502', ({ http }) => http, { status: 502, afterWork: true }, { status: 502, afterWork: false }),
  fates(
    'publish refused',
    ({ publish }) => publish,
    { status: 413, afterWork: false },
    { status: 429, afterWork: false },
    { status: 500, afterWork: false },
    { status: 500, afterWork: true },
  ),
  fates('publish unanswered', ({ publish }) => publish, 'holdAnswer', 'loseAnswer', 'blackHole'),
];

/** For a while, with this chance, a request meets this fate. Counted as it happens. */
function fates(
  name: string,
  through: (world: World) => World['http'] | null,
  ...choices: readonly Fate[]
): Mischief {
  return {
    name,
    async act({ world, random }) {
      const proxy = through(world);
      const fate = pick(random, choices);
      const share = between(random, 0.2, 1);
      let count = 0;
      proxy?.setFate(() => {
        if (random() >= share) return 'pass';
        count++;
        return fate;
      });
      await delay(between(random, 300, 3_000));
      proxy?.setFate(null);
      return count;
    },
  };
}

/** With the database killed at the same time there is nothing to lock: none was injected. */
function unlessGone(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(?:57P0\d|08\w{3}|CONNECT|CONNECTION_|ECONN)/.test(code)) return 0;
  throw error;
}

function once(name: string, act: (context: Injection) => unknown): Mischief {
  return {
    name,
    async act(context) {
      await act(context);
      return 1;
    },
  };
}
