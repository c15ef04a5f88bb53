import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '#/bench/faults/world.ts';

/** Waiting for the database to come back by itself, before a run counts as stuck. */
const backMsMax = 30_000;

/** The postmaster and every process below it, at once, as the machine's own killer would. */
export function killAll(postmaster: number): void {
  const family = [postmaster, ...childrenOf(postmaster)];
  for (const pid of family) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in this moment.
    }
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const found = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return found === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Nobody starts it but its supervisor. */
export async function untilBack(world: Pick<World, 'ask' | 'postgres'>, before = 0): Promise<void> {
  for (const untilMs = performance.now() + backMsMax; ; await delay(20)) {
    try {
      await world.ask((sql) => sql`select 1`);
      if (world.postgres.pid() !== before) return;
    } catch {
      // Not yet.
    }
    if (performance.now() > untilMs) throw new Error('the database did not come back by itself');
  }
}
