import { type Figure, rounded, spreadOf, tableOf } from '#/bench/figures.ts';
import type { Violation } from '#/bench/history-checker.ts';
import type { LoadResult, SentMessage } from '#/bench/load/generator.ts';
import { type Part, type Sample, slopePerMinute } from '#/bench/load/process-watch.ts';

/** What the run has to show. */
export const goals = {
  ackP99Ms: 300,
  seenP99Ms: 500,
  backMs: 15_000,
  recoveryMs: 10_000,
  /** After the first quarter; only judged on runs of five minutes and more. */
  memoryMiBPerMinute: 2,
};
const flatMinutesMin = 5;
const calmSeconds = 3;

export type Verdict = { goal: string; value: string; isMet: boolean | null };
export type LoadReport = {
  figures: Figure[];
  verdicts: Verdict[];
  refusals: { phase: string; what: string; count: number }[];
};

export function reportOf(
  result: LoadResult,
  samples: readonly Sample[],
  violations: readonly Violation[],
): LoadReport {
  const of = (name: string) => {
    const index = result.phases.findIndex((phase) => phase.name === name);
    return result.messages.filter(({ phase }) => phase === index);
  };
  const steady = of('steady');
  const overload = of('overload');
  const ack = percentile(steady.map(({ ackMs }) => ackMs));
  const seen = percentile(steady.filter(({ isWatched }) => isWatched).map(({ seenMs }) => seenMs));
  const refusals = refusalsOf(result);
  const errors = refusals
    .filter(({ phase }) => phase === 'steady')
    .reduce((sum, { count }) => sum + count, 0);
  const back = result.backMs.filter((ms) => ms !== null);
  const slowestBack = back.length < result.backMs.length ? Number.POSITIVE_INFINITY : Math.max(...back);
  const recovery = recoveryMs(result);
  const slopes = memorySlopes(samples);
  const minutes = (result.phases.find(({ name }) => name === 'steady')?.seconds ?? 0) / 60;
  const isLong = minutes >= flatMinutesMin;
  return {
    figures: [
      ...latencies(steady, `steady, ${rateOf(result, 'steady')}/s`),
      ...latencies(of('storm'), 'while everybody comes back'),
      ...latencies(overload, `overload, ${rateOf(result, 'overload')}/s`),
      {
        name: 'acknowledged a second',
        unit: '/s',
        where: 'overload',
        value: Math.round(
          overload.filter(({ ackMs }) => ackMs !== null).length / secondsOf(result, 'overload'),
        ),
      },
      { name: 'socket cut → caught up', unit: 'ms', where: 'storm', value: spreadOf(back) },
      ...parts.map(
        (part): Figure => ({
          name: `processor: ${part}`,
          unit: 'cores',
          where: 'steady',
          value: cpuShare(samples, part),
        }),
      ),
      {
        name: 'processor: generator',
        unit: 'cores',
        where: 'whole run',
        value: rounded(result.generator.cpuShare),
      },
      {
        name: 'generator late, p99',
        unit: 'ms',
        where: 'whole run',
        value: rounded(result.generator.lagP99Ms),
      },
      ...parts.flatMap((part): Figure[] => [
        { name: `memory: ${part}`, unit: 'MiB', where: 'steady, last', value: lastMemory(samples, part) },
        { name: `memory: ${part}`, unit: 'MiB/min', where: 'steady, slope', value: rounded(slopes[part]) },
      ]),
    ],
    verdicts: [
      { goal: `acknowledged p99 ≤ ${goals.ackP99Ms} ms`, value: `${ack} ms`, isMet: ack <= goals.ackP99Ms },
      {
        goal: `seen on the other side p99 ≤ ${goals.seenP99Ms} ms`,
        value: `${seen} ms`,
        isMet: seen <= goals.seenP99Ms,
      },
      { goal: 'no errors while steady', value: String(errors), isMet: errors === 0 },
      {
        goal: `everybody back and caught up ≤ ${goals.backMs / 1_000} s`,
        value: `${rounded(slowestBack / 1_000)} s`,
        isMet: slowestBack <= goals.backMs,
      },
      {
        goal: `recovered from overload ≤ ${goals.recoveryMs / 1_000} s`,
        value: recovery === null ? 'never' : `${recovery / 1_000} s`,
        isMet: recovery !== null && recovery <= goals.recoveryMs,
      },
      {
        goal: `memory of the app flat (≤ ${goals.memoryMiBPerMinute} MiB a minute)`,
        value: `${rounded(slopes.app)} MiB a minute`,
        isMet: isLong ? slopes.app <= goals.memoryMiBPerMinute : null,
      },
      {
        goal: 'lost, doubled, misordered, invented',
        value: String(violations.length),
        isMet: violations.length === 0,
      },
    ],
    refusals,
  };
}

/** For a terminal. */
export function textOf({ figures, verdicts, refusals }: LoadReport): string {
  const marks = verdicts.map(
    ({ goal, value, isMet }) => `${isMet === null ? '–' : isMet ? '✓' : '✗'} ${goal}: ${value}`,
  );
  const refused = refusals.map(({ phase, what, count }) => `${phase}: ${what} × ${count}`);
  return [
    tableOf(figures),
    '',
    ...(refused.length === 0 ? [] : ['Refused or in trouble', ...refused, '']),
    ...marks,
  ].join('\n');
}

const parts: readonly Part[] = ['app', 'PostgreSQL', 'launcher'];

function latencies(messages: readonly SentMessage[], where: string): Figure[] {
  const figure = (name: string, values: readonly (number | null)[]): Figure => ({
    name,
    unit: 'ms',
    where,
    value: spreadOf(values.filter((value) => value !== null)),
  });
  const watched = messages.filter(({ isWatched }) => isWatched);
  return [
    figure(
      'meant to send → acknowledged',
      messages.map(({ ackMs }) => ackMs),
    ),
    figure(
      'meant to send → seen on the other side',
      watched.map(({ seenMs }) => seenMs),
    ),
    figure(
      'meant to send → row in the agents’ list',
      messages.map(({ listMs }) => listMs),
    ),
  ];
}

/** Of those that happened; what never did is counted as a refusal or told by the history. */
function percentile(values: readonly (number | null)[]): number {
  return spreadOf(values.filter((value) => value !== null)).p99;
}

function refusalsOf(result: LoadResult): LoadReport['refusals'] {
  const counted = new Map<string, { phase: string; what: string; count: number }>();
  const add = (phase: string, what: string, count: number) => {
    const known = counted.get(`${phase} ${what}`) ?? { phase, what, count: 0 };
    known.count += count;
    counted.set(`${phase} ${what}`, known);
  };
  for (const { phase, ackMs, seenMs, isWatched, refusal } of result.messages) {
    const name = result.phases[phase]?.name ?? '';
    if (refusal !== null) add(name, refusal, 1);
    else if (ackMs === null) add(name, 'never answered', 1);
    else if (isWatched && seenMs === null) add(name, 'never seen on the other side', 1);
  }
  for (const { phase, what, count } of result.troubles) add(phase, what, count);
  return [...counted.values()];
}

/** From the end of the overload until the first of three seconds in a row in which everything was within bounds. */
function recoveryMs({ phases, messages }: LoadResult): number | null {
  const index = phases.findIndex(({ name }) => name === 'recovery');
  const phase = phases[index];
  if (phase === undefined) return null;
  const isGood = (second: number) => {
    const own = messages.filter(
      (message) =>
        message.phase === index && Math.floor((message.intendedAtMs - phase.beganAtMs) / 1_000) === second,
    );
    return (
      own.every(({ ackMs }) => ackMs !== null) &&
      percentile(own.map(({ ackMs }) => ackMs)) <= goals.ackP99Ms &&
      percentile(own.filter(({ isWatched }) => isWatched).map(({ seenMs }) => seenMs)) <= goals.seenP99Ms
    );
  };
  for (let second = 0; second + calmSeconds <= phase.seconds; second++) {
    if (Array.from({ length: calmSeconds }, (_, ahead) => second + ahead).every(isGood))
      return second * 1_000;
  }
  return null;
}

function rateOf({ phases }: LoadResult, name: string): number {
  return phases.find((phase) => phase.name === name)?.perSecond ?? 0;
}

function secondsOf({ phases }: LoadResult, name: string): number {
  return phases.find((phase) => phase.name === name)?.seconds ?? 1;
}

function steadyOf(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ phase }) => phase === 'steady');
}

function cpuShare(samples: readonly Sample[], part: Part): number {
  const steady = steadyOf(samples);
  const [first, last] = [steady[0], steady.at(-1)];
  if (first === undefined || last === undefined || first === last) return 0;
  return rounded((last.parts[part].cpuMs - first.parts[part].cpuMs) / (last.atMs - first.atMs));
}

function lastMemory(samples: readonly Sample[], part: Part): number {
  return Math.round(steadyOf(samples).at(-1)?.parts[part].memoryMiB ?? 0);
}

/** Without the first quarter, in which caches and the database's buffers fill. */
function memorySlopes(samples: readonly Sample[]): Record<Part, number> {
  const steady = steadyOf(samples);
  const settled = steady.slice(Math.ceil(steady.length / 4));
  const slope = (part: Part) =>
    slopePerMinute(settled.map(({ atMs, parts: each }) => ({ atMs, value: each[part].memoryMiB })));
  return { app: slope('app'), PostgreSQL: slope('PostgreSQL'), launcher: slope('launcher') };
}
