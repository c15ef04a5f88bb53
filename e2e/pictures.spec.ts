import type { Locator } from '@playwright/test';
import sharp from 'sharp';
import { violationsOn } from './axe.ts';
import { expect, test, untilAlive } from './people.ts';

/** What was drawn: a picture that could not be read has no size of its own. */
const drawnWidth = (image: Locator) =>
  image.evaluate((node) => (node instanceof HTMLImageElement && node.complete ? node.naturalWidth : 0));

test('a picture that an agent chooses stands beside their answers, and their initials when it is taken away', async ({
  agent,
  customer,
  newCustomer,
  house,
}) => {
  const { frame, log } = customer;
  await customer.start();
  await customer.send('Who am I talking to?');
  await agent.open('Who am I talking to?');
  await agent.send('To Ana.');
  await expect(log).toContainText('To Ana.');
  await expect(log.getByText('AS', { exact: true })).toBeVisible();

  const { page } = agent;
  await page.goto(`${house.app.url}/settings/profile`);
  await untilAlive(page);
  const input = page.locator('input[type="file"]');
  await input.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(page.getByText(/no picture that the browser can read/)).toBeVisible();
  const made = sharp({ create: { width: 900, height: 600, channels: 3, background: '#3f7d58' } });
  await input.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: await made.png().toBuffer() });
  const own = page.getByRole('img', { name: 'What customers see of you' });
  await expect.poll(() => drawnWidth(own)).toBe(160);
  expect(await violationsOn(page)).toEqual([]);

  // Who was not there yet when it was opened: their face comes with their first answer.
  const later = await newCustomer();
  await later.start();
  await later.send('And is anybody here for me?');
  await page.goto(`${house.app.url}/inbox`);
  await agent.open('And is anybody here for me?');
  await agent.send('Ana again.');
  await expect(later.log).toContainText('Ana again.');
  await expect(later.frame.locator('img[src^="/api/pictures/"]')).toHaveCount(2);

  await page.goto(`${house.app.url}/settings/profile`);
  await untilAlive(page);
  await customer.page.reload();
  await customer.launcher.click();
  const row = frame.getByRole('button', { name: /Who am I talking to/ });
  await row.click();
  const faces = frame.locator('img[src^="/api/pictures/"]');
  // In the header and beside the answer.
  await expect(faces).toHaveCount(2);
  for (const face of await faces.all()) await expect.poll(() => drawnWidth(face)).toBe(160);

  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(own).toHaveCount(0);
  await customer.page.reload();
  await customer.launcher.click();
  await row.click();
  await expect(log).toContainText('To Ana.');
  await expect(faces).toHaveCount(0);
  await expect(log.getByText('AS', { exact: true })).toBeVisible();
});
