import { expect, test } from 'vitest';
import { createMetricRegistry } from '#/lib/metric-registry.ts';
import { metrics } from '#/lib/metrics.ts';

test('counters are there from the start, histograms add up, and the text is what Prometheus reads', async () => {
  const registry = createMetricRegistry();
  const sends = registry.counter('sends_total', 'Sends.', { side: ['a', 'b'] });
  const lag = registry.histogram('lag_seconds', 'Lag.', {}, [0.1, 1]);
  registry.collect('sockets', 'gauge', 'Sockets.', () => 7);
  sends.add({ side: 'a' }, 2);
  for (const seconds of [0.05, 0.1, 0.5, 3]) lag.observe({}, seconds);
  expect(await registry.render()).toBe(`# HELP sends_total Sends.
# TYPE sends_total counter
sends_total{side="a"} 2
sends_total{side="b"} 0
# HELP lag_seconds Lag.
# TYPE lag_seconds histogram
lag_seconds_bucket{le="0.1"} 2
lag_seconds_bucket{le="1"} 3
lag_seconds_bucket{le="+Inf"} 4
lag_seconds_sum 3.65
lag_seconds_count 4
# HELP sockets Sockets.
# TYPE sockets gauge
sockets 7
`);
});

test('nothing that somebody sends becomes a label', async () => {
  const registry = createMetricRegistry();
  const sends = registry.counter('sends_total', 'Sends.', { side: ['a'] });
  for (let each = 0; each < 1_000; each++) sends.add({ side: `ana${each}@shop.example"} 1\nforged_total 9` });
  const text = await registry.render();
  expect(text).not.toContain('ana');
  expect(text).not.toContain('forged');
  expect(text).toContain('sends_total{side="other"} 1000');
  expect(text.trim().split('\n')).toHaveLength(4);
});

test('a reading that fails leaves out itself, not the others', async () => {
  const registry = createMetricRegistry();
  registry.collect('broken', 'gauge', 'Broken.', () => Promise.reject(new Error('no database')));
  registry.collect('whole', 'gauge', 'Whole.', () => 1);
  expect(await registry.render()).toBe('# HELP whole Whole.\n# TYPE whole gauge\nwhole 1\n');
});

test('what a process can ever tell is a few hundred series', async () => {
  const { acknowledgements, requestSeconds, registry } = metrics();
  acknowledgements.add({ side: 'customer', kind: 'reply', outcome: 'acknowledged' });
  requestSeconds.observe({ route: 'action' }, 0.01);
  const lines = (await registry.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.length).toBeLessThan(400);
  for (const line of lines) expect(line).toMatch(/^[a-z_]+(?:\{(?:[a-z]+="[\w.+-]*",?)+\})? [\d.e+-]+$/);
});
