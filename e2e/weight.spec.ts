import {
  budgets,
  bytesOf,
  inboxScriptBytes,
  inboxScriptsMax,
  measureInboxWeight,
  measurePageWeight,
  type PageWeight,
  partsOf,
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

  test('opened by a visitor: within the budget, without a socket', () => {
    const { carried, sockets } = weight.opening;
    expect(bytesOf(weight.opening)).toBeLessThanOrEqual(budgets.opening);
    expect(carried.length).toBeLessThanOrEqual(budgets.openingRequests);
    expect(sockets).toBe(0);
  });

  test('opened by a customer who comes back: within the same budget, the live connection included', () => {
    const { carried, sockets } = weight.returningOpening;
    expect(bytesOf(weight.returningOpening)).toBeLessThanOrEqual(budgets.opening);
    expect(carried.length + sockets).toBeLessThanOrEqual(budgets.openingRequests);
    expect(sockets).toBe(1);
  });

  test('opened, the frame brings one script, which no other page needs', () => {
    const scripts = weight.opening.carried
      .map(({ path }) => path)
      .filter((path) => /^\/_next\/.*\.js$/.test(path));
    expect(scripts).toEqual([expect.stringMatching(/\/frame-\w+\.js$/)]);
  });

  test('what it weighs can be told by its parts', async ({ house }) => {
    const parts = await partsOf(weight.returningOpening, house.app.url);
    const names = parts.slice(0, 5).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['React DOM', 'Next', 'Parley', 'Pusher']));
    expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(bytesOf(weight.returningOpening));
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
