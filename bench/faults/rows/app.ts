import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ticketListPath } from '#/bench/adapters/parley-list-path.ts';
import { type Exercise, exercise, type Injection } from '#/bench/faults/exercise.ts';
import type { Link } from '#/bench/faults/network/link.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';
import type { World } from '#/bench/faults/world.ts';
import { between, pick } from '#/bench/random.ts';

const durable = { realtime: 'embedded', durable: true } as const;
const apart = { realtime: 'apart', durable: false } as const;
/** People write without a pause, so whatever is waited for comes at once; if not, nothing was injected. */
const momentMsMax = 10_000;
const inFlight = 6;
const listPath = ticketListPath({ sort: 'newest', limit: 50 });
const listStatement = 'order by chosen.place';
const goodbyeCode = 4200;
const backMsMax = 2_000;
/** What the server allows itself, and a moment. */
const endMsMax = 2_500;
const stallMs = 3_000;

export const appRows: readonly FaultRow[] = [
  row('kill-9', durable, async ({ world }) => {
    await world.app.kill9();
    return 1;
  }),
  {
    ...row('kill-9-while-starting', durable, async ({ world, random }) => {
      await world.app.kill9();
      const starts = world.app.starts();
      while (world.app.starts() === starts) await delay(10);
      await delay(between(random, 0, 800));
      await world.app.kill9();
      return 2;
    }),
    isQuick: false,
  },
  row('kill-9-before-the-sql', durable, ({ world }) => killAt(world, 'query')),
  row('kill-9-after-the-commit', durable, ({ world }) => killAt(world, 'answer')),
  row('kill-9-during-publishing', apart, async ({ world, random }) => {
    // Dead before the realtime server heard of it, or when it had and could not say so any more.
    const fate = pick(random, ['drop', 'loseAnswer'] as const);
    const killed = Promise.withResolvers<void>();
    let kills = 0;
    world.publish?.setFate(() => {
      if (kills++ === 0) world.app.kill9().then(killed.resolve, killed.reject);
      return fate;
    });
    await Promise.race([killed.promise, delay(momentMsMax)]);
    world.publish?.setFate(null);
    return Math.min(kills, 1);
  }),
  // Its bounds are about this process, not about the others on the machine.
  { ...row('sigterm-under-load', durable, terminate), isHeavy: true },
  {
    ...row('event-loop-stalled-3-s', durable, async ({ world }) => {
      await world.app.stall(stallMs);
      return 1;
    }),
    seeds: 3,
    isQuick: false,
  },
];

function row(name: string, world: FaultRow['world'], inject: Exercise['inject']): FaultRow {
  return {
    area: 'app',
    name,
    seeds: 20,
    isQuick: true,
    world,
    run: (context) => exercise(context.world, { seed: context.seed, inject }),
  };
}

/** Kills the app while the statement that stores a message is on its way to PostgreSQL, or its answer back. */
async function killAt(world: World, moment: 'query' | 'answer'): Promise<number> {
  const hook = world.database.onNext(moment, 'append_entry', async (link: Link) => {
    await world.app.kill9();
    link.cut();
  });
  await Promise.race([hook.fired, delay(momentMsMax)]);
  hook.cancel();
  return hook.count();
}

/** An orderly stop: work under way is answered, sockets are told to come back at once, and it is soon there again. */
async function terminate({ world, random, claim }: Injection): Promise<number> {
  const socket = openRawSocket(world);
  await socket.isEstablished;
  const held = Promise.withResolvers<void>();
  // Nobody in the crowd opens a list, so these queries are of the requests that are watched here.
  const hook = world.database.onNext('query', listStatement, () => held.promise, inFlight);
  const [session] = world.sessions;
  const asked = Array.from({ length: inFlight }, async () => session?.ask('GET', listPath));
  const settled = Promise.allSettled(asked);
  for (const untilMs = performance.now() + momentMsMax; hook.count() < inFlight; await delay(5)) {
    if (performance.now() > untilMs) break;
  }
  const underWay = hook.count();
  const ended = world.app.terminate();
  await delay(between(random, 50, 400));
  held.resolve();
  const { tookMs, signal } = await ended;
  const endedAtMs = performance.now();
  const answers = await settled;
  const answered = answers.filter((each) => each.status === 'fulfilled' && each.value?.status === 200).length;
  claim('I12', signal === null, `the server was ended by ${signal} instead of by itself`);
  claim('I12', answered === inFlight, `of ${underWay} requests under way ${answered} were answered`);
  const code = await socket.closeCode;
  claim('I12', code === goodbyeCode, `a socket was closed with ${code}`);
  await world.app.untilReady(momentMsMax);
  const backMs = performance.now() - endedAtMs;
  claim('I12', backMs <= backMsMax, `it was back only ${Math.round(backMs)} ms after it had ended`);
  claim('I12', tookMs <= endMsMax, `it took ${Math.round(tookMs)} ms to end`);
  return 1;
}

/** A socket without any library's second chances: tells the code with which the server closed it. */
function openRawSocket(world: World): { isEstablished: Promise<void>; closeCode: Promise<number> } {
  const address = `${world.directUrl.replace('http', 'ws')}/app/${world.access.realtimeKey}?protocol=7`;
  const socket = new WebSocket(address);
  const isEstablished = Promise.withResolvers<void>();
  const closeCode = Promise.withResolvers<number>();
  socket.once('message', () => isEstablished.resolve());
  socket.once('close', (code) => {
    closeCode.resolve(code);
    isEstablished.reject(new Error(`the socket was closed with ${code}`));
  });
  socket.on('error', () => {});
  return { isEstablished: isEstablished.promise, closeCode: closeCode.promise };
}
