import Pusher from 'pusher-js';
import { type Exercise, exercise, type RunReport } from '#/bench/faults/exercise.ts';
import { startWorld, type World, type WorldOptions } from '#/bench/faults/world.ts';
import type { Invariant } from '#/bench/history-checker.ts';
import { pick, seedFrom } from '#/bench/random.ts';
import { fail } from '#/lib/errors.ts';
import { systemClock } from '#/lib/sync/clock.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

/** What keeps a promise, the ordinary run that leans on it, and how it is taken away. */
type Defence = {
  name: string;
  world: WorldOptions;
  run: Omit<Exercise, 'seed'>;
  /** Of these at least one must break. */
  guards: readonly Invariant[];
  /** Takes it out of the database. */
  remove?(world: World): Promise<void>;
  /** Takes it out of every client. */
  without?: Pick<Exercise, 'alter' | 'clock'>;
};

export type DefenceReport = { name: string; isProven: boolean; what: string };

const embedded = { realtime: 'embedded', durable: false } as const;
const apart = { realtime: 'apart', durable: false } as const;
const triesMax = 5;
const patienceMs = 1_000;
const faultMs = 1_200;
/** Half-open sockets have to be noticed within this time. */
const noticedMsMax = 30_000;
/** Deadlines and the pulse's quiet looks are longer than this; what waits for the next try is shorter. */
const retryMsMax = 12_000;

const defences: readonly Defence[] = [
  {
    name: 'gap fetch',
    world: embedded,
    guards: ['I7'],
    run: {
      inject: async ({ world }) => {
        const before = world.sockets.counts().dropped;
        world.sockets.setFaults('toClient', { drop: 0.3 });
        await delayed(faultMs);
        return world.sockets.counts().dropped - before;
      },
    },
    without: {
      alter: ({ transport, live }) => ({
        live,
        transport: {
          ...transport,
          fetchEntries: (query) =>
            query.after === undefined
              ? transport.fetchEntries(query)
              : Promise.resolve(fail({ code: 'unavailable', reason: 'no_answer' })),
        },
      }),
    },
  },
  {
    name: 'heartbeat',
    world: embedded,
    guards: ['I7'],
    run: {
      // Nothing mends the sockets: the clients have to notice by themselves.
      heal: async () => {},
      convergeMsMax: noticedMsMax,
      inject: ({ world }) => world.sockets.silence('toClient'),
    },
    without: {
      clock: {
        ...systemClock,
        setTimeout: (run, ms) => (ms < retryMsMax ? systemClock.setTimeout(run, ms) : null),
      },
      alter: ({ transport, live }) => ({ transport, live: withoutPings(live) }),
    },
  },
  {
    name: 'unique key',
    world: embedded,
    guards: ['I2'],
    run: {
      inject: async ({ world, random }) => {
        const before = world.http.counts();
        world.http.setFate(({ headers }) =>
          headers['next-action'] !== undefined && random() < 0.4
            ? pick(random, ['loseAnswer', 'double'] as const)
            : 'pass',
        );
        await delayed(faultMs);
        const after = world.http.counts();
        return after.lostAnswers - before.lostAnswers + after.doubled - before.doubled;
      },
    },
    async remove(world) {
      // What refers to a message by it goes with it: files and ratings are not what this is about.
      await world.ask((sql) => sql`alter table messages drop constraint messages_id_unique cascade`);
      await changeAppend(world, /IF EXISTS \(SELECT FROM public\.messages[\s\S]*?END IF;/, '');
    },
  },
  {
    name: 'row lock',
    world: embedded,
    guards: ['I4', 'I5'],
    run: {
      // Many people at once in each conversation; a slow network to PostgreSQL makes their transactions overlap.
      agents: 2,
      customers: 6,
      inject: async ({ world }) => {
        const before = world.database.counts().slowed;
        world.database.slowQueries(5);
        await delayed(faultMs);
        return world.database.counts().slowed - before;
      },
    },
    async remove(world) {
      await world.ask((sql) => sql`alter table messages drop constraint messages_pkey cascade`);
      await world.ask((sql) => sql`alter table messages drop constraint messages_public_seq_unique cascade`);
      await changeAppend(world, /FOR NO KEY UPDATE OF c, t;/, ';');
    },
  },
  {
    name: 'relay',
    world: apart,
    guards: ['I11'],
    run: {
      inject: async ({ world }) => {
        world.publish?.setFate(() => ({ status: 500, afterWork: false }));
        await delayed(faultMs);
        return world.publish?.counts().refusedUnworked ?? 0;
      },
    },
    // It tells what is two seconds old; nothing ever is.
    async remove(world) {
      await world.ask(
        (sql) => sql`
          create function public.tell_nobody() returns trigger language plpgsql as
            $$ begin new.created_at := now() + interval '1 day'; return new; end $$`,
      );
      await world.ask(
        (sql) => sql`
          create trigger tell_nobody before insert on events for each row execute function public.tell_nobody()`,
      );
    },
  },
];

/**
 * Proves the tester: each run is green, and with the defence that it leans on taken away, the same run under the same
 * checker goes red.
 */
export async function proveDefences(
  seed: number,
  say: (line: string) => void,
  only?: readonly string[],
): Promise<DefenceReport[]> {
  const reports: DefenceReport[] = [];
  for (const defence of defences.filter(({ name }) => only?.includes(name) ?? true)) {
    const report = await prove(defence, seed, say);
    say(`${report.isProven ? '✓' : '✗'} without the ${report.name}: ${report.what}`);
    reports.push(report);
  }
  return reports;
}

async function prove(
  { name, world: options, run, guards, remove, without }: Defence,
  seed: number,
  say: (line: string) => void,
): Promise<DefenceReport> {
  const world = await startWorld(options, seed);
  const runOf = (part: string | number, taken: object): Promise<RunReport> =>
    exercise(world, { ...run, ...taken, patienceMs, seed: seedFrom(seed, name, part) });
  try {
    const control = await runOf('control', {});
    await world.heal();
    const [found] = control.violations;
    if (found !== undefined) {
      return { name, isProven: false, what: `red with it in place: ${found.invariant} ${found.what}` };
    }
    await remove?.(world);
    for (let tries = 1; tries <= triesMax; tries++) {
      const { violations, injections } = await runOf(tries, without ?? {});
      await world.heal();
      say(`${name}, run ${tries}: ${injections} injections, ${violations.length} violations`);
      const caught = violations.filter(({ invariant }) => guards.includes(invariant));
      const [first] = caught;
      if (first === undefined) continue;
      const invariants = [...new Set(violations.map(({ invariant }) => invariant))].toSorted().join(', ');
      const what = `red in run ${tries}, ${violations.length} violations of ${invariants}; such as: ${first.what}`;
      return { name, isProven: true, what };
    }
    return { name, isProven: false, what: `still green after ${triesMax} runs` };
  } finally {
    await world.stop();
  }
}

/** The library's own pings never start; the socket is taken for alive for ever. */
function withoutPings(live: LiveConnection): LiveConnection {
  return {
    ...live,
    subscribe(channel, handlers) {
      const before = Pusher.instances.length;
      const leave = live.subscribe(channel, handlers);
      const made = Pusher.instances[before];
      if (made !== undefined) Reflect.set(made.connection, 'resetActivityCheck', () => {});
      return leave;
    },
  };
}

async function changeAppend(world: World, part: RegExp, replacement: string): Promise<void> {
  const [found] = await world.ask(
    (sql) => sql<{ text: string }[]>`select pg_get_functiondef('append_entry'::regproc) as text`,
  );
  const text = found?.text ?? '';
  if (!part.test(text)) throw new Error('append_entry has not what was to be taken out of it');
  await world.ask((sql) => sql.unsafe(text.replace(part, replacement)));
}

function delayed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
