import type { Browser } from '@playwright/test';
import { makeNextBuild, type NextBuild } from '#/bench/faults/pages/next-build.ts';
import { type PageFault, pageFaults } from '#/bench/faults/pages/page-faults.ts';
import { type Grounds, openStage } from '#/bench/faults/pages/stage.ts';
import { randomFrom } from '#/bench/random.ts';
import { expect, type House, test } from './people.ts';

const seed = 1;
let nextBuild: NextBuild | null = null;
test.afterAll(() => nextBuild?.remove());

// Four at once: each waits for pages most of the time, and the people of the one are nothing to those of the others.
const together = pageFaults.filter((fault) => fault.isDeployed !== true);
const groups = together.flatMap((_, index) => (index % 4 === 0 ? [together.slice(index, index + 4)] : []));
for (const faults of [...groups, ...pageFaults.filter((fault) => fault.isDeployed).map((fault) => [fault])]) {
  const names = faults.map(({ name }) => name).join('; ');
  test(`nothing is lost, doubled, misordered or leaked: ${names}`, async ({ browser, house }) => {
    test.setTimeout(120_000);
    await Promise.all(faults.map((fault) => survive(fault, browser, house)));
  });
}

async function survive(fault: PageFault, browser: Browser, house: House): Promise<void> {
  const stage = openStage({ browser, grounds: groundsOf(house), random: randomFrom(seed) });
  try {
    await fault.run(stage);
    const report = await stage.report();
    expect(report.violations).toEqual([]);
    expect(report.stored).toBe(report.attempted);
    expect(report.acknowledged).toBe(report.attempted);
    expect(report.injections).toBeGreaterThan(0);
  } finally {
    await stage.close();
  }
}

function groundsOf({ app, shop, adminState }: House): Grounds {
  return {
    appUrl: app.url,
    shopUrl: shop.url,
    databaseUrl: app.databaseUrl,
    agentState: adminState,
    server: {
      stop: app.pause,
      start: () => app.restart(),
      async startNextBuild() {
        nextBuild ??= makeNextBuild();
        await app.restart(nextBuild.dir);
      },
    },
  };
}
