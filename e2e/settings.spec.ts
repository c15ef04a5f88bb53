import type { Page } from '@playwright/test';
import postgres from 'postgres';
import { newId } from '../lib/ids.ts';
import { axeOn, coloursOn, violationsOn } from './axe.ts';
import { type Agent, type Customer, expect, type House, test, untilAlive } from './people.ts';

async function inDatabase<Value>(house: House, run: (sql: postgres.Sql) => Promise<Value>): Promise<Value> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}

/** A settings page beside the agent's inbox, in the same browser. */
async function openSettings({ page }: Agent, house: House, part: string): Promise<Page> {
  const settings = await page.context().newPage();
  await settings.goto(`${house.app.url}/settings/${part}`);
  await untilAlive(settings);
  return settings;
}

/** A ticket that says so, as soon as it is in the agent's list. */
async function begin(customer: Customer, agent: Agent, text: string): Promise<void> {
  await customer.start();
  await customer.send(text);
  await expect(agent.row(text)).toBeVisible();
}

const ticketOf = (house: House, text: string) =>
  inDatabase(house, async (sql) => {
    const [row] = await sql<{ id: string }[]>`
      select ticket_id as id from conversations where last_message = ${text} order by id desc limit 1`;
    if (row === undefined) throw new Error(`no ticket says ${text}`);
    return row.id;
  });

test('a tag that is renamed is renamed in a colleague’s open inbox', async ({
  agent,
  newColleague,
  customer,
  house,
}) => {
  const tag = newId();
  await begin(customer, agent, 'Tagged and renamed');
  const ticketId = await ticketOf(house, 'Tagged and renamed');
  await inDatabase(house, async (sql) => {
    await sql`insert into tags (id, name, color) values (${tag}, ${'Refunds'}, 'green')`;
    await sql`insert into ticket_tags (ticket_id, tag_id) values (${ticketId}, ${tag})`;
  });
  const ben = await newColleague('Ben Tagger');
  const row = ben.row('Tagged and renamed');
  await expect(row).toContainText('Refunds');

  const settings = await openSettings(agent, house, 'tags');
  await settings.getByRole('button', { name: 'More about Refunds' }).click();
  await settings.getByRole('menuitem', { name: 'Rename or recolour…' }).click();
  await settings.getByRole('textbox', { name: 'Name' }).fill('Money back');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings.getByRole('listitem').filter({ hasText: 'Money back' })).toContainText('1 ticket');
  await expect(row).toContainText('Money back');
  await expect(row).not.toContainText('Refunds');
});

test('a department that is made restricted takes its ticket out of an outsider’s list at once', async ({
  agent,
  newColleague,
  customer,
  house,
}) => {
  const settings = await openSettings(agent, house, 'departments/new');
  await settings.getByRole('textbox', { name: 'Name' }).fill('Notaries');
  await settings.getByRole('button', { name: 'Make the department' }).click();
  await expect(settings.getByRole('main').getByRole('link', { name: 'Notaries' })).toBeVisible();
  await begin(customer, agent, 'A matter for notaries');
  const ticketId = await ticketOf(house, 'A matter for notaries');
  await inDatabase(
    house,
    (sql) =>
      sql`update tickets set department_id = (select id from departments where name = 'Notaries')
        where id = ${ticketId}`,
  );
  const ben = await newColleague('Ben Outsider');
  await ben.open('A matter for notaries');
  await expect(ben.log).toContainText('A matter for notaries');

  await settings.getByRole('main').getByRole('link', { name: 'Notaries' }).click();
  await settings.getByRole('checkbox', { name: /Restricted/ }).check();
  await expect(settings.getByText('Its 1 open ticket will be hidden from everybody else.')).toBeVisible();
  await settings.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(ben.row('A matter for notaries')).toHaveCount(0);
  await expect(ben.page.getByText('A matter for notaries')).toHaveCount(0);
  await expect(agent.row('A matter for notaries')).toBeVisible();

  // Taking it away asks where its ticket goes, and every agent hears of it.
  await settings.getByRole('button', { name: 'Delete…' }).click();
  await expect(settings.getByText(/every agent will see them, notes included/)).toBeVisible();
  await settings.getByRole('button', { name: 'Delete the department' }).click();
  await expect(settings.getByRole('main').getByRole('link', { name: 'Notaries' })).toHaveCount(0);
  await expect(ben.row('A matter for notaries')).toBeVisible();
});

test('whoever is switched off hands their open tickets to the colleague that was chosen', async ({
  agent,
  newColleague,
  customer,
  house,
}) => {
  const ben = await newColleague('Bela Moreau');
  await begin(customer, agent, 'Carried by Bela');
  const ticketId = await ticketOf(house, 'Carried by Bela');
  await inDatabase(
    house,
    (sql) =>
      sql`update tickets set assignee_id = (select id from agents where name = 'Bela Moreau') where id = ${ticketId}`,
  );
  const settings = await openSettings(agent, house, 'team');
  await settings.getByRole('button', { name: 'More about Bela Moreau' }).click();
  await settings.getByRole('menuitem', { name: /Switch off the account/ }).click();
  const dialog = settings.getByRole('dialog');
  await expect(dialog.getByText('Who takes over their open ticket?')).toBeVisible();
  await dialog.getByRole('radio', { name: /A colleague/ }).check();
  await dialog.getByRole('combobox', { name: 'Colleague' }).selectOption({ label: house.admin.name });
  await dialog.getByRole('button', { name: 'Switch off' }).click();
  await expect(settings.getByText('Bela Moreau is switched off.')).toBeVisible();
  await ben.page.waitForURL(/\/sign-in/);
  await agent.page.goto(`${house.app.url}/inbox?view=mine`);
  await expect(agent.row('Carried by Bela')).toBeVisible();
});

test('a saved reply for everybody is a slash away for a colleague, with the customer’s facts in it', async ({
  agent,
  newColleague,
  customer,
  house,
}) => {
  const settings = await openSettings(agent, house, 'saved-replies');
  await settings
    .getByRole('button', { name: /New (reply|for everybody)/ })
    .first()
    .click();
  const dialog = settings.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Parcel is on its way');
  await dialog.getByRole('textbox', { name: 'Shortcut' }).fill('/sent');
  await dialog.getByRole('textbox', { name: 'Text' }).fill('Hi {{customer.first_nme|there}}, it left today.');
  await expect(dialog.getByText(/stands for nothing/)).toBeVisible();
  await dialog
    .getByRole('textbox', { name: 'Text' })
    .fill('Hi {{customer.first_name|there}}, it left today.');
  const preview = dialog.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText('Hi Maya, it left today.');
  await preview.getByRole('button', { name: 'Somebody new' }).click();
  await expect(preview).toContainText('Hi there, it left today.');
  await dialog.getByRole('radio', { name: 'All agents' }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(settings.getByRole('list', { name: 'Everybody’s saved replies' })).toContainText('/sent');

  const ben = await newColleague('Ben Replier');
  await begin(customer, agent, 'Has my parcel left?');
  await ben.open('Has my parcel left?');
  await ben.page.getByRole('button', { name: 'Reply', exact: true }).click();
  await ben.reply.pressSequentially('/sent');
  await ben.page.getByRole('option', { name: /Parcel is on its way/ }).click();
  await expect(ben.reply).toHaveValue('Hi there, it left today.');

  // What only admins may change, others may read.
  const theirs = await openSettings(ben, house, 'saved-replies');
  await theirs.getByRole('button', { name: 'Parcel is on its way', exact: true }).click();
  await expect(theirs.getByRole('dialog')).toContainText('Only admins change it.');
});

test('a new site says that it was not seen, then where, and allowing it is one click', async ({
  agent,
  browser,
  house,
}) => {
  const settings = await openSettings(agent, house, 'widget');
  await settings.getByRole('button', { name: 'Add a site' }).click();
  await settings.getByRole('textbox', { name: 'Name' }).fill('Outlet');
  await settings.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(settings.getByRole('heading', { name: 'Outlet' })).toBeVisible();
  await expect(settings.getByText('Not seen yet')).toBeVisible();
  const tag = await settings.getByText(/<script async/).textContent();
  const key = /data-widget="([^"]+)"/.exec(tag ?? '')?.[1] ?? '';

  const visitor = await browser.newContext();
  const shop = await visitor.newPage();
  await shop.goto(`${house.app.url}/demo?widget=${key}`);
  const { origin } = new URL(house.app.url);
  await expect(settings.getByText(`Seen, but not allowed, on ${origin}`)).toBeVisible();
  await settings.getByRole('button', { name: 'Allow it' }).click();
  await settings.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(settings.getByText(/^Saved\./)).toBeVisible();
  await expect(settings.getByText(`Seen on ${origin}`)).toBeVisible();
  await visitor.close();
  // The other tests' house has one site.
  await inDatabase(house, (sql) => sql`delete from widgets where key = ${key}`);
});

test('the preview shows the real chat in the colours that are being chosen', async ({ agent, house }) => {
  const settings = await openSettings(agent, house, 'widget');
  await settings.getByRole('textbox', { name: 'Colour', exact: true }).fill('#1a7f4b');
  const preview = settings.getByRole('region', { name: 'Preview' });
  await expect(preview.locator('h1')).toHaveText('Hi there. How can we help?');
  const launcher = preview.locator('button:has(b)');
  await expect(launcher).toHaveCSS('background-color', 'rgb(26, 127, 75)');
  await launcher.scrollIntoViewIfNeeded();
  await expect(launcher).toBeInViewport();
  await expect(settings.getByText('Not saved yet')).toBeVisible();

  // A theme of the site's own holds whatever the device prefers.
  const home = preview.locator('div[data-theme] div[data-theme]');
  const brightness = () =>
    home.evaluate((element) => {
      const { backgroundColor } = getComputedStyle(element);
      const context = document.createElement('canvas').getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.fillStyle = backgroundColor;
      context.fillRect(0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data[0] ?? 0;
    });
  await settings.getByRole('combobox', { name: 'Light or dark' }).selectOption('Always dark');
  await expect.poll(brightness).toBeLessThan(60);
  await settings.getByRole('combobox', { name: 'Light or dark' }).selectOption('Always light');
  await expect.poll(brightness).toBeGreaterThan(200);
  settings.on('dialog', (dialog) => void dialog.accept());
  await settings.close({ runBeforeUnload: true });
});

test('what is typed and sent off before the page has come to life is neither lost nor in the address', async ({
  browser,
  house,
}) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  await page.route(/\/_next\/static\/.*\.js/, async (route) => {
    await isReleased;
    await route.continue();
  });
  await page.goto(`${house.app.url}/sign-in`, { waitUntil: 'commit' });
  const email = page.getByRole('textbox', { name: 'E-mail' });
  const password = page.getByLabel('Password');
  await email.fill(house.admin.email);
  await password.fill(house.admin.password);
  await password.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled();
  release();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/inbox/);
  expect(page.url()).not.toContain('password');
  await context.close();
});

const parts = [
  '',
  '/profile',
  '/saved-replies',
  '/team',
  '/departments',
  '/departments/new',
  '/tags',
  '/fields',
  '/widget',
  '/identity',
  '/workspace',
  '/api-keys',
  '/webhooks',
];

test('axe finds nothing on any page of the settings, in light, in dark and on a phone', async ({
  agent,
  newColleague,
  house,
}) => {
  const { page } = agent;
  for (const path of parts) {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${house.app.url}/settings${path}`);
    await expectNoViolations(page, `${path} light`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectNoViolations(page, `${path} dark`, coloursOn(page));
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect({ path, overflow }).toEqual({ path, overflow: 0 });
    await expectNoViolations(page, `${path} on a phone`);
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  const ben = await newColleague('Ben Reader');
  for (const path of parts.filter((path) => !path.endsWith('new'))) {
    await ben.page.goto(`${house.app.url}/settings${path}`);
    await expectNoViolations(ben.page, `${path} for an agent`);
  }
});

async function expectNoViolations(page: Page, where: string, axe = axeOn(page)): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  const found = await violationsOn(page, axe);
  expect({ where, found }).toEqual({ where, found: [] });
}

test('an agent who is no admin is told who looks after it, and reaches no form of it', async ({
  newColleague,
  house,
}) => {
  const ben = await newColleague('Ben Visitor');
  const { page } = ben;
  await page.goto(`${house.app.url}/settings/departments/new`);
  await page.waitForURL(/\/settings\/departments$/);
  for (const part of ['team', 'departments', 'fields', 'workspace', 'widget']) {
    await page.goto(`${house.app.url}/settings/${part}`);
    await expect(page.getByText(/Your admins|your admins/).first()).toBeVisible();
    await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
  }
});
