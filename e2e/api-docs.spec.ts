import type { Page } from '@playwright/test';
import { apiDocumentSchema, operationsOf } from '../lib/api/schema.ts';
import { expect, test } from './app-fixture.ts';
import { axeOn } from './axe.ts';

const sizes = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];

test('the page has every operation, record and code, and nothing of it comes from another host', async ({
  app,
  page,
}) => {
  const foreign: string[] = [];
  const logged: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== app.url) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') logged.push(message.text());
  });
  const answer = await page.goto('/docs/api', { waitUntil: 'networkidle' });
  expect(answer?.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
  const document = apiDocumentSchema.parse(await (await page.request.get('/api/v1/openapi.json')).json());
  const anchors = [
    ...document.tags.map(({ name }) => name),
    ...operationsOf(document).map(({ operation }) => operation.operationId),
    ...Object.keys(document.components.schemas),
    ...Object.keys(document['x-problems']),
  ];
  const missing = await page.evaluate(
    (ids) => ids.filter((id) => window.document.getElementById(id) === null),
    anchors,
  );
  expect(missing).toEqual([]);
  const lost = await page.evaluate(() =>
    [...window.document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')]
      .map(({ hash }) => decodeURIComponent(hash.slice(1)))
      .filter((id) => window.document.getElementById(id) === null),
  );
  expect(lost).toEqual([]);
  expect({ foreign, logged }).toEqual({ foreign: [], logged: [] });
});

test('it fits a phone and a desk, in both themes, and axe finds nothing', async ({ page }) => {
  test.setTimeout(120_000);
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto('/docs/api');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Parley API');
      expect(await overflowOf(page), `${size.width}, ${colorScheme}`).toBe(0);
    }
  }
  const dark = await page.emulateMedia({ colorScheme: 'dark' }).then(() => find(page, ['color-contrast']));
  const light = await page.emulateMedia({ colorScheme: 'light' }).then(() => find(page));
  expect([...dark, ...light]).toEqual([]);
});

test('with the keyboard alone one comes from the contents to an operation and through its examples', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/docs/api');
  const link = page
    .getByRole('navigation', { name: 'Contents' })
    .getByRole('link', { name: /Lists tickets/ });
  for (let presses = 0; presses < 20 && !(await isFocused(link)); presses++) await page.keyboard.press('Tab');
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#listTickets$/);
  const operation = page.getByRole('article', { name: 'Lists tickets' });
  await expect(operation).toBeInViewport();
  // The next stops are the operation's own: its heading's link, then what scrolls.
  await page.keyboard.press('Tab');
  await expect(operation.getByRole('link', { name: 'Lists tickets' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(operation.getByRole('group').first()).toBeFocused();
});

test('on a phone the contents are folded, and lead to a code that a refusal named', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/docs/api');
  await page.getByText('Contents', { exact: true }).last().click();
  await page.getByRole('link', { name: 'Problems' }).click();
  await expect(page.getByRole('heading', { name: 'Problems' })).toBeInViewport();
  const refusal = await page.request.get('/api/v1/tickets');
  expect(refusal.headers()['content-type']).toBe('application/problem+json');
  const { type, code } = await refusal.json();
  await page.goto(type);
  await expect(page.locator(`[id="${code}"]`)).toBeInViewport();
});

function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = window.document.documentElement;
    return scrollWidth - clientWidth;
  });
}

function isFocused(link: ReturnType<Page['getByRole']>): Promise<boolean> {
  return link.evaluate((element) => element === window.document.activeElement);
}

async function find(page: Page, rules?: string[]): Promise<string[]> {
  const axe = axeOn(page);
  const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await (rules === undefined
    ? axe.withTags(standards)
    : axe.withRules(rules)
  ).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
}
