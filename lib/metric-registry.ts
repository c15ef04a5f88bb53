/**
 * Counters, gauges and histograms in Prometheus' text format 0.0.4. Label values are closed sets that are declared with
 * the metric: what is not among them counts as `other`, so nothing that a stranger sends can become a label, and the
 * number of series is known beforehand.
 */

type LabelSets = Readonly<Record<string, readonly string[]>>;
type LabelsOf<Sets extends LabelSets> = { readonly [Name in keyof Sets]: string };

export type Counter<Sets extends LabelSets> = { add(labels: LabelsOf<Sets>, by?: number): void };
export type Histogram<Sets extends LabelSets> = { observe(labels: LabelsOf<Sets>, seconds: number): void };
/** One line of a gauge or counter that is read when somebody asks. */
export type Sample = { labels?: Readonly<Record<string, string>>; value: number };

export type MetricRegistry = {
  counter<const Sets extends LabelSets>(name: string, help: string, labels: Sets): Counter<Sets>;
  histogram<const Sets extends LabelSets>(
    name: string,
    help: string,
    labels: Sets,
    bounds: readonly number[],
  ): Histogram<Sets>;
  /** Read at each rendering; replaces what was there under that name. One that throws is left out. */
  collect(
    name: string,
    kind: 'gauge' | 'counter',
    help: string,
    read: () => Reading | Promise<Reading>,
  ): void;
  /** Everything as text, each line ended by a line feed. */
  render(): Promise<string>;
};
type Reading = number | readonly Sample[];

type Series = { labels: string; value: number };
type Spread = { labels: string; counts: number[]; sum: number; count: number };
type Collected = { kind: string; help: string; lines(): readonly string[] | Promise<readonly string[]> };

export const otherLabel = 'other';

export function createMetricRegistry(): MetricRegistry {
  const metrics = new Map<string, Collected>();
  return {
    counter(name, help, sets) {
      const series = new Map<string, Series>();
      // A series that is there from the start at zero: a rate over its first increment is right.
      for (const labels of combinations(sets)) series.set(labels, { labels, value: 0 });
      metrics.set(name, {
        kind: 'counter',
        help,
        lines: () => [...series.values()].map(({ labels, value }) => line(name, labels, value)),
      });
      return {
        add(labels, by = 1) {
          const found = seriesOf(series, labelText(sets, labels), () => ({ value: 0 }));
          found.value += by;
        },
      };
    },
    histogram(name, help, sets, bounds) {
      const series = new Map<string, Spread>();
      metrics.set(name, {
        kind: 'histogram',
        help,
        lines: () => [...series.values()].flatMap((spread) => spreadLines(name, spread, bounds)),
      });
      return {
        observe(labels, seconds) {
          const empty = () => ({ counts: bounds.map(() => 0), sum: 0, count: 0 });
          const spread = seriesOf(series, labelText(sets, labels), empty);
          const place = bounds.findIndex((bound) => seconds <= bound);
          if (place >= 0) spread.counts[place] = (spread.counts[place] ?? 0) + 1;
          spread.sum += seconds;
          spread.count++;
        },
      };
    },
    collect(name, kind, help, read) {
      metrics.set(name, {
        kind,
        help,
        async lines() {
          const reading = await read();
          const samples = typeof reading === 'number' ? [{ value: reading }] : reading;
          return samples.map(({ labels = {}, value }) => line(name, plainLabels(labels), value));
        },
      });
    },
    async render() {
      const parts = [...metrics].map(async ([name, { kind, help, lines }]) => {
        const read = await Promise.resolve()
          .then(lines)
          .catch(() => []);
        if (read.length === 0) return '';
        return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${read.map((text) => `${text}\n`).join('')}`;
      });
      return (await Promise.all(parts)).join('');
    },
  };
}

function seriesOf<Value extends object>(
  series: Map<string, Value & { labels: string }>,
  labels: string,
  make: () => Value,
): Value & { labels: string } {
  const found = series.get(labels);
  if (found !== undefined) return found;
  const made = { ...make(), labels };
  series.set(labels, made);
  return made;
}

function spreadLines(
  name: string,
  { labels, counts, sum, count }: Spread,
  bounds: readonly number[],
): string[] {
  let below = 0;
  const buckets = bounds.map((bound, place) => {
    below += counts[place] ?? 0;
    return line(`${name}_bucket`, joined(labels, `le="${bound}"`), below);
  });
  return [
    ...buckets,
    line(`${name}_bucket`, joined(labels, 'le="+Inf"'), count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ];
}

function labelText(sets: LabelSets, labels: Readonly<Record<string, string>>): string {
  return Object.entries(sets)
    .map(([name, known]) => {
      const value = labels[name] ?? otherLabel;
      return `${name}="${known.includes(value) ? value : otherLabel}"`;
    })
    .join(',');
}

function plainLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll(/[^\w.+-]/g, '_').slice(0, 64)}"`)
    .join(',');
}

function combinations(sets: LabelSets): string[] {
  return Object.entries(sets).reduce(
    (soFar, [name, values]) =>
      soFar.flatMap((labels) => values.map((value) => joined(labels, `${name}="${value}"`))),
    [''],
  );
}

function joined(labels: string, more: string): string {
  return labels === '' ? more : `${labels},${more}`;
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}`;
}
