import type { Page } from '@playwright/test';
import type { ParleyAccess } from '#/bench/adapters/parley-calls.ts';
import { type Figure, spreadOf } from '#/bench/figures.ts';
import { launchChromium } from '#/scripts/find-chromium.ts';

/** The browser reports no event that was drawn sooner than this. */
const reportedMsMin = 16;
const viewport = { width: 1440, height: 900 };

/**
 * From the key press to the frame that shows what it did, as Chromium itself measures it (Event Timing), in the inbox of
 * a signed-in agent with a long list.
 */
export async function measureKeys(access: ParleyAccess, presses: number): Promise<Figure[]> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport });
    await page.goto(`${access.url}/sign-in?next=${encodeURIComponent('/inbox?view=all')}`);
    await page.getByLabel('E-mail').fill(access.email);
    await page.getByLabel('Password').fill(access.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('[data-ticket-id]').nth(10).waitFor();
    const figures: Figure[] = [];
    for (const key of ['j', 'k', 'e'] as const) {
      figures.push({
        name: 'key press → on the screen',
        unit: 'ms',
        where: `${key}, in a list`,
        value: spreadOf(await pressed(page, key, key === 'e' ? Math.ceil(presses / 4) : presses)),
      });
    }
    return figures;
  } finally {
    await browser.close();
  }
}

async function pressed(page: Page, key: string, times: number): Promise<number[]> {
  await page.evaluate((threshold) => {
    const took: number[] = [];
    const options = { type: 'event', durationThreshold: threshold };
    Object.assign(window, { took });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === 'keydown') took.push(entry.duration);
    }).observe(options);
  }, reportedMsMin);
  for (let press = 0; press < times; press++) {
    await page.keyboard.press(key);
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
  }
  const reported = await page.evaluate(() => {
    const took: unknown = Reflect.get(window, 'took');
    return Array.isArray(took) ? took.map(Number) : [];
  });
  // What was too quick to be reported counts as the least that would have been.
  return [...reported, ...Array<number>(Math.max(0, times - reported.length)).fill(reportedMsMin)];
}
