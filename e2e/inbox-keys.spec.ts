import type { Page } from '@playwright/test';
import { axeOn, violationsOn } from './axe.ts';
import { type Agent, agentOn, expect, type House, intercept, test, untilAlive } from './people.ts';

const palette = (page: Page) => page.getByRole('dialog', { name: 'Run anything' });
const option = (page: Page, name: string | RegExp) => palette(page).getByRole('option', { name });
const fact = (page: Page, name: string) => page.getByRole('button', { name });

/** Moves down the list until the row with this text has the focus. */
async function moveTo(agent: Agent, text: string): Promise<void> {
  const row = agent.row(text);
  await expect(row).toBeVisible();
  for (let step = 0; step < 60; step++) {
    if (await row.evaluate((link) => link === document.activeElement)) return;
    await agent.page.keyboard.press('j');
  }
  throw new Error(`no step led to ${text}`);
}

async function expectNoViolations(page: Page): Promise<void> {
  expect(await violationsOn(page, axeOn(page).exclude('iframe'))).toEqual([]);
}

async function openProfile(agent: Agent, house: House): Promise<void> {
  await agent.page.goto(`${house.app.url}/settings/profile`);
  await untilAlive(agent.page);
  await expect(agent.page.getByRole('heading', { name: 'Profile', level: 1 })).toBeVisible();
}

test('a ticket goes from unassigned to resolved without a mouse: mine, urgent, tagged, noted, answered', async ({
  agent,
  customer,
  house,
  newColleague,
}) => {
  const cleo = await newColleague('Cleo Park');
  await customer.start();
  await customer.send('Keyboard only, please');
  const { page } = agent;
  await moveTo(agent, 'Keyboard only, please');
  await page.keyboard.press('Enter');
  await expect(agent.log).toContainText('Keyboard only, please');

  await page.keyboard.press('i');
  await expect(fact(page, `Assignee: ${house.admin.name}`)).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByRole('menuitemradio', { name: /Urgent/ })).toBeVisible();
  await page.keyboard.press('u');
  await page.keyboard.press('Enter');
  await expect(fact(page, 'Priority: Urgent')).toBeVisible();
  await page.keyboard.press('l');
  await expect(page.getByRole('combobox', { name: 'Find or make a tag' })).toBeFocused();
  await page.keyboard.type('without a mouse');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: /^Ticket / }).locator('header')).toContainText(
    'without a mouse',
  );
  await page.keyboard.press('Escape');

  await page.keyboard.press('n');
  await expect(agent.note).toBeFocused();
  await page.keyboard.type('For you, @cleo');
  await expect(page.getByRole('option', { name: 'Cleo Park' })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(agent.log).toContainText('For you, @Cleo Park');
  await expect(cleo.page.getByRole('button', { name: 'Notifications, 1 unread' })).toBeVisible();

  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await expect(agent.reply).toBeFocused();
  await page.keyboard.type('Done without a mouse');
  await page.keyboard.press('ControlOrMeta+Shift+Enter');
  await expect(customer.log).toContainText('Done without a mouse');
  await expect(fact(page, 'Status: Resolved')).toBeVisible();
  await expect(customer.frame.getByText(/resolved/i).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: /^Ticket / })).toBeHidden();
});

test('the palette runs an action on the open ticket, chooses in it, and shows the key that does the same', async ({
  agent,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('Through the palette');
  await agent.open('Through the palette');
  const { page } = agent;

  await page.keyboard.press('ControlOrMeta+k');
  await expect(palette(page)).toContainText('Through the palette');
  await expectNoViolations(page);
  await page.keyboard.type('atm');
  await expect(option(page, /^Assign to me/)).toHaveAttribute('aria-selected', 'true');
  await expect(option(page, /^Assign to me/)).toContainText(/keys i$|I$/);
  await page.keyboard.press('Enter');
  await expect(fact(page, `Assignee: ${house.admin.name}`)).toBeVisible();

  await page.keyboard.press('ControlOrMeta+k');
  await expect(option(page, /^Assign to me/)).toBeHidden();
  await page.keyboard.type('priority');
  await page.keyboard.press('Enter');
  await page.keyboard.type('hi');
  await page.keyboard.press('Enter');
  await expect(fact(page, 'Priority: High')).toBeVisible();
  await expect(palette(page)).toBeHidden();

  await page.keyboard.press('ControlOrMeta+k');
  await expect(palette(page).getByRole('group', { name: 'Recent' })).toContainText('Priority');
  await page.keyboard.press('Escape');

  // Choices are found from the start, too, and Escape goes one step back before it leaves.
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('low');
  await expect(option(page, /Priority: Low/)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('snooze');
  await page.keyboard.press('Enter');
  await expect(option(page, /^Tomorrow/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(option(page, /^Snooze/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(palette(page)).toBeHidden();
});

test('keys act on the row that was moved to, on all that are selected, and on the open ticket; undo takes it back', async ({
  agent,
  newCustomer,
}) => {
  const texts = ['First to be done', 'Second to be done', 'Third to be done'];
  for (const text of texts) {
    const customer = await newCustomer();
    await customer.start();
    await customer.send(text);
  }
  const { page } = agent;
  await moveTo(agent, 'First to be done');
  await page.keyboard.press('e');
  await expect(agent.row('First to be done')).toBeHidden();
  await expect(page.getByText(/^#\d+ resolved$/)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(agent.row('First to be done')).toBeVisible();

  await moveTo(agent, 'Second to be done');
  await page.keyboard.press('x');
  await moveTo(agent, 'Third to be done');
  await page.keyboard.press('x');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(palette(page)).toContainText('2 tickets selected');
  await page.keyboard.type('assign to me');
  await page.keyboard.press('Enter');
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await expect(agent.row('Second to be done')).toBeVisible();
  await expect(agent.row('Third to be done')).toBeVisible();

  await agent.open('Second to be done');
  await page.keyboard.press('e');
  await expect(fact(page, 'Status: Resolved')).toBeVisible();
  // The row is gone and the focus fell to another one: that is nobody's choice, so nothing happens to it.
  await page.keyboard.press('e');
  await page.keyboard.press('o');
  await expect(fact(page, 'Status: Open')).toBeVisible();
  await expect(agent.row('Third to be done')).toBeVisible();
});

test('a change that a colleague made meanwhile is told in words, and what they made stays', async ({
  agent,
  customer,
  house,
  newColleague,
}) => {
  await customer.start();
  await customer.send('Who is first?');
  const fay = await newColleague('Fay Moss');
  await agent.open('Who is first?');
  await fay.open('Who is first?');
  // The agent's own change is still on its way when the colleague's is stored.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await intercept(agent.page, /\/inbox/, async (route) => {
    if (route.request().headers()['next-action'] !== undefined) await held;
    await route.continue();
  });
  await agent.page.keyboard.press('i');
  await expect(fact(agent.page, `Assignee: ${house.admin.name}`)).toBeVisible();
  await fay.page.keyboard.press('i');
  // In the log it is stored; the button shows it before that.
  await expect(fay.log).toContainText('Fay Moss took this');
  letGo();
  await expect(agent.page.getByText('Fay Moss took it a moment ago.')).toBeVisible();
  await expect(fact(agent.page, 'Assignee: Fay Moss')).toBeVisible();
});

test('the help is made of the keys as they are bound; a rebound key acts, is shown, and gets in nobody’s way', async ({
  agent,
  customer,
  house,
}) => {
  const { page } = agent;
  await customer.start();
  await customer.send('Resolved by another key');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(help.getByRole('definition').filter({ hasText: /^e/i }).first()).toBeVisible();
  await expectNoViolations(page);
  await help.getByRole('link', { name: 'Change these keys' }).click();
  await expect(page.getByRole('heading', { name: 'Profile', level: 1 })).toBeVisible();

  const keysOf = (words: string) =>
    page.getByRole('button', { name: new RegExp(`^(New keys|Keys) for “${words}”`) });
  await keysOf('Resolve').click();
  await page.keyboard.press('r');
  await expect(page.getByRole('alert').filter({ hasText: '“Reply” has these keys' })).toBeVisible();
  await keysOf('Resolve').click();
  await page.keyboard.press('d');
  await expect(keysOf('Resolve')).toHaveAccessibleName(/: d\. Change/);
  await expectNoViolations(page);

  await page.goto(`${house.app.url}/inbox`);
  const again = agentOn(page);
  await again.open('Resolved by another key');
  await page.keyboard.press('e');
  await page.keyboard.press('?');
  await expect(help).toContainText(/Resolve\s*d/i);
  await page.keyboard.press('Escape');
  await expect(fact(page, 'Status: Open')).toBeVisible();
  await page.keyboard.press('d');
  await expect(fact(page, 'Status: Resolved')).toBeVisible();

  await openProfile(agent, house);
  await page.getByRole('button', { name: 'Back to the usual keys' }).click();
  await expect(keysOf('Resolve')).toHaveAccessibleName(/: e\. Change/);
});

test('with single keys off no letter acts, and the palette does all of it', async ({
  agent,
  customer,
  house,
}) => {
  const { page } = agent;
  await customer.start();
  await customer.send('No letters, please');
  await openProfile(agent, house);
  const single = page.getByRole('checkbox', { name: /Single keys act/ });
  const stored = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await single.uncheck();
  await stored;
  await page.goto(`${house.app.url}/inbox`);
  const again = agentOn(page);
  await again.open('No letters, please');
  for (const key of ['e', 'i', 'p', '?', 'x']) await page.keyboard.press(key);
  await expect(fact(page, 'Status: Open')).toBeVisible();
  await expect(fact(page, 'Assignee: Unassigned')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('resolve');
  await expect(option(page, /^Resolve$/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(fact(page, 'Status: Resolved')).toBeVisible();
  await openProfile(agent, house);
  await single.check();
});

test('a ticket is put back among the unread ones, and read again by opening it', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('Later, please');
  await agent.open('Later, please');
  const row = agent.row('Later, please');
  await expect(row).not.toContainText('Unread, ');
  await agent.page.keyboard.press('Shift+U');
  await expect(agent.page.getByRole('region', { name: /^Ticket / })).toBeHidden();
  await expect(row).toContainText('Unread, ');
  await agent.page.reload();
  await expect(row).toContainText('Unread, ');
  await agent.open('Later, please');
  await expect(row).not.toContainText('Unread, ');
});

test('the profile is saved by its button; a wrong present password changes nothing', async ({
  agent,
  house,
}) => {
  const { page } = agent;
  await openProfile(agent, house);
  await page.getByLabel('Time zone').fill('Mars/Olympus');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('There is no such time zone.')).toBeVisible();
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Your profile is saved.')).toBeVisible();
  await page.getByLabel('Present password').fill('not the password');
  await page.getByLabel('New password').fill('another-long-password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('That is not your present password.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
  await page.getByLabel('Time zone').fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Your profile is saved.')).toBeVisible();
});

test('another password ends the other sessions and keeps this one', async ({
  browser,
  house,
  newColleague,
}) => {
  const dana = await newColleague('Dana Lee');
  const elsewhere = await browser.newContext({ storageState: await dana.page.context().storageState() });
  const other = await elsewhere.newPage();
  await other.goto(`${house.app.url}/inbox`);
  await expect(other.getByRole('region', { name: 'Tickets' })).toBeVisible();
  const { page } = dana;
  await openProfile(dana, house);
  await page.getByLabel('Present password').fill('another-long-password');
  await page.getByLabel('New password').fill('a-third-long-password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('Your password is changed.')).toBeVisible();
  await expect(other).toHaveURL(/\/sign-in/);
  await page.goto(`${house.app.url}/inbox`);
  await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
  await elsewhere.close();
});
