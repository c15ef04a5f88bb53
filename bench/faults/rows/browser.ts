import type { Browser } from '@playwright/test';
import type { RunReport } from '#/bench/faults/exercise.ts';
import { makeNextBuild } from '#/bench/faults/pages/next-build.ts';
import { type PageFault, pageFaults } from '#/bench/faults/pages/page-faults.ts';
import { type Grounds, openStage } from '#/bench/faults/pages/stage.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';
import type { World } from '#/bench/faults/world.ts';
import { moveIn } from '#/e2e/people.ts';
import { type Shop, startShop } from '#/e2e/shop/server.ts';
import { launchChromium } from '#/scripts/find-chromium.ts';
import { startTestApp } from '#/scripts/test-app.ts';

/** A world that no other row shares: who may embed the chat is remembered by the app for half a minute. */
const own = { realtime: 'embedded', durable: false, env: { LOG_LEVEL: 'error' } } as const;

export const browserRows: readonly FaultRow[] = pageFaults.map((fault) => ({
  area: 'browser',
  name: fault.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, ''),
  seeds: 3,
  isQuick: false,
  world: fault.isDeployed ? null : own,
  needs: ['chromium'],
  // A row without a world may not even ask for it.
  run: (context) =>
    fault.isDeployed ? runDeployed(fault, context.random) : runIn(context.world, fault, context.random),
}));

async function runIn(world: World, fault: PageFault, random: () => number): Promise<RunReport> {
  const shop = await shopOf(world);
  return withBrowser(async (browser) => {
    const { email, password } = world.access;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${world.url}/sign-in`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/inbox/);
    const agentState = await context.storageState();
    await context.close();
    const server = { stop: notHere, start: notHere, startNextBuild: notHere };
    const databaseUrl = world.superUrl;
    return perform(fault, browser, random, {
      appUrl: world.url,
      shopUrl: shop.url,
      databaseUrl,
      agentState,
      server,
    });
  });
}

async function notHere(): Promise<void> {
  throw new Error('a fault that deploys says so');
}

/** One for each world, as long as this process lives: the app has to be told of it before it is first asked. */
const shops = new WeakMap<World, Promise<Shop>>();
function shopOf(world: World): Promise<Shop> {
  const known = shops.get(world);
  if (known !== undefined) return known;
  const opened = startShop({ parleyOrigin: world.url, widgetKey: world.access.widgetKey }).then(
    async (shop) => {
      await world.ask(
        (sql) => sql`update widgets set allowed_origins = array_append(allowed_origins, ${shop.url})`,
      );
      return shop;
    },
  );
  shops.set(world, opened);
  return opened;
}

async function runDeployed(fault: PageFault, random: () => number): Promise<RunReport> {
  const app = await startTestApp({ env: { RATE_LIMIT_SCALE: '100' } });
  const nextBuild = makeNextBuild();
  try {
    return await withBrowser(async (browser) => {
      const { shop, adminState } = await moveIn(app, browser);
      try {
        return await perform(fault, browser, random, {
          appUrl: app.url,
          shopUrl: shop.url,
          databaseUrl: app.databaseUrl,
          agentState: adminState,
          server: {
            stop: app.pause,
            start: () => app.restart(),
            startNextBuild: () => app.restart(nextBuild.dir),
          },
        });
      } finally {
        await shop.stop();
      }
    });
  } finally {
    await app.stop();
    nextBuild.remove();
  }
}

async function perform(
  fault: PageFault,
  browser: Browser,
  random: () => number,
  grounds: Grounds,
): Promise<RunReport> {
  const stage = openStage({ browser, grounds, random });
  try {
    await fault.run(stage);
    return await stage.report();
  } finally {
    await stage.close();
  }
}

async function withBrowser<Value>(run: (browser: Browser) => Promise<Value>): Promise<Value> {
  const browser = await launchChromium();
  try {
    return await run(browser);
  } finally {
    await browser.close();
  }
}
