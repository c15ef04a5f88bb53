import { exercise } from '#/bench/faults/exercise.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';

const durable = { realtime: 'embedded', durable: true } as const;

export const appRows: readonly FaultRow[] = [
  {
    area: 'app',
    name: 'kill-9',
    seeds: 20,
    isQuick: true,
    world: durable,
    run: ({ world, seed }) =>
      exercise(world, {
        seed,
        async inject() {
          await world.app.kill9();
          return 1;
        },
      }),
  },
];
