import type { RunReport } from '#/bench/faults/exercise.ts';
import { appRows } from '#/bench/faults/rows/app.ts';
import { browserRows } from '#/bench/faults/rows/browser.ts';
import { dataRows } from '#/bench/faults/rows/data.ts';
import { databaseRows } from '#/bench/faults/rows/database.ts';
import { httpRows } from '#/bench/faults/rows/http.ts';
import { instanceRows } from '#/bench/faults/rows/instances.ts';
import { machineRows } from '#/bench/faults/rows/machine.ts';
import { realtimeRows } from '#/bench/faults/rows/realtime.ts';
import type { World, WorldOptions } from '#/bench/faults/world.ts';

/** One fault of the matrix. */
export type FaultRow = {
  area: 'app' | 'database' | 'machine' | 'realtime' | 'http' | 'browser' | 'data' | 'instances';
  /** Of lower-case words with hyphens: with the area, what `--only` takes. */
  name: string;
  /** 20 where a run takes seconds, 3 where the fault itself waits. */
  seeds: 20 | 3;
  /** Part of `--quick`: needs no special rights, and a run takes at most 4 s. */
  isQuick: boolean;
  /** Rows of the same options share a running world; null for a row that starts what it needs itself. */
  world: WorldOptions | null;
  /** Takes all of the machine for itself, so that nothing runs beside it, though it has three seeds. */
  isHeavy?: boolean;
  /** Waits for minutes in which next to nothing happens, so that it runs beside everything else. */
  isIdle?: boolean;
  needs?: readonly ('root' | 'chromium' | 'nginx')[];
  run(context: RowContext): Promise<RunReport>;
};

export type RowContext = {
  /** Throws where the row asked for none. */
  world: World;
  seed: number;
  random: () => number;
  say: (line: string) => void;
};

/** The matrix, in the order of the table. */
export const faultRows: readonly FaultRow[] = [
  ...appRows,
  ...databaseRows,
  ...machineRows,
  ...realtimeRows,
  ...httpRows,
  ...browserRows,
  ...dataRows,
  ...instanceRows,
];
