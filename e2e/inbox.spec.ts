import { agentOn, expect, test, textsOf, untilAlive } from './people.ts';

test('a change by one agent is on the other one’s screen, and in the log, without a reload', async ({
  agent,
  customer,
  newAgent,
}) => {
  await customer.start();
  await customer.send('Two agents look at this');
  const colleague = await newAgent();
  await agent.open('Two agents look at this');
  await colleague.open('Two agents look at this');

  await agent.page.getByRole('button', { name: /^Priority:/ }).click();
  await agent.page.getByRole('menuitemradio', { name: /Urgent/ }).click();
  await expect(colleague.page.getByRole('button', { name: 'Priority: Urgent' })).toBeVisible();
  await agent.page.getByRole('button', { name: /^Assignee:/ }).click();
  await agent.page.getByRole('menuitemradio', { name: /Ana Silva/ }).click();
  await expect(colleague.page.getByRole('button', { name: 'Assignee: Ana Silva' })).toBeVisible();
  await colleague.page.getByRole('button', { name: 'Resolve' }).click();
  await expect(agent.page.getByRole('button', { name: 'Status: Resolved' })).toBeVisible();
  await expect(agent.log).toContainText(/resolved/i);

  await customer.send('One more thing');
  await expect(agent.page.getByRole('button', { name: 'Status: Open' })).toBeVisible();
  expect(await textsOf(agent.log)).toEqual(['Two agents look at this', 'One more thing']);
});

test('an invited agent joins, is seen on the ticket, and once deactivated is out of page and socket within 2 s', async ({
  agent,
  browser,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('Who is looking at me?');
  await agent.open('Who is looking at me?');

  const admin = await agent.page.context().newPage();
  await admin.goto(`${house.app.url}/settings/team`);
  await untilAlive(admin);
  await admin.getByRole('button', { name: 'Invite' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill('ben@fernhill.example');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = new URL((await dialog.getByText(/\/invite#/).textContent()) ?? '');

  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const benPage = await context.newPage();
  const heard: string[] = [];
  benPage.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => heard.push(String(payload))),
  );
  await benPage.goto(`${house.app.url}${link.pathname}${link.hash}`);
  await benPage.getByLabel('Your name').fill('Per Winter');
  await benPage.getByLabel('Password').fill('another-long-password');
  await benPage.getByRole('button', { name: /join/i }).click();
  await benPage.waitForURL(/\/inbox/);
  const ben = agentOn(benPage);
  await ben.open('Who is looking at me?');
  await expect(agent.page.getByRole('list', { name: 'Also looking at this ticket' })).toBeVisible();

  await expect.poll(() => heard.join('\n')).toContain('private-staff-conversation');
  await admin.reload();
  await admin.getByRole('button', { name: 'More about Per Winter' }).click();
  await admin.getByRole('menuitem', { name: /Switch off the account/ }).click();
  const deactivatedAt = Date.now();
  await admin.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await expect(agent.page.getByRole('list', { name: 'Also looking at this ticket' })).toBeHidden({
    timeout: 2_000,
  });
  expect(Date.now() - deactivatedAt).toBeLessThan(2_500);
  await customer.send('Not for Ben any more');
  await expect(agent.log).toContainText('Not for Ben any more');
  expect(heard.join('\n')).not.toContain('Not for Ben any more');
  await benPage.goto(`${house.app.url}/inbox`);
  await expect(benPage).toHaveURL(/\/sign-in/);
  await context.close();
});

test('the link of a ticket’s status page shows its state and nothing that was written', async ({
  agent,
  browser,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('The words of this message are private');
  await agent.open('The words of this message are private');
  await agent.page.getByRole('button', { name: 'Resolve' }).click();
  await customer.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const asked = customer.page.waitForResponse(
    (response) => response.request().method() === 'POST' && response.url().includes('/widget?'),
  );
  await customer.frame.getByRole('button', { name: 'More' }).click();
  await customer.frame.getByRole('button', { name: 'Copy status link' }).click();
  const url = /https?:\/\/[^"]+\/t#[A-Za-z0-9_-]+/.exec(await (await asked).text())?.[0] ?? '';
  expect(url).not.toBe('');

  const context = await browser.newContext();
  const page = await context.newPage();
  const seen: string[] = [];
  page.on('request', (request) => seen.push(request.url()));
  const address = new URL(url);
  await page.goto(`${house.app.url}/t${address.hash}`);
  await expect(page.getByText(/resolved/i).first()).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText(house.admin.name);
  expect(seen.filter((requested) => requested.includes(address.hash.slice(1)))).toEqual([]);
  await context.close();
});

test('an agent who is signed out sees only the sign-in page; a wrong password says so and keeps the address', async ({
  browser,
  house,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${house.app.url}/inbox`);
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel('E-mail').fill(house.admin.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('E-mail address or password is wrong.')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue(house.admin.email);
  await page.getByLabel('Password').fill(house.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/inbox/);
  await context.close();
});
