import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { filesBelow } from '#/scripts/build.ts';

const projectDir = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const manifestSchema = z.object({ node: z.record(z.string(), z.unknown()) });

/** Another build of the app, in a folder that `spawnServer` takes as the project's. `remove` deletes it. */
export type NextBuild = { dir: string; remove(): void };

/**
 * What a deployment changes for an open tab, without a minute of building: the build's id and the id of every server
 * action are others, wherever the build at hand names them.
 */
export function makeNextBuild(): NextBuild {
  const dir = mkdtempSync(join(tmpdir(), 'parley-next-build-'));
  for (const name of readdirSync(projectDir)) {
    if (name === '.next' || name === '.git' || name === '.parley') continue;
    // Node follows a link to a module's real place, and the server finds its project by its own.
    if (/\.(ts|json)$/.test(name)) cpSync(join(projectDir, name), join(dir, name));
    else symlinkSync(join(projectDir, name), join(dir, name));
  }
  const isNeeded = (path: string) => !/\.next\/(?:cache|compressed|trace)/.test(path);
  cpSync(join(projectDir, '.next'), join(dir, '.next'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: isNeeded,
  });
  renameIds(join(dir, '.next'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

function renameIds(built: string): void {
  const buildId = readFileSync(join(built, 'parley-build'), 'utf8').trim();
  const manifest = readFileSync(join(built, 'server/server-reference-manifest.json'), 'utf8');
  const names = new Map([[buildId, randomBytes(buildId.length / 2).toString('hex')]]);
  for (const id of Object.keys(manifestSchema.parse(JSON.parse(manifest)).node)) {
    // The first byte tells how many arguments the action takes.
    names.set(id, id.slice(0, 2) + randomBytes(id.length / 2 - 1).toString('hex'));
  }
  const anyName = new RegExp([...names.keys()].join('|'), 'g');
  for (const path of filesBelow(built)) {
    const text = readFileSync(path, 'latin1');
    const renamed = text.replace(anyName, (name) => names.get(name) ?? name);
    if (renamed !== text) writeFileSync(path, renamed, 'latin1');
  }
}
