import { sql } from 'drizzle-orm';
import { accessSchema } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { type Figure, spreadOf } from '#/bench/figures.ts';
import { type Circumstances, type Opening, openCold } from '#/bench/frame/opening.ts';
import { closeDatabase, openDatabase, transact } from '#/db/client.ts';
import { startShop } from '#/e2e/shop/server.ts';
import { launchChromium } from '#/scripts/find-chromium.ts';

const places: readonly (Circumstances & { where: string })[] = [
  { where: 'this machine', slowdown: 1, network: null },
  {
    where: 'slow 4G, CPU 4× slower',
    slowdown: 4,
    network: { latencyMs: 150, bytesPerSecond: 1_600_000 / 8 },
  },
];

/**
 * From the press of the launcher of a first visit, with nothing fetched ahead: until the frame first painted something,
 * and until a message could be typed.
 */
export async function measureFrame(isQuick: boolean, say: (line: string) => void): Promise<Figure[]> {
  say('Starting Parley …');
  const system = await startParley();
  const { url, widgetKey } = accessSchema.parse(system.access);
  const shop = await startShop({ parleyOrigin: url, widgetKey });
  // The same site as Parley on another port: what is emulated for a page holds for its frames of one site alone.
  const shopUrl = shop.url.replace('localhost', new URL(url).hostname);
  const browser = await launchChromium();
  try {
    await openDatabase(system.superUrl(), 2);
    await transact((tx) => tx.execute(sql`update widgets set allowed_origins = array[${shopUrl}]`));
    const figures: Figure[] = [];
    for (const { where, ...circumstances } of places) {
      say(`Opening the chat: ${where} …`);
      const openings: Opening[] = [];
      for (let run = 0; run < (isQuick ? 3 : 15); run++) {
        openings.push(await openCold(browser, { shopUrl, ...circumstances }));
      }
      for (const [name, read] of [
        ['press → first paint of the frame', ({ paintedMs }: Opening) => paintedMs],
        ['press → text can be typed', ({ typableMs }: Opening) => typableMs],
      ] as const) {
        figures.push({ name, unit: 'ms', where, value: spreadOf(openings.map(read)) });
      }
    }
    return figures;
  } finally {
    await browser.close();
    await shop.stop();
    await closeDatabase();
    await system.stop();
  }
}
