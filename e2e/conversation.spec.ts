import type { Page } from '@playwright/test';
import { customerOn, expect, intercept, test, textsOf } from './people.ts';

test('a first message reaches the inbox live, is answered and seen, and typing shows on both sides', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('Do the terracotta pots survive frost?');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();

  await agent.page.getByRole('link', { name: /^Unassigned/ }).click();
  await agent.open('Do the terracotta pots survive frost?');
  await expect(agent.log).toContainText('Do the terracotta pots survive frost?');
  await expect(customer.frame.getByText(/^Seen \d/)).toBeVisible();

  await customer.composer.pressSequentially('I live in ');
  await expect(agent.log.getByRole('status', { name: /is typing/ })).toBeVisible();
  await agent.reply.pressSequentially('Hello, ');
  await expect(customer.log.getByRole('status', { name: 'Ana Silva is typing' })).toBeVisible();

  await agent.send('Hello, they do down to -5 °C.');
  await expect(customer.log).toContainText('Hello, they do down to -5 °C.');
  await expect(customer.log.getByRole('status', { name: /is typing/ })).toBeHidden();
  await expect(agent.log.getByText(/^Seen \d/)).toBeVisible();

  await customer.send('I live in Oslo, so no.');
  await expect(agent.log).toContainText('I live in Oslo, so no.');
  const wanted = [
    'Do the terracotta pots survive frost?',
    'Hello, they do down to -5 °C.',
    'I live in Oslo, so no.',
  ];
  expect(await textsOf(customer.log)).toEqual(wanted);
  expect(await textsOf(agent.log)).toEqual(wanted);
});

test('typing is shown within 300 ms of the key and is gone 5 s after the last one', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('A question about typing');
  await agent.open('A question about typing');
  await expect(customer.frame.getByText(/^Seen/)).toBeVisible();

  const line = agent.log.getByRole('status', { name: /is typing/ });
  const shownAt = line.waitFor().then(() => Date.now());
  await customer.composer.press('H');
  const pressedAt = Date.now();
  expect((await shownAt) - pressedAt).toBeLessThan(300);
  await expect(line).toBeHidden({ timeout: 6_500 });
  const goneAfter = Date.now() - pressedAt;
  expect(goneAfter).toBeGreaterThan(3_500);
});

test('a note never reaches the customer: not in a frame, not in an answer, not on the page', async ({
  agent,
  customer,
}) => {
  const secret = 'zebra-quartz-note-7741';
  const received = recordEverything(customer.page);
  await customer.start();
  await customer.send('Is my refund on the way?');
  await agent.open('Is my refund on the way?');
  await agent.write(`${secret}: check with the bank first`);
  await expect(agent.log).toContainText(secret);
  await agent.send('We are looking into it.');
  await expect(customer.log).toContainText('We are looking into it.');

  await customer.page.reload();
  await customer.reopen(/Is my refund on the way/);
  await expect(customer.log).toContainText('We are looking into it.');
  expect(await textsOf(customer.log)).toEqual(['Is my refund on the way?', 'We are looking into it.']);

  const everything = await received();
  expect(everything).toContain('We are looking into it.');
  expect(everything).not.toContain(secret);
});

test('a message whose answer is lost and whose page is reloaded arrives once', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('Before the reload');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  await agent.open('Before the reload');

  // The server does its work; the answer never comes back.
  let swallowed = 0;
  await intercept(customer.page, /\/widget\?/, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    swallowed++;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await customer.send('Sent once, answered never');
  await expect(agent.log).toContainText('Sent once, answered never');
  expect(swallowed).toBeGreaterThan(0);
  await customer.page.reload();
  await customer.page.unroute(/\/widget\?/);

  await customer.reopen(/Before the reload/);
  await customer.send('After the reload');
  await expect(agent.log).toContainText('After the reload');
  const wanted = ['Before the reload', 'Sent once, answered never', 'After the reload'];
  await expect.poll(() => textsOf(customer.log)).toEqual(wanted);
  await expect.poll(() => textsOf(agent.log)).toEqual(wanted);
  await expect(customer.frame.getByText('Sending…')).toBeHidden();
});

test('a message written just before the reload, and never sent until then, is sent after it', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('Hello from the first page');
  await agent.open('Hello from the first page');

  await intercept(customer.page, /\/widget\?/, (route) =>
    route.request().method() === 'POST' ? route.abort('connectionfailed') : route.continue(),
  );
  await customer.send('Held back by the network');
  await expect(customer.frame.getByText('Sending…')).toBeVisible();
  await customer.page.reload();
  await customer.page.unroute(/\/widget\?/);
  await customer.launcher.click();

  await expect(agent.log).toContainText('Held back by the network');
  expect(await textsOf(agent.log)).toEqual(['Hello from the first page', 'Held back by the network']);
});

test('two tabs of one customer show the same conversation, each message once', async ({
  agent,
  customer,
}) => {
  await customer.start();
  await customer.send('Written in the first tab');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();

  const secondPage = await customer.page.context().newPage();
  await secondPage.goto(customer.page.url());
  const second = customerOn(secondPage);
  await second.launcher.click();
  await second.frame.getByRole('button', { name: /Written in the first tab/ }).click();
  await second.send('Written in the second tab');
  await agent.open('Written in the first tab');
  await agent.send('I see both.');

  const wanted = ['Written in the first tab', 'Written in the second tab', 'I see both.'];
  for (const log of [customer.log, second.log, agent.log]) {
    await expect.poll(() => textsOf(log)).toEqual(wanted);
  }
});

test('the server stops and starts in the middle of a conversation and nothing is lost or doubled', async ({
  agent,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('Before the server went away');
  await agent.open('Before the server went away');
  await agent.send('Answered before');
  await expect(customer.log).toContainText('Answered before');

  await house.app.kill9();
  await customer.send('While it was away');
  await agent.send('Also while it was away');
  await expect(customer.frame.getByText('Sending…')).toBeVisible();
  await expect(agent.log.getByText('Sending…')).toBeVisible();
  await house.app.restart();

  await expect(agent.log).toContainText('While it was away', { timeout: 20_000 });
  // The one that comes second decides: a reply behind words that its writer has not seen is held up.
  const anyway = agent.page.getByRole('button', { name: 'Send anyway' });
  const isStored = async () => ((await customer.log.textContent()) ?? '').includes('Also while it was away');
  await expect.poll(async () => (await anyway.isVisible()) || isStored(), { timeout: 20_000 }).toBe(true);
  if (await anyway.isVisible()) await anyway.click();
  await expect(customer.log).toContainText('Also while it was away', { timeout: 20_000 });
  await customer.send('And after');
  await expect(agent.log).toContainText('And after');
  const shownToCustomer = await textsOf(customer.log);
  expect(shownToCustomer).toHaveLength(5);
  expect(shownToCustomer.slice(0, 2)).toEqual(['Before the server went away', 'Answered before']);
  await expect.poll(() => textsOf(agent.log)).toEqual(shownToCustomer);
});

test('what is refused stays, says why, and can be edited', async ({ agent, customer }) => {
  await customer.start();
  await customer.send('A first message');
  await agent.open('A first message');

  const tooLong = 'x'.repeat(10_001);
  await customer.composer.fill(tooLong);
  await customer.composer.press('Enter');
  await expect(customer.composer).toHaveValue(tooLong);
  await expect(customer.frame.getByText(/1 character too long/)).toBeVisible();

  await customer.composer.fill('   \n  ');
  await customer.composer.press('Enter');
  expect(await textsOf(customer.log)).toEqual(['A first message']);
});

test('five quick presses of Enter send one message', async ({ agent, customer }) => {
  await customer.start();
  await customer.composer.fill('Once, please');
  for (let press = 0; press < 5; press++) await customer.composer.press('Enter');
  await agent.open('Once, please');
  await customer.send('The end');
  await expect(agent.log).toContainText('The end');
  expect(await textsOf(agent.log)).toEqual(['Once, please', 'The end']);
});

/** Everything that any connection of the page brought in: answers of all kinds and socket frames. */
function recordEverything(page: Page): () => Promise<string> {
  const parts: Promise<string>[] = [];
  page.on('response', (response) => {
    parts.push(response.text().catch(() => ''));
  });
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => parts.push(Promise.resolve(payload.toString())));
  });
  return async () => (await Promise.all(parts)).join('\n');
}
