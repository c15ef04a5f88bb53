import type { FrameLocator } from '@playwright/test';
import { type Customer, customerOn, expect, test } from './people.ts';

async function startWith(customer: Customer, text: string): Promise<void> {
  await customer.start();
  await customer.send(text);
  await expect(customer.frame.getByText(/^Sent/).first()).toBeVisible();
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
      await expect(log.getByText('Line 11')).toBeInViewport();
    }
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
