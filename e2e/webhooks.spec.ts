import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { Page } from '@playwright/test';
import postgres from 'postgres';
import { startTestApp } from '../scripts/test-app.ts';
import { violationsOn } from './axe.ts';
import { customerOn, expect, moveIn, test } from './people.ts';

type Received = { headers: IncomingHttpHeaders; body: string };

/** Somebody's own program: keeps what comes, and answers as it is told to. */
async function startProgram() {
  const received: Received[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end('Thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/parley`,
    received,
    answerWith(next: number) {
      status = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

function isSigned({ headers, body }: Received, secret: string): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const right = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(signed)
    .digest('base64');
  return String(headers['webhook-signature']).split(' ').includes(`v1,${right}`);
}

async function keepSecret(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'The secret' });
  const secret = (await dialog.locator('code').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  return secret;
}

test('an admin makes a webhook; a message reaches the program signed, is in the log, and is sent again', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const app = await startTestApp({ env: { OUTBOUND_ALLOW: '127.0.0.1', RATE_LIMIT_SCALE: '100' } });
  const program = await startProgram();
  const sql = postgres(app.databaseUrl, { max: 1 });
  try {
    const house = await moveIn(app, browser);
    const context = await browser.newContext({
      storageState: house.adminState,
      viewport: { width: 1440, height: 900 },
    });
    const page = await context.newPage();
    await page.goto(`${app.url}/settings/webhooks`);
    await expect(page.getByText('No webhook yet')).toBeVisible();
    expect(await violationsOn(page)).toEqual([]);

    await page.getByRole('button', { name: 'New webhook' }).click();
    const form = page.getByRole('dialog', { name: 'New webhook' });
    await form.getByLabel('Name').fill('Order system');
    await form.getByLabel('Address').fill('https://0x0a.1/hook');
    await form.getByRole('checkbox', { name: 'message.created' }).check();
    await form.getByRole('button', { name: 'Make the webhook' }).click();
    await expect(form.getByText('This address leads to a machine inside a network.')).toBeVisible();
    await form.getByLabel('Address').fill(program.url);
    expect(await violationsOn(page)).toEqual([]);
    await form.getByRole('button', { name: 'Make the webhook' }).click();
    const secret = await keepSecret(page);
    await expect(page.getByRole('list', { name: 'Webhooks' }).getByText('Order system')).toBeVisible();
    expect(await page.content()).not.toContain(secret);

    const shop = await browser.newContext();
    const customer = customerOn(await shop.newPage());
    await customer.page.goto(house.shop.url);
    await customer.start();
    await customer.send('Where is my parcel?');
    const countOf = async (state: string) => {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from webhook_deliveries where state = ${state}`;
      return row?.count ?? 0;
    };
    await expect.poll(() => countOf('delivered'), { timeout: 15_000 }).toBe(1);
    const [first] = program.received;
    if (first === undefined) throw new Error('nothing came');
    expect(isSigned(first, secret)).toBe(true);
    expect(JSON.parse(first.body)).toMatchObject({
      type: 'message.created',
      object: { text: 'Where is my parcel?' },
    });

    await page.getByRole('link', { name: 'Order system' }).click();
    const deliveries = page.getByRole('list', { name: 'Deliveries' });
    await expect(deliveries.getByText('taken')).toBeVisible();
    await expect(deliveries.getByText('Answered 204')).toBeVisible();
    expect(await violationsOn(page)).toEqual([]);
    await deliveries.getByRole('link', { name: 'message.created' }).click();
    await expect(page.getByText('Your program took it')).toBeVisible();
    await expect(page.getByLabel('Request of attempt 1')).toContainText('webhook-signature: v1,');
    await expect(page.getByLabel('Body of the event')).toContainText('Where is my parcel?');
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => program.received.length, { timeout: 15_000 }).toBe(2);
    expect(program.received[1]?.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(program.received[1]?.body).toBe(first.body);

    await page.getByRole('link', { name: 'Order system' }).click();
    await page.getByRole('button', { name: 'New secret…' }).click();
    await page.getByRole('button', { name: 'Make it' }).click();
    const next = await keepSecret(page);
    expect(next).not.toBe(secret);
    await expect(page.getByText('The one before it signs until')).toBeVisible();
    await customer.send('And my other parcel?');
    await expect.poll(() => program.received.length, { timeout: 15_000 }).toBe(3);
    const third = program.received[2];
    expect(third !== undefined && isSigned(third, secret) && isSigned(third, next)).toBe(true);

    program.answerWith(410);
    await customer.send('Hello?');
    await expect.poll(() => countOf('failed'), { timeout: 15_000 }).toBe(1);
    await page.goto(`${app.url}/settings/tags`);
    await expect(page.getByText('A webhook was switched off')).toBeVisible();
    await page.getByRole('link', { name: 'Look at it' }).click();
    await page.getByRole('link', { name: 'Order system' }).click();
    await expect(page.getByText('the receiver answered 410')).toBeVisible();
    program.answerWith(204);
    await page.getByRole('button', { name: 'Switch on' }).click();
    await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();
    await customer.send('Still there?');
    await expect.poll(() => program.received.length, { timeout: 15_000 }).toBe(5);

    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('No webhook yet')).toBeVisible();
    await context.close();
    await shop.close();
    await house.shop.stop();
  } finally {
    await sql.end();
    await program.stop();
    await app.stop();
  }
});

test('whoever is no admin is told who looks after webhooks', async ({ newColleague, house }) => {
  const { page } = await newColleague('Wanda Webster');
  await page.goto(`${house.app.url}/settings/webhooks`);
  await expect(page.getByText('Only admins can see this')).toBeVisible();
  await expect(page.getByRole('button', { name: 'New webhook' })).toHaveCount(0);
});
