import { expect, intercept, test } from './people.ts';

test('a send that the guard will never take is shown as not sent, with its reason, and the chat goes on', async ({
  customer,
}) => {
  await customer.start();
  await customer.send('The first one arrives');
  await expect(customer.log).toContainText('The first one arrives');
  await expect(customer.frame.getByText('Sending…')).toBeHidden();
  // The real guard answers, to a request that comes from elsewhere.
  await intercept(customer.page, /\/widget\?/, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const headers = { ...route.request().headers(), origin: 'https://elsewhere.example' };
    const response = await route.fetch({ headers });
    expect(response.status()).toBe(403);
    return route.fulfill({ response });
  });
  await customer.send('From an address that is not ours');
  await expect(customer.frame.getByText('Not sent')).toBeVisible();
  await expect(customer.frame.getByText('This address may not be used for writing.')).toBeVisible();
  await customer.page.unroute(/\/widget\?/);
  await customer.frame.getByRole('button', { name: 'Retry' }).click();
  await expect(customer.frame.getByText('Not sent')).toBeHidden();
  await expect(customer.frame.getByText('Sending…')).toBeHidden();
  await expect(customer.log).toContainText('From an address that is not ours');
});

test('a send that is shed, by us or by a proxy, stays sending, breaks no page, and goes as soon as it may', async ({
  customer,
}) => {
  await customer.start();
  await customer.send('The first one arrives');
  await expect(customer.frame.getByText('Sending…')).toBeHidden();
  const answers = [
    {
      status: 503,
      contentType: 'text/plain',
      headers: { 'Retry-After': '1' },
      body: '{"ok":false,"error":{"code":"unavailable","reason":"overloaded","retryAfterMs":1000}}',
    },
    { status: 503, contentType: 'text/html', body: '<html>nginx is busy</html>' },
    { status: 429, contentType: 'text/html', body: 'slow down' },
  ];
  const atMs: number[] = [];
  await intercept(customer.page, /\/widget\?/, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    atMs.push(performance.now());
    const answer = answers.shift();
    return answer === undefined ? route.continue() : route.fulfill(answer);
  });
  await customer.send('When there is room');
  await expect(customer.frame.getByText('Sending…')).toBeVisible();
  await expect(customer.frame.getByText('Not sent')).toBeHidden();
  await expect(customer.frame.getByText('Sending…')).toBeHidden({ timeout: 15_000 });
  await expect(customer.log).toContainText('When there is room');
  expect(atMs).toHaveLength(4);
  expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThanOrEqual(990);
  await customer.page.unroute(/\/widget\?/);
});
