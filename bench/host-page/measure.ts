import { sql } from 'drizzle-orm';
import { accessSchema } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { type Figure, rounded, spreadOf } from '#/bench/figures.ts';
import { type PageCost, visitInTurns } from '#/bench/host-page/page-cost.ts';
import { closeDatabase, openDatabase, transact } from '#/db/client.ts';
import { startHostPages } from '#/e2e/host-pages/server.ts';
import { launchChromium } from '#/scripts/find-chromium.ts';

const runs = 9;
const slowdowns = [1, 4];
const watchedMs = 2_000;

/**
 * What the closed chat costs somebody else's busy page: its total blocking time (of tasks over 50 ms, what is over) and
 * all of the main thread's work until two seconds after it has loaded, with the chat and without it in turns, on this
 * machine and on one that is four times slower. Each visit is a first one. The medians are what is compared.
 */
export async function measureHostPage(isQuick: boolean, say: (line: string) => void): Promise<Figure[]> {
  say('Starting Parley …');
  const system = await startParley();
  const { url, widgetKey } = accessSchema.parse(system.access);
  const hosts = await startHostPages({ parleyOrigin: url, widgetKey });
  const browser = await launchChromium();
  try {
    await openDatabase(system.superUrl(), 2);
    await transact((tx) => tx.execute(sql`update widgets set allowed_origins = array[${hosts.url}]`));
    const figures: Figure[] = [];
    for (const slowdown of slowdowns) {
      say(`Visiting a page with and without the chat, on a machine ${slowdown} times as slow …`);
      const costs = await visitInTurns(browser, {
        hostUrl: hosts.url,
        runs: isQuick ? 3 : runs,
        slowdown,
        watchedMs,
      });
      figures.push(...compared(`CPU ${slowdown}× slower`, costs));
    }
    return figures;
  } finally {
    await browser.close();
    await hosts.stop();
    await closeDatabase();
    await system.stop();
  }
}

function compared(
  where: string,
  { without, withChat }: { without: PageCost[]; withChat: PageCost[] },
): Figure[] {
  return (
    [
      ['total blocking time', ({ blockedMs }: PageCost) => blockedMs],
      ['main thread at work', ({ busyMs }: PageCost) => busyMs],
    ] as const
  ).flatMap(([name, read]): Figure[] => {
    const [bare, full] = [without, withChat].map((costs) => spreadOf(costs.map(read)));
    if (bare === undefined || full === undefined) return [];
    return [
      { name, unit: 'ms', where: `${where}, without the chat`, value: bare },
      { name, unit: 'ms', where: `${where}, with the chat`, value: full },
      { name: `${name}, added`, unit: 'ms', where, value: rounded(full.p50 - bare.p50) },
    ];
  });
}
