import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How Node is started for what loads `db/` and lives longer than a moment. */
export function nodeFlags(projectDir: string): string[] {
  const preload = pathToFileURL(join(projectDir, 'scripts/drizzle-as-commonjs.mjs')).href;
  return ['--disable-warning=ExperimentalWarning', '--import', preload];
}
