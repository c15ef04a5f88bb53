import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../lib/embed/loader.ts', import.meta.url));
const target = fileURLToPath(new URL('../public/widget.js', import.meta.url));

/** The loader as one classic script for the browsers that have constructed stylesheets. Nothing is written. */
export async function bundleLoader(): Promise<string> {
  const result = await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    charset: 'utf8',
    // Saves the "use strict" that it would put in front; every byte is paid by every page.
    tsconfigRaw: { compilerOptions: {} },
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('The loader was bundled into nothing.');
  // The only line breaks left are those of the stylesheet.
  return file.text.replaceAll('\n', '');
}

/** Writes public/widget.js; leaves the file alone when it is the same already, so that its caches stay. */
export async function buildWidget(): Promise<void> {
  const text = await bundleLoader();
  const before = await readFile(target, 'utf8').catch(() => null);
  if (before === text) return;
  // Nothing in that folder is committed, so a fresh clone has none.
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

if (import.meta.main) await buildWidget();
