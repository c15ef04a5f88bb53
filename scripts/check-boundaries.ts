import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { listFiles, projectDir } from './source-files.ts';

const roots = ['app', 'components', 'lib', 'db', 'e2e', 'bench', 'scripts', 'server.ts'];

/** One violation for each rule: the file that breaks it, and what it imports. */
const violations: Record<string, { from: string; imports: string; with?: Record<string, string> }> = {
  'no-cycles': { from: 'lib/a.ts', imports: '#/lib/b.ts', with: { 'lib/b.ts': "import '#/lib/a.ts';" } },
  'no-unresolved': { from: 'lib/c.ts', imports: '#/lib/nowhere.ts' },
  'app-keeps-to-its-segment': { from: 'app/widget/page.tsx', imports: '#/app/demo/thing.ts' },
  'app-group-keeps-to-its-segment': {
    from: 'app/(agent)/inbox/page.tsx',
    imports: '#/app/(agent)/settings/page.tsx',
  },
  'app-not-to-db': { from: 'app/demo/page.tsx', imports: '#/db/d.ts' },
  'components-not-to-app': { from: 'components/a.tsx', imports: '#/app/demo/thing.ts' },
  'components-not-to-server-code': { from: 'components/b.tsx', imports: '#/lib/tickets/service.ts' },
  'components-not-to-db': { from: 'components/c.tsx', imports: '#/db/d.ts' },
  'lib-not-to-app-or-components': { from: 'lib/d.ts', imports: '#/components/leaf.tsx' },
  'pure-only-to-pure': { from: 'lib/tickets/schema.ts', imports: '#/lib/tickets/service.ts' },
  'pure-not-to-db': { from: 'lib/tickets/rules.ts', imports: '#/db/d.ts' },
  'client-only-to-client-and-pure': { from: 'lib/sync/a.ts', imports: '#/lib/tickets/service.ts' },
  'client-not-to-db': { from: 'lib/sync/b.ts', imports: '#/db/d.ts' },
  'server-lib-not-to-client': { from: 'lib/messages/service.ts', imports: '#/lib/sync/leaf.ts' },
  'db-only-to-pure-and-ground': { from: 'db/a.ts', imports: '#/lib/tickets/service.ts' },
  'server-not-to-app-or-components': { from: 'server.ts', imports: '#/components/leaf.tsx' },
  'e2e-and-bench-from-outside': { from: 'e2e/a.ts', imports: '#/lib/tickets/service.ts' },
  'browser-never-reaches-the-database': { from: 'components/d.tsx', imports: '#/lib/tickets/service.ts' },
  'only-publish-talks-to-pusher': { from: 'lib/e.ts', imports: 'pusher' },
  'only-subscribe-talks-to-pusher-js': { from: 'lib/f.ts', imports: 'pusher-js' },
  'loader-only-to-its-parts': { from: 'lib/embed/loader.ts', imports: '#/lib/sync/leaf.ts' },
  'loader-more-only-to-its-parts': { from: 'lib/embed/loader-more.ts', imports: '#/lib/embed/loader.ts' },
  'frame-holds-no-catalogue': {
    from: 'components/widget/a.tsx',
    imports: '#/lib/texts/en.ts',
    with: { 'lib/texts/en.ts': 'export const english = {};' },
  },
  'plain-node-code-without-next': { from: 'db/b.ts', imports: 'next' },
};

const reportSchema = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ rule: z.object({ name: z.string() }), from: z.string(), to: z.string() })),
  }),
});

/** Fails with every forbidden import, when a file was not looked at, and when a rule cannot fail any more. */
export function checkBoundaries(): string[] {
  return [...proveRules(), ...checkSources()];
}

function checkSources(): string[] {
  const report = cruise(projectDir, roots);
  const seen = new Set(report.modules.map((module) => module.source));
  const unseen = listSources().filter((path) => !seen.has(path));
  return [
    ...report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ...unseen.map((path) => `dependency-cruiser did not read ${path}`),
  ];
}

/** Every rule, seen red once: on a tree in the temp folder in which each is broken by one file. */
function proveRules(): string[] {
  const names = ruleNames();
  const unproven = names.filter((name) => violations[name] === undefined);
  const dir = mkdtempSync(join(tmpdir(), 'parley-boundaries-'));
  try {
    writeFixture(dir);
    const found = cruise(dir, roots).summary.violations;
    const silent = Object.entries(violations).filter(
      ([name, { from }]) =>
        !found.some((violation) => violation.rule.name === name && violation.from === from),
    );
    return [
      ...unproven.map((name) => `the rule ${name} has no violation in scripts/check-boundaries.ts`),
      ...silent.map(([name, { from }]) => `the rule ${name} let its violation in ${from} through`),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function writeFixture(dir: string): void {
  const files: Record<string, string> = {
    'package.json': JSON.stringify({
      type: 'module',
      imports: { '#/*': './*' },
      dependencies: { pusher: '*', 'pusher-js': '*', next: '*' },
    }),
    'tsconfig.json': '{}',
    'db/d.ts': 'export const d = 1;',
    'lib/tickets/service.ts': "import '#/db/d.ts';",
    'lib/sync/leaf.ts': 'export const leaf = 1;',
    'components/leaf.tsx': 'export const leaf = 1;',
    'app/demo/thing.ts': 'export const thing = 1;',
    'app/(agent)/settings/page.tsx': 'export const page = 1;',
    'bench/a.ts': 'export const bench = 1;',
    'scripts/a.ts': 'export const script = 1;',
  };
  for (const name of ['pusher', 'pusher-js', 'next']) {
    files[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
    files[`node_modules/${name}/index.js`] = 'module.exports = {};';
  }
  files['node_modules/next/package.json'] = JSON.stringify({
    name: 'next',
    version: '1.0.0',
    main: 'headers.js',
  });
  files['node_modules/next/headers.js'] = 'module.exports = {};';
  for (const { from, imports, with: others } of Object.values(violations)) {
    files[from] = `import '${imports}';\n`;
    Object.assign(files, others);
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

function cruise(dir: string, paths: string[]): z.infer<typeof reportSchema> {
  const cli = join(projectDir, 'node_modules/.bin/depcruise');
  const config = join(projectDir, '.dependency-cruiser.cjs');
  const args = ['--config', config, '--output-type', 'json', ...paths];
  try {
    return reportSchema.parse(JSON.parse(run(cli, args, dir)));
  } catch (error) {
    // It exits with the number of violations; the report is on stdout all the same.
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    if (!output.startsWith('{')) throw error;
    return reportSchema.parse(JSON.parse(output));
  }
}

function run(cli: string, args: string[], cwd: string): string {
  return execFileSync(process.execPath, [cli, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1e8,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ruleNames(): string[] {
  const config: unknown = createRequire(import.meta.url)(join(projectDir, '.dependency-cruiser.cjs'));
  return z
    .object({ forbidden: z.array(z.object({ name: z.string() })) })
    .parse(config)
    .forbidden.map((rule) => rule.name);
}

/** Every TypeScript file of the project. */
function listSources(): string[] {
  return listFiles(...roots).filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith('.d.ts'));
}
