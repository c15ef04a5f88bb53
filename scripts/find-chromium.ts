import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from '@playwright/test';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The browser for the tests: the one that is named, Playwright's own, or the system's. */
function findChromium(): string | undefined {
  const given = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  const macs = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  return [given, chromium.executablePath(), ...onPath, ...macs].find(
    (path) => path !== undefined && isExecutable(path),
  );
}

/** As `findChromium`, and installs one when there is none. Throws when that fails too. */
export function ensureChromium(say: (line: string) => void): string {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('No browser found; installing Chromium with apt-get …');
    spawnSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
      stdio: 'inherit',
    });
  }
  const installed = findChromium();
  if (installed !== undefined) return installed;
  say("No browser found; installing Playwright's Chromium …");
  const cli = fileURLToPath(new URL('../node_modules/@playwright/test/cli.js', import.meta.url));
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit' });
  const own = findChromium();
  if (own === undefined) {
    throw new Error('No browser for the tests: install Chromium, or set PLAYWRIGHT_CHROMIUM_PATH to one.');
  }
  return own;
}

/** Quiet: nothing of the browser's own goes to the network. The sandbox does not work as root. */
export function chromiumArgs(): string[] {
  return [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-gpu',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

/**
 * How the browser of the tests is like people's: a page that is left may come back from memory, and a frame of another
 * site has a storage of its own, as in an ordinary window.
 */
export function lifelikeChromium(): { args: string[]; ignoreDefaultArgs: string[] } {
  const frameStorage = ['BlockThirdPartyCookiesInIncognito', 'ThirdPartyCookieBlocking'];
  // Chromium draws what drops down from its address bar as pages of its own, two for each window, and keeps a process
  // ready for the next site. Nobody sees them here, and together they cost half of what opening a window does.
  const unseen = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'SpareRendererForSitePerProcess'];
  return {
    args: [...chromiumArgs(), `--disable-features=${[...frameStorage, ...unseen].join(',')}`],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  };
}

/** Starts one that is like people's. Throws where there is none. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('there is no Chromium');
  return chromium.launch({ executablePath, ...lifelikeChromium() });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
