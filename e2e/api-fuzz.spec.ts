import { expect, test } from '@playwright/test';
import { accessSchema } from '../bench/adapters/parley-calls.ts';
import { startParley } from '../bench/adapters/parley-system.ts';
import { runFuzz } from '../bench/api-fuzz/fuzz.ts';

// The whole run is `npm run fuzz`; a tenth of it belongs to every test run.
test('whatever the public API is asked, it answers no 5xx, stores nothing that it refuses and keeps to its document', async () => {
  test.setTimeout(180_000);
  // Whatever is stored is to be a request's doing.
  const system = await startParley('scripts/launch.ts', { WORKERS: 'apart' });
  try {
    const report = await runFuzz({
      access: accessSchema.parse(system.access),
      superUrl: system.superUrl(),
      requests: 2_000,
      seed: 20_261_123,
      say: () => undefined,
    });
    expect(report.complaints).toEqual([]);
    expect(report.requests).toBe(2_000);
    // Otherwise it was only refused, and nothing was at stake.
    expect(report.statuses.get(200) ?? 0).toBeGreaterThan(300);
    expect(report.statuses.get(201) ?? 0).toBeGreaterThan(30);
    expect(report.refusals).toBeGreaterThan(500);
  } finally {
    await system.stop();
  }
});
