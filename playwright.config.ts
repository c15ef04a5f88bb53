import { defineConfig } from '@playwright/test';
import { ensureChromium, lifelikeChromium } from './scripts/find-chromium.ts';

/** They hold the product to a time, stop what others stand on, or fill the machine by themselves. */
const alone = [
  'access',
  'browser-faults',
  'conversation',
  'inbox',
  'instances',
  'kills',
  'operations',
  'overload',
  'refused-sends',
  'weight',
].map((name) => `**/${name}.spec.ts`);

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // One app and its database serve all tests of a worker. `npm test` runs the one project, then the other.
  workers: 2,
  projects: [
    { name: 'side-by-side', testIgnore: alone },
    { name: 'alone', testMatch: alone, workers: 1 },
  ],
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    launchOptions: {
      executablePath: ensureChromium((line) => console.error(line)),
      ...lifelikeChromium(),
    },
    // Recording every page to keep the few that fail costs a quarter of the time; `--trace on` records one again.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
