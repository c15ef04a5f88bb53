import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { rounded, spreadOf } from '#/bench/figures.ts';
import type { Invariant, Violation } from '#/bench/history-checker.ts';
import { type KillRunReport, runKills } from '#/bench/kill-run.ts';

/** `npm run kills`: is a message lost when the server's process is killed again and again under load? */
const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    customers: { type: 'string', default: '8' },
    agents: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const seed = Number(options.seed);
console.log(`seed ${seed} (--seed ${seed} writes and kills at the same moments)`);
const report = await runKills({
  kills: Number(options.kills),
  customers: Number(options.customers),
  agents: Number(options.agents),
  seed,
  say: (line) => console.log(line),
});
console.log(`\n${tableOf(report)}`);
for (const { invariant, what } of report.violations.slice(0, 20)) console.error(`${invariant}  ${what}`);
const isKept = report.violations.length === 0 && report.lost === 0 && report.refused === 0;
console.log(isKept ? '\nEvery promise was kept.' : `\n${report.violations.length} violations; seed ${seed}.`);
process.exit(isKept ? 0 : 1);

function tableOf(report: KillRunReport): string {
  const count = (...invariants: Invariant[]) => countOf(report.violations, invariants);
  const lines: [string, string | number][] = [
    ['server killed (SIGKILL), restarted by the launcher', report.kills],
    ['messages on their way at a kill, median', spreadOf(report.underway).p50],
    ['messages attempted', report.attempted],
    ['  acknowledged to their sender', report.acknowledged],
    ['  stored', report.stored],
    ['  refused', report.refused],
    ['  lost', report.lost],
    ['acknowledged and not stored as told (I1)', count('I1')],
    ['doubled, in the database or on a screen (I2)', count('I2')],
    ['invented (I3)', count('I3')],
    ['holes in the numbering (I4)', count('I4')],
    ['screens out of order, at any moment (I5, I6)', count('I5', 'I6')],
    ['screens that did not converge (I7)', count('I7')],
    ['"sent" without a row, "not sent" with one (I8)', count('I8')],
    ['read marks that fell (I10)', count('I10')],
    ['events never published (I11)', count('I11')],
    ['away after a kill, longest', seconds(Math.max(...report.downMs))],
    ['back → first send acknowledged, longest', seconds(Math.max(...report.firstSendMs))],
    ['back → a message is on every screen, p99', seconds(spreadOf(report.catchUpMs).p99)],
    ['back → a message is on every screen, longest', seconds(spreadOf(report.catchUpMs).max)],
    ['last start → all screens equal the log', seconds(report.convergenceMs)],
    ['last start → every event published', seconds(report.outboxEmptyMs)],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(8)}`).join('\n');
}

function countOf(violations: readonly Violation[], invariants: readonly Invariant[]): number {
  return violations.filter(({ invariant }) => invariants.includes(invariant)).length;
}

function seconds(ms: number): string {
  return `${rounded(ms / 1000)} s`;
}
