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
  const agent = await browser.newContext({ storageState: house.adminState });
  const inbox = await measureInboxWeight(agent, app.url);
  const tables = [tableOf(weight), await inboxTableOf(inbox, app.url)];
  console.log(`${tables.join('\n\n')}\n\n${verdictOn(weight, inbox)}`);
} finally {
  await browser.close();
  await app.stop();
}

function verdictOn({ before, opening, returningOpening }: PageWeight, inbox: InboxWeight): string {
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
    ['scripts of the inbox, bytes of gzip', inboxScriptBytes(inbox), inboxScriptsMax],
  ];
  if (rows.some(([, found, budget]) => !(found <= budget))) process.exitCode = 1;
  return rows
    .map(([name, found, budget]) => `${found <= budget ? '✓' : '✗'} ${name}: ${found} of ${budget}`)
    .join('\n');
}
