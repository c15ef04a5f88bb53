import type { Page } from '@playwright/test';
import { axeOn, coloursOn, violationsOn } from './axe.ts';
import { agentOn, expect, resolveAll, test } from './people.ts';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/**
 * What axe finds on the page as it stands, each with where and the elements it is about: everything in light, and the
 * colours once more in dark, since nothing else of a screen depends on them.
 */
async function findings(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const axe =
      colorScheme === 'dark'
        ? coloursOn(page)
        : axeOn(page)
            .withTags(standards)
            // What floats above the page belongs to no landmark on purpose.
            // Keys and facts are glyphs; the names of their buttons are the words for them.
            .disableRules(['region', 'label-content-name-mismatch']);
    // They take the focus only to hand it on at once.
    const violations = await violationsOn(page, axe.exclude('[data-base-ui-focus-guard]'));
    found.push(...violations.map((violation) => `${where}, ${colorScheme}: ${violation}`));
  }
  return found;
}

test('axe finds nothing on any screen of the inbox and outside of it, in any state, light or dark', async ({
  browser,
  customer,
  house,
}) => {
  test.setTimeout(180_000);
  await resolveAll(house);
  await customer.start();
  await customer.send('Can everybody read this?');
  const found: string[] = [];
  const open = async (width: number) => {
    const context = await browser.newContext({
      storageState: house.adminState,
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
    });
    return context.newPage();
  };

  const page = await open(1440);
  const agent = agentOn(page);
  await page.goto(`${house.app.url}/inbox`);
  await expect(agent.row('Can everybody read this?')).toBeVisible();
  found.push(...(await findings(page, 'list')));
  await agent.open('Can everybody read this?');
  await expect(agent.log).toContainText('Can everybody read this');
  found.push(...(await findings(page, 'ticket')));
  await agent.write('Only for us');
  await expect(agent.log).toContainText('Only for us');
  found.push(...(await findings(page, 'note')));
  await page.keyboard.press('Escape');
  for (const [key, what] of [
    ['?', 'help'],
    ['ControlOrMeta+k', 'palette'],
    ['z', 'snooze'],
    ['a', 'assign'],
    ['p', 'priority'],
    ['l', 'tag'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(
      page.locator('[role="dialog"], [role="menu"], [role="listbox"]').first(),
      what,
    ).toBeVisible();
    found.push(...(await findings(page, what)));
    await page.keyboard.press('Escape');
    await expect(page.locator('[role="dialog"], [role="menu"], [role="listbox"]'), what).toHaveCount(0);
  }
  await page.keyboard.press('x');
  await expect(page.getByRole('region', { name: 'Selected tickets' })).toBeVisible();
  found.push(...(await findings(page, 'selected')));
  for (const view of ['snoozed', 'resolved', 'mine']) {
    await page.goto(`${house.app.url}/inbox?view=${view}`);
    await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
    found.push(...(await findings(page, `view ${view}`)));
  }
  await page.goto(`${house.app.url}/inbox?status=open&priority=urgent`);
  await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
  found.push(...(await findings(page, 'filtered')));
  await page.keyboard.press('/');
  await page.keyboard.type('everybody');
  await expect(page.locator('mark').first()).toBeVisible();
  found.push(...(await findings(page, 'search')));
  await page.context().close();

  const phone = await open(390);
  await phone.goto(`${house.app.url}/inbox`);
  await expect(agentOn(phone).row('Can everybody read this?')).toBeVisible();
  found.push(...(await findings(phone, 'list on a phone')));
  await agentOn(phone).open('Can everybody read this?');
  found.push(...(await findings(phone, 'ticket on a phone')));
  await phone.context().close();

  const outside = await browser.newContext({ reducedMotion: 'reduce' });
  const stranger = await outside.newPage();
  for (const path of ['/sign-in', '/invite', '/setup', '/t', '/nothing-here']) {
    await stranger.goto(`${house.app.url}${path}`);
    found.push(...(await findings(stranger, path)));
  }
  await outside.close();
  expect(found).toEqual([]);
});
