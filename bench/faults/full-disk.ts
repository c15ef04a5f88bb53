import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exercise, type RunReport } from '#/bench/faults/exercise.ts';
import { killAll, untilBack } from '#/bench/faults/kill-postgres.ts';
import type { RowContext } from '#/bench/faults/rows.ts';
import { startWorld, type World } from '#/bench/faults/world.ts';
import type { Violation } from '#/bench/history-checker.ts';

/** A file system of its own in memory, small enough to be filled. Only root may make one. */
type SmallDisk = {
  path: string;
  /** Takes what is left of it. */
  fill(): void;
  free(): void;
  remove(): void;
};

const small = { min_wal_size: '32MB', max_wal_size: '48MB' };
const chunk = Buffer.alloc(1 << 20, 1);
const fullMs = 6_000;

/** Tables, log of changes and server log on one disk that runs full under load, until somebody frees it. */
export function diskFull(context: RowContext): Promise<RunReport> {
  return onSmallDisk(context, 220, (disk) => ({ dataDir: folderIn(disk.path) }));
}

/** Only the log of changes has a disk of its own: when it is full, PostgreSQL panics and cannot start either. */
export function logDiskFull(context: RowContext): Promise<RunReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  return onSmallDisk(context, 96, (disk) => ({ dataDir, walDir: folderIn(disk.path) }));
}

async function onSmallDisk(
  { seed, say }: RowContext,
  megabytes: number,
  place: (disk: SmallDisk) => { dataDir: string; walDir?: string },
): Promise<RunReport> {
  const disk = makeDisk(megabytes);
  const found: Violation[] = [];
  let world: World | undefined;
  try {
    const places = place(disk);
    const postgres = { ...places, settings: small };
    world = await startWorld({ realtime: 'embedded', durable: true, postgres }, seed);
    const report = await exercise(world, {
      seed,
      customers: 6,
      async inject({ world, crowd }) {
        const before = countTroubles(places.dataDir);
        disk.fill();
        let refused = 0;
        let isTold = false;
        let isKilled = false;
        const beganMs = performance.now();
        for (; performance.now() - beganMs < fullMs; await delay(100)) {
          if (await isRefused(world)) refused++;
          isTold ||= await isToldBy(world);
          // Half-way, a server that has to start where there is no room for its first file.
          if (isKilled || performance.now() - beganMs < fullMs / 2) continue;
          isKilled = true;
          killAll(world.postgres.pid());
        }
        // Where the server's own log is on the full disk, it holds less than there was.
        const troubles = Math.max(refused, countTroubles(places.dataDir) - before);
        say(`${refused} writes refused, ${troubles} troubles, killed while full`);
        disk.free();
        crowd.markHealed();
        if (!isTold) found.push({ invariant: 'I12', what: 'readiness never named the database' });
        await untilBack(world);
        return troubles === 0 ? 0 : troubles + 1;
      },
    });
    return { ...report, violations: [...report.violations, ...found] };
  } finally {
    disk.free();
    await world?.stop();
    disk.remove();
  }
}

/** Writes as much as ends a segment of the log; true when there was no room for it. */
async function isRefused({ ask }: World): Promise<boolean> {
  try {
    await ask(
      (sql) => sql`create table filler as select repeat('x', 900) as x from generate_series(1, 4000)`,
    );
    await ask((sql) => sql`select pg_switch_wal()`);
    await ask((sql) => sql`drop table filler`);
    return false;
  } catch {
    return true;
  }
}

async function isToldBy({ directUrl }: World): Promise<boolean> {
  try {
    const answer = await fetch(`${directUrl}/api/health`, { signal: AbortSignal.timeout(4_000) });
    return answer.status === 503 && (await answer.text()).includes('database');
  } catch {
    return false;
  }
}

function makeDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'parley-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', path]);
  const ballast = join(path, 'ballast');
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (let size = chunk.length; size >= 4_096; ) {
          const { bavail, bsize } = statfsSync(path);
          if (bavail * bsize < 4_096) break;
          try {
            writeSync(file, chunk, 0, size);
          } catch {
            size /= 2;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** How often PostgreSQL found no room, by its own log. */
function countTroubles(dataDir: string): number {
  const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('No space left on device')).length;
}

/** Below the mount, since the server's folder goes at the end and a mount point cannot. */
function folderIn(path: string): string {
  const folder = join(path, 'data');
  mkdirSync(folder);
  return folder;
}
