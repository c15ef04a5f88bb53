import { defineConfig } from '@playwright/test';
import { ensureChromium, lifelikeChromium } from './scripts/find-chromium.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // One app and its database serve all tests of a worker; two cores do not carry two of them.
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
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
