import { expect, test } from './people.ts';

const publicPaths = ['/', '/sign-in', '/setup', '/invite', '/t', '/demo', '/no-such-page'];
const settingsParts = [
  'profile',
  'saved-replies',
  'team',
  'departments',
  'departments/new',
  'tags',
  'fields',
  'widget',
  'identity',
  'workspace',
];
const agentPaths = ['/inbox', '/settings', ...settingsParts.map((part) => `/settings/${part}`)];

test('no page breaks its own content policy, and none can be framed but the widget by its sites', async ({
  browser,
  house,
}) => {
  const context = await browser.newContext({ storageState: house.adminState });
  const page = await context.newPage();
  const reports: string[] = [];
  page.on('console', (message) => {
    if (/content security policy|trusted type/i.test(message.text()))
      reports.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => reports.push(`${page.url()}: ${error.message}`));
  for (const path of [...publicPaths, ...agentPaths, `/widget?widget=${house.widgetKey}`]) {
    const response = await page.goto(`${house.app.url}${path}`, { waitUntil: 'networkidle' });
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy, path).toMatch(/script-src [^;]*'nonce-[^;]*'strict-dynamic'/);
    expect(policy, path).not.toMatch(/script-src [^;]*'unsafe-inline'/);
    const ancestors = /frame-ancestors ([^;]*)/.exec(policy)?.[1] ?? '';
    if (path.startsWith('/widget')) expect(ancestors).toContain(house.shop.url);
    else expect(ancestors, path).toBe("'none'");
  }
  expect(reports).toEqual([]);
  await context.close();
});

for (const path of ['/strict', '/twice']) {
  test(`the chat works on a page like ${path}`, async ({ agent, newCustomer }) => {
    const customer = await newCustomer(path);
    const errors: string[] = [];
    customer.page.on('pageerror', (error) => errors.push(error.message));
    await expect(customer.launcher).toHaveCount(1);
    await customer.launcher.click();
    await customer.frame.getByRole('button', { name: 'Send us a message' }).click();
    await customer.send(`Hello from ${path}`);
    await agent.open(`Hello from ${path}`);
    await agent.send('And hello back');
    await expect(customer.log).toContainText('And hello back');
    expect(errors).toEqual([]);
  });
}

test('calls made before the script arrives are answered, and a closed chat counts what is unread', async ({
  agent,
  newCustomer,
}) => {
  const customer = await newCustomer('/queue');
  const { page } = customer;
  await expect
    .poll(() => page.evaluate('window.heard'))
    .toEqual(expect.arrayContaining(['ready', 'answered']));
  await customer.frame.getByRole('button', { name: 'Send us a message' }).click();
  await customer.send('Count me');
  await agent.open('Count me');
  await page.evaluate("window.Parley('close')");
  await expect(page.getByRole('button', { name: 'Chat with us' })).toBeVisible();
  await agent.send('Did you see this?');
  await expect(agent.log).toContainText('Did you see this?');
  await expect
    .poll(
      async () => {
        await page.evaluate("window.dispatchEvent(new Event('focus'))");
        return page.getByRole('button', { name: 'Chat with us, 1 unread' }).count();
      },
      { timeout: 15_000 },
    )
    .toBe(1);
  await page.getByRole('button', { name: 'Chat with us, 1 unread' }).click();
  await expect(customer.log).toContainText('Did you see this?');
  await expect(agent.log.getByText(/^Seen/)).toBeVisible();
});

test('shutdown leaves nothing for the next person at the same computer', async ({ agent, customer }) => {
  await customer.start();
  await customer.send('Only mine');
  await agent.open('Only mine');
  await customer.page.evaluate("window.Parley('shutdown')");
  await expect.poll(() => customer.page.evaluate('JSON.stringify(Object.keys(localStorage))')).toBe('[]');
  await customer.page.reload();
  await customer.launcher.click();
  await expect(customer.frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
  await expect(customer.frame.getByText('Only mine')).toHaveCount(0);
});

test('the demo page of a fresh installation has a working chat', async ({ agent, browser, house }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${house.app.url}/demo`);
  await page.getByRole('button', { name: 'Chat with us' }).click();
  const frame = page.frameLocator('iframe[title="Chat with us"]');
  await frame.getByRole('button', { name: 'Send us a message' }).click();
  await frame.getByRole('textbox').fill('From the demo shop');
  await frame.getByRole('textbox').press('Enter');
  await expect(agent.row('From the demo shop')).toBeVisible();
  await context.close();
});
