import type { BrowserContext, Page } from '@playwright/test';
import postgres from 'postgres';
import { type Agent, agentOn, expect, type House, test } from './people.ts';

declare global {
  interface Window {
    alerts: { sounds: number; shown: string[] };
    setFocus(hasFocus: boolean): void;
  }
}

/**
 * Counts what a page does to its person, and lets the test say whether it has the focus: this browser tells every page
 * that it has.
 */
function watchAlerts(): void {
  let hasFocus = false;
  window.alerts = { sounds: 0, shown: [] };
  document.hasFocus = () => hasFocus;
  window.setFocus = (next) => {
    hasFocus = next;
    window.dispatchEvent(new Event(next ? 'focus' : 'blur'));
  };
  const start = AudioContext.prototype.createGain;
  AudioContext.prototype.createGain = function () {
    // Two tones make one sound.
    window.alerts.sounds += 0.5;
    return start.call(this);
  };
  class Shown extends EventTarget {
    static readonly permission = 'granted';
    constructor(title: string) {
      super();
      window.alerts.shown.push(title);
    }
    close() {}
  }
  Object.defineProperty(window, 'Notification', { value: Shown });
}

async function inDatabase(house: House, run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await run(sql);
  await sql.end();
}

async function prefer(house: House, name: string, preferences: postgres.JSONValue): Promise<void> {
  await inDatabase(
    house,
    (sql) =>
      sql`update agents set preferences = preferences || ${sql.json(preferences)} where name = ${name}`,
  );
}

/** Another tab of the same person. Sound is allowed in it, as after any key. */
async function openTab(context: BrowserContext, house: House): Promise<Agent> {
  const page = await context.newPage();
  await page.goto(`${house.app.url}/inbox`);
  await expect(page.getByRole('region', { name: 'Tickets' })).toBeVisible();
  await page.keyboard.press('Shift');
  return agentOn(page);
}

async function alertsOf(pages: readonly Page[]): Promise<{ sounds: number; shown: string[] }> {
  const each = await Promise.all(pages.map((page) => page.evaluate(() => window.alerts)));
  return {
    sounds: each.reduce((sum, { sounds }) => sum + sounds, 0),
    shown: each.flatMap(({ shown }) => shown),
  };
}

test('a message alerts once over all tabs, is counted in each, and is cleared everywhere when it is read in one', async ({
  browser,
  customer,
  house,
  newColleague,
}) => {
  const eve = await newColleague('Eve Stone');
  await prefer(house, 'Eve Stone', { desktop: true, sound: true, notifyAbout: 'mine' });
  const context = eve.page.context();
  await context.addInitScript(watchAlerts);
  const [first, second] = [await openTab(context, house), await openTab(context, house)];
  await eve.page.close();
  const elsewhere = await browser.newContext({
    storageState: await context.storageState(),
    viewport: { width: 1440, height: 900 },
  });
  const third = await openTab(elsewhere, house);
  const pages = [first.page, second.page];

  await customer.start();
  await customer.send('Nobody’s yet');
  await expect(first.row('Nobody’s yet')).toBeVisible();
  await first.open('Nobody’s yet');
  await first.page.keyboard.press('i');
  await expect(first.page.getByRole('button', { name: 'Assignee: Eve Stone' })).toBeVisible();
  await first.page.keyboard.press('u');
  await expect(second.page.getByRole('link', { name: /^Mine\b.*1/ })).toBeVisible();
  expect(await alertsOf(pages)).toEqual({ sounds: 0, shown: [] });

  await customer.send('Now it is yours');
  for (const { page } of [first, second, third]) await expect(page).toHaveTitle(/^\(1\) /);
  await expect.poll(() => alertsOf(pages)).toMatchObject({ sounds: 1, shown: [/Nobody|Visitor|customer/] });
  await customer.send('And one more');
  await expect(second.row('And one more')).toBeVisible();
  await expect.poll(async () => (await alertsOf(pages)).sounds).toBe(2);
  // One ticket waits, however much was written to it.
  for (const { page } of [first, second, third]) await expect(page).toHaveTitle(/^\(1\) /);

  await second.page.evaluate(() => window.setFocus(true));
  await second.open('And one more');
  for (const { page } of [first, second, third]) await expect(page).not.toHaveTitle(/^\(\d+\) /);
  const before = await alertsOf(pages);
  await customer.send('You are looking at this');
  await expect(second.log).toContainText('You are looking at this');
  await expect(first.row('You are looking at this')).toBeVisible();
  expect(await alertsOf(pages)).toEqual(before);
  await elsewhere.close();
});

test('nothing alerts of one’s own replies, of a colleague’s, or of what one does not want to hear of', async ({
  customer,
  house,
  newColleague,
}) => {
  const ida = await newColleague('Ida Berg');
  const context = ida.page.context();
  await context.addInitScript(watchAlerts);
  const tab = await openTab(context, house);
  await ida.page.close();
  await customer.start();
  await customer.send('Somebody else’s ticket');
  await expect(tab.row('Somebody else’s ticket')).toBeVisible();
  await tab.open('Somebody else’s ticket');
  await tab.send('Answered by myself');
  await expect(customer.log).toContainText('Answered by myself');
  await tab.page.keyboard.press('Escape');
  await tab.page.keyboard.press('u');
  await customer.send('Still nobody’s');
  await expect(tab.row('Still nobody’s')).toBeVisible();
  expect(await alertsOf([tab.page])).toEqual({ sounds: 0, shown: [] });
  await expect(tab.page).not.toHaveTitle(/^\(\d+\) /);
});

test('a mention stands under the bell in every tab, opens at its note, and is read in all of them', async ({
  agent,
  customer,
  house,
  newColleague,
}) => {
  const zoe = await newColleague('Zoe Hart');
  const second = await openTab(zoe.page.context(), house);
  await customer.start();
  await customer.send('Please look, both of you');
  await agent.open('Please look, both of you');
  await agent.page.getByRole('button', { name: 'Note', exact: true }).click();
  await agent.note.pressSequentially('What do you think, @zoe');
  await expect(agent.page.getByRole('option', { name: 'Zoe Hart' })).toBeVisible();
  await agent.note.press('Enter');
  await agent.note.press('ControlOrMeta+Enter');

  const bell = (on: Agent) => on.page.getByRole('button', { name: /^Notifications/ });
  for (const tab of [zoe, second]) await expect(bell(tab)).toHaveAccessibleName('Notifications, 1 unread');
  await zoe.page.keyboard.press('g');
  await zoe.page.keyboard.press('n');
  const list = zoe.page.getByRole('dialog', { name: 'Notifications' });
  await list.getByRole('button', { name: /mentioned you/ }).click();
  await expect(zoe.log).toContainText('What do you think, @Zoe Hart');
  await expect(zoe.page).toHaveURL(/\?.*at=/);
  for (const tab of [zoe, second]) await expect(bell(tab)).toHaveAccessibleName('Notifications');
});
