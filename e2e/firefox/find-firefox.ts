import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['firefox-esr', 'firefox'];
const installMsMax = 120_000;

/**
 * The Firefox that is named, or the system's; where there is none and it can be had, it is installed. Null where it
 * cannot. One sentence about either goes to `say`.
 */
export function ensureFirefox(say: (line: string) => void): string | null {
  const found = findFirefox();
  if (found !== null) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('No Firefox found; installing it with apt-get …');
    const given = ['install', '-y', '-q', '--no-install-recommends', 'firefox-esr'];
    spawnSync('apt-get', given, { stdio: 'ignore', timeout: installMsMax });
  }
  const installed = findFirefox();
  if (installed === null) {
    say(
      'There is no Firefox here, so the pages are not shown in it: install it, or name it in FIREFOX_PATH.',
    );
  }
  return installed;
}

function findFirefox(): string | null {
  const given = process.env.FIREFOX_PATH;
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  const mac = '/Applications/Firefox.app/Contents/MacOS/firefox';
  return [given, ...onPath, mac].find((path) => path !== undefined && isExecutable(path)) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
