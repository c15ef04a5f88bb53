import { setTimeout as delay } from 'node:timers/promises';
import { type Exercise, exercise } from '#/bench/faults/exercise.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';
import type { World, WorldOptions } from '#/bench/faults/world.ts';
import { between, pick } from '#/bench/random.ts';

const plain = { realtime: 'apart', durable: false, behind: 'plain' } as const;
const nginx = { realtime: 'apart', durable: false, behind: 'nginx' } as const;
/** The second goes while the first is coming back, or just when it is there. */
const betweenKillsMsMax = 1_200;
const stallMs = 3_000;
const customers = 8;
const quickNames = ['one-of-two-killed', 'realtime-server-apart-killed'];

/** Two instances behind a proxy, worker and realtime server apart: what one of them suffers, nobody may notice for long. */
export const instanceRows: readonly FaultRow[] = [
  row('one-of-two-killed', plain, killOne, byTheOther),
  row('one-of-two-killed-behind-nginx', nginx, killOne, byTheOther),
  // Nothing is there until one of them is back, so this waits for starts.
  { ...row('one-then-the-other-killed', plain, killBoth), seeds: 3, isQuick: false },
  { ...row('one-then-the-other-killed-behind-nginx', nginx, killBoth), seeds: 3 },
  row(
    'one-of-two-stopped-in-order',
    plain,
    async ({ world, random }) => {
      await pick(random, world.instances).terminate();
      return 1;
    },
    byTheOther,
  ),
  row(
    'worker-killed',
    plain,
    async ({ world }) => {
      await world.worker?.kill9();
      return world.worker === null ? 0 : 1;
    },
    byTheOther,
  ),
  row(
    'worker-and-one-of-two-killed',
    plain,
    async ({ world, random }) => {
      await Promise.all([world.worker?.kill9(), pick(random, world.instances).kill9()]);
      return 2;
    },
    byTheOther,
  ),
  row('realtime-server-apart-killed', plain, async ({ world }) => {
    await world.realtime?.kill9();
    return world.realtime === null ? 0 : 1;
  }),
  // Its connections live and say nothing: the proxy waits for it, or the clients' own patience ends first.
  {
    ...row('one-of-two-stalled-3-s-behind-nginx', nginx, async ({ world, random }) => {
      await pick(random, world.instances).stall(stallMs);
      return 1;
    }),
    seeds: 3,
    isQuick: false,
  },
];

/** Nobody waits for the one that is gone: from the moment of the fault the other has to do. */
async function byTheOther(): Promise<void> {}

async function killOne({ world, random }: { world: World; random: () => number }): Promise<number> {
  await pick(random, world.instances).kill9();
  return 1;
}

async function killBoth({ world, random }: { world: World; random: () => number }): Promise<number> {
  const order = random() < 0.5 ? world.instances : world.instances.toReversed();
  for (const instance of order) {
    await instance.kill9();
    await delay(between(random, 0, betweenKillsMsMax));
  }
  return order.length;
}

function row(
  name: string,
  world: WorldOptions,
  inject: Exercise['inject'],
  heal?: Exercise['heal'],
): FaultRow {
  return {
    area: 'instances',
    name,
    seeds: 20,
    isQuick: quickNames.includes(name),
    world,
    ...(world.behind === 'nginx' ? { needs: ['nginx'] as const } : {}),
    async run({ world: running, seed }) {
      // What the last run killed may be on its way back still: it was not waited for.
      await running.heal();
      return exercise(running, { seed, inject, customers, ...(heal === undefined ? {} : { heal }) });
    },
  };
}
