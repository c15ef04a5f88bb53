import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import postgres from 'postgres';
import { budgets, bytesOf, measurePageWeight, type PageWeight, tableOf } from '#/e2e/page-weight.ts';
import { startShop } from '#/e2e/shop/server.ts';
import { chromiumArgs, ensureChromium } from './find-chromium.ts';
import { startTestApp, type TestApp } from './test-app.ts';

/** `npm run weight`: what a page pays for the chat, as really served to a real browser, against the budgets. */
const executablePath = ensureChromium((line) => console.error(line));
const app = await startTestApp();
const browser = await chromium.launch({ executablePath, args: chromiumArgs() });
try {
  const shop = await startShop({ parleyOrigin: app.url, widgetKey: await makeWidget(app) });
  await allow(app, shop.url);
  const weight = await measurePageWeight(browser, { shopUrl: shop.url, parleyUrl: app.url });
  await shop.stop();
  console.log(`${tableOf(weight)}\n\n${verdictOn(weight)}`);
} finally {
  await browser.close();
  await app.stop();
}

function verdictOn({ before, opening, returningOpening }: PageWeight): string {
  const script = before.carried.find(({ path }) => path === '/widget.js')?.bytes ?? Number.NaN;
  const configuration = before.carried.find(({ path }) => path.includes('/config'))?.bytes ?? Number.NaN;
  const requests = opening.carried.length + opening.sockets;
  const rows: [string, number, number][] = [
    ['script of a closed chat, bytes', script, budgets.script],
    ['its configuration, bytes', configuration, budgets.configuration],
    ['opening, bytes', bytesOf(opening), budgets.opening],
    ['opening, requests and sockets', requests, budgets.openingRequests],
    [
      'opening by a customer who comes back, live connection included, bytes',
      bytesOf(returningOpening),
      budgets.opening + budgets.live,
    ],
  ];
  if (rows.some(([, found, budget]) => !(found <= budget))) process.exitCode = 1;
  return rows
    .map(([name, found, budget]) => `${found <= budget ? '✓' : '✗'} ${name}: ${found} of ${budget}`)
    .join('\n');
}

/** Makes the workspace and its widget as the first start does. */
async function makeWidget(app: TestApp): Promise<string> {
  const script = fileURLToPath(new URL('first-run.ts', import.meta.url));
  execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env: { ...process.env, ...app.env },
  });
  const sql = postgres(app.databaseUrl, { max: 1 });
  const [widget] = await sql<{ key: string }[]>`select key from widgets`;
  await sql.end();
  if (widget === undefined) throw new Error('The first run made no widget.');
  return widget.key;
}

async function allow(app: TestApp, origin: string): Promise<void> {
  const sql = postgres(app.databaseUrl, { max: 1 });
  await sql`update widgets set allowed_origins = array_append(allowed_origins, ${origin})`;
  await sql.end();
}
