import { readFileSync } from 'node:fs';
import type { Frame, Page } from '@playwright/test';
import { chat, expect, test, type Visitor } from './host-pages/fixture.ts';

/** The same messages at every run; another seed makes other ones. */
const seed = 20_261_123;
const fuzz = readFileSync(new URL('host-pages/files/fuzz.js', import.meta.url), 'utf8');

type Post = { from: Frame; to: Frame; form: 'malformed' | 'wellFormed'; count: number };

test('10,000 messages of a hostile page and of a frame beside the chat change, leak and break nothing in the chat', async ({
  visit,
  hosts,
  desk,
}) => {
  const visitor = await visit('plain');
  const { page } = visitor;
  await visitor.start();
  await chat(visitor, desk, 'Hello among enemies');
  await atRest(visitor);
  await visitor.composer.fill('Not yet said');
  const own = await visitor.inside();
  // Of the page's own origin, so that it can reach the chat's window; but it is not the chat's parent.
  const beside = await addFrame(page, `${hosts.url}/bare`);
  await page.evaluate(rememberMessages);
  const before = await holdings(visitor);

  await post('to the frame', [
    { from: page.mainFrame(), to: own, form: 'malformed', count: 6_000 },
    { from: beside, to: own, form: 'malformed', count: 2_000 },
    { from: beside, to: own, form: 'wellFormed', count: 2_000 },
  ]);
  expect(await holdings(visitor)).toEqual(before);
  // A command that there is not is refused by its id; the chat says nothing else.
  const answers = await heard(page.mainFrame());
  expect(answers.filter(({ parley, error }) => parley !== 'done' || typeof error !== 'string')).toEqual([]);
  expect(JSON.stringify(answers)).not.toContain(await tokenOf(page));
  await visitor.composer.fill('');
  await chat(visitor, desk, 'Hello, unharmed');
});

test('10,000 messages of a hostile frame, the chat’s own and another, change, leak and break nothing in the page', async ({
  visit,
  hosts,
  desk,
}) => {
  const visitor = await visit('plain');
  const { page } = visitor;
  await visitor.start();
  await chat(visitor, desk, 'Hello, am I safe here?');
  await atRest(visitor);
  const own = await visitor.inside();
  const stranger = await addFrame(page, `${hosts.foreignUrl}/bare`);
  for (const frame of [own, stranger]) await frame.evaluate(rememberMessages);
  await recordEvents(page);
  const before = await holdings(visitor);

  await post('to the page', [
    { from: own, to: page.mainFrame(), form: 'malformed', count: 6_000 },
    { from: stranger, to: page.mainFrame(), form: 'malformed', count: 2_000 },
    { from: stranger, to: page.mainFrame(), form: 'wellFormed', count: 2_000 },
  ]);
  expect(await holdings(visitor)).toEqual(before);
  expect(await page.evaluate('events')).toEqual([]);
  for (const frame of [own, stranger]) expect(await heard(frame)).toEqual([]);
  await chat(visitor, desk, 'Hello, safe and sound');
});

test('the chat’s frame, led to another site, hears nothing of the page and is not heard', async ({
  visit,
  hosts,
  desk,
}) => {
  const visitor = await visit('plain');
  const { page } = visitor;
  await page.addInitScript(rememberMessages);
  await visitor.start();
  await chat(visitor, desk, 'Hello, for the last time');
  const led = await visitor.inside();
  await led.evaluate((elsewhere) => location.assign(elsewhere), `${hosts.foreignUrl}/bare`);
  await expect.poll(() => led.url()).toContain(hosts.foreignUrl);
  await led.waitForLoadState();
  await recordEvents(page);
  const before = await pageHoldings(page);

  // The page has a lot to tell to its chat: another state, another identity, a message.
  await page.evaluate('Parley("identify", { token: "a.b.c" }).catch(() => {}), undefined');
  await page.evaluate('Parley("newMessage", "Between us").catch(() => {}), undefined');
  await page.evaluate('dispatchEvent(new StorageEvent("storage", { key: Object.keys(localStorage)[0] }))');
  await post('to the page', [{ from: led, to: page.mainFrame(), form: 'wellFormed', count: 500 }]);
  expect(await heard(led)).toEqual([]);
  expect(await pageHoldings(page)).toEqual(before);
  expect(await page.evaluate('events.filter((type) => type !== "storage")')).toEqual([]);
});

async function post(direction: 'to the frame' | 'to the page', posts: Post[]): Promise<void> {
  for (const [index, { from, to, form, count }] of posts.entries()) {
    const lastWord = `the last of ${index}`;
    await to.evaluate((word) => {
      const arrived = new Promise<void>((resolve) => {
        addEventListener('message', ({ data }) => {
          if (data === word) resolve();
        });
      });
      Object.assign(window, { arrived });
    }, lastWord);
    await from.evaluate(fuzz);
    const order = JSON.stringify({ seed: seed + index, count, direction, form, lastWord });
    await from.evaluate(`postMessages(${order})`);
    await to.evaluate('arrived');
    // What a message changed would be drawn by now.
    await to.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  }
}

/** Both sides have seen what was said last: nothing changes by itself any more. */
async function atRest({ frame, log }: Visitor): Promise<void> {
  await expect(frame.getByText(/^Seen/)).toBeVisible();
  await expect(log).toHaveAttribute('data-unread', '0');
}

/** Everything that a message might have changed, on both sides. */
async function holdings(visitor: Visitor) {
  const own = await visitor.inside();
  return {
    page: await pageHoldings(visitor.page),
    chat: await own.evaluate(() => ({
      address: location.href,
      // The words for a time change by themselves.
      html: document.querySelector('main')?.outerHTML.replaceAll(/<time.*?<\/time>/gs, ''),
      said: [...document.querySelectorAll('textarea')].map(({ value }) => value),
      kept: [...Object.entries(localStorage), ...Object.entries(sessionStorage)],
    })),
  };
}

function pageHoldings(page: Page) {
  return page.evaluate(() => {
    const own = /^(?:makeMessages|postMessages|messages|arrived|events)$/;
    return {
      html: document.documentElement.outerHTML,
      launcher: [...document.querySelectorAll('*')].map((each) => each.shadowRoot?.innerHTML),
      globals: Object.keys(window).filter((name) => !own.test(name)),
      kept: Object.entries(localStorage),
    };
  });
}

/** From now on the page remembers in `events` what is dispatched to it. */
function recordEvents(page: Page): Promise<void> {
  return page.evaluate(() => {
    const events: string[] = [];
    const dispatch = window.dispatchEvent;
    window.dispatchEvent = (event) => {
      events.push(event.type);
      return dispatch.call(window, event);
    };
    Object.assign(window, { events });
  });
}

async function addFrame(page: Page, url: string): Promise<Frame> {
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
  }, url);
  await page.frameLocator(`iframe[src="${url}"]`).getByRole('heading', { name: /^Pots/ }).waitFor();
  const frame = page.frames().find((each) => each.url() === url);
  if (frame === undefined) throw new Error('the frame did not come');
  return frame;
}

/** From now on the window remembers what is posted to it. */
function rememberMessages(): void {
  const messages: unknown[] = [];
  addEventListener('message', ({ data }) => messages.push(data));
  Object.assign(window, { messages });
}

/** What it remembers that the chat and the page say to each other. */
function heard(frame: Frame): Promise<{ parley: string; error?: unknown }[]> {
  return frame.evaluate('messages.filter((each) => typeof each === "object" && each !== null)');
}

async function tokenOf(page: Page): Promise<string> {
  const kept: [string, string][] = await page.evaluate('Object.entries(localStorage)');
  const token = kept.find(([name]) => name.endsWith(':token'))?.[1];
  if (token === undefined) throw new Error('the page keeps no session');
  return token;
}
