import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Format } from 'esbuild';

const sourceOf = (name: string) => fileURLToPath(new URL(`../lib/embed/${name}.ts`, import.meta.url));
const targetOf = (name: string) => fileURLToPath(new URL(`../public/${name}`, import.meta.url));

/** What is served: `widget.js`, a classic script that every page pays for, and `widget-more.js`, which it imports. */
export type Bundles = { loader: string; more: string };

/** Both scripts, for the browsers that have constructed stylesheets. Nothing is written. */
export async function bundleWidget(): Promise<Bundles> {
  const more = await bundle('loader-more', 'esm', {});
  const version = createHash('sha256').update(more).digest('base64url').slice(0, 6);
  return { loader: await bundle('loader', 'iife', { moreVersion: JSON.stringify(version) }), more };
}

async function bundle(name: string, format: Format, define: Record<string, string>): Promise<string> {
  const result = await build({
    entryPoints: [sourceOf(name)],
    bundle: true,
    minify: true,
    write: false,
    format,
    define,
    target: ['chrome111', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    charset: 'utf8',
    // Saves the "use strict" that it would put in front; every byte is paid by every page.
    tsconfigRaw: { compilerOptions: {} },
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('The loader was bundled into nothing.');
  // The only line breaks left are those of the stylesheets.
  return file.text.replaceAll('\n', '');
}

/** Writes both below public/; leaves a file alone when it is the same already, so that its caches stay. */
export async function buildWidget(): Promise<void> {
  const { loader, more } = await bundleWidget();
  await write('widget.js', loader);
  await write('widget-more.js', more);
}

async function write(name: string, text: string): Promise<void> {
  const target = targetOf(name);
  if ((await readFile(target, 'utf8').catch(() => null)) !== text) await writeFile(target, text);
}

if (import.meta.main) await buildWidget();
