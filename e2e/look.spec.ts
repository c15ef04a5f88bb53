import type { Page } from '@playwright/test';
import { expect, test, untilAlive } from './people.ts';

const phone = { width: 390, height: 844 };

test('switching between reply and note moves nothing', async ({ agent, customer }) => {
  await customer.start();
  await customer.send('Nothing moves here');
  await agent.open('Nothing moves here');
  const { page } = agent;
  const boxes = async () =>
    Promise.all(
      [
        page.getByRole('log'),
        page.getByRole('region', { name: /^Ticket / }).locator('header'),
        page.getByRole('button', { name: 'Reply', exact: true }),
        page.getByRole('button', { name: 'Note', exact: true }),
        agent.reply.or(agent.note),
        page.getByRole('button', { name: /^(Send|Add note)$/ }),
        agent.log.getByText('Nothing moves here'),
      ].map((part) => part.boundingBox()),
    );
  await page.getByRole('button', { name: 'Reply', exact: true }).click();
  await expect(agent.reply).toBeFocused();
  const asReply = await boxes();
  expect(asReply).not.toContain(null);
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await expect(agent.note).toBeFocused();
  expect(await boxes()).toEqual(asReply);
});

test('list, ticket and customer begin on one line', async ({ agent, customer }) => {
  await customer.start();
  await customer.send('One line across the page');
  await agent.open('One line across the page');
  const { page } = agent;
  const bottoms = await Promise.all(
    [
      page.getByRole('region', { name: 'Tickets' }).locator('header'),
      page
        .getByRole('region', { name: /^Ticket / })
        .locator('header > div')
        .first(),
      page.getByRole('complementary', { name: 'Customer' }).locator('div > div').first(),
    ].map((part) => part.evaluate((element) => element.getBoundingClientRect().bottom)),
  );
  expect(bottoms).toEqual([48, 48, 48]);
});

test('a ticket opens by its number too', async ({ agent, customer }) => {
  await customer.start();
  await customer.send('Known by its number');
  await agent.open('Known by its number');
  const { page } = agent;
  const region = page.getByRole('region', { name: /^Ticket / });
  const name = await region.getAttribute('aria-label');
  const address = page.url();
  await page.goto(`/inbox/${name?.replace('Ticket ', '')}`);
  await expect(agent.log).toContainText('Known by its number');
  expect(page.url()).toBe(address);
});

test('a dialog takes the focus into its first field and gives it back', async ({ agent }) => {
  const { page } = agent;
  await page.goto('/settings/team');
  await untilAlive(page);
  const invite = page.getByRole('button', { name: 'Invite' });
  await invite.click();
  await expect(page.getByRole('textbox', { name: 'E-mail' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(invite).toBeFocused();
});

test('an origin that is none is named by its line, with what to write instead', async ({ agent }) => {
  const { page } = agent;
  await page.goto('/settings/widget');
  await untilAlive(page);
  const field = page.getByRole('textbox', { name: /Origins/ });
  const before = await field.inputValue();
  await field.fill(`${before}\nhttps://shop.example/cart`);
  await page.getByRole('button', { name: 'Save' }).click();
  const line = before.split('\n').length + 1;
  await expect(
    page.getByText(`Line ${line}: write https://shop.example instead of https://shop.example/cart.`),
  ).toBeVisible();
  await field.fill(`${before}\nhttps://shop.example`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();
  await page.reload();
  await expect(field).toHaveValue(`${before}\nhttps://shop.example`);
});

test('every page fits a phone, names its buttons, has one main part and a title, and logs nothing', async ({
  agent,
  customer,
  browser,
  house,
}) => {
  await customer.start();
  await customer.send('For a small screen');
  await agent.open('For a small screen');
  await customer.send('unbroken'.repeat(60));
  await expect(agent.log).toContainText('unbroken');
  const ticket = new URL(agent.page.url()).pathname;
  const stranger = await browser.newContext({ viewport: phone, baseURL: house.app.url });
  await agent.page.setViewportSize(phone);
  const parts = [
    'profile',
    'saved-replies',
    'team',
    'departments/new',
    'tags',
    'fields',
    'widget',
    'identity',
    'workspace',
    'api-keys',
    'webhooks',
  ];
  const inside = ['/inbox', ticket, '/settings', ...parts.map((part) => `/settings/${part}`)];
  const outside = ['/sign-in', '/setup', '/setup#a-token', '/invite', '/invite#a-token', '/t'];
  await checkPages(agent.page, inside);
  await checkPages(await stranger.newPage(), outside);
  await stranger.close();
});

async function checkPages(page: Page, paths: readonly string[]) {
  const logged: string[] = [];
  page.on('console', (message) => {
    // What the browser says of a page that is left before its socket was open.
    if (message.text().includes('WebSocket is closed before the connection is established')) return;
    if (message.type() === 'error' || message.type() === 'warning') logged.push(message.text());
  });
  page.on('pageerror', (error) => logged.push(String(error)));
  for (const path of paths) {
    await page.goto(path);
    await expect(page.getByRole('main'), path).toHaveCount(1);
    await expect(page.getByRole('heading').first(), path).toBeVisible();
    const found = await page.evaluate(() => {
      const { scrollWidth, clientWidth, lang } = document.documentElement;
      const nameless = [...document.querySelectorAll('button, a[href], input, textarea, select')].filter(
        (element) =>
          element.checkVisibility() &&
          element.closest('[inert]') === null &&
          !element.getAttribute('aria-label') &&
          !element.textContent?.trim() &&
          !(element instanceof HTMLInputElement && (element.labels?.length ?? 0) > 0) &&
          !(element instanceof HTMLTextAreaElement && (element.labels?.length ?? 0) > 0),
      );
      return {
        overflow: scrollWidth - clientWidth,
        nameless: nameless.map((element) => element.outerHTML.slice(0, 120)),
        lang,
      };
    });
    expect({ path, ...found }).toEqual({ path, overflow: 0, nameless: [], lang: 'en' });
    expect(await page.title(), path).toMatch(/\S.* · Parley$/);
  }
  expect(logged).toEqual([]);
}
