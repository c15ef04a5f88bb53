import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { rounded, spreadOf } from '#/bench/figures.ts';

const reportSchema = z.object({
  injections: z.number(),
  attempted: z.number(),
  acknowledged: z.number(),
  unknown: z.number(),
  stored: z.number(),
  lost: z.number(),
  doubled: z.number(),
  misordered: z.number(),
  leaked: z.number(),
  recoveryMs: z.array(z.number()),
  violations: z.array(z.object({ invariant: z.string(), what: z.string() })),
});

const recordSchema = z.object({
  build: z.string(),
  seed: z.number(),
  area: z.string(),
  name: z.string(),
  /** Which of the row's runs: with `seed`, what decides everything in it. */
  run: z.number(),
  tookMs: z.number(),
  at: z.string(),
  /** Null when the run could not be carried out; `error` says why. */
  report: z.nullable(reportSchema),
  error: z.nullable(z.string()),
});
export type RunRecord = z.infer<typeof recordSchema>;

/** One file of one line a run: whatever is stopped half-way goes on where it was. */
export function openResults(path: string) {
  return {
    path,
    /** The last word on each run. */
    list(): RunRecord[] {
      if (!existsSync(path)) return [];
      const records = readFileSync(path, 'utf8').split('\n').flatMap(parseLine);
      const key = ({ seed, area, name, run }: RunRecord) => `${seed}/${area}/${name}/${run}`;
      return [...new Map(records.map((record) => [key(record), record])).values()];
    },
    add(record: RunRecord): void {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${JSON.stringify(record)}\n`);
    },
    clear: () => rmSync(path, { force: true }),
  };
}

/** A line that was being written when the power went is a run that did not happen. */
function parseLine(line: string): RunRecord[] {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

export function isGreen({ report }: RunRecord): boolean {
  return report !== null && report.violations.length === 0 && report.lost === 0 && report.injections > 0;
}

const columns = [
  'fault',
  'runs',
  'injections',
  'messages',
  'acknowledged',
  'unknown',
  'lost',
  'doubled',
  'misordered',
  'leaked',
  'other',
  'slowest recovery',
] as const;

/** The table of all that is on record, with totals, the seeds and the machine. */
export function tableOf(records: readonly RunRecord[]): string {
  const byRow = Map.groupBy(records, ({ area, name }) => `${area}: ${name.replaceAll('-', ' ')}`);
  const lines = [...byRow].map(([name, own]) => lineOf(name, own));
  const total = lineOf('total', records);
  const widths = columns.map((title, column) =>
    Math.max(title.length, ...[...lines, total].map((line) => line[column]?.length ?? 0)),
  );
  const draw = (line: readonly string[]) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const recovery = spreadOf(records.flatMap(({ report }) => report?.recoveryMs ?? []));
  const seeds = [...new Set(records.map(({ seed }) => seed))];
  const green = records.filter(isGreen).length;
  return [
    draw(columns),
    rule,
    ...lines.map(draw),
    rule,
    draw(total),
    '',
    `${records.length} runs, ${green} green; ${byRow.size} faults; seeds ${seeds.join(', ')}`,
    `recovery: p50 ${seconds(recovery.p50)}, p99 ${seconds(recovery.p99)}, slowest ${seconds(recovery.max)}`,
    `machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  ].join('\n');
}

function lineOf(name: string, records: readonly RunRecord[]): string[] {
  const sum = (of: (report: NonNullable<RunRecord['report']>) => number) =>
    records.reduce((total, { report }) => total + (report === null ? 0 : of(report)), 0);
  const slowest = Math.max(0, ...records.map(({ report }) => Math.max(0, ...(report?.recoveryMs ?? []))));
  const named = ['I2', 'I4', 'I5', 'I6', 'I9'];
  const broken = records.filter(({ report }) => report === null).length;
  const other =
    broken + sum(({ violations }) => violations.filter((each) => !named.includes(each.invariant)).length);
  return [
    name,
    String(records.length),
    ...[
      sum(({ injections }) => injections),
      sum(({ attempted }) => attempted),
      sum(({ acknowledged }) => acknowledged),
      sum(({ unknown }) => unknown),
      sum(({ lost }) => lost),
      sum(({ doubled }) => doubled),
      sum(({ misordered }) => misordered),
      sum(({ leaked }) => leaked),
      other,
    ].map((count) => count.toLocaleString('en')),
    seconds(slowest),
  ];
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${rounded(ms / 1000).toFixed(2)} s` : 'none';
}
