import { createHmac, randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import postgres from 'postgres';
import { newId } from '../lib/ids.ts';
import { violationsOn } from './axe.ts';
import { type Agent, type Customer, expect, type House, test, untilAlive } from './people.ts';

async function inDatabase<Value>(house: House, run: (sql: postgres.Sql) => Promise<Value>): Promise<Value> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}

async function openKeys({ page }: Agent, house: House): Promise<Page> {
  const settings = await page.context().newPage();
  await settings.goto(`${house.app.url}/settings/api-keys`);
  await untilAlive(settings);
  return settings;
}

/** Makes a key on the page and answers its token, which is shown this once. */
async function makeKey(
  page: Page,
  { name, may, department }: { name: string; may: Record<string, string>; department?: string },
): Promise<string> {
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  if (department !== undefined)
    await dialog.getByLabel('Department', { exact: true }).selectOption(department);
  for (const [noun, level] of Object.entries(may)) {
    await dialog.getByLabel(noun, { exact: true }).selectOption(level);
  }
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  return takeToken(page);
}

async function takeToken(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'The key’s token' });
  const token = (await dialog.locator('code').textContent()) ?? '';
  expect(token).toMatch(/^parley_[\w-]{43}$/);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  return token;
}

type Answer = { status: number; body: unknown };
async function ask(house: House, token: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${house.app.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** The ticket of a customer who just wrote, as soon as it is in the agent's list. */
async function begin(customer: Customer, agent: Agent, house: House, text: string) {
  await customer.start();
  await customer.send(text);
  await expect(agent.row(text)).toBeVisible();
  return inDatabase(house, async (sql) => {
    const [row] = await sql<{ ticketId: string; conversationId: string }[]>`
      select ticket_id as "ticketId", id as "conversationId" from conversations where last_message = ${text}`;
    if (row === undefined) throw new Error(`no ticket says ${text}`);
    return row;
  });
}

/** What axe finds once the menu is gone. */
async function violationsAtRest(page: Page) {
  await expect(page.getByRole('menu')).toHaveCount(0);
  return violationsOn(page);
}

test('an admin makes a key, changes it over and revokes it, and each counts at once', async ({
  agent,
  house,
}) => {
  const page = await openKeys(agent, house);
  const first = await makeKey(page, { name: 'Parcel sync', may: { Tickets: 'write' } });
  const row = page
    .getByRole('list', { name: 'Keys', exact: true })
    .getByRole('listitem')
    .filter({ hasText: 'Parcel sync' });
  await expect(row).toContainText('Reads and writes tickets');
  await expect(row).toContainText('not used yet');
  expect(await violationsAtRest(page)).toEqual([]);

  expect((await ask(house, first, '/tickets')).status).toBe(200);
  expect(await ask(house, first, '/customers')).toMatchObject({
    ...{ status: 403, body: { code: 'scope_missing', field: 'customers:read' } },
  });
  expect(await ask(house, `${first.slice(0, -4)}AAAA`, '/tickets')).toMatchObject({
    ...{ status: 401, body: { code: 'key_unknown' } },
  });

  await page.getByRole('button', { name: 'More about Parcel sync' }).click();
  await page.getByRole('menuitem', { name: 'New token…' }).click();
  await expect(page.getByRole('radio', { name: /Goes on for a day/ })).toBeChecked();
  expect(await violationsAtRest(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make the token' }).click();
  const shown = page.getByRole('dialog', { name: 'The key’s token' });
  await expect(shown).toBeVisible();
  // A slip does not lose what nobody can show again.
  await page.keyboard.press('Escape');
  await expect(shown.getByRole('alert')).toBeVisible();
  expect(await violationsAtRest(page)).toEqual([]);
  const second = await takeToken(page);
  await expect(row).toContainText(`…${first.slice(-4)} goes on until`);
  for (const token of [first, second]) expect((await ask(house, token, '/tickets')).status).toBe(200);
  await page.reload();
  await untilAlive(page);
  await expect(row).toContainText('used just now');
  for (const token of [first, second]) expect(await page.content()).not.toContain(token);

  await page.getByRole('button', { name: 'More about Parcel sync' }).click();
  await page.getByRole('menuitem', { name: 'Revoke…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('list', { name: 'Revoked keys' })).toContainText('Parcel sync');
  for (const token of [first, second]) {
    expect(await ask(house, token, '/tickets')).toMatchObject({
      ...{ status: 401, body: { code: 'key_revoked' } },
    });
  }
});

test('what a key sends stands under its name for the customer and the team, and it is nobody on the team', async ({
  agent,
  customer,
  house,
}) => {
  const { conversationId, ticketId } = await begin(customer, agent, house, 'Is anybody there at night?');
  const page = await openKeys(agent, house);
  const may = { Messages: 'write', Tickets: 'write' };
  const token = await makeKey(page, { name: 'Night shift', may });
  await agent.open('Is anybody there at night?');
  const sent = { id: newId(), text: 'We are back at nine' };
  expect((await ask(house, token, `/conversations/${conversationId}/messages`, sent)).status).toBe(201);
  await expect(customer.log).toContainText('We are back at nine');
  await expect(agent.log).toContainText('We are back at nine');
  await expect(agent.log).toContainText('Night shift');
  expect((await ask(house, token, `/tickets/${ticketId}`)).status).toBe(200);

  await page.goto(`${house.app.url}/settings/team`);
  await expect(page.getByRole('list', { name: 'Members' })).toContainText('Ana Silva');
  await expect(page.getByRole('main')).not.toContainText('Night shift');
});

test('a key of one department finds nothing of the others', async ({ agent, customer, house }) => {
  const { ticketId } = await begin(customer, agent, house, 'Not for the warehouse');
  const departmentId = newId();
  await inDatabase(house, async (sql) => {
    await sql`insert into departments (id, name) values (${departmentId}, ${`Warehouse ${departmentId}`})`;
  });
  const page = await openKeys(agent, house);
  const token = await makeKey(page, {
    ...{ name: 'Warehouse', department: departmentId, may: { Tickets: 'write', Customers: 'read' } },
  });
  const none = { status: 200, body: { data: [] } };
  expect(await ask(house, token, '/tickets')).toMatchObject(none);
  expect(await ask(house, token, '/customers')).toMatchObject(none);
  expect(await ask(house, token, `/tickets/${ticketId}`)).toMatchObject({ status: 404 });
  await inDatabase(
    house,
    (sql) => sql`update tickets set department_id = ${departmentId} where id = ${ticketId}`,
  );
  expect(await ask(house, token, `/tickets/${ticketId}`)).toMatchObject({
    status: 200,
    body: { id: ticketId },
  });
});

test('axe finds nothing in light, in dark and on a phone, where all of a key is said', async ({
  agent,
  house,
}) => {
  const page = await openKeys(agent, house);
  const name = 'Warehouse-and-parcel-tracking-of-the-Northern-logistics-centre';
  await makeKey(page, { name, may: { Tickets: 'write', Customers: 'read', Messages: 'write' } });
  const row = page.getByRole('listitem').filter({ hasText: name });
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 844 });
      await expect(row.getByText('not used yet', { exact: true }).filter({ visible: true })).toHaveCount(1);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      const violations = await violationsAtRest(page);
      expect({ colorScheme, width, overflow, violations }).toMatchObject({ overflow: 0, violations: [] });
    }
  }
});

test('who is no admin is told whom to ask', async ({ newColleague, house }) => {
  const colleague = await newColleague('Ben Keyless');
  const { page } = colleague;
  await page.goto(`${house.app.url}/settings/api-keys`);
  await expect(page.getByText('Only admins can see this')).toBeVisible();
  await expect(page.getByRole('button', { name: 'New key' })).toHaveCount(0);
});

test('an app signs its user in for an hour and finds that user’s conversations', async ({
  agent,
  customer,
  house,
}) => {
  await begin(customer, agent, house, 'From somebody else');
  const secret = `ps_${randomUUID().replaceAll('-', '')}`.padEnd(46, 'x');
  await inDatabase(house, async (sql) => {
    await sql`update widget_secrets set revoked_at = now() where revoked_at is null`;
    await sql`insert into widget_secrets (id, widget_id, secret) select gen_random_uuid(), id, ${secret} from widgets
      where key = ${house.widgetKey}`;
  });
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 300;
  const claims = { aud: house.widgetKey, sub: randomUUID(), jti: randomUUID(), exp };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const jwt = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  const response = await fetch(`${house.app.url}/api/v1/customer-tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ widgetKey: house.widgetKey, token: jwt }),
  });
  expect(response.status).toBe(201);
  const made: unknown = await response.json();
  expect(made).toMatchObject({ expiresIn: 3600, token: expect.stringMatching(/^[\w-]{43}$/) });
  const token = String(Reflect.get(Object(made), 'token'));
  expect(await ask(house, token, '/conversations')).toMatchObject({ status: 200, body: { data: [] } });
  expect(await ask(house, token, '/tickets')).toMatchObject({ status: 403 });
});
