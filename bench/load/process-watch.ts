import { kibIn, readIfThere, treeOf } from '#/bench/process-memory.ts';

/** What one part of the system weighs and has worked at a moment. */
export type Usage = { memoryMiB: number; cpuMs: number };
export type Part = 'app' | 'PostgreSQL' | 'launcher';
export type Sample = { atMs: number; phase: string; parts: Record<Part, Usage> };

const ticksPerSecond = 100;

/** Looks at all processes below `roots` at intervals, part by part. Shared pages count once (PSS). */
export function watchProcesses(roots: () => readonly number[], everyMs: number, phase: () => string) {
  const samples: Sample[] = [];
  /** Of processes that have ended, so that a part's work never falls. */
  const cpuOf = new Map<number, { part: Part; cpuMs: number }>();
  const take = () => {
    const parts: Sample['parts'] = {
      app: { memoryMiB: 0, cpuMs: 0 },
      PostgreSQL: { memoryMiB: 0, cpuMs: 0 },
      launcher: { memoryMiB: 0, cpuMs: 0 },
    };
    for (const pid of treeOf(roots())) {
      const stat = readIfThere(`/proc/${pid}/stat`);
      if (stat === '') continue;
      const part = partOf(pid, stat);
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const cpuMs = ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000;
      cpuOf.set(pid, { part, cpuMs });
      parts[part].memoryMiB += kibIn(readIfThere(`/proc/${pid}/smaps_rollup`), 'Pss') / 1024;
    }
    for (const { part, cpuMs } of cpuOf.values()) parts[part].cpuMs += cpuMs;
    samples.push({ atMs: performance.now(), phase: phase(), parts });
  };
  take();
  const timer = setInterval(take, everyMs);
  return {
    samples,
    stop() {
      clearInterval(timer);
      take();
    },
  };
}

function partOf(pid: number, stat: string): Part {
  if (stat.includes('(postgres)')) return 'PostgreSQL';
  return /server\.ts\0/.test(readIfThere(`/proc/${pid}/cmdline`)) ? 'app' : 'launcher';
}

/** By how much a figure grows in a minute: the slope of the straight line that fits best. */
export function slopePerMinute(points: readonly { atMs: number; value: number }[]): number {
  const count = points.length;
  if (count < 2) return 0;
  const meanX = points.reduce((sum, { atMs }) => sum + atMs, 0) / count;
  const meanY = points.reduce((sum, { value }) => sum + value, 0) / count;
  let above = 0;
  let below = 0;
  for (const { atMs, value } of points) {
    above += (atMs - meanX) * (value - meanY);
    below += (atMs - meanX) ** 2;
  }
  return below === 0 ? 0 : (above / below) * 60_000;
}
