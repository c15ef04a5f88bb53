import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import postgres from 'postgres';
import { newId } from '../lib/ids.ts';
import { type Agent, type Customer, customerOn, expect, type House, test, untilAlive } from './people.ts';

async function inDatabase<T>(house: House, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const message = ({ frame }: Customer) => frame.getByRole('textbox', { name: 'Message' });
async function say(customer: Customer, text: string): Promise<void> {
  await message(customer).fill(text);
  await message(customer).press('Enter');
}
const resolve = (agent: Agent) => agent.page.getByRole('button', { name: 'Resolve' }).click();
const panelOf = (page: Page) => page.getByRole('complementary', { name: 'Customer' });

test.describe('after a conversation was resolved', () => {
  test('one tap says how it went, a comment may follow, and the agent sees both at once', async ({
    agent,
    customer,
  }) => {
    await customer.start();
    await customer.send('Rate this later');
    await agent.open('Rate this later');
    await agent.send('Here you are.');
    await expect(customer.log).toContainText('Here you are.');
    await expect(customer.frame.getByText('How did it go?')).toHaveCount(0);
    await resolve(agent);
    const card = customer.frame.getByRole('region', { name: 'How did it go?' });
    await expect(card).toBeInViewport();
    await card.getByRole('radio', { name: 'Great' }).check();
    await expect(agent.log).toContainText('rated this great (5 of 5)');
    await expect(customer.frame.getByText('Thank you for telling us')).toBeVisible();
    await customer.frame
      .getByRole('textbox', { name: 'Anything you would like to add?' })
      .fill('Quick, and kind');
    await customer.frame.getByRole('button', { name: 'Send comment' }).click();
    await expect(customer.frame.getByText('Your comment has arrived.')).toBeVisible();
    await expect(agent.log).toContainText('“Quick, and kind”');
    // Nothing of it is a message, and nothing of it opens the ticket.
    await expect(customer.log).not.toContainText('5 of 5');
    await expect(agent.page.getByRole('button', { name: 'Reopen' })).toBeVisible();

    await customer.page.reload();
    await customer.reopen(/Rate this later/);
    await expect(customer.frame.getByRole('radio', { name: 'Great' })).toBeChecked();
    await customer.frame.getByRole('radio', { name: 'Bad' }).check();
    await expect(agent.log).toContainText('changed the rating to bad (2 of 5)');
  });

  test('the keyboard rates, too, and a conversation that goes on is asked anew', async ({
    agent,
    customer,
  }) => {
    await customer.start();
    await customer.send('By keys alone');
    await agent.open('By keys alone');
    await resolve(agent);
    const radios = customer.frame.getByRole('radio');
    await expect(radios).toHaveCount(5);
    await radios.first().focus();
    await customer.page.keyboard.press('ArrowRight');
    await customer.page.keyboard.press('ArrowRight');
    await expect(agent.log).toContainText('okay (3 of 5)');
    await say(customer, 'One more thing');
    await expect(radios).toHaveCount(0);
    await resolve(agent);
    await expect(customer.frame.getByText('How did it go?')).toBeVisible();
    await expect(customer.frame.getByRole('radio', { checked: true })).toHaveCount(0);
  });

  test('it says what a further message does, as long as it opens the ticket and when it no longer does', async ({
    agent,
    customer,
    house,
  }) => {
    await customer.start();
    await customer.send('Done long ago');
    await agent.open('Done long ago');
    await resolve(agent);
    await expect(customer.frame.getByText(/it opens again/)).toBeVisible();
    await inDatabase(
      house,
      (sql) =>
        sql`update tickets set resolved_at = now() - interval '1 year' where subject = 'Done long ago'`,
    );
    await customer.page.reload();
    await customer.reopen(/Done long ago/);
    await expect(customer.frame.getByText(/starts a new conversation/)).toBeVisible();
  });
});

test.describe('while nobody is there', () => {
  /** Open for an hour tomorrow, and never else; the department that new tickets go to. */
  const closeFor = (house: House) =>
    inDatabase(house, async (sql) => {
      const tomorrow = new Date(Date.now() + 86_400_000).getUTCDay() || 7;
      const hours = JSON.stringify([{ day: tomorrow, opens: '09:00', closes: '10:00' }]);
      await sql`update departments set business_hours = ${hours}::text::jsonb, timezone = 'UTC'`;
    });
  test.afterEach(({ house }) =>
    inDatabase(house, (sql) => sql`update departments set business_hours = null`),
  );

  test('it says when somebody is back, takes the message, and asks for an address after it', async ({
    agent,
    newCustomer,
    house,
  }) => {
    await closeFor(house);
    const customer = await newCustomer();
    await customer.launcher.click();
    const back = /Back tomorrow .*9:00.* \(your time\)/;
    await expect(customer.frame.getByText(back)).toBeVisible();
    await customer.frame.getByRole('button', { name: 'Send us a message' }).click();
    await expect(customer.frame.getByText(back)).toBeVisible();
    await say(customer, 'Anybody there?');
    await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
    const address = customer.frame.getByRole('textbox', { name: 'Your e-mail address' });
    await expect(address).toBeInViewport();
    await address.fill('maya(at)home.test');
    await address.press('Enter');
    await expect(customer.frame.getByText(/does not look like an e-mail/)).toBeVisible();
    await expect(address).toHaveValue('maya(at)home.test');
    await expect(address).toBeFocused();
    await agent.open('Anybody there?');
    await address.fill('maya@home.test');
    await address.press('Enter');
    await expect(customer.frame.getByText(/reach you at maya@home\.test/)).toBeVisible();
    await expect(panelOf(agent.page)).toContainText('maya@home.test');
  });

  test('a page that stays open says so itself when the hour comes', async ({ newCustomer, house }) => {
    await inDatabase(house, async (sql) => {
      // Until the end of this minute's hour at most: whatever the clock shows, the span ends within it.
      const now = new Date();
      const day = now.getUTCDay() || 7;
      const hours = JSON.stringify([{ day, opens: '00:00', closes: '24:00' }]);
      await sql`update departments set business_hours = ${hours}::text::jsonb, timezone = 'UTC'`;
    });
    const customer = await newCustomer();
    await customer.page.clock.install();
    await customer.page.reload();
    await customer.launcher.click();
    await expect(customer.frame.locator('[data-presence="open"]')).toBeVisible();
    await customer.page.clock.fastForward(86_400_000);
    await expect(customer.frame.locator('[data-presence="away"]')).toBeVisible();
  });
});

test('how fast somebody usually replies comes from what happened at this hour', async ({ page, house }) => {
  const key = `wk_${newId().replaceAll('-', '').slice(0, 20)}`;
  await inDatabase(house, async (sql) => {
    const [widget, customer] = [newId(), newId()];
    await sql`insert into widgets (id, key, name, allowed_origins) values (${widget}, ${key}, 'History', ${[house.app.url]})`;
    await sql`insert into customers (id) values (${customer})`;
    for (const [index, minutes] of [4, 6, 8, 9, 300].entries()) {
      await sql`insert into tickets (id, subject, customer_id, widget_id, created_at, first_replied_at, status, resolved_at)
        values (${newId()}, 'Before', ${customer}, ${widget}, now() - make_interval(days => ${index + 1}),
          now() - make_interval(days => ${index + 1}) + make_interval(mins => ${minutes}), 'resolved', now())`;
    }
  });
  await page.goto(`${house.app.url}/widget?widget=${key}`);
  await expect(page.getByText('Usually replies within 10 minutes')).toBeVisible();
});

test.describe('a form before the conversation', () => {
  test.afterEach(({ house }) => inDatabase(house, (sql) => sql`update widgets set pre_chat = '{}'`));

  /** The admin's settings page of the one site, opened from the widget's own. */
  async function openForm(agent: Agent, house: House): Promise<void> {
    await agent.page.goto(`${house.app.url}/settings/widget/${house.widgetId}`);
    await agent.page.getByRole('link', { name: 'Form and rating' }).click();
    await expect(agent.page.getByRole('heading', { name: 'Form and rating' })).toBeVisible();
    await untilAlive(agent.page);
  }
  async function add(agent: Agent, name: string): Promise<void> {
    await agent.page.getByRole('button', { name: 'Add a field' }).click();
    await agent.page.getByRole('menuitem', { name, exact: true }).click();
  }

  /** Takes a row by its handle and lets it go over another one. */
  async function drag(page: Page, from: number, to: number): Promise<void> {
    const rows = page.getByRole('region', { name: 'Fields' }).getByRole('listitem');
    const handle = await rows.nth(from).locator('.cursor-grab').boundingBox();
    const target = await rows.nth(to).boundingBox();
    if (handle === null || target === null) throw new Error('there is nothing to drag');
    await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
    await page.mouse.down();
    await page.mouse.move(handle.x + handle.width / 2, target.y + target.height / 2, { steps: 8 });
    await page.mouse.up();
  }

  test('is put together in settings, asked of a visitor, and answered kindly', async ({
    agent,
    newCustomer,
    house,
  }) => {
    const { page } = agent;
    await openForm(agent, house);
    await page.getByRole('radio', { name: /^Newcomers/ }).check();
    await add(agent, 'Name');
    await add(agent, 'E-mail');
    await add(agent, 'Subject');
    await add(agent, 'Consent');
    await page.getByLabel('What they agree to').fill('You may answer me');
    await page.getByLabel('Name of the link').fill('Privacy policy');
    await page.getByLabel('Address of the link').fill('not an address');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
    // By keyboard alone: the address comes first.
    await page.getByRole('button', { name: 'Move E-mail up' }).focus();
    await page.keyboard.press('Enter');
    // And by hand, there and back.
    const names = page
      .getByRole('region', { name: 'Fields' })
      .getByRole('listitem')
      .locator('bdi:first-of-type');
    await expect(names).toHaveText(['E-mail', 'Name', 'Subject', 'Consent']);
    await drag(page, 2, 0);
    await expect(names).toHaveText(['Subject', 'E-mail', 'Name', 'Consent']);
    await drag(page, 0, 2);
    await expect(names).toHaveText(['E-mail', 'Name', 'Subject', 'Consent']);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(/Enter a whole address/)).toBeVisible();
    await page.getByLabel('Address of the link').fill('https://shop.example/privacy');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(/^Saved\./)).toBeVisible();
    await expect(page.getByRole('region', { name: 'Preview' })).toContainText('You may answer me');

    const customer = await newCustomer();
    await customer.launcher.click();
    await customer.frame.getByRole('button', { name: 'Send us a message' }).click();
    const { frame } = customer;
    await expect(frame.getByRole('heading', { name: 'Before we start' })).toBeFocused();
    await expect(frame.locator('form input')).toHaveCount(4);
    expect(
      await frame.locator('form input').evaluateAll((all) => all.map((each) => each.getAttribute('name'))),
    ).toEqual([...['email', 'name', 'subject', 'consent']]);
    await frame.getByLabel('What is it about?').fill('My refund');
    await frame.getByRole('button', { name: 'Continue' }).click();
    const email = frame.getByLabel('E-mail', { exact: true });
    await expect(email).toBeFocused();
    await expect(frame.getByText('Please fill this in.')).toHaveCount(1);
    await expect(frame.getByText('We need your agreement before we can start.')).toBeVisible();
    await expect(frame.getByLabel('What is it about?')).toHaveValue('My refund');
    await email.fill('maya@home.test');
    await frame.getByRole('checkbox', { name: 'You may answer me' }).check();
    await expect(frame.getByRole('link', { name: 'Privacy policy' })).toHaveAttribute('rel', /noopener/);
    await frame.getByRole('button', { name: 'Continue' }).click();
    await expect(message(customer)).toBeFocused();
    await say(customer, 'The parcel never came');
    await expect(frame.getByText('Sent', { exact: true })).toBeVisible();

    await page.goto(`${house.app.url}/inbox`);
    await agent.open('My refund');
    await expect(panelOf(page)).toContainText('maya@home.test');

    // Who was asked once is not asked again.
    await frame.getByRole('button', { name: 'Back to all conversations' }).click();
    await frame.getByRole('button', { name: 'Send us a message' }).click();
    await expect(message(customer)).toBeFocused();
  });

  test('that was changed while somebody wrote loses none of their words', async ({ newCustomer, house }) => {
    const setForm = (fields: object[]) =>
      inDatabase(house, (sql) => {
        const preChat = JSON.stringify({ askedOf: 'newcomers', fields });
        return sql`update widgets set pre_chat = ${preChat}::text::jsonb`;
      });
    const email = { kind: 'email', isRequired: true };
    await setForm([email]);
    const customer = await newCustomer();
    const { frame } = customer;
    await customer.launcher.click();
    await frame.getByRole('button', { name: 'Send us a message' }).click();
    await frame.getByLabel('E-mail').fill('maya@home.test');
    await frame.getByRole('button', { name: 'Continue' }).click();
    await setForm([email, { kind: 'phone', isRequired: true }]);
    await say(customer, 'Written before they asked for more');
    await expect(frame.getByText(/Your message is kept/)).toBeVisible();
    await expect(frame.getByLabel('E-mail')).toHaveValue('maya@home.test');
    await frame.getByLabel('Phone').fill('07700 900184');
    await frame.getByRole('button', { name: 'Continue' }).click();
    await expect(frame.getByText(/with its country/)).toBeVisible();
    await frame.getByLabel('Phone').fill('+44 7700 900184');
    await frame.getByRole('button', { name: 'Continue' }).click();
    await expect(frame.getByText('Sent', { exact: true })).toBeVisible();
    await expect(customer.log.getByText('Written before they asked for more')).toHaveCount(1);
    const stored = await inDatabase(
      house,
      (sql) => sql`select phone from customers where email = 'maya@home.test' and phone is not null`,
    );
    expect([...stored]).toEqual([{ phone: '+447700900184' }]);
  });
});

test('a transcript is a file of what was public, and nobody else’s', async ({
  agent,
  customer,
  newCustomer,
  house,
}) => {
  await customer.start();
  await customer.send('Write this down');
  await agent.open('Write this down');
  await agent.write('Between us: a difficult one');
  await agent.send('It is written down.');
  await expect(customer.log).toContainText('It is written down.');
  await customer.frame.getByRole('button', { name: 'More' }).click();
  const download = customer.page.waitForEvent('download');
  await customer.frame.getByRole('button', { name: 'Download transcript' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^conversation-\d+\.txt$/);
  const text = await readFile(await file.path(), 'utf8');
  expect(text).toContain('Conversation with Fernhill');
  expect(text.indexOf('Write this down')).toBeLessThan(text.indexOf('It is written down.'));
  expect(text).not.toContain('Between us');
  await expect(customer.frame.getByText('Transcript downloaded')).toBeVisible();

  const other = await newCustomer();
  await other.start();
  await other.send('I am somebody else');
  await expect(other.frame.getByText('Sent', { exact: true })).toBeVisible();
  const [row] = await inDatabase(
    house,
    (sql) => sql<{ id: string }[]>`
      select c.id from conversations c join tickets t on t.id = c.ticket_id where t.subject = 'Write this down'`,
  );
  const token = await other.page.evaluate(
    () => Object.entries(localStorage).find(([name]) => name.endsWith('token'))?.[1] ?? '',
  );
  for (const part of ['transcript', 'ending']) {
    const answer = await other.page.request.get(
      `${house.app.url}/api/widget/conversations/${row?.id}/${part}`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    expect(answer.status()).toBe(404);
    expect(await answer.text()).not.toContain('written');
  }
});

test.describe('the sound of a new message', () => {
  /** Two tabs of one visitor, which count the tones that they would play. */
  async function twoTabs(browser: Browser, house: House) {
    const context = await browser.newContext();
    await context.addInitScript(() => {
      Object.assign(window, { tones: 0 });
      const Real = window.AudioContext;
      window.AudioContext = class extends Real {
        override createOscillator() {
          Reflect.set(window, 'tones', Number(Reflect.get(window, 'tones')) + 1);
          return super.createOscillator();
        }
      };
    });
    const open = async () => {
      const page = await context.newPage();
      await page.goto(`${house.shop.url}/`);
      return customerOn(page);
    };
    const tones = async (tabs: readonly Customer[]) => {
      const counts = await Promise.all(
        tabs.map(({ page }) =>
          Promise.all(
            page.frames().map((frame) => frame.evaluate(() => Number(Reflect.get(window, 'tones')))),
          ),
        ),
      );
      return counts.flat().reduce((sum, count) => sum + count, 0);
    };
    return { context, open, tones };
  }

  test('is one over all tabs, none for one’s own words, and none once it is switched off', async ({
    agent,
    browser,
    house,
  }) => {
    const { context, open, tones } = await twoTabs(browser, house);
    const first = await open();
    await first.start();
    await first.send('Ring for me');
    await expect(first.frame.getByText('Sent', { exact: true })).toBeVisible();
    const second = await open();
    await second.reopen(/Ring for me/);
    await second.send('From the other tab');
    await expect(first.log).toContainText('From the other tab');
    const tabs = [first, second];
    expect(await tones(tabs)).toBe(0);
    await agent.open('Ring for me');
    await agent.send('Ringing');
    for (const tab of tabs) await expect(tab.log).toContainText('Ringing');
    // Two tones are one sound.
    await expect.poll(() => tones(tabs)).toBe(2);

    await first.frame.getByRole('button', { name: 'More' }).click();
    const off = first.frame.getByRole('switch', { name: 'Sound for new messages' });
    await expect(off).toBeChecked();
    expect(await tones(tabs)).toBe(2);
    await off.click();
    await expect(off).not.toBeChecked();
    // The page around the frame keeps it.
    const kept = () => first.page.evaluate(() => Object.keys(localStorage).join());
    await expect.poll(kept).toContain(':sound');
    await second.page.close();
    await first.page.reload();
    await first.reopen(/Ring for me/);
    await agent.send('Silently');
    await expect(first.log).toContainText('Silently');
    await first.frame.getByRole('button', { name: 'More' }).click();
    await expect(first.frame.getByRole('switch', { name: 'Sound for new messages' })).not.toBeChecked();
    expect(await tones([first])).toBe(0);
    await context.close();
  });
});

test('a hundred conversations are there at once, with their unread marks and who answers', async ({
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('The first of many');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  await inDatabase(house, async (sql) => {
    const [who] = await sql<{ customer_id: string; agent_id: string }[]>`
      select t.customer_id, (select id from agents order by created_at limit 1) as agent_id
      from tickets t where t.subject = 'The first of many'`;
    const rows = Array.from({ length: 99 }, (_, index) => ({
      ticket: newId(),
      conversation: newId(),
      message: newId(),
      subject: `Matter ${index}`,
    }));
    const given = JSON.stringify(rows);
    await sql`insert into tickets (id, subject, customer_id, assignee_id, status, resolved_at)
      select r.ticket, r.subject, ${who?.customer_id ?? ''}, ${who?.agent_id ?? ''}, 'resolved', now()
      from jsonb_to_recordset(${given}::text::jsonb) as r (ticket uuid, subject text)`;
    await sql`insert into conversations (id, ticket_id, last_seq, last_public_seq, last_message, last_message_at)
      select r.conversation, r.ticket, 1, 1, 'An answer', now() - interval '1 day'
      from jsonb_to_recordset(${given}::text::jsonb) as r (ticket uuid, conversation uuid)`;
    await sql`insert into messages (conversation_id, seq, public_seq, id, kind, agent_id, text)
      select r.conversation, 1, 1, r.message, 'reply', ${who?.agent_id ?? ''}, 'An answer'
      from jsonb_to_recordset(${given}::text::jsonb) as r (conversation uuid, message uuid)`;
  });
  await customer.page.reload();
  await customer.launcher.click();
  const rows = customer.frame.getByRole('listitem');
  await expect(rows.nth(19)).toBeVisible();
  await expect(rows).toHaveCount(20);
  await expect(rows.nth(1)).toContainText('With Ana Silva');
  await expect(rows.nth(1)).toContainText('Resolved');
  await expect(rows.nth(1)).toContainText('1 unread');
  const tookMs = await customer.frame.getByRole('button', { name: 'Show 80 more' }).evaluate((button) => {
    const startedAt = performance.now();
    if (button instanceof HTMLElement) button.click();
    return new Promise<number>((done) => requestAnimationFrame(() => done(performance.now() - startedAt)));
  });
  await expect(rows).toHaveCount(100);
  expect(tookMs).toBeLessThan(300);
  await expect(rows.nth(20).getByRole('button')).toBeFocused();
  await rows.last().getByRole('button').focus();
  await customer.page.keyboard.press('Enter');
  await expect(customer.log).toContainText('An answer');
});
