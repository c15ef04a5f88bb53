import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, FrameLocator, Locator, Page, Route } from '@playwright/test';
import postgres from 'postgres';
import { newId, newToken } from '../lib/ids.ts';
import type { Texts } from '../lib/texts/catalogue.ts';
import { catalogues } from '../lib/texts/catalogues.ts';
import type { TestApp } from '../scripts/test-app.ts';
import { test as base, expect } from './app-fixture.ts';
import { type Shop, startShop } from './shop/server.ts';

/** The app after its first run: a workspace, an admin who is signed in, and a shop on another origin. */
export type House = {
  app: TestApp;
  shop: Shop;
  widgetId: string;
  widgetKey: string;
  admin: { name: string; email: string; password: string };
  /** Cookies of the admin, for `browser.newContext`. */
  adminState: Awaited<ReturnType<BrowserContext['storageState']>>;
};

/** A customer on the shop's page. `frame` is the widget's inside. */
export type Customer = {
  page: Page;
  frame: FrameLocator;
  launcher: Locator;
  log: Locator;
  composer: Locator;
  /** Opens the chat and a new thread in it. */
  start(): Promise<void>;
  /** Opens the chat after a reload, and in it the conversation whose row says so. */
  reopen(text: RegExp): Promise<void>;
  send(text: string): Promise<void>;
};

/** An agent in the inbox. */
export type Agent = {
  page: Page;
  log: Locator;
  reply: Locator;
  note: Locator;
  row(text: string | RegExp): Locator;
  open(text: string | RegExp): Promise<void>;
  send(text: string): Promise<void>;
  write(text: string): Promise<void>;
};

type Fixtures = {
  customer: Customer;
  agent: Agent;
  newCustomer(path?: string): Promise<Customer>;
  newAgent(): Promise<Agent>;
  /** Somebody else on the team, in a browser of their own. */
  newColleague(name: string): Promise<Agent>;
};

export const test = base.extend<Fixtures, { house: House }>({
  house: [
    async ({ app, browser }, use) => {
      const house = await moveIn(app, browser);
      await use(house);
      await house.shop.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  newCustomer: async ({ browser, house }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (path = '/') => {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(`${house.shop.url}${path}`);
      return customerOn(page);
    });
    for (const context of contexts) await context.close();
  },
  newAgent: async ({ browser, house }, use) => {
    await resolveAll(house);
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({
        storageState: house.adminState,
        viewport: { width: 1440, height: 900 },
      });
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(`${house.app.url}/inbox`);
      await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
      return agentOn(page);
    });
    for (const context of contexts) await context.close();
  },
  newColleague: async ({ browser, house }, use) => {
    const contexts: BrowserContext[] = [];
    const names: string[] = [];
    await use(async (name) => {
      names.push(name);
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(`${house.app.url}/invite#${await invite(house)}`);
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('Password').fill('another-long-password');
      await page.getByRole('button', { name: /join/i }).click();
      await page.waitForURL(/\/inbox/);
      return agentOn(page);
    });
    for (const context of contexts) await context.close();
    await freeNames(house, names);
  },
  customer: async ({ newCustomer }, use) => use(await newCustomer()),
  agent: async ({ newAgent }, use) => use(await newAgent()),
});

export { expect };

/** `texts`: the catalogue of the page's language. */
export function customerOn(page: Page, texts: Texts = catalogues.en): Customer {
  const [open, close] = [texts['launcher.label'], texts['launcher.close']];
  const frame = page.frameLocator(`iframe[title="${open}"]`);
  const log = frame.getByRole('log');
  // A rating and the card that asks for an address have a field of their own.
  const composer = frame.getByRole('textbox', { name: texts['composer.label'], exact: true });
  const launcher = page.getByRole('button', { name: new RegExp(`^(${open}|${close})`) });
  return {
    page,
    frame,
    launcher,
    log,
    composer,
    async start() {
      await launcher.click();
      await frame.getByRole('button', { name: texts['home.start'] }).click();
      await expect(composer).toBeFocused();
    },
    async reopen(text) {
      await launcher.click();
      const found = frame.getByRole('button', { name: text });
      await expect(found.or(log)).toBeVisible();
      // A page that was left before it could note the confirmation opens where the unsent words belong.
      if (!(await log.isVisible())) await found.click();
    },
    async send(text) {
      await composer.fill(text);
      await composer.press('Enter');
    },
  };
}

export function agentOn(page: Page): Agent {
  const list = page.getByRole('region', { name: 'Tickets' });
  const row = (text: string | RegExp) => list.getByRole('link').filter({ hasText: text });
  const reply = page.getByRole('textbox', { name: 'Reply to the customer' });
  const note = page.getByRole('textbox', { name: 'Note to your team' });
  const log = page.getByRole('log');
  return {
    page,
    log,
    reply,
    note,
    row,
    async open(text) {
      // While the page comes to life its rows are made anew, and whatever is written before the thread is there is held.
      await expect(list).toHaveAttribute('aria-busy', 'false');
      await row(text).click();
      await expect(reply.or(note)).toBeVisible();
      await expect(log.locator('[data-message-id]').first()).toBeVisible();
    },
    async send(text) {
      await page.getByRole('button', { name: 'Reply', exact: true }).click();
      await reply.fill(text);
      await reply.press('ControlOrMeta+Enter');
    },
    async write(text) {
      await page.getByRole('button', { name: 'Note', exact: true }).click();
      await note.fill(text);
      await note.press('ControlOrMeta+Enter');
    },
  };
}

/** Ends what earlier tests left open, and their changes of many: of a long list only the rows in view are in the page. */
export async function resolveAll(house: House): Promise<void> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await sql`
    update tickets set status = 'resolved', waiting_since = null, snoozed_until = null, woke_at = null,
      resolved_at = now(), version = version + 1
    where status in ('open', 'pending', 'snoozed')`;
  await sql`delete from bulk_jobs`;
  await sql.end();
}

/** Resolves when React has taken the page over: a robot types faster than that, into the middle of it. */
export async function untilAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const controls = [...document.querySelectorAll('main button, main input, main textarea')];
    const isTaken = (each: Element) => Object.keys(each).some((name) => name.startsWith('__reactProps'));
    return controls.length > 0 && controls.every(isTaken);
  });
}

/**
 * `page.route` for a page that is open already; resolves when its requests, and those of its frames, do go that way.
 * Chromium replaces an open page's way to the network a moment after it said so, and what is asked in between is missed.
 */
export async function intercept(
  page: Page,
  pattern: RegExp,
  handle: (route: Route) => Promise<void>,
): Promise<void> {
  await page.route(pattern, handle);
  await page.route('**/is-intercepted', (route) => route.fulfill({ status: 204 }));
  for (const frame of page.frames()) {
    if (!frame.url().startsWith('http')) continue;
    const isIntercepted = () => frame.evaluate(async () => (await fetch('/is-intercepted')).status === 204);
    await expect.poll(isIntercepted).toBe(true);
  }
}

/** The texts of a log's messages, in the order in which they are shown. */
export function textsOf(log: Locator): Promise<string[]> {
  return log.locator('[data-message-id]:not([data-kind="event"]) p').allInnerTexts();
}

/** The first run of an app: set up through its own pages, with a shop that may embed the chat. */
export async function moveIn(app: TestApp, browser: Browser): Promise<House> {
  const setUpUrl = firstRunUrl(app);
  const sql = postgres(app.databaseUrl, { max: 1 });
  const [widget] = await sql<{ id: string; key: string }[]>`select id, key from widgets`;
  if (widget === undefined) throw new Error('the first run made no widget');
  const shop = await startShop({ parleyOrigin: app.url, widgetKey: widget.key });
  await sql`update widgets set allowed_origins = array_append(allowed_origins, ${shop.url})`;
  // Replies leave at once, unless a test is about taking them back.
  await sql`alter table agents alter column preferences set default '{"holdSeconds":0}'`;
  await sql.end();

  const admin = { name: 'Ana Silva', email: 'ana@fernhill.example', password: 'a-long-enough-password' };
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(setUpUrl);
  await page.getByLabel('Company or team').fill('Fernhill');
  await page.getByLabel('Your name').fill(admin.name);
  await page.getByLabel('Your e-mail').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByLabel('Start with an example workspace').uncheck();
  await page.getByRole('button', { name: 'Create the workspace' }).click();
  await page.waitForURL(/\/inbox/);
  const adminState = await context.storageState();
  await context.close();
  return { app, shop, widgetId: widget.id, widgetKey: widget.key, admin, adminState };
}

/** Each test has a team of its own: whoever joins later is the only one of that name. */
async function freeNames(house: House, names: readonly string[]): Promise<void> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await sql`update agents set name = 'A former colleague' where name = any(${names})`;
  await sql.end();
}

/** An invitation as the team's page makes it, without the page; answers its token. */
async function invite(house: House): Promise<string> {
  const token = newToken();
  const hash = createHash('sha256').update(token).digest('hex');
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await sql`insert into invites (id, token_hash, kind, email, role, expires_at)
    values (${newId()}, ${hash}, 'agent', ${`${newId()}@fernhill.example`}, 'agent', now() + interval '1 hour')`;
  await sql.end();
  return token;
}

/** Runs the first run as `npm start` does and reads the one-time address from what it prints. */
function firstRunUrl(app: TestApp): string {
  const script = fileURLToPath(new URL('../scripts/first-run.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env: { ...process.env, ...app.env },
    encoding: 'utf8',
  });
  const found = /https?:\/\/\S+\/setup#\S+/.exec(output)?.[0];
  if (found === undefined) throw new Error(`the first run printed no address: ${output}`);
  const address = new URL(found);
  return `${app.url}${address.pathname}${address.hash}`;
}
