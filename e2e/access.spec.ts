import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext } from '@playwright/test';
import postgres from 'postgres';
import { type Agent, agentOn, expect, type House, test, textsOf, untilAlive } from './people.ts';

/** An agent who came by an invitation, with every frame that their page's sockets ever received. */
type Colleague = Agent & { context: BrowserContext; heard: string[] };

async function join(
  browser: Browser,
  house: House,
  admin: Agent,
  who: { name: string; departmentId?: string },
): Promise<Colleague> {
  const email = `${randomUUID()}@fernhill.example`;
  const settings = await admin.page.context().newPage();
  await settings.goto(`${house.app.url}/settings/team`);
  await untilAlive(settings);
  await settings.getByRole('button', { name: 'Invite' }).click();
  const dialog = settings.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = new URL((await dialog.getByText(/\/invite#/).textContent()) ?? '');
  await settings.close();
  if (who.departmentId !== undefined) {
    const { departmentId } = who;
    await inDatabase(
      house,
      (sql) => sql`update invites set department_id = ${departmentId} where email = ${email}`,
    );
  }
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const heard: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
  await page.goto(`${house.app.url}${link.pathname}${link.hash}`);
  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('Password').fill('another-long-password');
  await page.getByRole('button', { name: /join/i }).click();
  await page.waitForURL(/\/inbox/);
  return { ...agentOn(page), context, heard };
}

async function switchOff(house: House, admin: Agent, name: string): Promise<void> {
  const settings = await admin.page.context().newPage();
  await settings.goto(`${house.app.url}/settings/team`);
  await untilAlive(settings);
  await settings.getByRole('button', { name: `More about ${name}` }).click();
  await settings.getByRole('menuitem', { name: /Switch off the account/ }).click();
  await settings.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await expect(settings.getByText(`${name} is switched off.`)).toBeVisible();
  await settings.close();
}

async function inDatabase(house: House, run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await run(sql);
  await sql.end();
}

async function makeRestricted(house: House, name: string): Promise<string> {
  const id = randomUUID();
  await inDatabase(
    house,
    (sql) => sql`insert into departments (id, name, is_restricted) values (${id}, ${name}, true)`,
  );
  return id;
}

type Frame = { event: string; channel?: string; data?: string };

/** A client of our own making, which knows the protocol and leaves out what does not suit it. */
async function openRogue(house: House) {
  const key = house.app.env.REALTIME_KEY ?? '';
  const socket = new WebSocket(`${house.app.url.replace('http', 'ws')}/app/${key}?protocol=7`);
  const frames: Frame[] = [];
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => resolve(code)),
  );
  const greeted = new Promise<string>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const frame: Frame = JSON.parse(String(data));
      frames.push(frame);
      if (frame.event === 'pusher:connection_established') resolve(JSON.parse(frame.data ?? '{}').socket_id);
    });
  });
  const socketId = await greeted;
  return {
    socketId,
    frames,
    closed,
    events: () => frames.map(({ event }) => event),
    subscribe(channel: string, grant: object) {
      socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel, ...grant } }));
    },
    close: () => socket.close(),
  };
}

/** Asks for channels as the page would, but never for a sign-in. */
async function askFor(house: House, context: BrowserContext, socketId: string, channels: string[]) {
  const response = await context.request.post(`${house.app.url}/api/realtime/auth`, {
    headers: { origin: house.app.url },
    data: { socketId, channels },
  });
  const body: { value?: { channels: Record<string, { auth: string } | null> } } = await response.json();
  return { status: response.status(), grants: body.value?.channels ?? {} };
}

test('a client that never signs its socket in is off the air within 2 s of its agent being switched off', async ({
  agent,
  browser,
  customer,
  house,
}) => {
  const ben = await join(browser, house, agent, { name: 'Ben Rogue' });
  const listening = await openRogue(house);
  const waiting = await openRogue(house);
  const [taken, kept] = await Promise.all(
    [listening, waiting].map(({ socketId }) => askFor(house, ben.context, socketId, ['private-staff'])),
  );
  listening.subscribe('private-staff', taken?.grants['private-staff'] ?? {});
  await expect.poll(listening.events).toContain('pusher_internal:subscription_succeeded');
  await customer.start();
  await customer.send('While Ben may listen');
  await expect.poll(() => JSON.stringify(listening.frames)).toContain('While Ben may listen');

  await switchOff(house, agent, 'Ben Rogue');
  const late = new Promise<number>((resolve) => setTimeout(resolve, 2_000, 0));
  expect(await Promise.race([listening.closed, late])).toBe(4009);
  // What was granted before and kept for later opens nothing now, and nothing new is granted.
  waiting.subscribe('private-staff', kept?.grants['private-staff'] ?? {});
  await expect.poll(waiting.events).toContain('pusher:subscription_error');
  expect((await askFor(house, ben.context, waiting.socketId, ['private-staff'])).status).toBe(401);
  await customer.send('Not for Ben');
  await expect(agent.row('Not for Ben')).toBeVisible();
  expect(JSON.stringify([listening.frames, waiting.frames])).not.toContain('Not for Ben');
  waiting.close();
  await ben.context.close();
});

test('the page of an agent who was switched off goes to the sign-in by itself, with the way back', async ({
  agent,
  browser,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('Ben reads this one');
  const ben = await join(browser, house, agent, { name: 'Ben Leaving' });
  await ben.open('Ben reads this one');
  await expect(ben.log).toContainText('Ben reads this one');
  const address = new URL(ben.page.url()).pathname;
  await switchOff(house, agent, 'Ben Leaving');
  await expect(ben.page).toHaveURL(/\/sign-in\?next=/);
  expect(new URL(ben.page.url()).searchParams.get('next')).toContain(address);
  await ben.context.close();
});

test('a ticket that moves into a restricted department is gone for who is not in it, at once and without a reload, and stays live for a member and an admin', async ({
  agent,
  browser,
  customer,
  house,
  newCustomer,
}) => {
  const departmentId = await makeRestricted(house, `Legal ${randomUUID().slice(0, 8)}`);
  await agent.page.reload();
  await customer.start();
  await customer.send('A matter for lawyers');
  const member = await join(browser, house, agent, { name: 'Mia Member', departmentId });
  const outsider = await join(browser, house, agent, { name: 'Otto Outside' });
  for (const each of [agent, member, outsider]) {
    await each.open('A matter for lawyers');
    await expect(each.log).toContainText('A matter for lawyers');
    await each.page.evaluate(() => Object.assign(window, { isSamePage: true }));
  }

  await agent.page.getByRole('button', { name: /^Department:/ }).click();
  await agent.page.getByRole('menuitemradio', { name: /^Legal/ }).click();
  await expect(outsider.row('A matter for lawyers')).toBeHidden({ timeout: 2_000 });
  await expect(outsider.page.getByText('This ticket is not here')).toBeVisible({ timeout: 2_000 });
  await expect(outsider.log).toBeHidden();

  await customer.send('Confidential: the contract');
  for (const each of [agent, member]) {
    await expect(each.log).toContainText('Confidential: the contract');
    await expect(each.row('Confidential: the contract')).toBeVisible();
  }
  await member.send('Our lawyers answer.');
  await expect(customer.log).toContainText('Our lawyers answer.');
  expect(outsider.heard.join('\n')).not.toContain('Confidential: the contract');

  // Everything else goes on for the outsider, pushed, on the same page.
  const other = await newCustomer();
  await other.start();
  await other.send('An everyday question');
  await outsider.open('An everyday question');
  await other.send('And one more word');
  await expect(outsider.log).toContainText('And one more word');
  expect(outsider.heard.join('\n')).toContain('And one more word');
  for (const each of [agent, member, outsider]) {
    expect(await each.page.evaluate(() => 'isSamePage' in window)).toBe(true);
  }
  await member.context.close();
  await outsider.context.close();
});

test('a customer whose session ended begins anew, with the words that were not sent', async ({
  agent,
  customer,
  house,
}) => {
  let token = '';
  customer.page.on('request', (request) => {
    token = request.headers().authorization ?? token;
  });
  await customer.start();
  await customer.send('From the first session');
  await expect(agent.row('From the first session')).toBeVisible();
  await expect.poll(() => token).toMatch(/^Bearer /);
  await customer.composer.fill('Half a thought, not sent');

  const ended = await customer.page.request.post(`${house.app.url}/api/widget/shutdown`, {
    headers: { authorization: token, origin: house.app.url },
    data: {},
  });
  expect(ended.ok()).toBe(true);
  await expect(customer.log).not.toContainText('From the first session');
  await expect(customer.composer).toHaveValue('Half a thought, not sent');
  await expect(customer.frame.getByText(/Reconnecting/)).toBeHidden();
  await customer.composer.press('Enter');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  await agent.open('Half a thought, not sent');
  await agent.send('Hello again.');
  await expect(customer.log).toContainText('Hello again.');
  expect(await textsOf(customer.log)).toEqual(['Half a thought, not sent', 'Hello again.']);
});

test('a reply after the reopening window goes on in a new conversation of the same ticket, by itself', async ({
  agent,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('Solved long ago');
  await agent.open('Solved long ago');
  await agent.page.getByRole('button', { name: 'Resolve' }).click();
  await expect(customer.frame.getByText(/This is resolved/)).toBeVisible();
  await inDatabase(
    house,
    (sql) =>
      sql`update tickets set resolved_at = now() - interval '1 year' where subject = 'Solved long ago'`,
  );
  await customer.send('It broke again');
  await customer.send('Twice, in fact');
  await expect.poll(() => textsOf(customer.log)).toEqual(['It broke again', 'Twice, in fact']);
  // The agent has the ticket open, so what was sent may be seen at once.
  await expect(customer.frame.getByText(/^(?:Sent|Seen .*)$/)).toBeVisible();
  // One ticket, open again, with both conversations in one thread.
  await expect
    .poll(() => textsOf(agent.log))
    .toEqual(['Solved long ago', 'It broke again', 'Twice, in fact']);
  await agent.send('Sorry to hear that.');
  await expect(customer.log).toContainText('Sorry to hear that.');

  await customer.frame.getByRole('button', { name: 'Back to all conversations' }).click();
  await customer.frame
    .getByRole('button', { name: /Solved long ago/ })
    .last()
    .click();
  await expect.poll(() => textsOf(customer.log)).toEqual(['Solved long ago']);
});

test('a refusal before any page is a result like every other; only a widget’s settings may be kept', async ({
  house,
  request,
}) => {
  const refused = await request.post(`${house.app.url}/api/widget/typing`, {
    headers: { origin: 'https://evil.example' },
    data: {},
  });
  expect(refused.status()).toBe(403);
  expect(await refused.json()).toEqual({
    ok: false,
    error: { code: 'forbidden', reason: 'origin_not_allowed' },
  });
  const config = (key: string) => request.get(`${house.app.url}/api/widget/config?widget=${key}`);
  expect((await config(house.widgetKey)).headers()['cache-control']).toBe('public, max-age=60');
  const unknown = await config(`${house.widgetKey.slice(0, -1)}_`);
  expect(unknown.headers()['cache-control']).toContain('no-store');
  const state = await request.get(`${house.app.url}/api/widget/state`);
  expect(state.headers()['cache-control']).toContain('no-store');
});
