/** Exact percentiles: all samples are kept and sorted. */
export type Spread = { p50: number; p95: number; p99: number; max: number; count: number };

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((one, other) => one - other);
  const at = (share: number) =>
    rounded(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1), count: sorted.length };
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** One line of the result: what was measured, under which circumstances, and the figures. */
export type Figure = {
  name: string;
  unit: 'ms' | '/s' | 'MiB' | 'MiB/min' | 'cores' | 'count';
  /** Such as `32 senders, a conversation each`. */
  where: string;
  value: number | Spread;
};

/** The result as a table for a terminal. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['figure', 'where', 'p50', 'p95', 'p99', 'n'];
  const lines = figures.map(({ name, unit, where, value }) =>
    typeof value === 'number'
      ? [name, where, `${value} ${unit}`, '', '', '']
      : [name, where, `${value.p50} ${unit}`, `${value.p95}`, `${value.p99}`, `${value.count}`],
  );
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const draw = (line: readonly string[]) =>
    line
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [draw(head), widths.map((width) => '-'.repeat(width)).join('  '), ...lines.map(draw)].join('\n');
}
