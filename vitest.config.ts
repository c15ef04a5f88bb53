import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const excluded = ['node_modules/**', '.next/**', '.parley/**', 'e2e/**'];
const launcher = 'scripts/launch.test.ts';

export default defineConfig({
  test: {
    environment: 'node',
    restoreMocks: true,
    // One less than the cores is the default; on two of them half the time is PostgreSQL's, and nobody used the other core.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A test that waits for something uses the something's own promise, so this is only the outer fence.
    testTimeout: 15_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...excluded, launcher],
          globalSetup: ['scripts/vitest-postgres.ts'],
        },
      },
      // Measures times and starts everything, so it runs alone.
      { extends: true, test: { name: 'launch', include: [launcher], testTimeout: 120_000 } },
    ],
  },
});
