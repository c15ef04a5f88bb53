import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd } from '#/bench/faults/crowd.ts';
import { countDuring, type Exercise, exercise, type Injection } from '#/bench/faults/exercise.ts';
import type { Fate } from '#/bench/faults/network/http-proxy.ts';
import type { Direction } from '#/bench/faults/network/link.ts';
import type { FrameFaults } from '#/bench/faults/network/socket-proxy.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';
import type { World } from '#/bench/faults/world.ts';
import { between, pick } from '#/bench/random.ts';

// PostgreSQL is not killed here, and several worlds may share the disk.
const embedded = { realtime: 'embedded', durable: false } as const;
const apart = { realtime: 'apart', durable: false } as const;
const quick = { seeds: 20, isQuick: true } as const;
const swift = { seeds: 20, isQuick: false } as const;
const faultMs = 1_200;
/** Where the fault waits, runs go on side by side, and people write as people do. */
const calmly = { pauseMs: 800, unsentMax: 6 };
const waiting = { seeds: 3, isQuick: false, pace: calmly } as const;
/** A silently dead connection is noticed, and asking at intervals alone shows everything, within this time. */
const noticedMsMax = 30_000;
/** Until everybody is live again, once the realtime server is back. */
const liveMsMax = 15_000;

export const realtimeRows: readonly FaultRow[] = [
  row('frames-dropped', quick, embedded, frames('dropped', { drop: 0.2 })),
  row('frames-doubled', swift, embedded, frames('doubled', { double: 0.5 })),
  row('frames-reordered', quick, embedded, frames('reordered', { reorder: 0.3, window: 6 })),
  row(
    'frames-dropped-doubled-reordered',
    swift,
    embedded,
    frames('dropped', { drop: 0.2, double: 0.2, reorder: 0.2, delayMs: [0, 100] }),
  ),
  row('frames-delayed-up-to-5-s', waiting, embedded, frames('delayed', { delayMs: [0, 5_000] }, 8_000)),
  // Nothing heals: what the last frames said is found by asking.
  row('frames-dropped-for-good', { ...waiting, ...forGood() }, embedded, async (context) => {
    const before = context.world.sockets.counts().dropped;
    context.world.sockets.setFaults('toClient', { drop: 0.5 });
    await delay(5_000);
    return context.world.sockets.counts().dropped - before;
  }),
  row('sockets-cut', swift, embedded, async ({ world, random }) => {
    const before = world.sockets.counts().cut;
    for (let round = 0; round < 4; round++) {
      const direction = pick(random, ['toServer', 'toClient'] as const);
      world.sockets.cutAfterBytes(Math.ceil(between(random, 1, 2_000)), direction, 3);
      await delay(between(random, 100, 300));
      if (random() < 0.5) world.sockets.cutAll();
    }
    return world.sockets.counts().cut - before;
  }),
  row('silently-dead-to-client', waiting, embedded, silent('toClient')),
  row('silently-dead-to-server', waiting, embedded, silent('toServer')),
  row('half-open-to-client', waiting, embedded, halfOpen('toClient')),
  row('half-open-to-server', waiting, embedded, halfOpen('toServer')),
  row('stopped-for-60-s', waiting, apart, stoppedFor60s),
  row('stopped-for-ever', { ...waiting, ...forGood() }, apart, stoppedForEver),
  row(
    'restarted-under-100-sockets',
    // No agent reads a hundred conversations at once.
    { ...waiting, customers: 100, agents: 0, pace: { pauseMs: 3_000, unsentMax: 4 } },
    apart,
    restarted,
  ),
  row('publish-answered-413', swift, apart, publishing({ status: 413, afterWork: false })),
  row('publish-answered-429', swift, apart, publishing({ status: 429, afterWork: false })),
  row('publish-answered-500', swift, apart, publishing({ status: 500, afterWork: false })),
  row('publish-500-after-the-work', swift, apart, publishing({ status: 500, afterWork: true })),
  row('publish-never-answered', waiting, apart, publishing('holdAnswer', 10_000)),
  { ...row('publish-refused-for-good', { ...waiting, ...forGood() }, apart, publishRefused), isIdle: true },
];

type Inject = (context: Injection) => Promise<number>;
type Options = Pick<FaultRow, 'seeds' | 'isQuick'> & Partial<Exercise>;

function row(
  name: string,
  { seeds, isQuick, ...rest }: Options,
  world: NonNullable<FaultRow['world']>,
  inject: Inject,
): FaultRow {
  return {
    area: 'realtime',
    name,
    seeds,
    isQuick,
    world,
    run: ({ world, seed }) => exercise(world, { ...rest, seed, inject }),
  };
}

/** For a fault that outlasts the convergence, which has to come by asking alone. */
function forGood(): Pick<Exercise, 'heal' | 'mend' | 'convergeMsMax'> {
  return {
    heal: () => Promise.resolve(),
    mend: async (world) => {
      world.realtime?.release();
      await world.heal();
    },
    convergeMsMax: noticedMsMax,
  };
}

/** For a while the frames to the clients meet these faults. */
function frames(count: 'dropped' | 'doubled' | 'reordered' | 'delayed', faults: FrameFaults, ms = faultMs) {
  return async ({ world: { sockets } }: Injection) => {
    sockets.setFaults('toClient', faults);
    const injected = await countDuring(ms, () => sockets.counts()[count]);
    sockets.setFaults('toClient', null);
    return injected;
  };
}

/** The connections that are open die in one direction, and nobody is told. New ones work. */
function silent(direction: Direction): Inject {
  return async ({ world, crowd, claim }) => {
    // Nothing is said for a while: what still arrives would be a sign of life.
    await crowd.stopWriting();
    const silenced = world.sockets.silence(direction);
    const beganMs = performance.now();
    const seen = watchConnections(crowd);
    const areAllBack = () => seen.haveAllLeft() && isEverybody(crowd, 'live');
    await untilTrue(areAllBack, noticedMsMax + liveMsMax);
    claim('I7', seen.leftMs() <= noticedMsMax, `a dead connection was noticed after ${seen.leftMs()} ms`);
    claim('I7', areAllBack(), `${countLive(crowd)} views are live again`);
    seen.stop();
    if (performance.now() - beganMs < 1_000) return 0;
    crowd.startWriting(calmly);
    return silenced;
  };
}

/** Every socket, those opened later too, loses one direction for most of a minute. */
function halfOpen(direction: Direction): Inject {
  return async ({ world, crowd, claim }) => {
    const before = world.sockets.counts();
    const seen = watchConnections(crowd);
    world.sockets.halfOpen(direction);
    await delay(10_000);
    await crowd.stopWriting();
    const beganMs = performance.now();
    const isCaughtUp = await crowd.untilConverged(noticedMsMax);
    claim('I7', isCaughtUp, `not caught up by asking within ${performance.now() - beganMs} ms`);
    // Who cannot be heard still hears: only from the last event on there is nothing to be live by.
    await untilTrue(() => countLive(crowd) === 0, noticedMsMax);
    claim('I8', countLive(crowd) === 0, `${countLive(crowd)} views say that they are live`);
    seen.stop();
    const after = world.sockets.counts();
    world.sockets.heal();
    await untilTrue(() => isEverybody(crowd, 'live'), liveMsMax);
    claim('I7', isEverybody(crowd, 'live'), `${countLive(crowd)} views are live again`);
    crowd.startWriting(calmly);
    return after.silenced - before.silenced;
  };
}

async function stoppedFor60s({ world, crowd, claim }: Injection): Promise<number> {
  const stoppedAtMs = performance.now();
  await world.realtime?.hold();
  await delay(20_000);
  await crowd.stopWriting();
  const beganMs = performance.now();
  const isCaughtUp = await crowd.untilConverged(noticedMsMax);
  claim('I7', isCaughtUp, `not caught up by asking within ${performance.now() - beganMs} ms`);
  claim('I8', countLive(crowd) === 0, `${countLive(crowd)} views say that they are live`);
  crowd.startWriting(calmly);
  await delay(60_000 - (performance.now() - stoppedAtMs));
  world.realtime?.release();
  await world.heal();
  await untilTrue(() => isEverybody(crowd, 'live'), liveMsMax);
  claim('I7', isEverybody(crowd, 'live'), `${countLive(crowd)} views are live again`);
  return 1;
}

/** What is sent from now on is found by asking; the row ends with the server still away. */
async function stoppedForEver({ world, crowd, claim }: Injection): Promise<number> {
  await world.realtime?.hold();
  await delay(noticedMsMax);
  claim('I8', countLive(crowd) === 0, `${countLive(crowd)} views say that they are live`);
  return 1;
}

async function restarted({ world, crowd, random, claim }: Injection): Promise<number> {
  const before = world.sockets.openLinks();
  if (random() < 0.5) await world.realtime?.kill9();
  else await world.realtime?.terminate();
  await world.heal();
  await untilTrue(() => isEverybody(crowd, 'live'), liveMsMax);
  claim('I7', isEverybody(crowd, 'live'), `${countLive(crowd)} views are live again`);
  return before;
}

/** For a while what the app publishes meets that fate. */
function publishing(fate: Fate, ms = faultMs): Inject {
  return async ({ world }) => {
    const publish = publishOf(world);
    publish.setFate(() => fate);
    const injected = await countDuring(ms, () => {
      const { refusedUnworked, refusedWorked, heldAnswers } = publish.counts();
      return refusedUnworked + refusedWorked + heldAnswers;
    });
    publish.setFate(null);
    return injected;
  };
}

/** The sockets are fine and carry nothing: a message of now and then has to be found by asking, however quiet it is. */
async function publishRefused({ world, crowd, random, claim }: Injection): Promise<number> {
  const publish = publishOf(world);
  const before = publish.counts().refusedUnworked;
  await crowd.stopWriting();
  await crowd.untilConverged(liveMsMax);
  // Long enough for everybody to ask as rarely as it gets.
  await delay(between(random, 70_000, 90_000));
  publish.setFate(() => ({ status: 500, afterWork: false }));
  for (const view of crowd.views.filter(({ person }) => person.audience === 'customer')) {
    crowd.write(view, 'Is anybody there?');
  }
  const beganMs = performance.now();
  const isCaughtUp = await crowd.untilConverged(noticedMsMax);
  claim('I7', isCaughtUp, `not caught up by asking within ${performance.now() - beganMs} ms`);
  return publish.counts().refusedUnworked - before;
}

function publishOf({ publish }: World) {
  if (publish === null) throw new Error('this world publishes into its own process');
  return publish;
}

function isEverybody({ views }: Crowd, state: 'live'): boolean {
  return views.every(({ store }) => store.getSnapshot().connection === state);
}

function countLive({ views }: Crowd): number {
  return views.filter(({ store }) => store.getSnapshot().connection === 'live').length;
}

/** When the last of the views stopped saying that it is live. */
function watchConnections({ views }: Crowd) {
  const beganMs = performance.now();
  const live = new Set(views.filter(({ store }) => store.getSnapshot().connection === 'live'));
  let lastMs = 0;
  const look = (view: (typeof views)[number]) => () => {
    if (view.store.getSnapshot().connection === 'live' || !live.delete(view)) return;
    lastMs = performance.now() - beganMs;
  };
  const leave = views.map((view) => view.store.subscribe(look(view)));
  return {
    haveAllLeft: () => live.size === 0,
    leftMs: () => (live.size === 0 ? Math.round(lastMs) : Number.POSITIVE_INFINITY),
    stop() {
      for (const each of leave) each();
    },
  };
}

async function untilTrue(isTrue: () => boolean, msMax: number): Promise<void> {
  for (const untilMs = performance.now() + msMax; !isTrue(); await delay(50)) {
    if (performance.now() > untilMs) return;
  }
}
