import { createHmac, randomUUID } from 'node:crypto';
import type { Browser, Page } from '@playwright/test';
import postgres from 'postgres';
import { startTestApp } from '../scripts/test-app.ts';
import { violationsOn } from './axe.ts';
import {
  agentOn,
  type Customer,
  customerOn,
  expect,
  type House,
  intercept,
  moveIn,
  test,
  textsOf,
  untilAlive,
} from './people.ts';

type Claims = Record<string, unknown>;

/** A secret of the shop's, put where the settings page puts it. */
async function makeSecret(house: House): Promise<string> {
  const secret = `ps_${randomUUID().replaceAll('-', '')}`.padEnd(46, 'x');
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await sql`update widget_secrets set revoked_at = now() where revoked_at is null`;
  await sql`insert into widget_secrets (id, widget_id, secret) select gen_random_uuid(), id, ${secret} from widgets
    where key = ${house.widgetKey}`;
  await sql.end();
  return secret;
}

function sign(claims: Claims, secret: string, alg = 'HS256'): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

function claimsOf(house: House, sub: string, more: Claims = {}): Claims {
  return { aud: house.widgetKey, sub, jti: randomUUID(), exp: Math.floor(Date.now() / 1000) + 300, ...more };
}

/** What the page's own script would do; answers what its promise says. */
function parley(page: Page, ...args: unknown[]): Promise<unknown> {
  return page.evaluate(async (given) => {
    const command: unknown = Reflect.get(window, 'Parley');
    if (typeof command !== 'function') throw new Error('no Parley on this page');
    try {
      return { value: await command(...given) };
    } catch (error) {
      return { refused: String(Reflect.get(Object(error), 'code') ?? error) };
    }
  }, args);
}

async function openShop(browser: Browser, house: House): Promise<Customer> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(house.shop.url);
  await expect(customerOn(page).launcher).toBeVisible();
  return customerOn(page);
}

const signIn = (customer: Customer, house: House, secret: string, sub: string, more: Claims = {}) =>
  parley(customer.page, 'identify', { token: sign(claimsOf(house, sub, more), secret) });

test('a visitor who signs in keeps the conversation, is verified in the inbox, and finds it in every browser, live', async ({
  browser,
  house,
  agent,
}) => {
  const [secret, sub] = [await makeSecret(house), randomUUID()];
  const here = await openShop(browser, house);
  await here.start();
  await here.send('Where is my parcel?');
  await agent.open('Where is my parcel?');
  await expect(agent.page.getByText('Not verified')).toBeVisible();

  expect(
    await signIn(here, house, secret, sub, { name: 'Ada Lovelace', attributes: { plan: 'pro' } }),
  ).toEqual({
    value: { isVerified: true },
  });
  await expect(here.log).toContainText('Where is my parcel?');
  await expect(agent.row('Where is my parcel?')).toContainText('Ada Lovelace');
  await expect(agent.page.getByRole('img', { name: 'Verified by your site' }).first()).toBeVisible();
  await expect(agent.page.getByText('plan')).toBeVisible();
  await agent.send('On its way, Ada');
  await expect(here.log).toContainText('On its way, Ada');

  const there = await openShop(browser, house);
  await signIn(there, house, secret, sub);
  await there.reopen(/On its way/);
  await expect(there.log).toContainText('Where is my parcel?');
  await there.send('Thank you, from my phone');
  await expect(here.log).toContainText('Thank you, from my phone');
  expect(await textsOf(here.log)).toEqual(await textsOf(there.log));

  // What is begun anonymously in a third browser comes into the first one's list while it is looked at.
  await here.frame.getByRole('button', { name: 'Back to all conversations' }).click();
  const third = await openShop(browser, house);
  await third.start();
  await third.send('Another question');
  await expect(agent.row('Another question')).toBeVisible();
  await signIn(third, house, secret, sub);
  await expect(here.frame.getByRole('button', { name: /Another question/ })).toBeVisible();
  for (const { page } of [here, there, third]) await page.context().close();
});

test('nobody sees what somebody else said on the same computer', async ({ browser, house }) => {
  const secret = await makeSecret(house);
  const shared = await openShop(browser, house);
  await signIn(shared, house, secret, 'ada', { name: 'Ada' });
  await shared.start();
  await shared.send('My secret');
  await expect(shared.log).toContainText('Sent');
  await intercept(shared.page, /./, (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  const lost = shared.page.waitForEvent('requestfailed', (request) => request.method() === 'POST');
  await shared.send('And half of another');
  await lost;
  await shared.page.reload();
  await shared.page.unroute(/./);
  await expect(shared.launcher).toBeVisible();
  await signIn(shared, house, secret, 'ben', { name: 'Ben' });
  await shared.launcher.click();
  await expect(shared.frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
  await expect(shared.frame.getByText(/secret|half of another/)).toHaveCount(0);

  await parley(shared.page, 'shutdown');
  expect(await shared.page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await shared.page.reload();
  await expect(shared.launcher).toBeVisible();
  await shared.launcher.click();
  await expect(shared.frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
  await expect(shared.frame.getByText(/secret|half of another/)).toHaveCount(0);
  await shared.page.context().close();
});

test('another tab of the same browser goes on as the person, in the thread that is open there', async ({
  browser,
  house,
}) => {
  const [secret, sub] = [await makeSecret(house), randomUUID()];
  const first = await openShop(browser, house);
  await first.start();
  await first.send('From the first tab');
  await expect(first.log).toContainText('Sent');
  const page = await first.page.context().newPage();
  await page.goto(house.shop.url);
  const second = customerOn(page);
  await second.reopen(/From the first tab/);
  await expect(second.log).toContainText('From the first tab');
  await signIn(first, house, secret, sub, { name: 'Ada' });
  await second.send('From the second tab');
  await expect(first.log).toContainText('From the second tab');
  await expect(second.log).toContainText('From the first tab');
  expect(await textsOf(second.log)).toEqual(await textsOf(first.log));
  const elsewhere = await openShop(browser, house);
  await signIn(elsewhere, house, secret, sub);
  await elsewhere.reopen(/From the second tab/);
  expect(await textsOf(elsewhere.log)).toEqual(await textsOf(first.log));
  for (const context of [first.page.context(), elsewhere.page.context()]) await context.close();
});

test('a token that is not the site’s is refused with its reason, and the visitor goes on as one', async ({
  browser,
  house,
}) => {
  const secret = await makeSecret(house);
  const visitor = await openShop(browser, house);
  await visitor.start();
  await visitor.send('Still me');
  await expect(visitor.log).toContainText('Sent');
  const refused = (token: string) => parley(visitor.page, 'identify', { token });
  const good = claimsOf(house, 'ada');
  expect(await refused(sign(good, 'guess'))).toEqual({ refused: 'identity_signature_wrong' });
  expect(await refused(sign({ ...good, exp: 1 }, secret))).toEqual({ refused: 'identity_exp_past' });
  expect(await refused(sign(good, secret, 'none'))).toEqual({ refused: 'identity_algorithm_none' });
  const once = sign(good, secret);
  expect(await refused(once)).toEqual({ value: { isVerified: true } });
  const other = await openShop(browser, house);
  await other.launcher.click();
  await expect(other.frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
  expect(await parley(other.page, 'identify', { token: once })).toEqual({ refused: 'identity_jti_used' });
  await expect(visitor.log).toContainText('Still me');
  for (const { page } of [visitor, other]) await page.context().close();
});

test('the page is asked for a token, says who is here, and hears of it', async ({ browser, house }) => {
  const secret = await makeSecret(house);
  const customer = await openShop(browser, house);
  const token = sign(claimsOf(house, randomUUID(), { name: 'Grace' }), secret);
  const heard = await customer.page.evaluate(async (given) => {
    const command: unknown = Reflect.get(window, 'Parley');
    if (typeof command !== 'function') return null;
    const told = new Promise((resolve) => command('on', 'identity:changed', resolve));
    let asked = 0;
    await command('identify', {
      getToken: async () => {
        asked += 1;
        return given;
      },
    });
    command('open');
    return { told: await told, asked };
  }, token);
  expect(heard).toEqual({ told: { isVerified: true }, asked: 1 });
  await customer.page.context().close();
});

test('an admin makes a secret, sees why a token is refused, and changes to another secret', async ({
  browser,
  house,
}) => {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await sql`delete from widget_secrets`;
  await sql.end();
  const context = await browser.newContext({ storageState: house.adminState });
  const page = await context.newPage();
  await page.goto(`${house.app.url}/settings/identity`);
  await untilAlive(page);
  await expect(page.getByText('No secret yet')).toBeVisible();
  const make = async (button: string) => {
    await page.getByRole('button', { name: button }).click();
    const secret = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
    await page.getByRole('button', { name: 'I have kept it' }).click();
    return secret;
  };
  const first = await make('Make a secret');
  const check = async (token: string) => {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Check' }).click();
    await expect(page.getByRole('status').getByText(/^(Accepted|Not accepted)/)).toBeVisible();
  };
  const why = page.getByRole('list', { name: 'Why not' });

  await check(sign(claimsOf(house, '42', { name: 'Ada' }), first));
  await expect(
    page.getByText(`Accepted: signed with the secret ending in …${first.slice(-4)}`),
  ).toBeVisible();
  await check(sign({ ...claimsOf(house, '42'), exp: Date.now(), sub: 42 }, first));
  await expect(why.getByText('“exp” is in milliseconds')).toBeVisible();
  await expect(why.getByText('Put quotation marks around the id')).toBeVisible();
  expect(await violationsOn(page)).toEqual([]);

  const second = await make('Add a second one');
  await expect(page.getByRole('button', { name: 'Add a second one' })).toBeDisabled();
  await page.getByRole('button', { name: `Revoke the secret ending in ${first.slice(-4)}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('revoked', { exact: true })).toBeVisible();
  await check(sign(claimsOf(house, '42'), first));
  await expect(why.getByText(`the secret ending in …${first.slice(-4)}, which was revoked`)).toBeVisible();
  await check(sign(claimsOf(house, '42'), second));
  await expect(page.getByText('Accepted: signed')).toBeVisible();
  await context.close();
});

test('no token and no secret is in an address, a log or another person’s page', async ({ browser }) => {
  let output = '';
  const app = await startTestApp({
    env: { LOG_LEVEL: 'debug' },
    onOutput: (text) => {
      output += text;
    },
  });
  try {
    const house = await moveIn(app, browser);
    const secret = await makeSecret(house);
    const customer = await openShop(browser, house);
    const asked: string[] = [];
    customer.page.context().on('request', (request) => {
      asked.push(`${request.method()} ${request.url()} ${request.headers().referer ?? ''}`);
    });
    await customer.start();
    await customer.send('Hello');
    await expect(customer.log).toContainText('Sent');
    const visitors = await customer.page.evaluate(() => Object.entries(localStorage).flat());
    const claims = claimsOf(house, 'canary-sub-51c3', {
      name: 'canary-name-51c3',
      attributes: { note: 'canary-51c3' },
    });
    const tokens = [
      sign(claims, secret),
      sign({ ...claims, jti: 'x', exp: 1 }, secret),
      sign(claims, 'canary-secret-51c3'),
    ];
    for (const token of tokens) await parley(customer.page, 'identify', { token });
    // A database that goes away in the middle tells nothing, either.
    app.postgres.kill9();
    await parley(customer.page, 'identify', { token: sign({ ...claims, jti: 'y' }, secret) });
    const agent = agentOn(await (await browser.newContext({ storageState: house.adminState })).newPage());
    await agent.page.goto(`${app.url}/settings/identity`);
    await untilAlive(agent.page);
    await agent.page.getByLabel('Token').fill(tokens[2] ?? '');
    await agent.page.getByRole('button', { name: 'Check' }).click();
    await expect(agent.page.getByText('Not accepted')).toBeVisible();
    expect(await agent.page.content()).not.toContain(secret);

    const kept = await customer.page.evaluate(() => Object.entries(localStorage).flat());
    const session = /^[\w-]{43}$/;
    const secrets = [...visitors, ...kept].filter((each) => session.test(each));
    expect(new Set(secrets).size).toBe(2);
    for (const hidden of [...tokens, ...secrets, secret, 'canary']) {
      expect(output).not.toContain(hidden);
      expect(asked.filter((line) => line.includes(hidden))).toEqual([]);
    }
    await house.shop.stop();
  } finally {
    await app.stop();
  }
});
