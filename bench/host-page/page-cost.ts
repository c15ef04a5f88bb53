import type { Browser } from '@playwright/test';

/** What the main thread of a page spent, in milliseconds: over 50 in one task, and in all. */
export type PageCost = { blockedMs: number; busyMs: number };

const longTaskMs = 50;

/** A busy page of a host without the chat, and the same one with it, in turns. */
export async function visitInTurns(
  browser: Browser,
  options: { hostUrl: string; runs: number; slowdown: number; watchedMs: number },
): Promise<{ without: PageCost[]; withChat: PageCost[] }> {
  const costs: { without: PageCost[]; withChat: PageCost[] } = { without: [], withChat: [] };
  for (let run = 0; run < options.runs; run++) {
    costs.without.push(await visitOnce(browser, `${options.hostUrl}/busy-bare`, options));
    costs.withChat.push(await visitOnce(browser, `${options.hostUrl}/busy`, options));
  }
  return costs;
}

/**
 * One first visit, in a browser profile of its own. `slowdown` divides the processor's speed. Until `watchedMs` after
 * `load` the page is watched: the chat's settings have come and its launcher is drawn by then, or it throws.
 */
async function visitOnce(
  browser: Browser,
  url: string,
  { slowdown, watchedMs }: { slowdown: number; watchedMs: number },
): Promise<PageCost> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'timeTicks' });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(url);
  await page.waitForTimeout(watchedMs);
  const launchers = await page.getByRole('button', { name: /^Chat with us/ }).count();
  if (launchers !== (url.endsWith('/busy') ? 1 : 0)) throw new Error(`${url} has ${launchers} launchers`);
  const tasks: number[] = await page.evaluate('tasks');
  const { metrics } = await devtools.send('Performance.getMetrics');
  await context.close();
  const taskSeconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  return {
    blockedMs: tasks.reduce((sum, duration) => sum + Math.max(0, duration - longTaskMs), 0),
    busyMs: taskSeconds * 1_000,
  };
}
