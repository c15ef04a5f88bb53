import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeAccounts } from '#/bench/adapters/parley-accounts.ts';
import { accessSchema, signIn } from '#/bench/adapters/parley-calls.ts';
import { type ParleySystem, startParley } from '#/bench/adapters/parley-system.ts';
import { askOver } from '#/bench/faults/ask.ts';
import { exercise, type Ground, type RunReport } from '#/bench/faults/exercise.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';
import { openHttpClient } from '#/bench/http-client.ts';

/** Everything that `npm start` started is killed at one moment, in one of these ways, and the command is given again. */
export const machineRows: readonly FaultRow[] = [
  row('all-killed-at-once', ({ all }) => killAtOnce(all)),
  // PostgreSQL has a process group of its own: it lives on, with nobody left who knows it.
  row('orphaned-postmaster', ({ all, isPostgres }) => killAtOnce(all.filter((pid) => !isPostgres(pid)))),
  // As after a power cut: the numbers in the files that were left belong to somebody else now.
  row('stale-pid-files', ({ all, system }) => {
    killAtOnce(all);
    giveNumbersAway(system.dataDir);
  }),
  row('postmaster-gone-backends-left', ({ all, isBackend }) => {
    killAtOnce(all.filter((pid) => !isBackend(pid)));
  }),
];

type Victims = {
  system: ParleySystem;
  all: readonly number[];
  isPostgres: (pid: number) => boolean;
  isBackend: (pid: number) => boolean;
};

function row(name: string, kill: (victims: Victims) => void): FaultRow {
  return {
    area: 'machine',
    name,
    seeds: 3,
    isQuick: false,
    isHeavy: true,
    world: null,
    async run({ seed, say }) {
      const system = await startParley('scripts/start.mjs');
      try {
        return await crash(system, seed, kill, say);
      } finally {
        await system.stop();
      }
    },
  };
}

async function crash(
  system: ParleySystem,
  seed: number,
  kill: (victims: Victims) => void,
  say: (line: string) => void,
): Promise<RunReport> {
  const access = accessSchema.parse(system.access);
  const ask: Ground['ask'] = (query) => askOver(system.superUrl())(query);
  const accounts = await makeAccounts(access, 2, () =>
    ask(
      (sql) => sql<{ id: string; name: string; email: string }[]>`
        select id, name, email::text from agents order by created_at`,
    ),
  );
  const sessions = accounts.map(() => openHttpClient(access.url));
  try {
    for (const [index, account] of accounts.entries()) {
      const session = sessions[index];
      if (session !== undefined) await signIn(session, { ...access, ...account });
    }
    const ground: Ground = {
      access,
      accounts,
      sessions,
      ask,
      heal: async () => {},
      openWiretap: async () => null,
    };
    return await exercise(ground, {
      seed,
      async inject() {
        const postmaster = postmasterOf(system.dataDir);
        const backends = new Set(below(postmaster));
        kill({
          system,
          all: [...system.pids().flatMap((pid) => [pid, ...below(pid)]), postmaster, ...backends],
          isPostgres: (pid) => pid === postmaster || backends.has(pid),
          isBackend: (pid) => backends.has(pid),
        });
        const beganMs = performance.now();
        await system.startAgain();
        say(`back after ${Math.round(performance.now() - beganMs)} ms`);
        return 1;
      },
    });
  } finally {
    for (const session of sessions) session.close();
  }
}

/** Stopped first, so that none of them sees another one go. */
function killAtOnce(pids: readonly number[]): void {
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    for (const pid of new Set(pids)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It was on its way out by itself.
      }
    }
  }
}

const lockSchema = z.looseObject({ pid: z.number(), startedAt: z.string() });

function giveNumbersAway(dataDir: string): void {
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
  writeFileSync(pidFile, [process.pid, ...rest].join('\n'));
  const lockFile = join(dataDir, 'running.json');
  const lock = lockSchema.parse(JSON.parse(readFileSync(lockFile, 'utf8')));
  writeFileSync(lockFile, JSON.stringify({ ...lock, pid: process.pid }));
}

function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Every process that descends from this one. */
function below(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (let open = children.get(root) ?? []; open.length > 0; ) {
    found.push(...open);
    open = open.flatMap((pid) => children.get(pid) ?? []);
  }
  return found;
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
