import type { FrameLocator, Locator } from '@playwright/test';
import { fillHistory, removeTicketOf } from './long-history.ts';
import { type Customer, customerOn, expect, test, textsOf } from './people.ts';

/** More rows than a screen and what is kept around it ever hold. */
const rowsMax = 320;

async function startWith(customer: Customer, text: string): Promise<string> {
  await customer.start();
  await customer.send(text);
  await expect(customer.frame.getByText(/^Sent/).first()).toBeVisible();
  return (await customer.log.getAttribute('data-conversation-id')) ?? '';
}

/** Loads the page anew and opens the conversation whose row says so; how long until its newest message was there. */
async function reopen(customer: Customer, row: RegExp, newest: string): Promise<number> {
  await customer.page.reload();
  await customer.launcher.click();
  const button = customer.frame.getByRole('button', { name: row });
  await expect(button.or(customer.log)).toBeVisible();
  const from = await customer.page.evaluate(() => performance.now());
  if (!(await customer.log.isVisible())) await button.click();
  await expect(customer.log.getByText(newest, { exact: true })).toBeVisible();
  return (await customer.page.evaluate(() => performance.now())) - from;
}

const orders = (log: Locator) =>
  log
    .locator('[data-order]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-order'))));

/** By keyboard, page by page, until an entry as old as that is shown. At no moment is more in the page than it takes. */
async function goBackTo({ page, log }: Customer, order: number): Promise<void> {
  await log.focus();
  let oldest = Math.min(...(await orders(log)));
  while (oldest > order) {
    await page.keyboard.press('Home');
    await expect.poll(async () => Math.min(...(await orders(log)))).toBeLessThan(oldest);
    const shown = await orders(log);
    expect(shown.length).toBeLessThanOrEqual(rowsMax);
    oldest = Math.min(...shown);
  }
}

test.describe('a long history', () => {
  test('of 5,000 messages opens as fast as one of 50, and stays small and still while one goes back', async ({
    house,
    newCustomer,
  }) => {
    test.setTimeout(120_000);
    const [short, long] = [await newCustomer(), await newCustomer()];
    await fillHistory(house, await startWith(short, 'A short one'), 50);
    await fillHistory(house, await startWith(long, 'A long one'), 5_000);
    const shortMs = [];
    const longMs = [];
    for (let turn = 0; turn < 3; turn++) {
      shortMs.push(await reopen(short, /A short one|Number/, 'Number 50'));
      longMs.push(await reopen(long, /A long one|Number/, 'Number 5000'));
    }
    expect(Math.min(...longMs)).toBeLessThanOrEqual(1.5 * Math.min(...shortMs) + 100);

    await goBackTo(long, 4_000);
    // What is far from the view is out of the page, the newest excepted, which is where it goes on.
    expect(await orders(long.log)).toContain(5_000);
    await long.page.keyboard.press('End');
    await expect(long.log.getByText('Number 5000', { exact: true })).toBeInViewport();
    await expect.poll(async () => (await orders(long.log)).length).toBeLessThanOrEqual(rowsMax);
    // And back again: what had left the page is there, each once and in its order.
    await long.log.evaluate((log) => log.scrollBy(0, -12_000));
    await expect.poll(async () => isWhole(await inView(long.log))).toBe(true);
  });

  test('holds still under the eyes while earlier messages come in above', async ({ house, customer }) => {
    await fillHistory(house, await startWith(customer, 'Where was I?'), 400);
    await reopen(customer, /Where was I|Number/, 'Number 400');
    await goBackTo(customer, 300);
    const jumps = await customer.log.evaluate(async (log) => {
      const steps: number[] = [];
      const rowIn = () => {
        const { top, height } = log.getBoundingClientRect();
        return [...log.querySelectorAll('[data-order]')].find(
          (row) => row.getBoundingClientRect().top > top + height / 3,
        );
      };
      for (let frame = 0; frame < 60; frame++) {
        const row = rowIn();
        const before = row?.getBoundingClientRect().top ?? 0;
        log.scrollBy(0, -40);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (row?.isConnected) steps.push(Math.abs(row.getBoundingClientRect().top - before - 40));
      }
      return steps;
    });
    expect(jumps.length).toBeGreaterThan(30);
    expect(Math.max(...jumps)).toBeLessThanOrEqual(2);
  });
});

/** Orders of the rows that are in the view of their log. */
function inView(log: Locator): Promise<number[]> {
  return log.evaluate((root) => {
    const view = root.getBoundingClientRect();
    return [...root.querySelectorAll('[data-order]')]
      .filter(
        (row) =>
          row.getBoundingClientRect().bottom > view.top && row.getBoundingClientRect().top < view.bottom,
      )
      .map((row) => Number(row.getAttribute('data-order')));
  });
}

function isWhole(shown: number[]): boolean {
  return shown.length > 3 && shown.every((order, index) => order === (shown[0] ?? 0) + index);
}

test.describe('what is read out', () => {
  test('each message once, in the live part of the log, and nothing when history comes back', async ({
    agent,
    customer,
    house,
  }) => {
    await fillHistory(house, await startWith(customer, 'Can you hear me?'), 220);
    await reopen(customer, /Can you hear me|Number/, 'Number 220');
    const said = await listen(customer);
    await agent.open('Can you hear me?');
    await agent.send('Loud and clear');
    await expect(customer.log.getByText('Loud and clear')).toBeVisible();
    await customer.send('Good to hear');
    await expect(agent.log).toContainText('Good to hear');
    await goBackTo(customer, 20);
    await customer.page.keyboard.press('End');
    await expect(customer.log.getByText('Good to hear', { exact: true })).toBeInViewport();
    expect((await said()).filter((text) => /Loud and clear|Good to hear|Number/.test(text))).toEqual([
      expect.stringContaining('Loud and clear'),
      expect.stringContaining('Good to hear'),
    ]);
  });
});

/** Texts that were added where the nearest word about it says that it is to be read out, from now on. */
async function listen({ log }: Customer): Promise<() => Promise<string[]>> {
  await log.evaluate((root) => {
    const heard: string[] = [];
    Object.assign(root, { heard });
    new MutationObserver((records) => {
      for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
        const at = node instanceof Element ? node : node.parentElement;
        const rule = at?.closest('[aria-live],[role="log"],[role="status"]');
        if (rule?.getAttribute('aria-live') !== 'off') heard.push(node.textContent ?? '');
      }
    }).observe(root, { childList: true, subtree: true });
  });
  return () => log.evaluate((root) => Reflect.get(root, 'heard'));
}

test('code, addresses and pictures are shown as such, and markup as the text that it is', async ({
  agent,
  customer,
}) => {
  await startWith(
    customer,
    'Look:\n```js\nconst a = "<img src=x onerror=alert(1)>";\n```\nand `b` too https://a.example/x.',
  );
  await expect(customer.log.locator('pre')).toHaveText('const a = "<img src=x onerror=alert(1)>";');
  await expect(customer.log.locator('p code')).toHaveText('b');
  await expect(customer.log.getByRole('link')).toHaveAttribute('href', 'https://a.example/x');
  await expect(customer.log.getByRole('link')).toHaveAttribute('rel', 'noopener nofollow ugc');
  await expect(customer.log.locator('img, script')).toHaveCount(0);
  const sizeOf = (text: string) =>
    customer.log
      .getByText(text, { exact: true })
      .evaluate((line) => Number.parseFloat(getComputedStyle(line).fontSize));
  await customer.send('👍');
  await customer.send('👍 yes');
  await expect(customer.log.getByText('👍 yes')).toBeVisible();
  expect(await sizeOf('👍')).toBeGreaterThan(1.9 * (await sizeOf('👍 yes')));
  await agent.open('👍 yes');
  await expect(agent.log.locator('pre')).toContainText('const a');
});

test('what is pasted from a page is its words alone', async ({ customer, house }) => {
  const context = customer.page.context();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: house.shop.url });
  await customer.start();
  await customer.page.evaluate(async () => {
    const as = (type: string, text: string) => new Blob([text], { type });
    await navigator.clipboard.write([
      new ClipboardItem({
        'text/html': as('text/html', '<b onclick="x">Bold</b> <a href="javascript:1">words</a>'),
        'text/plain': as('text/plain', 'Bold words'),
      }),
    ]);
  });
  await customer.composer.press('ControlOrMeta+V');
  await expect(customer.composer).toHaveValue('Bold words');
});

test('an Enter that ends a composition does not send', async ({ customer }) => {
  await customer.start();
  const session = await customer.page.context().newCDPSession(customer.page);
  await session.send('Input.imeSetComposition', { text: 'こんにちは', selectionStart: 5, selectionEnd: 5 });
  await customer.composer.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(customer.composer).toHaveValue('こんにちは');
  await expect(customer.log.locator('[data-message-id]')).toHaveCount(0);
  await session.send('Input.insertText', { text: 'こんにちは' });
  await customer.composer.press('Enter');
  await expect(customer.log.getByText('こんにちは')).toBeVisible();
});

test('a conversation that is deleted while it is open says so, and its words may begin another one', async ({
  customer,
  house,
}) => {
  const { frame } = customer;
  const conversationId = await startWith(customer, 'Forget me not');
  await removeTicketOf(house, conversationId);
  await frame.locator('html').evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(frame.getByText('This conversation is no longer there.')).toBeVisible();
  await frame.getByRole('button', { name: 'Start a new conversation' }).click();
  await expect(customer.log).not.toHaveAttribute('data-conversation-id', conversationId);
  await expect(frame.getByText('Sent', { exact: true })).toBeVisible();
  expect(await textsOf(customer.log)).toEqual(['Forget me not']);
});

test('who opens the conversation while somebody is typing sees it at once', async ({ agent, customer }) => {
  await startWith(customer, 'Are you there?');
  await agent.open('Are you there?');
  await customer.page.reload();
  await agent.reply.pressSequentially('I am wri');
  await customer.reopen(/Are you there\?/);
  const dots = customer.frame.getByRole('status', { name: /is typing/ });
  await expect(dots).toBeVisible({ timeout: 2_400 });
});

test.describe('on a phone', () => {
  test('it fills the screen, keeps the composer above the keyboard, and survives being turned', async ({
    customer,
  }) => {
    const { page, frame, composer, log } = customer;
    await page.setViewportSize({ width: 390, height: 844 });
    await startWith(customer, 'From a phone');
    for (let line = 0; line < 12; line++) await customer.send(`Line ${line}`);
    for (const [width, height] of [
      [390, 844],
      [390, 430],
      [844, 390],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expect.poll(() => sizeOf(frame)).toEqual(expect.objectContaining({ isWide: false }));
      await expect(composer).toBeInViewport({ ratio: 1 });
      await expect(log.getByText('Line 11', { exact: true })).toBeInViewport();
    }
  });

  test('it keeps clear of a notch and of the bar at the bottom', async ({ customer }) => {
    const { page, frame, composer } = customer;
    await page.setViewportSize({ width: 390, height: 844 });
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setSafeAreaInsetsOverride', { insets: { top: 47, bottom: 34 } });
    await customer.start();
    const [header, field] = [await frame.locator('header').boundingBox(), await composer.boundingBox()];
    expect(header?.y).toBeGreaterThanOrEqual(47);
    expect((field?.y ?? 844) + (field?.height ?? 0)).toBeLessThanOrEqual(844 - 34);
  });

  test('at twice the size of its text nothing is cut off, and everything can be reached', async ({
    customer,
  }) => {
    // A window of half the width and height is what a browser makes of 200 %.
    await customer.page.setViewportSize({ width: 195, height: 422 });
    await startWith(customer, 'Twice as large, and a word that is averyveryverylongoneindeedtoolongforaline');
    expect(await sizeOf(customer.frame)).toMatchObject({ isWide: false });
    await expect(customer.composer).toBeInViewport({ ratio: 1 });
    await customer.frame.getByRole('button', { name: 'Back to all conversations' }).click();
    await expect(customer.frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
    expect(await sizeOf(customer.frame)).toMatchObject({ isWide: false });
  });
});

/** Whether anything in the frame is wider than the frame. */
async function sizeOf(frame: FrameLocator): Promise<{ width: number; isWide: boolean }> {
  return frame.locator('html').evaluate(({ clientWidth, scrollWidth }) => ({
    width: clientWidth,
    isWide: scrollWidth > clientWidth,
  }));
}

test('where motion is not wanted, nothing moves', async ({ browser, house }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const customer = customerOn(await context.newPage());
  await customer.page.goto(house.shop.url);
  await startWith(customer, 'Calmly, please');
  const moving = await customer.frame
    .locator('html')
    .evaluate(
      (html) =>
        html.ownerDocument
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1).length,
    );
  expect(moving).toBe(0);
  await context.close();
});
