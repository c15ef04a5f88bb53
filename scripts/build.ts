import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { joinFrameScripts } from './frame-script.ts';
import { Refusal } from './refusal.ts';

/** What a build is made of. `server.ts` and the rest of `scripts/` run as they are. */
const sources = [
  'app',
  'components',
  'lib',
  'db',
  'public',
  'scripts/build-live-library.ts',
  'scripts/build-widget.ts',
  'scripts/build.ts',
  'scripts/frame-script.ts',
  'scripts/unused-exports.ts',
  '.browserslistrc',
  'next.config.ts',
  'postcss.config.mjs',
  'package-lock.json',
  'tsconfig.json',
];
const isIgnored = (path: string) => /\.test\.tsx?$|^public\/widget(?:-more)?\.js$/.test(path);

/** A hash of everything that the build is made of. */
export function hashSources(projectDir: string): string {
  const hash = createHash('sha256');
  hash.update(process.version.split('.')[0] ?? '');
  for (const path of sources.flatMap((source) => filesBelow(join(projectDir, source)))) {
    const name = relative(projectDir, path);
    if (isIgnored(name)) continue;
    hash.update(`\0${name}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 20);
}

/** The id of the build in `.next`, or undefined when there is no complete one. */
export function builtId(projectDir: string): string | undefined {
  const path = join(projectDir, '.next', 'parley-build');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

interface BuildOptions {
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
  /** Called with every child process, so that a stopped launcher can end it. */
  onChild?: (pid: number) => void;
}

/** Builds the widget and the app unless `.next` holds a build of these very sources. Answers the build's id. */
export async function buildIfNeeded(
  projectDir: string,
  { env, say, onChild }: BuildOptions,
): Promise<string> {
  const id = hashSources(projectDir);
  if (builtId(projectDir) === id && hasWidget(projectDir)) return id;
  const startedAt = Date.now();
  say('Building (about a minute, only after a change) …');
  rmSync(join(projectDir, '.next', 'parley-build'), { force: true });
  const buildEnv = {
    ...env,
    NODE_ENV: 'production' as const,
    PARLEY_BUILD_ID: id,
    NEXT_TELEMETRY_DISABLED: '1',
  };
  if (existsSync(join(projectDir, 'scripts/build-widget.ts'))) {
    await run(['scripts/build-widget.ts'], projectDir, buildEnv, 'the widget', onChild);
  }
  await run(['scripts/build-live-library.ts'], projectDir, buildEnv, 'the live library', onChild);
  await run(['node_modules/next/dist/bin/next', 'build'], projectDir, buildEnv, 'the app', onChild);
  await joinFrameScripts(join(projectDir, '.next'));
  const count = await compressAssets(projectDir);
  writeFileSync(join(projectDir, '.next', 'parley-build'), `${id}\n`);
  say(`Built in ${Math.round((Date.now() - startedAt) / 1000)} s (${count} files compressed).`);
  return id;
}

function hasWidget(projectDir: string): boolean {
  return (
    !existsSync(join(projectDir, 'scripts/build-widget.ts')) ||
    (existsSync(join(projectDir, 'public/widget.js')) &&
      existsSync(join(projectDir, 'public/widget-more.js')))
  );
}

function run(
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  what: string,
  onChild: ((pid: number) => void) | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) onChild?.(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output = (output + String(chunk)).slice(-20_000);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) return resolve();
      reject(new Refusal(`${output.trim()}\n\nParley could not build ${what}; the reason is printed above.`));
    });
  });
}

const compressible = /\.(js|mjs|css|html|svg|json|txt|webmanifest)$/;
const bytesMin = 200;

/** Writes brotli and gzip copies of what the browser loads to `.next/compressed`, where `server.ts` finds them. */
async function compressAssets(projectDir: string): Promise<number> {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  const target = join(projectDir, '.next', 'compressed');
  rmSync(target, { recursive: true, force: true });
  let count = 0;
  for (const [name, folder] of [
    ['static', join(projectDir, '.next/static')],
    ['public', join(projectDir, 'public')],
  ] as const) {
    for (const path of filesBelow(folder).filter((file) => compressible.test(file))) {
      const raw = readFileSync(path);
      if (raw.length < bytesMin) continue;
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: raw.length };
      const [small, zipped] = await Promise.all([brotli(raw, { params }), zip(raw, { level: 9 })]);
      const copy = join(target, name, relative(folder, path));
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(`${copy}.br`, small);
      writeFileSync(`${copy}.gz`, zipped);
      count += 1;
    }
  }
  return count;
}

/** Every file below a folder (or the file itself), sorted by name. */
export function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(path, entry.name))
        : entry.isFile()
          ? [join(path, entry.name)]
          : [],
    );
}
