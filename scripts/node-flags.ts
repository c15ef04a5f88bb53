import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How Node is started for what loads `db/` and lives longer than a moment. */
export function nodeFlags(projectDir: string): string[] {
  const preload = pathToFileURL(join(projectDir, 'scripts/drizzle-as-commonjs.mjs')).href;
  return ['--disable-warning=ExperimentalWarning', '--import', preload];
}

/** Keeps compiled code between starts, a third of the time to load everything, as `npm start` does. */
export function compileCache(projectDir: string): { NODE_COMPILE_CACHE: string } {
  const given = process.env.NODE_COMPILE_CACHE;
  return { NODE_COMPILE_CACHE: given ?? join(projectDir, 'node_modules', '.cache', 'compiled') };
}
