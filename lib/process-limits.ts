import { readFileSync } from 'node:fs';

const connectionsCeiling = 25_000;
/** Kept for the database, files and our own calls: without them an open connection is worth nothing. */
const reserved = 400;

/** How many connections this process may hold, by what the system lets it open; beyond it they are closed at once. */
export function connectionsMax(openFilesMax: number = readOpenFilesMax()): number {
  return Math.max(64, Math.min(connectionsCeiling, openFilesMax - reserved));
}

function readOpenFilesMax(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Number.MAX_SAFE_INTEGER : Number(soft);
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}
