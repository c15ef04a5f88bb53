import {
  budgets,
  bytesOf,
  inboxScriptBytes,
  inboxScriptsMax,
  measureInboxWeight,
  measurePageWeight,
  type PageWeight,
  type Step,
} from './page-weight.ts';
import { expect, test } from './people.ts';

test.describe('what a page pays for the chat', () => {
  let weight: PageWeight;
  test.beforeAll(async ({ browser, house }) => {
    weight = await measurePageWeight(browser, { shopUrl: house.shop.url, parleyUrl: house.app.url });
  });

  test('closed: a small script and one small configuration, no frame and no socket', () => {
    const script = only(weight.before, '/widget.js');
    expect(script.encoding).toBe('br');
    expect(script.bytes).toBeLessThanOrEqual(budgets.script);
    expect(only(weight.before, '/api/widget/config').bytes).toBeLessThanOrEqual(budgets.configuration);
    expect(weight.before).toMatchObject({ frames: 0, sockets: 0 });
    expect(pathsOf(weight.before)).toEqual(['/api/widget/config', '/widget.js']);
  });

  test('closed, for a customer who comes back: one unread count more', () => {
    expect(weight.returningBefore).toMatchObject({ frames: 0, sockets: 0 });
    expect(pathsOf(weight.returningBefore)).toEqual([
      '/api/widget/config',
      '/api/widget/unread',
      '/widget.js',
    ]);
    expect(bytesOf(weight.returningBefore)).toBeLessThanOrEqual(budgets.script + 2 * budgets.configuration);
  });

  test('opened by a visitor: within the budget until text can be typed, without a socket', () => {
    const { carried, sockets } = weight.opening;
    expect(bytesOf(weight.opening)).toBeLessThanOrEqual(budgets.opening);
    expect(carried.length).toBeLessThanOrEqual(budgets.openingRequests);
    expect(sockets).toBe(0);
  });

  test('opened by a customer who comes back: the same, and the live connection beside it', () => {
    const { carried, sockets } = weight.returningOpening;
    expect(bytesOf(weight.returningOpening)).toBeLessThanOrEqual(budgets.opening + budgets.live);
    expect(carried.length + sockets).toBeLessThanOrEqual(budgets.openingRequests + budgets.liveRequests);
    expect(sockets).toBe(1);
  });

  test('every script and stylesheet of ours comes in brotli', () => {
    const files = Object.values(weight).flatMap(({ carried }) =>
      carried.filter(({ path }) => /\.(?:js|css)$/.test(path)),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ encoding }) => encoding !== 'br')).toEqual([]);
  });
});

test('the inbox’s first scripts stay within 300 KB of gzip', async ({ browser, house }) => {
  const context = await browser.newContext({ storageState: house.adminState });
  const weight = await measureInboxWeight(context, house.app.url);
  expect(weight.first.length).toBeGreaterThan(3);
  expect(inboxScriptBytes(weight)).toBeLessThanOrEqual(inboxScriptsMax);
  await context.close();
});

function pathsOf({ carried }: Step): string[] {
  // A preflight is a part of the request that it asks for.
  const paths = carried.map(({ path }) => path.replace(/^OPTIONS /, ''));
  return [...new Set(paths)].toSorted();
}

function only({ carried }: Step, path: string) {
  const found = carried.filter((each) => each.path === path);
  expect(found).toHaveLength(1);
  const [each] = found;
  if (each === undefined) throw new Error(`${path} was not loaded`);
  return each;
}
