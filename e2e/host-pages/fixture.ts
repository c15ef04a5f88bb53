import type { Browser, BrowserContextOptions, Frame, FrameLocator, Locator, Page } from '@playwright/test';
import postgres from 'postgres';
import { agentOn, test as base, expect, type House, resolveAll, textsOf } from '../people.ts';
import { type HostPages, startHostPages } from './server.ts';

/** Somebody on one of the host pages. `root` holds the launcher: the page, or a frame in it. */
export type Visitor = {
  page: Page;
  launcher: Locator;
  frame: FrameLocator;
  log: Locator;
  composer: Locator;
  /** Opens the chat with the launcher and begins a new thread in it. */
  start(): Promise<void>;
  /** Opens the chat with the launcher, and in it the conversation whose row says so. */
  reopen(text: string): Promise<void>;
  send(text: string): Promise<void>;
  /** The frame's own window. */
  inside(): Promise<Frame>;
};

/** An agent who answers, in one browser for all tests. */
export type Desk = {
  /** Finds the ticket with this text, answers it and tells what was said. */
  answer(text: string): Promise<string>;
  /** Says more in the ticket that was answered last. */
  say(text: string): Promise<void>;
  /** Waits until the visitor of that ticket has seen what was said last. */
  isSeen(): Promise<void>;
  /** Waits until the visitor of that ticket says this. */
  hears(text: string): Promise<void>;
};

type Fixtures = {
  /** Opens a page of the hosts, `url` being the first site's if only a path is given. */
  visit(path: string, options?: BrowserContextOptions): Promise<Visitor>;
  /** What no page may ever see: uncaught errors, and reports of its content policy. Empty at the end of each test. */
  complaints: string[];
};

export const test = base.extend<Fixtures, { hosts: HostPages; desk: Desk }>({
  hosts: [
    async ({ house }, use) => {
      const hosts = await startHostPages({ parleyOrigin: house.app.url, widgetKey: house.widgetKey });
      await allowOrigins(house, [hosts.url, hosts.otherUrl]);
      await use(hosts);
      await hosts.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  desk: [
    async ({ browser, house }, use) => {
      await resolveAll(house);
      const { desk, close } = await openDesk(browser, house);
      await use(desk);
      await close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what the fixture needs from this pattern.
  complaints: async ({}, use) => {
    const complaints: string[] = [];
    await use(complaints);
    expect(complaints).toEqual([]);
  },
  visit: async ({ browser, hosts, complaints }, use) => {
    const open: Page[] = [];
    await use(async (path, options) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      open.push(page);
      listenToComplaints(page, complaints);
      await page.goto(path.startsWith('http') ? path : `${hosts.url}/${path}`);
      return visitorOn(page);
    });
    for (const page of open) await page.context().close();
  },
});

export { expect };

export function listenToComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => {
    // The fixture's own, at every message that anybody posts.
    if (!error.message.startsWith('every message is')) complaints.push(error.message);
  });
  page.on('console', (message) => {
    if (/content security policy|trusted ?type/i.test(message.text())) complaints.push(message.text());
  });
}

export function visitorOn(page: Page, root: Page | FrameLocator = page): Visitor {
  const frame = root.frameLocator('iframe[src*="/widget?"]');
  const launcher = root.getByRole('button', { name: /^(Chat with us|Close chat)/ });
  const composer = frame.getByRole('textbox');
  return {
    page,
    launcher,
    frame,
    log: frame.getByRole('log'),
    composer,
    async start() {
      await launcher.click();
      await frame.getByRole('button', { name: 'Send us a message' }).click();
      await expect(composer).toBeFocused();
    },
    async reopen(text) {
      await launcher.click();
      await frame.getByRole('button', { name: text }).click();
      await expect(composer).toBeVisible();
    },
    async send(text) {
      await composer.fill(text);
      await composer.press('Enter');
    },
    async inside() {
      const found = page.frames().find((each) => each.url().includes('/widget?'));
      if (found === undefined) throw new Error('the page has no frame of the chat');
      return found;
    },
  };
}

/** The visitor writes, an agent reads it in the inbox and answers, and the answer arrives; each of them once. */
export async function chat(visitor: Visitor, desk: Desk, text: string): Promise<void> {
  await visitor.send(text);
  const answer = await desk.answer(text);
  await expect(visitor.log).toContainText(answer);
  expect((await textsOf(visitor.log)).slice(-2)).toEqual([text, answer]);
}

async function openDesk(browser: Browser, house: House): Promise<{ desk: Desk; close(): Promise<void> }> {
  const context = await browser.newContext({
    storageState: house.adminState,
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  // The latest first: of a long list only the rows in view are in the page.
  await page.goto(`${house.app.url}/inbox?view=all&sort=newest`);
  const agent = agentOn(page);
  return {
    desk: {
      async answer(text) {
        const answer = `You asked: ${text}`;
        // A row under the pointer holds the list where it is.
        await page.mouse.move(0, 0);
        await expect(agent.row(text)).toBeVisible();
        await agent.open(text);
        await expect(agent.log).toContainText(text);
        await agent.send(answer);
        return answer;
      },
      async say(text) {
        await agent.send(text);
        await expect(agent.log).toContainText(text);
      },
      isSeen: () => expect(agent.log.getByText(/^Seen \d/)).toBeVisible(),
      hears: (text) => expect(agent.log).toContainText(text),
    },
    close: () => context.close(),
  };
}

async function allowOrigins(house: House, origins: string[]): Promise<void> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await sql`update widgets set allowed_origins = allowed_origins || ${origins}`;
  await sql.end();
}
