import type { Page } from '@playwright/test';
import postgres from 'postgres';
import { newId } from '../lib/ids.ts';
import { violationsOn } from './axe.ts';
import { expect, type House, intercept, test, untilAlive } from './people.ts';

/** A ticket whose customer wrote these texts, one a minute until an hour ago. */
async function makeTicket(house: House, subject: string, texts: readonly string[]): Promise<string> {
  const [customerId, ticketId, conversationId] = [newId(), newId(), newId()];
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  const moment = (index: number) => new Date(Date.now() - 3_600_000 - (texts.length - index) * 60_000);
  await sql.begin(async (tx) => {
    await tx`insert into customers (id, name, email) values (${customerId}, 'Wanda Osei', 'wanda@osei.example')`;
    await tx`insert into tickets (id, subject, customer_id, waiting_since, last_activity_at, created_at)
      values (${ticketId}, ${subject}, ${customerId}, ${moment(0)}, ${moment(texts.length)}, ${moment(0)})`;
    await tx`insert into conversations (id, ticket_id, last_seq, last_public_seq, last_message, last_message_at, created_at)
      values (${conversationId}, ${ticketId}, ${texts.length}, ${texts.length}, 'The newest', ${moment(0)}, ${moment(0)})`;
    for (const [index, text] of texts.entries()) {
      await tx`insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, text, sent_at)
        values (${conversationId}, ${index + 1}, ${index + 1}, ${newId()}, 'reply', ${customerId}, ${text}, ${moment(index)})`;
    }
  });
  await sql.end();
  return ticketId;
}

const paneOf = (page: Page) => page.getByRole('search', { name: 'Search tickets' });
const fieldOf = (page: Page) => paneOf(page).getByRole('textbox');
const hitsOf = (page: Page) => paneOf(page).locator('[data-search-hit]');

async function expectNoViolations(page: Page) {
  // The pane takes the list's place a moment after the page is there, and brings its own heading.
  await expect(page.locator('h1')).toHaveCount(1);
  expect(await violationsOn(page)).toEqual([]);
}

test('what somebody wrote long ago is found by keys alone, and opened in its place of the thread', async ({
  agent: { page },
  house,
}) => {
  const texts = Array.from({ length: 160 }, (_, index) => `Line ${index + 1} of a long story`);
  texts[20] = 'The <b>heliotrope</b> vase came without its lid';
  const ticketId = await makeTicket(house, 'A long story', texts);
  await page.keyboard.press('/');
  await expect(fieldOf(page)).toBeFocused();
  await page.keyboard.type('helio lid');
  // The last word may be begun, the others are whole.
  await expect(paneOf(page).getByText('Nothing found').last()).toBeVisible();
  await fieldOf(page).fill('lid helio');
  await expect(hitsOf(page)).toHaveCount(1);
  await expect(hitsOf(page).getByText('<b>')).toBeVisible();
  await expect(hitsOf(page).locator('mark')).toHaveText(['helio', 'lid']);
  await page.keyboard.press('ArrowDown');
  await expect(hitsOf(page).first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/inbox/${ticketId}\\?q=lid\\+helio&at=[0-9a-f-]{36}\\.21$`));
  await expect(page.getByRole('log').getByText('came without its lid')).toBeInViewport();

  // The address is the whole of it: the search, the ticket and the place in it.
  await page.reload();
  await expect(page.getByRole('log').getByText('came without its lid')).toBeInViewport();
  await expect(hitsOf(page)).toHaveCount(1);
  await page.goBack();
  await expect(page).toHaveURL(/\/inbox\?q=lid\+helio$/);
  await expect(fieldOf(page)).toHaveValue('lid helio');
  await fieldOf(page).press('Escape');
  await expect(fieldOf(page)).toHaveValue('');
  await fieldOf(page).press('Escape');
  await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
  await expect(page).toHaveURL(/\/inbox$/);
});

test('going back to before the page was loaded anew draws no other page over what is typed', async ({
  agent: { page },
  house,
}) => {
  const ticketId = await makeTicket(house, 'Orchid stand', ['The vermilion orchid stand wobbles']);
  await page.keyboard.press('/');
  await page.keyboard.type('vermilion');
  await hitsOf(page).first().click();
  await expect(page).toHaveURL(new RegExp(`/inbox/${ticketId}`));
  await page.reload();
  await untilAlive(page);
  await expect(hitsOf(page)).toHaveCount(1);
  // Were a page asked for, it would come only when something else is typed.
  const { promise: mayCome, resolve: come } = Promise.withResolvers<void>();
  const asked: string[] = [];
  await intercept(page, /\/inbox\b.*_rsc=/, async (route) => {
    asked.push(route.request().url());
    await mayCome;
    await route.continue();
  });
  await page.goBack();
  await expect(page).toHaveURL(/\/inbox\?q=vermilion$/);
  await fieldOf(page).fill('vermilion orchid');
  come();
  await expect(page).toHaveURL(/\/inbox\?q=vermilion\+orchid$/);
  await page.goForward();
  await expect(page).toHaveURL(new RegExp(`/inbox/${ticketId}`));
  await expect(page.getByRole('log').getByText('stand wobbles')).toBeVisible();
  await page.goBack();
  await expect(fieldOf(page)).toHaveValue('vermilion orchid');
  expect(asked).toEqual([]);
  // From there other pages are still to be reached, and back.
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Search');
  await page.goBack();
  await expect(fieldOf(page)).toHaveValue('vermilion orchid');
});

test('a colleague’s note is found as soon as it is written, by everybody who may see it', async ({
  agent,
  customer,
  newColleague,
}) => {
  await customer.start();
  await customer.send('Is the marigold set back in stock?');
  const colleague = await newColleague('Ines Duarte');
  await colleague.open(/marigold set/);
  await colleague.write('Marigold comes back on Friday, says Tessellate Ltd.');
  await expect(colleague.log.getByText('Tessellate')).toBeVisible();
  const { page } = agent;
  await page.keyboard.press('/');
  await page.keyboard.type('tessell');
  await expect(hitsOf(page).filter({ hasText: 'Tessellate Ltd' })).toHaveCount(1);
  await fieldOf(page).fill('tessell in:messages');
  await expect(paneOf(page).getByText('Nothing found').last()).toBeVisible();
  await paneOf(page).getByRole('button', { name: 'Remove in: messages' }).click();
  await expect(fieldOf(page)).toHaveValue('tessell');
  await expect(hitsOf(page)).not.toHaveCount(0);
});

test('every state says what to do, and stands up to axe in both themes', async ({
  agent: { page },
  house,
}) => {
  await makeTicket(house, 'Cerulean lamp', ['The cerulean lamp flickers', 'Cerulean, really: it flickers']);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${house.app.url}/inbox?q=`);
    await expect(paneOf(page).getByText('What are you looking for?')).toBeVisible();
    await expectNoViolations(page);
    await paneOf(page)
      .getByRole('button', { name: /status:open/ })
      .click();
    await expect(fieldOf(page)).toBeFocused();
    await fieldOf(page).fill('cerulean status:open before:nonsense');
    await expect(hitsOf(page)).toHaveCount(3);
    await expect(paneOf(page).getByText('is no date')).toBeVisible();
    await expectNoViolations(page);
    await fieldOf(page).fill('cerulean status:closed');
    await expect(paneOf(page).getByRole('button', { name: 'Search without filters' })).toBeVisible();
    await expectNoViolations(page);
    await fieldOf(page).fill('%%% "" \\ ');
    await expect(paneOf(page).getByText('There is no word in that')).toBeVisible();
    await fieldOf(page).fill(`cerulean ${'x'.repeat(10_000)}`);
    await expect(paneOf(page).getByText('That was long')).toBeVisible();
    await intercept(page, /\/api\/inbox\/search/, (route) => route.abort());
    await fieldOf(page).fill('cerulean lamp');
    await expect(paneOf(page).getByText('The search did not go through')).toBeVisible();
    await expectNoViolations(page);
    await page.unroute(/\/api\/inbox\/search/);
    await paneOf(page).getByRole('button', { name: 'Try again' }).click();
    await expect(hitsOf(page)).not.toHaveCount(0);
  }
});

test('on a phone search is a page of its own, and a hit leads to the ticket and back', async ({
  agent: { page },
  house,
}) => {
  await makeTicket(house, 'Verdigris kettle', ['The verdigris kettle whistles']);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${house.app.url}/inbox?q=verdigris+whistles`);
  await hitsOf(page).filter({ hasText: 'kettle whistles' }).click();
  await expect(paneOf(page)).toBeHidden();
  await expect(page.getByRole('log').getByText('kettle whistles')).toBeVisible();
  await page.goBack();
  await expect(hitsOf(page)).toHaveCount(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
