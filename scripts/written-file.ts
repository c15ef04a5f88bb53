import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '#/scripts/source-files.ts';

/** Writes a file that is made from the code; with `--check` says instead that it is stale, by the exit code too. */
export function writeOrCheck(path: string, wanted: string, script: string): void {
  const file = join(projectDir, path);
  if (!process.argv.includes('--check')) writeFileSync(file, wanted);
  else if (readOrEmpty(file) !== wanted) {
    console.error(`${path} is stale: run "node ${script}".`);
    process.exitCode = 1;
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
