import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const generated = /^(?:node_modules|\.next|\.parley|\.git|test-results|playwright-report)(?:\/|$)/;

/** Paths of what belongs to the project: what git tracks or would take; without git, everything not generated. */
export function listFiles(...roots: string[]): string[] {
  const listed = listByGit() ?? listByWalking(projectDir);
  const isWanted = (path: string) =>
    roots.length === 0 || roots.some((root) => path === root || path.startsWith(`${root}/`));
  return listed.filter((path) => isWanted(path) && existsSync(join(projectDir, path))).toSorted();
}

function listByGit(): string[] | undefined {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const output = execFileSync('git', args, {
      cwd: projectDir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split('\0').filter((path) => path !== '');
  } catch {
    return undefined;
  }
}

function listByWalking(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (generated.test(relative(projectDir, path))) return [];
    return statSync(path).isDirectory() ? listByWalking(path) : [relative(projectDir, path)];
  });
}
