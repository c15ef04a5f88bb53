import { chromium } from '@playwright/test';
import {
  budgets,
  bytesOf,
  type InboxWeight,
  inboxScriptBytes,
  inboxScriptsMax,
  inboxTableOf,
  measureInboxWeight,
  measurePageWeight,
  type PageWeight,
  partsOf,
  type Step,
  tableOf,
} from '#/e2e/page-weight.ts';
import { moveIn } from '#/e2e/people.ts';
import { chromiumArgs, ensureChromium } from './find-chromium.ts';
import { startTestApp } from './test-app.ts';

/**
 * `npm run weight`: what a page pays for the chat and an agent for the inbox, as really served to a real browser, against
 * the budgets.
 */
const executablePath = ensureChromium((line) => console.error(line));
const app = await startTestApp();
const browser = await chromium.launch({ executablePath, args: chromiumArgs() });
try {
  const house = await moveIn(app, browser);
  const weight = await measurePageWeight(browser, { shopUrl: house.shop.url, parleyUrl: app.url });
  await house.shop.stop();
  const steps = [weight.opening, weight.returningOpening];
  const parts = await Promise.all(steps.map((step) => largestOf(step)));
  const agent = await browser.newContext({ storageState: house.adminState });
  const inbox = await measureInboxWeight(agent, app.url);
  const tables = [tableOf(weight), ...parts, await inboxTableOf(inbox, app.url)];
  console.log(`${tables.join('\n\n')}\n\n${verdictOn(weight, inbox)}`);
} finally {
  await browser.close();
  await app.stop();
}

async function largestOf(step: Step): Promise<string> {
  const parts = await partsOf(step, app.url);
  const lines = parts.slice(0, 5).map(({ name, bytes }) => `  ${String(bytes).padStart(7)}  ${name}`);
  return [`${step.name}, its five largest parts in bytes of brotli:`, ...lines].join('\n');
}

function requestsOf({ carried, sockets }: Step): number {
  return carried.length + sockets;
}

function verdictOn({ before, opening, returningOpening }: PageWeight, inbox: InboxWeight): string {
  const script = before.carried.find(({ path }) => path === '/widget.js')?.bytes ?? Number.NaN;
  const configuration = before.carried.find(({ path }) => path.includes('/config'))?.bytes ?? Number.NaN;
  const rows: [string, number, number][] = [
    ['script of a closed chat, bytes', script, budgets.script],
    ['its configuration, bytes', configuration, budgets.configuration],
    ['opening by a visitor, bytes', bytesOf(opening), budgets.opening],
    ['opening by a visitor, requests', requestsOf(opening), budgets.openingRequests],
    ['opening by a customer who comes back, bytes', bytesOf(returningOpening), budgets.opening],
    [
      'opening by a customer who comes back, requests and sockets',
      requestsOf(returningOpening),
      budgets.openingRequests,
    ],
    ['scripts of the inbox, bytes of gzip', inboxScriptBytes(inbox), inboxScriptsMax],
  ];
  if (rows.some(([, found, budget]) => !(found <= budget))) process.exitCode = 1;
  return rows
    .map(([name, found, budget]) => `${found <= budget ? '✓' : '✗'} ${name}: ${found} of ${budget}`)
    .join('\n');
}
