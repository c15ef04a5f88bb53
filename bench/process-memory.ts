import { readdirSync, readFileSync } from 'node:fs';

export type Memory = { rssMiB: number; pssMiB: number };

/**
 * Memory of these processes and all below them. RSS counts a page that PostgreSQL's processes share once for each of
 * them; PSS counts it once.
 */
export function memoryOf(roots: readonly number[]): Memory {
  const memory = { rssMiB: 0, pssMiB: 0 };
  for (const pid of treeOf(roots)) {
    const rollup = readIfThere(`/proc/${pid}/smaps_rollup`);
    memory.rssMiB += kibIn(rollup, 'Rss') / 1024;
    memory.pssMiB += kibIn(rollup, 'Pss') / 1024;
  }
  return { rssMiB: Math.round(memory.rssMiB), pssMiB: Math.round(memory.pssMiB) };
}

/** These processes and all below them. */
export function treeOf(roots: readonly number[]): Set<number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The command's name stands in brackets and may hold anything: what follows the last one is safe to split.
    const stat = readIfThere(`/proc/${name}/stat`);
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const tree = new Set(roots);
  for (let size = -1; size !== tree.size; ) {
    size = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  return tree;
}

export function kibIn(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
}

export function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
