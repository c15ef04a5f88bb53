import { expect, resolveAll, test } from './people.ts';

test('what is typed right after the key of a search or of the palette ends up in its field, and changes no ticket', async ({
  browser,
  customer,
  house,
}) => {
  await resolveAll(house);
  await customer.start();
  await customer.send('Resolve me not');
  const context = await browser.newContext({
    storageState: house.adminState,
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  // Nothing is fetched ahead, and what is asked for comes only once everything is typed.
  await page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 }));
  await page.goto(`${house.app.url}/inbox`);
  const row = page.getByRole('region', { name: 'Tickets' }).getByRole('link', { name: /Resolve me not/ });
  await row.click();
  await expect(page.getByRole('log')).toContainText('Resolve me not');
  await page.getByRole('button', { name: 'Status: Open' }).focus();
  const typed = Promise.withResolvers<void>();
  await page.route(/\/_next\/static\/chunks\//, async (route) => {
    await typed.promise;
    await route.continue();
  });

  await page.keyboard.press('/');
  await page.keyboard.type('e o i x');
  typed.resolve();
  await expect(page.getByRole('textbox', { name: /^Search messages/ })).toHaveValue('e o i x');
  await page.keyboard.type('y');
  await expect(page.getByRole('textbox', { name: /^Search messages/ })).toHaveValue('e o i xy');
  await page.goto(`${house.app.url}/inbox`);
  await row.click();
  await expect(page.getByRole('button', { name: 'Status: Open' })).toBeVisible();
  await page.getByRole('button', { name: 'Status: Open' }).focus();
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('resolve');
  await expect(page.getByRole('combobox', { name: /^Find an action/ })).toHaveValue('resolve');
  await expect(page.getByRole('button', { name: 'Status: Open', includeHidden: true })).toHaveCount(1);
  await context.close();
});
