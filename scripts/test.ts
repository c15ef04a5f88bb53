import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { buildIfNeeded } from './build.ts';
import { checkBoundaries } from './check-boundaries.ts';
import { checkDocs } from './check-docs.ts';
import { checkStructure } from './check-structure.ts';
import { checkVersions } from './check-versions.ts';
import { ensureChromium } from './find-chromium.ts';
import { Refusal } from './refusal.ts';
import { projectDir } from './source-files.ts';

interface Counts {
  passed: number;
  failed: number;
  /** Each test that failed, with what it said: told again at the end, where it is looked for. */
  red?: string[];
}

const reportDir = mkdtempSync(join(tmpdir(), 'parley-report-'));
const bin = (name: string) => join(projectDir, 'node_modules', '.bin', name);
const children = new Set<ChildProcess>();

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

const faultsReport = z.object({ passed: z.number(), failed: z.number() });

const playwrightSuite = z.object({
  specs: z.array(
    z.object({
      title: z.string(),
      file: z.string(),
      tests: z.array(
        z.object({
          status: z.string(),
          results: z.array(z.object({ errors: z.array(z.object({ message: z.string().default('') })) })),
        }),
      ),
    }),
  ),
  get suites() {
    return z.array(playwrightSuite).default([]);
  },
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  suites: z.array(playwrightSuite),
});

/** In this order: what is quick and says most comes first. `npm test -- --only unit,browser` runs a part. */
const stages: Record<string, () => Promise<Counts>> = {
  lint: () => command(bin('biome'), ['check', '.']),
  types: checkTypes,
  boundaries: () => check(checkBoundaries),
  structure: () => check(checkStructure),
  docs: () => check(checkDocs),
  versions: () => check(checkVersions),
  unused: () => command(process.execPath, [bin('knip'), '--no-progress']),
  unit: () => vitest('unit'),
  build: buildApp,
  launch: () => vitest('launch'),
  browser: playwright,
  faults: quickFaults,
};

// The launcher and the runners have children of their own; nothing outlives this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
process.on('message', interrupt);
process.on('disconnect', interrupt);

const total: Counts = { passed: 0, failed: 0 };
const failures: string[] = [];
const red: string[] = [];
for (const [name, run] of chosenStages()) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`);
  const startedAt = Date.now();
  const counts = await run().catch((error: unknown): Counts => {
    console.error(error instanceof Refusal ? error.message : error);
    return { passed: 0, failed: 1 };
  });
  if (counts.passed + counts.failed === 0) {
    console.error(`${name} executed nothing`);
    counts.failed = 1;
  }
  total.passed += counts.passed;
  total.failed += counts.failed;
  if (counts.failed > 0) failures.push(`${name} (${counts.failed})`);
  red.push(...(counts.red ?? []));
  console.log(
    `${counts.failed === 0 ? '✓' : '✗'} ${name}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  );
}
rmSync(reportDir, { recursive: true, force: true });
for (const text of red) console.log(`\n✗ ${withoutTotals(text)}`);
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

function chosenStages(): [string, () => Promise<Counts>][] {
  const flag = process.argv.indexOf('--only');
  if (flag === -1) return Object.entries(stages);
  const names = (process.argv[flag + 1] ?? '').split(',');
  const unknown = names.filter((name) => stages[name] === undefined);
  if (unknown.length > 0) {
    console.error(`There is no stage "${unknown.join(', ')}"; there are ${Object.keys(stages).join(', ')}.`);
    process.exit(1);
  }
  return Object.entries(stages).filter(([name]) => names.includes(name));
}

async function check(find: () => string[]): Promise<Counts> {
  const problems = find();
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function checkTypes(): Promise<Counts> {
  // Next writes the types of routes and styles that pages are checked against.
  const generated = await execute(process.execPath, [bin('next'), 'typegen']);
  const code = generated === 0 ? await execute(process.execPath, [bin('tsc'), '--noEmit']) : generated;
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function command(file: string, args: string[]): Promise<Counts> {
  return (await execute(file, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function buildApp(): Promise<Counts> {
  const key = process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY ?? Buffer.alloc(32, 7).toString('base64');
  const env = { ...process.env, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: key };
  await buildIfNeeded(projectDir, { env, say: (line) => console.log(line) });
  return { passed: 1, failed: 0 };
}

async function vitest(project: string): Promise<Counts> {
  const output = join(reportDir, `${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
  ];
  const code = await execute(process.execPath, [bin('vitest'), ...args]);
  if (!existsSync(output)) return { passed: 0, failed: 1 };
  const report = vitestReport.parse(JSON.parse(readFileSync(output, 'utf8')));
  // A test that did not run is not a test that passed.
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests;
  const red = report.testResults.flatMap((file) => [
    ...(file.status === 'failed' && file.message !== '' ? [told(file.name, file.message)] : []),
    ...file.assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ fullName, failureMessages }) => told(`${file.name}: ${fullName}`, failureMessages[0])),
  ]);
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, red };
}

async function playwright(): Promise<Counts> {
  const chromium = ensureChromium((line) => console.log(line));
  const output = join(reportDir, 'browser.json');
  const code = await execute(process.execPath, [bin('playwright'), 'test', '--reporter=list,json'], {
    PLAYWRIGHT_CHROMIUM_PATH: chromium,
    PLAYWRIGHT_JSON_OUTPUT_NAME: output,
  });
  if (!existsSync(output)) return { passed: 0, failed: 1 };
  const { stats, suites } = playwrightReport.parse(JSON.parse(readFileSync(output, 'utf8')));
  const failed = stats.unexpected + stats.flaky + stats.skipped;
  const red = suites.flatMap(redSpecs);
  return { passed: stats.expected, failed: failed === 0 && code !== 0 ? 1 : failed, red };
}

function redSpecs({ specs, suites }: z.infer<typeof playwrightSuite>): string[] {
  const own = specs.flatMap(({ file, title, tests }) => {
    const notGreen = tests.filter(({ status }) => status !== 'expected');
    const [error] = notGreen.flatMap(({ results }) => results.flatMap(({ errors }) => errors));
    return notGreen.map(() => told(`e2e/${file}: ${title}`, error?.message));
  });
  return [...own, ...suites.flatMap(redSpecs)];
}

/** A failed test and the beginning of what it said. */
function told(name: string, message = 'did not run'): string {
  const lines = stripVTControlCharacters(message).trim().split('\n').slice(0, 12);
  return [name.replace(`${projectDir}/`, ''), ...lines.map((line) => `    ${line}`)].join('\n');
}

/** Every fault that needs no special rights, once each; each fault counts as one test. */
async function quickFaults(): Promise<Counts> {
  const counts: Counts[] = [];
  const args = ['--disable-warning=ExperimentalWarning', join(projectDir, 'bench/faults/run.ts'), '--quick'];
  const code = await execute(process.execPath, args, {}, (message) => {
    const parsed = faultsReport.safeParse(message);
    if (parsed.success) counts.push(parsed.data);
  });
  const [found] = counts;
  if (found === undefined) return { passed: 0, failed: 1 };
  return { passed: found.passed, failed: found.failed === 0 && code !== 0 ? 1 : found.failed };
}

/** Runs a tool and shows what it prints as it comes; with `onMessage`, over a channel on which it can report. */
function execute(
  file: string,
  args: string[],
  env: Record<string, string> = {},
  onMessage?: (message: unknown) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: projectDir,
      stdio: ['ignore', 'pipe', 'pipe', ...(onMessage === undefined ? [] : (['ipc'] as const))],
      // Its own group, so that an interruption reaches the tool's children too.
      detached: true,
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
    });
    children.add(child);
    if (onMessage !== undefined) child.on('message', onMessage);
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      stream?.on('data', (chunk) => target.write(withoutTotals(String(chunk))));
    }
    child.once('error', reject);
    child.once('close', (code) => {
      children.delete(child);
      resolve(code ?? 1);
    });
  });
}

// The last line of this script has a shape that nobody else's line may have.
function withoutTotals(text: string): string {
  return text.replace(/^(\s*)(\d+ passed, \d+ failed)\s*$/gm, '$1($2)');
}

function interrupt(): void {
  for (const child of children) {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    } catch {
      // It ended by itself.
    }
  }
  rmSync(reportDir, { recursive: true, force: true });
  process.exit(130);
}
