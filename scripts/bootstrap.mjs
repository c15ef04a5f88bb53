// Runs on whatever Node npm found (20 or newer), before anything is installed: built-ins only.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
const modulesDir = join(projectDir, 'node_modules');
const installMarker = join(modulesDir, '.parley-lockfile');

/** Ends the process with one sentence a person can act on. */
export function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Installs the locked dependencies when they are not the ones that are there. */
export function installIfNeeded() {
  const lockfile = join(projectDir, 'package-lock.json');
  let lockText;
  try {
    lockText = readFileSync(lockfile, 'utf8');
  } catch {
    refuse(`Parley cannot read ${lockfile}: run this from a complete checkout.`);
  }
  const hash = createHash('sha256').update(lockText).digest('hex');
  if (readText(installMarker) === hash) return;
  if (!isInstalled(JSON.parse(lockText))) {
    process.stdout.write('Installing dependencies (about a minute, once) …\n');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const started = Date.now();
    const result = spawnSync(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: projectDir,
      // Output goes to stderr of ours as it comes: a stuck registry should be seen, not guessed.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NODE_ENV: '' },
    });
    if (result.error !== undefined || result.status !== 0) {
      refuse('Parley could not install its dependencies: "npm ci" failed, and its reason is printed above.');
    }
    process.stdout.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s.\n`);
  }
  try {
    writeFileSync(installMarker, hash);
  } catch (error) {
    refuse(`Parley may not write to ${modulesDir} (${error.code}): run it as the owner of this folder.`);
  }
}

/** Whether node_modules already holds exactly what the lockfile says (somebody ran `npm ci` by hand). */
function isInstalled(lock) {
  const hiddenText = readText(join(modulesDir, '.package-lock.json'));
  if (hiddenText === undefined) return false;
  let hidden;
  try {
    hidden = JSON.parse(hiddenText);
  } catch {
    return false;
  }
  const installed = hidden.packages ?? {};
  for (const [path, wanted] of Object.entries(lock.packages ?? {})) {
    if (path === '') continue;
    const found = installed[path];
    if (found === undefined) {
      if (wanted.optional || wanted.peer) continue;
      return false;
    }
    if (found.version !== wanted.version || found.integrity !== wanted.integrity) return false;
  }
  return Object.keys(installed).every((path) => lock.packages[path] !== undefined);
}

/** The Node 24 that everything but these two files runs on. */
export function findNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = readdirIfThere(modulesDir)
    .filter((entry) => entry.startsWith('node-') && entry.endsWith(`-${process.arch}`))
    .map((entry) => join(modulesDir, entry, 'bin', name));
  for (const path of [join(modulesDir, '.bin', name), ...candidates]) {
    if (!existsSync(path)) continue;
    const result = spawnSync(path, ['--version'], { encoding: 'utf8' });
    if (result.status === 0 && majorOf(result.stdout) >= 24) return path;
  }
  if (majorOf(process.version) >= 24) return process.execPath;
  return refuse(
    `Parley needs Node.js 24 or newer here (this is ${process.version}, and npm has no bundled one for ` +
      `${process.platform}-${process.arch}): install it from https://nodejs.org and run the same command again.`,
  );
}

/**
 * Runs a TypeScript file of ours under Node 24 and ends with its exit code. The two are tied by IPC: when either
 * goes, the other notices, however it went.
 */
export function runTied(file, args) {
  const child = spawn(
    findNode(),
    ['--disable-warning=ExperimentalWarning', join(projectDir, file), ...args],
    {
      cwd: projectDir,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: {
        // Compiled code is kept between starts: a third of the time to load everything.
        NODE_COMPILE_CACHE: join(modulesDir, '.cache', 'compiled'),
        ...process.env,
        PATH: `${join(modulesDir, '.bin')}:${process.env.PATH ?? ''}`,
      },
    },
  );
  let orphans = [];
  child.on('message', (message) => {
    if (Array.isArray(message?.orphans)) orphans = message.orphans;
  });
  child.on('error', (error) => refuse(`Parley could not start Node (${error.message}).`));
  child.on('exit', (code, signal) => {
    // Only a child that was killed leaves its own children behind; an orderly end has none left.
    if (signal !== null) for (const pid of orphans) stopOrphan(pid);
    process.exit(code ?? 1);
  });
  const stop = (signal) => {
    if (child.connected) child.send({ stop: signal });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  if (process.env.npm_lifecycle_event === undefined) return;
  // npm runs us in a shell, and a signal to npm ends that shell without reaching us: nobody else could stop us then.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop('SIGTERM'), parentMs).unref();
}

const parentMs = 250;

function stopOrphan(pid) {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It is gone already, which is what was wanted.
  }
}

function majorOf(version) {
  return Number.parseInt(String(version).trim().replace(/^v/, ''), 10);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readdirIfThere(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
