import type { Locator, Page } from '@playwright/test';
import postgres from 'postgres';
import { newId } from '../lib/ids.ts';
import { violationsOn } from './axe.ts';
import { expect, type House, test, untilAlive } from './people.ts';

async function inDatabase<Value>(house: House, run: (sql: postgres.Sql) => Promise<Value>): Promise<Value> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}

/** Tickets of one customer who waits, oldest first; answers their ids and the customer's. */
async function makeTickets(
  house: House,
  count: number,
  subject: (number: number) => string,
  more: { priority?: string } = {},
): Promise<{ customerId: string; ids: string[] }> {
  const customerId = newId();
  const ids = Array.from({ length: count }, newId);
  await inDatabase(house, (sql) =>
    sql.begin(async (tx) => {
      await tx`insert into customers (id, name) values (${customerId}, 'Noor Haddad')`;
      for (const [index, id] of ids.entries()) {
        const conversationId = newId();
        const at = new Date(Date.now() - (count - index) * 60_000 - 3_600_000);
        await tx`insert into tickets (id, subject, priority, customer_id, waiting_since, last_activity_at, created_at)
          values (${id}, ${subject(index + 1)}, ${more.priority ?? 'normal'}, ${customerId}, ${at}, ${at}, ${at})`;
        await tx`insert into conversations
          (id, ticket_id, last_seq, last_public_seq, last_message, last_message_at, created_at)
          values (${conversationId}, ${id}, 1, 1, 'Is anybody there?', ${at}, ${at})`;
        await tx`insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, text, sent_at)
          values (${conversationId}, 1, 1, ${newId()}, 'reply', ${customerId}, 'Is anybody there?', ${at})`;
      }
    }),
  );
  return { customerId, ids };
}

const listOf = (page: Page) => page.getByRole('region', { name: 'Tickets' });
const rowsOf = (page: Page) => listOf(page).getByRole('link');
const chipsOf = (page: Page) => page.getByRole('group', { name: 'Filters' });
const sideOf = (page: Page) => page.getByRole('navigation', { name: 'Main' }).locator('visible=true');

async function topOf(row: Locator): Promise<number> {
  return row.evaluate((element) => element.getBoundingClientRect().top);
}

async function expectNoViolations(page: Page) {
  expect(await violationsOn(page)).toEqual([]);
}

test('an address holds the whole filter: a colleague who opens it sees the same, and what makes no sense is named', async ({
  agent,
  house,
  newColleague,
}) => {
  const { customerId } = await makeTickets(house, 2, (n) => `Urgent matter ${n}`, { priority: 'urgent' });
  await makeTickets(house, 1, () => 'Not that urgent');
  const address = `${house.app.url}/inbox?status=open&priority=urgent,high&customer=${customerId}&tag=nonsense`;
  const { page } = agent;
  await page.goto(address);
  await expect(rowsOf(page)).toHaveCount(2);
  await expect(
    chipsOf(page).getByRole('button', { name: 'Priority: Urgent, High', exact: true }),
  ).toBeVisible();
  await expect(listOf(page).getByText('Left out, because it could not be understood')).toContainText('tag');
  await expectNoViolations(page);

  const colleague = await newColleague('Ines Duarte');
  await colleague.page.goto(page.url());
  await expect(rowsOf(colleague.page)).toHaveCount(2);
  await expect(rowsOf(colleague.page).first()).toContainText('Urgent matter 1');

  await chipsOf(page).getByRole('button', { name: 'Priority: Urgent, High', exact: true }).click();
  await page.getByRole('combobox', { name: 'Priority' }).fill('urg');
  await page.keyboard.press('Enter');
  await expect(listOf(page).getByText('No ticket matches')).toBeVisible();
  await expect(page).toHaveURL(/priority=high/);
  await page.keyboard.press('Escape');
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).not.toHaveURL(/priority|customer|status/);
});

test('a filter is built, saved and shared by keyboard alone, and stands in a colleague’s sidebar with its count', async ({
  agent,
  house,
  newColleague,
}) => {
  await makeTickets(house, 3, (n) => `Low matter ${n}`, { priority: 'low' });
  const colleague = await newColleague('Kofi Mensah');
  const { page } = agent;
  const name = 'Calm corner';
  await listOf(page).getByRole('button', { name: 'Filter' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('prio');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Priority' })).toBeFocused();
  await page.keyboard.type('low');
  await page.keyboard.press('Enter');
  await expect(rowsOf(page)).toHaveCount(3);
  await page.keyboard.press('Escape');
  await chipsOf(page).getByRole('button', { name: 'Save as view' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Save as a view' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/view=saved:/);

  const shared = sideOf(colleague.page).getByRole('link', { name: new RegExp(name) });
  await expect(shared).toContainText('3');
  await shared.click();
  await expect(rowsOf(colleague.page)).toHaveCount(3);
  await expect(
    chipsOf(colleague.page).getByRole('button', { name: 'Priority: Low', exact: true }),
  ).toBeVisible();

  // One's own order, without a mouse.
  const own = sideOf(page).getByRole('list', { name: 'Views' }).getByRole('link');
  await page.getByRole('button', { name: 'Save the present filter as a view' }).click();
  await dialog.getByLabel('Name').fill('Second view');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(own.filter({ hasText: 'Second view' })).toBeVisible();
  await expect(own.last()).toContainText('Second view');
  await own.last().focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(own.last()).toContainText(name);
  await page.reload();
  await expect(own.last()).toContainText(name);

  await page.getByRole('button', { name: `More about the view ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(shared).toBeHidden();
  await expect(listOf(colleague.page).getByText('This view is not there any more')).toBeVisible();
});

test('rows come and go at their sorted place without moving the row in focus or under the pointer', async ({
  agent,
  customer,
  house,
  newAgent,
}) => {
  await makeTickets(house, 4, (n) => `Steady ${n}`);
  const { page } = agent;
  await page.goto(`${house.app.url}/inbox?sort=newest`);
  const held = agent.row('Steady 3');
  await held.focus();
  const before = await topOf(held);
  await customer.start();
  await customer.send('I come in at the top');
  await expect(agent.row('I come in at the top')).toBeAttached();
  expect(await topOf(held)).toBe(before);
  await expect(held).toBeFocused();
  await listOf(page).getByRole('button', { name: '1 new' }).click();
  await expect(agent.row('I come in at the top')).toBeInViewport({ ratio: 1 });

  await page.locator('body').click({ position: { x: 900, y: 880 } });
  const pointed = agent.row('Steady 2');
  await pointed.hover();
  const under = await topOf(pointed);
  const colleague = await newAgent();
  await colleague.row('I come in at the top').focus();
  await colleague.page.keyboard.press('e');
  await expect(agent.row('I come in at the top')).toHaveCount(0);
  expect(await topOf(pointed)).toBe(under);
});

test('all that match are changed at once: asked first, going on through a reload, told why some were left, taken back', async ({
  agent,
  house,
  newColleague,
}) => {
  const colleague = await newColleague('Ben Weber');
  const { customerId, ids } = await makeTickets(house, 70, (n) => `Bulk ${n}`);
  await inDatabase(
    house,
    (sql) => sql`update tickets set assignee_id = (select id from agents where name = 'Ben Weber')
      where id = any(${ids.slice(0, 5)})`,
  );
  const { page } = agent;
  await page.goto(`${house.app.url}/inbox?customer=${customerId}`);
  await expect(listOf(page).getByRole('heading', { level: 1 })).toContainText('70');
  await rowsOf(page).first().focus();
  await page.keyboard.press('Space');
  const bar = page.getByRole('region', { name: 'Selected tickets' });
  await expect(bar).toContainText('1 ticket selected');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(bar).toContainText('2 tickets selected');
  await bar.getByRole('button', { name: 'Select all 70 matching' }).click();
  await bar.getByRole('button', { name: 'Assign' }).click();
  await expectNoViolations(page);
  await page.getByRole('combobox', { name: 'Assign to' }).fill('ben');
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'Assign 70 tickets to Ben Weber?' });
  await question.getByRole('button', { name: 'Assign' }).click();
  const work = page.getByRole('list', { name: 'Changes of many tickets' });
  await expect(work).toBeVisible();
  await page.reload();
  await expect(work).toContainText('65 tickets changed');
  await work.getByText('5 tickets left alone: why?').click();
  await expect(work).toContainText('5 were so already');
  await expectNoViolations(page);

  const mine = sideOf(colleague.page).getByRole('link', { name: /^Mine/ });
  await expect(mine).toContainText('70');
  await work.getByRole('button', { name: 'Undo' }).click();
  await expect(work).toContainText('65 tickets put back');
  await expect(mine).toContainText('5');
});

test('the list is narrowed to a customer who has no ticket in it, found by name as it is typed', async ({
  agent,
  house,
}) => {
  const { customerId, ids } = await makeTickets(house, 2, (n) => `Of old ${n}`);
  const name = `Wilhelmina ${customerId.slice(-6)}`;
  await inDatabase(house, async (sql) => {
    await sql`update customers set name = ${name}, email = 'wilma@fernhill.example' where id = ${customerId}`;
    await sql`update tickets set status = 'resolved', waiting_since = null where id = any(${ids})`;
  });
  const { page } = agent;
  await page.goto(`${house.app.url}/inbox`);
  await untilAlive(page);
  await listOf(page).getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('combobox', { name: 'Filter by' }).fill('custo');
  await page.keyboard.press('Enter');
  const field = page.getByRole('combobox', { name: 'Customer' });
  await field.pressSequentially(name.slice(0, 15).toLowerCase());
  const found = page.getByRole('option', { name: new RegExp(name) });
  await expect(found).toContainText('wilma@fernhill.example');
  await expectNoViolations(page);
  await found.click();
  await expect(page).toHaveURL(new RegExp(`customer=${customerId}`));
  await page.goto(`${house.app.url}/inbox?view=resolved&customer=${customerId}`);
  await expect(rowsOf(page)).toHaveCount(2);
  await expect(chipsOf(page).getByRole('button', { name: `Customer: ${name}`, exact: true })).toBeVisible();
});

test('a long list is one stop of the Tab key; arrows go through all of it, and the focus outlives scrolling away', async ({
  agent,
  house,
}) => {
  const { customerId } = await makeTickets(house, 120, (n) => `Long ${n}.`);
  const { page } = agent;
  await page.goto(`${house.app.url}/inbox?customer=${customerId}`);
  const rows = rowsOf(page);
  await expect(rows.first()).toContainText('Long 1.');
  expect(await rows.count()).toBeLessThan(60);
  await expect(listOf(page).getByRole('listitem').first()).toHaveAttribute('aria-setsize', '120');
  await rows.first().focus();
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press('End');
    if ((await listOf(page).getByText('Long 120.').count()) > 0) break;
    await expect(rows.filter({ has: page.locator(':focus') })).toHaveCount(0);
    await expect(listOf(page).getByText('Loading more…')).toBeHidden();
  }
  await expect(agent.row('Long 120.')).toBeFocused();
  await listOf(page)
    .locator('[data-list-scroll]')
    .evaluate((list) => {
      list.scrollTop = 0;
    });
  await expect(agent.row('Long 1.')).toBeVisible();
  await expect(agent.row('Long 120.')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(agent.row('Long 119.')).toBeFocused();
  await expect(agent.row('Long 119.')).toBeInViewport();
});

test('a row says who looks at the ticket and who is typing, until they leave', async ({
  agent,
  house,
  newColleague,
}) => {
  const { customerId } = await makeTickets(house, 1, () => 'Who is here?');
  const address = `${house.app.url}/inbox?customer=${customerId}`;
  const colleague = await newColleague('Dara Nowak');
  await agent.page.goto(address);
  await colleague.page.goto(address);
  await colleague.open('Who is here?');
  const row = agent.row('Who is here?');
  await expect(row).toContainText('Dara is looking');
  await colleague.page.getByRole('button', { name: 'Reply', exact: true }).click();
  await colleague.reply.pressSequentially('One moment');
  await expect(row).toContainText('Dara is typing');
  await colleague.page.goto(address);
  await expect(row).not.toContainText('Dara');
});

test('on a phone every view, filter and act on many is within reach', async ({ browser, house }) => {
  await makeTickets(house, 2, (n) => `In the pocket ${n}`);
  const context = await browser.newContext({
    storageState: house.adminState,
    viewport: { width: 390, height: 844 },
    colorScheme: 'dark',
    hasTouch: true,
  });
  const page = await context.newPage();
  await page.goto(`${house.app.url}/inbox`);
  await page.getByRole('button', { name: 'Views', exact: true }).click();
  const sheet = page.getByRole('dialog', { name: 'Views' });
  await expectNoViolations(page);
  await sheet.getByRole('link', { name: /^Unassigned/ }).click();
  await expect(sheet).toBeHidden();
  await expect(listOf(page).getByRole('heading', { level: 1 })).toContainText('Unassigned');
  await listOf(page)
    .getByRole('button', { name: /^Sort:/ })
    .click();
  await page.getByRole('menuitem', { name: 'Select tickets' }).click();
  await listOf(page).getByRole('checkbox').first().tap();
  const bar = page.getByRole('region', { name: 'Selected tickets' });
  await expect(bar).toContainText('1 ticket selected');
  await bar.getByRole('button', { name: 'Priority' }).click();
  await expect(page.getByRole('option', { name: 'Urgent' })).toBeInViewport();
  await expectNoViolations(page);
  await context.close();
});
