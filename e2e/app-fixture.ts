import { test as base } from '@playwright/test';
import { startTestApp, type TestApp } from '../scripts/test-app.ts';

/** Playwright's `test` with `app`: the production app with a database of its own, one for each worker. */
export const test = base.extend<object, { app: TestApp }>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what the fixture needs from this pattern.
    async ({}, use) => {
      const app = await startTestApp({ env: { RATE_LIMIT_SCALE: '100' } });
      await use(app);
      await app.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ app }, use) => use(app.url),
});

export { expect } from '@playwright/test';
