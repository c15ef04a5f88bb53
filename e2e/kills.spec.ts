import { expect, test } from '@playwright/test';
import { runKills } from '../bench/kill-run.ts';

// The whole run is `npm run kills`; three kills of it belong to every test run, since they need the build, not a browser.
test('no message is lost, doubled or out of order when the server is killed under load', async () => {
  test.setTimeout(120_000);
  const report = await runKills({
    kills: 3,
    customers: 4,
    agents: 2,
    seed: 20_260_101,
    say: () => undefined,
  });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ kills: 3, lost: 0, refused: 0 });
  expect(report.stored).toBe(report.attempted);
  // Otherwise nothing was at stake.
  expect(Math.min(...report.underway)).toBeGreaterThan(0);
  expect(Math.max(...report.firstSendMs)).toBeLessThan(10_000);
  expect(report.outboxEmptyMs - report.convergenceMs).toBeLessThan(10_000);
});
