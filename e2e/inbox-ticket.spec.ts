import type { Page } from '@playwright/test';
import postgres from 'postgres';
import { newId } from '../lib/ids.ts';
import { axeOn, violationsOn } from './axe.ts';
import { type Agent, agentOn, expect, type House, test, textsOf } from './people.ts';

async function inDatabase<Value>(house: House, run: (sql: postgres.Sql) => Promise<Value>): Promise<Value> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}

/** How long the admin's replies can be taken back; pages that are loaded later go by it. */
async function setHold(house: House, seconds: 0 | 5 | 10): Promise<void> {
  await inDatabase(
    house,
    (sql) => sql`update agents set preferences = preferences || ${sql.json({ holdSeconds: seconds })}
      where email = ${house.admin.email}`,
  );
}

/** Opens the inbox anew, so that it goes by what was set meanwhile. */
async function reopen({ page }: Agent): Promise<void> {
  await page.reload();
  await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
}

async function expectNoViolations(page: Page): Promise<void> {
  expect(await violationsOn(page, axeOn(page).exclude('iframe'))).toEqual([]);
}

const panelOf = (page: Page) => page.getByRole('complementary', { name: 'Customer' });
const fact = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

test.describe('with five seconds to take a reply back', () => {
  test.beforeEach(async ({ house }) => setHold(house, 5));
  test.afterEach(async ({ house }) => setHold(house, 0));

  test('a sent reply is taken back into the composer, and the customer never sees it', async ({
    agent,
    customer,
  }) => {
    await customer.start();
    await customer.send('Can this be taken back?');
    await reopen(agent);
    await agent.open('Can this be taken back?');
    await agent.send('Said too early');
    const held = agent.log.locator('[data-state="held"]');
    await expect(held).toContainText(/Sending in [1-5] s/);
    await held.getByRole('button', { name: 'Undo' }).click();
    await expect(agent.reply).toHaveValue('Said too early');
    await expect(agent.reply).toBeFocused();
    await expect(agent.log).not.toContainText('Said too early');

    await agent.reply.fill('Said in time');
    await agent.reply.press('ControlOrMeta+Enter');
    await held.getByRole('button', { name: 'Send now' }).click();
    await expect(customer.log).toContainText('Said in time');
    expect(await textsOf(customer.log)).toEqual(['Can this be taken back?', 'Said in time']);
  });

  test('a reply is held up when the customer wrote meanwhile: edited, nothing typed is lost', async ({
    agent,
    customer,
  }) => {
    await customer.start();
    await customer.send('Where is my order?');
    await reopen(agent);
    await agent.open('Where is my order?');
    await agent.send('It left us yesterday');
    await expect(agent.log.locator('[data-state="held"]')).toBeVisible();
    await customer.send('Never mind, it is here');
    const guard = agent.page.getByRole('alert').filter({ hasText: 'while you were writing' });
    await expect(guard).toContainText('replied while you were writing');
    await expect(guard).toContainText('Never mind, it is here');
    await expect(customer.log).not.toContainText('It left us yesterday');
    await expectNoViolations(agent.page);

    await guard.getByRole('button', { name: 'Edit' }).click();
    await expect(agent.reply).toHaveValue('It left us yesterday');
    await agent.reply.fill('Good to hear!');
    await agent.reply.press('ControlOrMeta+Enter');
    await agent.log.locator('[data-state="held"]').getByRole('button', { name: 'Send now' }).click();
    await expect(customer.log).toContainText('Good to hear!');
    expect(await textsOf(customer.log)).toEqual([
      'Where is my order?',
      'Never mind, it is here',
      'Good to hear!',
    ]);
  });

  test('a reply that was held up by a colleague’s is sent anyway, behind it', async ({
    agent,
    newColleague,
    customer,
    house,
  }) => {
    await customer.start();
    await customer.send('Who answers first?');
    const ben = await newColleague('Ben Weber');
    await setHold(house, 5);
    await reopen(agent);
    await agent.open('Who answers first?');
    await ben.open('Who answers first?');
    await agent.send('Ana answers');
    await ben.send('Ben answers');
    const guard = agent.page.getByRole('alert').filter({ hasText: 'while you were writing' });
    await expect(guard).toContainText('Ben Weber replied while you were writing');
    await guard.getByRole('button', { name: 'Send anyway' }).click();
    await expect(customer.log).toContainText('Ana answers');
    expect(await textsOf(customer.log)).toEqual(['Who answers first?', 'Ben answers', 'Ana answers']);
  });

  test('a ticket that is resolved while a reply is held says so beside the reply', async ({
    agent,
    newColleague,
    customer,
  }) => {
    await customer.start();
    await customer.send('Resolved meanwhile');
    const ben = await newColleague('Ben Weber');
    await reopen(agent);
    await agent.open('Resolved meanwhile');
    await ben.open('Resolved meanwhile');
    await agent.send('One more thing');
    await ben.page.getByRole('button', { name: 'Resolve', exact: true }).click();
    await expect(agent.log.locator('[data-state="held"]')).toContainText('Ben Weber resolved this meanwhile');
    await expect(customer.log).toContainText('One more thing');
  });

  test('send and resolve resolves once the reply is stored, also from another ticket', async ({
    agent,
    customer,
    newCustomer,
  }) => {
    await customer.start();
    await customer.send('Answer and close me');
    const other = await newCustomer();
    await other.start();
    await other.send('The next one in line');
    await reopen(agent);
    await agent.open('Answer and close me');
    await agent.reply.fill('All done');
    await agent.reply.press('ControlOrMeta+Shift+Enter');
    await expect(agent.log.locator('[data-state="held"]')).toBeVisible();
    await agent.open('The next one in line');
    await expect(customer.log).toContainText('All done');
    await expect(customer.frame.getByText(/resolved/i).first()).toBeVisible();
  });
});

test('a draft is found after a reload and in another browser, and never under another ticket', async ({
  agent,
  customer,
  newAgent,
  newCustomer,
}) => {
  await customer.start();
  await customer.send('Draft on this one');
  const other = await newCustomer();
  await other.start();
  await other.send('And none on this one');
  await agent.open('Draft on this one');
  const saved = agent.page.waitForResponse((response) => response.url().includes('/api/inbox/drafts'));
  await agent.reply.fill('Half a thought');
  await agent.open('And none on this one');
  await expect(agent.reply).toHaveValue('');
  await saved;
  await agent.open('Draft on this one');
  await expect(agent.reply).toHaveValue('Half a thought');

  await agent.page.reload();
  await expect(agent.reply).toHaveValue('Half a thought');
  const elsewhere = await newAgent();
  await elsewhere.open('Draft on this one');
  await expect(elsewhere.reply).toHaveValue('Half a thought');
  await elsewhere.reply.press('ControlOrMeta+Enter');
  await expect(customer.log).toContainText('Half a thought');
  await expect(agent.reply).toHaveValue('');
});

test('a text that is too long is kept whole and said to be so before it is sent', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('Tell me everything');
  await agent.open('Tell me everything');
  const long = 'word '.repeat(10_000);
  await agent.reply.fill(long);
  await expect(agent.page.getByText(/40,000 characters too long/)).toBeVisible();
  await agent.reply.press('ControlOrMeta+Enter');
  await expect(agent.reply).toHaveValue(long);
  await agent.page.reload();
  await expect(agent.reply).toHaveValue(long);
  await agent.reply.fill('');
});

test('a mention is chosen by keyboard, tells the colleague, and is marked in the note', async ({
  agent,
  newColleague,
  customer,
}) => {
  await customer.start();
  await customer.send('Ask a colleague about me');
  const name = `Cleo ${newId().slice(-6)}`;
  const cleo = await newColleague(name);
  await reopen(agent);
  await agent.open('Ask a colleague about me');
  const { page } = agent;
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await agent.note.pressSequentially('Look, @cle');
  await expect(page.getByRole('listbox', { name: 'Colleagues' })).toBeVisible();
  await expectNoViolations(page);
  await agent.note.press('ArrowDown');
  await agent.note.press('ArrowUp');
  await expect(page.getByRole('option', { name, selected: true })).toBeVisible();
  await agent.note.press('Enter');
  await expect(agent.note).toHaveValue(`Look, @${name} `);
  await agent.note.press('ControlOrMeta+Enter');
  await expect(agent.log).toContainText(`Look, @${name}`);
  await expect(cleo.page.getByRole('button', { name: 'Notifications, 1 unread' })).toBeVisible();
  await cleo.open('Ask a colleague about me');
  await expect(cleo.log.getByText(`@${name}`, { exact: true })).toBeVisible();
  await expect(customer.log).not.toContainText('Look');
});

test('a saved reply is found by a slash, filled with what is known, and not sent with a gap in it', async ({
  agent,
  customer,
  house,
}) => {
  await inDatabase(
    house,
    (sql) => sql`insert into saved_replies (id, title, shortcut, text) values
      (${newId()}, 'Thank you', 'thanks', 'Dear {{customer.first_name|friend}}, thanks! {{agent.first_name}}'),
      (${newId()}, 'By mail', 'mail', 'We wrote to {{customer.email}}.')`,
  );
  await customer.start();
  await customer.send('Say thanks to me');
  await agent.open('Say thanks to me');
  const { page } = agent;
  await page.getByRole('button', { name: 'Reply', exact: true }).click();
  await agent.reply.pressSequentially('/tha');
  await expect(page.getByRole('option', { name: /Thank you/ })).toBeVisible();
  await expectNoViolations(page);
  await agent.reply.press('Enter');
  await expect(agent.reply).toHaveValue('Dear friend, thanks! Ana');

  await agent.reply.fill('');
  await agent.reply.pressSequentially('/mail');
  await expect(page.getByRole('option', { name: /By mail/ })).toBeVisible();
  await agent.reply.press('Enter');
  await expect(agent.reply).toHaveValue('We wrote to {{customer.email}}.');
  await expect(page.getByText('Fill in {{customer.email}} before you send it.')).toBeVisible();
  await agent.reply.press('ControlOrMeta+Enter');
  await expect(agent.reply).toHaveValue('We wrote to {{customer.email}}.');
  // What has to be filled in is selected: typing replaces it.
  await agent.reply.pressSequentially('you');
  await agent.reply.press('ControlOrMeta+Enter');
  await expect(customer.log).toContainText('We wrote to you.');
});

test('a tag is made where it is put on, and taken off again; the colleague sees both', async ({
  agent,
  customer,
  newAgent,
}) => {
  await customer.start();
  await customer.send('Put a tag on me');
  const colleague = await newAgent();
  await agent.open('Put a tag on me');
  await colleague.open('Put a tag on me');
  const { page } = agent;
  const tag = `Fragile ${newId().slice(-6)}`;
  await page.getByRole('button', { name: 'Tags', exact: true }).click();
  await page.getByRole('combobox', { name: 'Find or make a tag' }).fill(tag);
  await page.getByRole('button', { name: 'teal' }).click();
  await expectNoViolations(page);
  await page.keyboard.press('Enter');
  const header = (on: Page) => on.getByRole('region', { name: /^Ticket / }).locator('header');
  await expect(header(colleague.page).getByText(tag)).toBeVisible();
  await page.keyboard.press('Escape');
  await header(page)
    .getByRole('button', { name: `Remove ${tag}` })
    .click();
  await expect(header(colleague.page).getByText(tag)).toBeHidden();
  await expect(colleague.log).toContainText(`added ${tag}`);
});

test('a snoozed ticket sleeps until it says, and wakes at once when the customer writes', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('Let me sleep on it');
  await agent.open('Let me sleep on it');
  const { page } = agent;
  await page.locator('body').press('z');
  const panel = page.getByRole('dialog', { name: 'Snooze' });
  await expect(panel.getByRole('button', { name: /Tomorrow/ })).toBeVisible();
  await expectNoViolations(page);
  await panel.getByRole('button', { name: /Tomorrow/ }).click();
  await expect(fact(page, 'Status: Snoozed')).toBeVisible();
  await expect(agent.log).toContainText('snoozed this until tomorrow');
  await customer.send('I am awake again');
  await expect(fact(page, 'Status: Open')).toBeVisible();
  await expect(agent.log).toContainText(/Woke up: .* replied/);
});

test('two tickets of a customer become one after a look at it, and two again; the customer keeps both threads', async ({
  agent,
  customer,
}) => {
  const stamp = newId().slice(-6);
  await customer.start();
  await customer.send(`First matter ${stamp}`);
  await expect(agent.row(`First matter ${stamp}`)).toBeVisible();
  await customer.frame.getByRole('button', { name: /back/i }).click();
  await customer.frame.getByRole('button', { name: 'Send us a message' }).click();
  await customer.send(`Second matter ${stamp}`);
  await expect(agent.row(`Second matter ${stamp}`)).toBeVisible();

  await agent.open(`Second matter ${stamp}`);
  const { page } = agent;
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: /Merge with another ticket/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox', { name: 'Number or subject' })).toBeFocused();
  await dialog.getByRole('button', { name: new RegExp(`First matter ${stamp}`) }).click();
  const joined = dialog.getByRole('list', { name: 'The joined thread' });
  await expect(joined).toContainText(`First matter ${stamp}`);
  await expect(joined).toContainText(`Second matter ${stamp}`);
  await expectNoViolations(page);
  await dialog.getByRole('button', { name: /^Merge into #/ }).click();
  await expect(dialog).toBeHidden();

  await expect(agent.log).toContainText(`First matter ${stamp}`);
  await expect(agent.log).toContainText(`Second matter ${stamp}`);
  await expect(agent.log).toContainText('Conversation of');
  await expect(panelOf(page).getByRole('region', { name: 'Merged into this' })).toContainText(
    'Second matter',
  );
  await customer.frame.getByRole('button', { name: /back/i }).click();
  await expect(customer.frame.getByText(`First matter ${stamp}`).first()).toBeVisible();
  await expect(customer.frame.getByText(`Second matter ${stamp}`).first()).toBeVisible();

  await panelOf(page)
    .getByRole('button', { name: /Take the merge with #\d+ back/ })
    .click();
  await expect.poll(() => textsOf(agent.log)).toEqual([`First matter ${stamp}`]);
  await agent.open(`Second matter ${stamp}`);
  await expect.poll(() => textsOf(agent.log)).toEqual([`Second matter ${stamp}`]);
});

test('long after it was resolved the customer goes on in a new conversation, and the agent sees both in one thread', async ({
  agent,
  customer,
  house,
}) => {
  const stamp = newId().slice(-6);
  await customer.start();
  await customer.send(`Long ago ${stamp}`);
  await agent.open(`Long ago ${stamp}`);
  await agent.page.getByRole('button', { name: 'Resolve', exact: true }).click();
  await expect(customer.frame.getByText(/resolved/i).first()).toBeVisible();
  await inDatabase(
    house,
    (sql) =>
      sql`update tickets set resolved_at = now() - interval '60 days' where subject = ${`Long ago ${stamp}`}`,
  );
  await customer.send(`Much later ${stamp}`);
  await expect(agent.log).toContainText(`Long ago ${stamp}`);
  await expect(agent.log).toContainText(`Much later ${stamp}`);
  await expect(agent.log).toContainText('Conversation of');
  await expect(fact(agent.page, 'Status: Open')).toBeVisible();
  await agent.send(`Answer to the newer one ${stamp}`);
  await expect(customer.log).toContainText(`Answer to the newer one ${stamp}`);
});

test('a long thread opens at the message that is named, also at a folded change, and goes back to the newest', async ({
  agent,
  customer,
  house,
}) => {
  const stamp = newId().slice(-6);
  await customer.start();
  await customer.send(`A long story ${stamp}`);
  await agent.open(`A long story ${stamp}`);
  const { page } = agent;
  for (const priority of ['Urgent', 'High', 'Low']) {
    await fact(page, /^Priority:/).click();
    await page.getByRole('menuitemradio', { name: priority }).click();
    await expect(fact(page, `Priority: ${priority}`)).toBeVisible();
  }
  await expect(agent.log.getByRole('button', { name: /^3 changes/ })).toBeVisible();
  const [conversation] = await inDatabase(house, async (sql) => {
    const found = await sql<{ id: string; seq: number; public_seq: number; customer_id: string }[]>`
      select conversations.id, last_seq::int as seq, last_public_seq::int as public_seq, customer_id
      from conversations join tickets on tickets.id = ticket_id where subject = ${`A long story ${stamp}`}`;
    const { id, seq, public_seq, customer_id } = found[0] ?? {
      id: '',
      seq: 0,
      public_seq: 0,
      customer_id: '',
    };
    await sql`insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, text)
      select ${id}, ${seq} + n, ${public_seq} + n, gen_random_uuid(), 'reply', ${customer_id}, 'Part ' || n
      from generate_series(1, 150) as n`;
    await sql`update conversations set last_seq = ${seq + 150}, last_public_seq = ${public_seq + 150}
      where id = ${id}`;
    return found;
  });
  const address = new URL(page.url());
  await page.goto(`${address.pathname}?at=${conversation?.id}.${(conversation?.seq ?? 0) + 20}`);
  await expect(agent.log.getByText('Part 20', { exact: true })).toBeInViewport();
  await page.getByRole('button', { name: 'Back to newest' }).click();
  await expect(agent.log.getByText('Part 150', { exact: true })).toBeInViewport();
  await expect(page).not.toHaveURL(/at=/);

  await page.goto(`${address.pathname}?at=${conversation?.id}.3`);
  await expect(agent.log.getByText(/changed priority from Urgent to High/)).toBeInViewport();
  await expect(agent.log.getByText('Part 1', { exact: true })).toBeVisible();
});

test('an agent whose screen is behind is told who changed it before, and can change it all the same', async ({
  browser,
  newColleague,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('Two of you at once');
  const ben = await newColleague('Ben Weber');
  const context = await browser.newContext({
    storageState: house.adminState,
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  let isCut = false;
  await page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (!isCut) socket.send(message);
    });
  });
  await page.goto(`${house.app.url}/inbox`);
  const ana = agentOn(page);
  await ana.open('Two of you at once');
  await ben.open('Two of you at once');
  await expect(fact(page, 'Assignee: Unassigned')).toBeVisible();
  isCut = true;
  await ben.page.locator('body').press('i');
  await expect(fact(ben.page, 'Assignee: Ben Weber')).toBeVisible();
  await page.locator('body').press('i');
  const told = page.getByRole('status').filter({ hasText: 'a moment ago' });
  await expect(told).toContainText('Ben Weber took it a moment ago');
  await expect(fact(page, 'Assignee: Ben Weber')).toBeVisible();
  await told.getByRole('button', { name: 'Change it anyway' }).click();
  await expect(fact(page, 'Assignee: Ana Silva')).toBeVisible();
  await expect(fact(ben.page, 'Assignee: Ana Silva')).toBeVisible();
  await context.close();
});

test('a customer who is blocked while typing is told calmly and keeps the text; a reply would not reach them', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('About to be blocked');
  await agent.open('About to be blocked');
  await customer.composer.fill('Something rude');
  const { page } = agent;
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: /Block the customer/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await expect(panelOf(page).getByText('Blocked', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Reply', exact: true }).click();
  await expect(page.getByText('so a reply would not reach them')).toBeVisible();
  await expectNoViolations(page);
  await customer.composer.press('Enter');
  await expect(customer.frame.getByText('You can no longer write here.')).toBeVisible();
  await expect(customer.frame.getByText('Something rude')).toBeVisible();
  await expect(agent.log).not.toContainText('Something rude');
  await page.getByRole('button', { name: 'Unblock', exact: true }).first().click();
  await expect(panelOf(page).getByText('Blocked', { exact: true })).toBeHidden();
});

test('what is known of a customer is changed in place: wrong addresses are refused in words, the colleague sees the new one', async ({
  agent,
  customer,
  newAgent,
}) => {
  await customer.start();
  await customer.send('Who am I?');
  await agent.open('Who am I?');
  const panel = panelOf(agent.page);
  await panel.getByRole('button', { name: 'Add an e-mail' }).click();
  const field = panel.getByRole('textbox', { name: 'E-mail' });
  await field.fill('not an address');
  await field.press('Enter');
  await expect(panel.getByText(/look like an e-mail address/)).toBeVisible();
  await expect(field).toHaveValue('not an address');
  await expectNoViolations(agent.page);
  await field.fill('maya@example.org');
  await field.press('Enter');
  await expect(panel.getByRole('button', { name: /maya@example.org/ })).toBeFocused();
  const colleague = await newAgent();
  await colleague.open('Who am I?');
  await expect(panelOf(colleague.page)).toContainText('maya@example.org');
});

test('on a phone a ticket is a page of its own, and everything about it is in a sheet', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('From a small screen');
  const { page } = agent;
  await page.setViewportSize({ width: 390, height: 844 });
  await agent.open('From a small screen');
  await expect(page.getByRole('region', { name: 'Tickets' })).toBeHidden();
  await page.getByRole('button', { name: 'Actions' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: /Priority/ }).click();
  await expectNoViolations(page);
  await sheet.getByRole('button', { name: 'Urgent' }).click();
  await expect(page.getByRole('button', { name: /Urgent.*, change/ })).toBeVisible();
  await agent.send('Written on a phone');
  await expect(customer.log).toContainText('Written on a phone');
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
});
