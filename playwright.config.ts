import { defineConfig } from '@playwright/test';
import { ensureChromium, lifelikeChromium } from './scripts/find-chromium.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // One app and its database serve all tests of a worker. Two at once take as long on two cores, and wait for each other.
  workers: 1,
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
