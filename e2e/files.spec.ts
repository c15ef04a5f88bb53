import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { newToken } from '../lib/ids.ts';
import { customerOn, expect, type House, intercept, test } from './people.ts';

type Chosen = { name: string; mimeType: string; buffer: Buffer };
const text = (name: string, content: string): Chosen => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
});

async function picture(name: string, width = 600, height = 400): Promise<Chosen> {
  const made = sharp({ create: { width, height, channels: 3, background: '#3f7d58' } });
  return { name, mimeType: 'image/png', buffer: await made.png().toBuffer() };
}

/** The tray's rows that are in this state. */
const inState = (place: Pick<Locator, 'locator'>, state: string) =>
  place.locator(`[data-file-state="${state}"]`);

async function choose(place: Pick<Locator, 'locator'>, files: Chosen[]) {
  await place.locator('input[type="file"]').setInputFiles(files);
}

/** What was drawn: a picture that could not be read has no size of its own. */
const drawnWidth = (image: Locator) =>
  image.evaluate((node) => (node instanceof HTMLImageElement && node.complete ? node.naturalWidth : 0));

async function savedText(page: Page, button: Locator): Promise<{ name: string; content: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
  return { name: download.suggestedFilename(), content: Buffer.concat(chunks).toString('utf8') };
}

test('a picture and a text go with the first message, are shown to the agent, and come back with the answer', async ({
  agent,
  customer,
}) => {
  const addresses: string[] = [];
  customer.page.on('request', (request) => addresses.push(request.url()));
  await customer.start();
  await choose(customer.frame, [await picture('pot.png'), text('order.txt', 'order 4711')]);
  await expect(inState(customer.frame, 'ready')).toHaveCount(2);
  await expect(customer.frame.getByText(/Up to 10 files, each up to 25/)).toBeVisible();
  await customer.send('This pot is broken');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  await expect(inState(customer.frame, 'ready')).toHaveCount(0);
  await expect(customer.log.getByRole('img', { name: 'pot.png' })).toBeVisible();

  await agent.open('This pot is broken');
  const shown = agent.log.getByRole('img', { name: 'pot.png' });
  await expect(shown).toBeVisible();
  await expect.poll(() => drawnWidth(shown)).toBe(600);
  expect(await savedText(agent.page, agent.log.getByRole('button', { name: /Save .*order\.txt/ }))).toEqual({
    name: 'order.txt',
    content: 'order 4711',
  });
  await agent.log.getByRole('button', { name: /Show .*pot\.png/ }).click();
  const dialog = agent.page.getByRole('dialog', { name: 'pot.png' });
  await expect.poll(() => drawnWidth(dialog.getByRole('img'))).toBe(600);
  await agent.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await choose(agent.page.getByRole('region', { name: 'Conversation' }), [text('return label.txt', 'label')]);
  await expect(inState(agent.page.getByRole('region', { name: 'Conversation' }), 'ready')).toHaveCount(1);
  await agent.reply.press('ControlOrMeta+Enter');
  const label = customer.log.getByRole('button', { name: /Save .*return label\.txt/ });
  expect(await savedText(customer.page, label)).toEqual({ name: 'return label.txt', content: 'label' });

  const token = await customer.page.evaluate(() => JSON.stringify({ ...localStorage }));
  const secret = /[\w-]{43}/.exec(token)?.[0] ?? 'none';
  expect(secret).not.toBe('none');
  expect(addresses.filter((address) => address.includes(secret))).toEqual([]);
  expect(addresses.some((address) => address.includes('/api/widget/files/'))).toBe(true);
});

test('a note’s file stays with the team: it is in nothing that the customer gets, and not to be had by its id', async ({
  agent,
  customer,
  house,
}) => {
  const frames: string[] = [];
  customer.page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
  );
  await customer.start();
  await customer.send('Who are you?');
  await agent.open('Who are you?');
  await agent.page.getByRole('button', { name: 'Note', exact: true }).click();
  const desk = agent.page.getByRole('region', { name: 'Conversation' });
  await choose(desk, [text('suspicion.txt', 'a thief')]);
  await expect(inState(desk, 'ready')).toHaveCount(1);
  await agent.note.press('ControlOrMeta+Enter');
  await expect(agent.log.getByRole('button', { name: /Save .*suspicion/ })).toBeVisible();
  await agent.send('I am Ana');
  await expect(customer.log).toContainText('I am Ana');
  expect(await customer.frame.locator('body').innerHTML()).not.toContain('suspicion');
  expect(frames.join('\n')).not.toContain('suspicion');

  const fileId = await agent.log.locator('[data-file-id]').last().getAttribute('data-file-id');
  const held =
    /[\w-]{43}/.exec(await customer.page.evaluate(() => JSON.stringify({ ...localStorage })))?.[0] ?? '';
  for (const size of ['', '?size=thumbnail']) {
    const answer = await fetch(`${house.app.url}/api/widget/files/${fileId}${size}`, {
      headers: { authorization: `Bearer ${held}` },
    });
    expect(answer.status).toBe(404);
  }
  for (const base of ['widget', 'inbox']) {
    expect((await fetch(`${house.app.url}/api/${base}/files/${fileId}`)).status).toBe(401);
  }
});

test('files are pasted and dropped, refused with a reason, removed and sent without words', async ({
  customer,
}) => {
  await customer.start();
  const give = (kind: 'paste' | 'drop', files: { name: string; type: string; content: string }[]) =>
    customer.composer.evaluate(
      (node, [event, given]) => {
        const data = new DataTransfer();
        for (const { name, type, content } of given) data.items.add(new File([content], name, { type }));
        const options = { bubbles: true, cancelable: true };
        node.dispatchEvent(
          event === 'paste'
            ? new ClipboardEvent('paste', { ...options, clipboardData: data })
            : new DragEvent('drop', { ...options, dataTransfer: data }),
        );
      },
      [kind, files] as const,
    );
  await give('paste', [{ name: 'pasted.txt', type: 'text/plain', content: 'pasted' }]);
  await expect(inState(customer.frame, 'ready')).toHaveCount(1);
  await give('drop', [
    { name: 'dropped.txt', type: 'text/plain', content: 'dropped' },
    { name: 'cat.png', type: 'image/png', content: '<!doctype html><script>alert(1)</script>' },
    { name: 'logo.svg', type: 'image/svg+xml', content: '<svg onload="alert(1)"/>' },
    { name: 'nothing.txt', type: 'text/plain', content: '' },
  ]);
  await expect(inState(customer.frame, 'ready')).toHaveCount(2);
  await expect(inState(customer.frame, 'failed')).toHaveCount(3);
  await expect(
    customer.frame.getByText('Files of this kind cannot be sent. Put it into a ZIP file.'),
  ).toHaveCount(2);
  await expect(customer.frame.getByText('This file is empty.')).toBeVisible();
  await customer.composer.press('Enter');
  await expect(customer.frame.getByText('Remove or retry what did not arrive, then send.')).toBeVisible();
  for (const name of [/cat\.png/, /logo\.svg/, /nothing\.txt/]) {
    await customer.frame.getByRole('button', { name: new RegExp(`Remove .*${name.source}`) }).click();
  }
  await customer.composer.press('Enter');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  for (const name of ['pasted', 'dropped']) {
    await expect(customer.log.getByRole('button', { name: new RegExp(`Save .*${name}`) })).toBeVisible();
  }
});

test('a file above the limit is told before anything of it leaves', async ({ customer }) => {
  await customer.start();
  const uploads: string[] = [];
  customer.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/widget/files'))
      uploads.push(request.url());
  });
  await customer.frame.getByRole('button', { name: 'Add files' }).focus();
  await customer.page.waitForResponse((response) => response.url().endsWith('/api/widget/files'));
  await choose(customer.frame, [
    { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(25_000_001) },
  ]);
  await expect(customer.frame.getByText(/This file is larger than .*25/)).toBeVisible();
  expect(uploads).toEqual([]);
});

test('what the line loses is uploaded again, and a message sent meanwhile goes when its files are there, once', async ({
  agent,
  customer,
}) => {
  await customer.start();
  let isDown = true;
  await intercept(customer.page, /\/api\/widget\/files$/, (route) =>
    isDown && route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  await choose(customer.frame, [text('later.txt', 'later')]);
  await customer.send('With a file');
  await expect(customer.frame.getByText('It goes as soon as the files have arrived.')).toBeVisible();
  await expect(customer.log.getByText('With a file')).toBeHidden();
  isDown = false;
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(customer.log.getByRole('button', { name: /Save .*later/ })).toHaveCount(1);
  await agent.open('With a file');
  await expect(agent.log.getByRole('button', { name: /Save .*later/ })).toHaveCount(1);
});

test('a message that was not sent keeps its files through a reload, a retry and an edit', async ({
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('First');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  await intercept(customer.page, /\/widget\?/, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const headers = { ...route.request().headers(), origin: 'https://elsewhere.example' };
    return route.fulfill({ response: await route.fetch({ headers }) });
  });
  await choose(customer.frame, [text('kept.txt', 'kept')]);
  await expect(inState(customer.frame, 'ready')).toHaveCount(1);
  await customer.send('Do not lose this');
  await expect(customer.frame.getByText('Not sent')).toBeVisible();
  await customer.page.goto(`${house.shop.url}/`);
  const again = customerOn(customer.page);
  await again.reopen(/First|Do not lose this/);
  await expect(again.frame.getByText('Not sent')).toBeVisible();
  await expect(again.log.getByRole('button', { name: /Save .*kept/ })).toBeVisible();
  await again.frame.getByRole('button', { name: 'Edit' }).click();
  await expect(again.composer).toHaveValue('Do not lose this');
  await expect(inState(again.frame, 'ready')).toHaveCount(1);
  await again.page.unroute(/\/widget\?/);
  await again.send('Here it is');
  await expect(again.frame.getByText('Sent', { exact: true })).toBeVisible();
  await expect(again.log.getByRole('button', { name: /Save .*kept/ })).toHaveCount(1);
});

test('by keyboard and with a screen reader: chosen, read out, removed, and axe finds nothing', async ({
  customer,
}) => {
  await customer.start();
  const [chooser] = await Promise.all([
    customer.page.waitForEvent('filechooser'),
    customer.frame.getByRole('button', { name: 'Add files' }).press('Enter'),
  ]);
  expect(chooser.isMultiple()).toBe(true);
  await chooser.setFiles([
    await picture('one.png', 300, 300),
    text('two.txt', 'two'),
    text('bad.svg', '<svg/>'),
  ]);
  await expect(inState(customer.frame, 'ready')).toHaveCount(2);
  await expect(customer.frame.getByRole('list', { name: 'Files to send' }).getByRole('listitem')).toHaveCount(
    3,
  );
  await expect(customer.frame.getByRole('status').filter({ hasText: '3 files to send' })).toBeAttached();
  await expect(customer.frame.getByRole('alert').filter({ hasText: 'cannot be sent' })).toBeVisible();
  for (const button of await customer.frame.getByRole('button', { name: /^(Remove|Add files)/ }).all()) {
    const box = await button.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
  const { violations } = await new AxeBuilder({ page: customer.page }).disableRules(['region']).analyze();
  // A target in a frame is a path of more than one step; the page around it is the shop's.
  const ours = violations.filter(({ nodes }) => nodes.some(({ target }) => target.flat().length > 1));
  expect(ours.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
  const remove = customer.frame.getByRole('button', { name: /Remove .*bad\.svg/ });
  await remove.focus();
  await customer.page.keyboard.press('Enter');
  await expect(customer.frame.getByRole('listitem').filter({ hasText: 'bad.svg' })).toHaveCount(0);
  await customer.composer.press('Enter');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
});

test('the addresses of pictures end with what shows them', async ({ customer }) => {
  await customer.page.addInitScript(() => {
    const live = new Set<string>();
    const [make, revoke] = [URL.createObjectURL.bind(URL), URL.revokeObjectURL.bind(URL)];
    URL.createObjectURL = (source) => {
      const address = make(source);
      live.add(address);
      return address;
    };
    URL.revokeObjectURL = (address) => {
      live.delete(address);
      revoke(address);
    };
    Object.assign(window, { liveAddresses: live });
  });
  await customer.page.reload();
  const again = customerOn(customer.page);
  await again.start();
  await choose(again.frame, [await picture('a.png'), await picture('b.png')]);
  await expect(inState(again.frame, 'ready')).toHaveCount(2);
  await again.composer.press('Enter');
  await expect(again.frame.getByText('Sent', { exact: true })).toBeVisible();
  await expect(again.log.getByRole('img')).toHaveCount(2);
  const live = () =>
    again.frame.locator('body').evaluate(() => {
      const held: unknown = Reflect.get(window, 'liveAddresses');
      return held instanceof Set ? held.size : -1;
    });
  await expect.poll(live).toBe(2);
  await again.frame.getByRole('button', { name: 'Back to all conversations' }).click();
  await expect.poll(live).toBe(0);
});

/** Uploads as a program makes them: what of the body is sent, and whether the rest ever comes. */
function rawUpload(house: House, { declared, sent }: { declared: number; sent: Buffer }) {
  const { port, url } = house.app;
  const socket = connect(port, '127.0.0.1');
  const lines = [
    'POST /api/widget/files HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Origin: ${url}`,
    `Authorization: Bearer ${newToken()}`,
    `x-widget-key: ${house.widgetKey}`,
    `x-page-origin: ${house.shop.url}`,
    'x-file-name: a.txt',
    'Content-Type: application/octet-stream',
    `Content-Length: ${declared}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.write(sent);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.on('error', () => {});
  return { socket, answer: () => answer };
}

function filesIn(house: House): string[] {
  try {
    const found = readdirSync(join(house.app.env.PARLEY_DATA ?? '', 'files'), {
      recursive: true,
      withFileTypes: true,
    });
    return found.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return [];
  }
}

test('an upload that is cut in the middle leaves nothing, and one that is whole is there', async ({
  house,
}) => {
  const before = filesIn(house).length;
  const cut = rawUpload(house, { declared: 500_000, sent: Buffer.alloc(200_000, 'x') });
  await expect.poll(() => filesIn(house).length).toBe(before + 1);
  cut.socket.destroy();
  await expect.poll(() => filesIn(house).length).toBe(before);
  const whole = rawUpload(house, { declared: 5, sent: Buffer.from('hello') });
  await expect.poll(whole.answer).toContain('"ok":true');
  whole.socket.destroy();
  expect(filesIn(house)).toHaveLength(before + 1);
});

test('a hundred uploads that never end keep nobody from writing, and what is too many is told to come back', async ({
  customer,
  house,
}) => {
  const slow = Array.from({ length: 100 }, () =>
    rawUpload(house, { declared: 1_000_000, sent: Buffer.from('just the beginning') }),
  );
  await expect
    .poll(() => slow.filter(({ answer }) => answer().includes(' 503 ')).length, { timeout: 15_000 })
    .toBeGreaterThan(0);
  await customer.start();
  await customer.send('Still there?');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  for (const { socket } of slow) socket.destroy();
  await expect
    .poll(() => filesIn(house).filter((name) => name.endsWith('.part')), { timeout: 15_000 })
    .toEqual([]);
  await choose(customer.frame, [text('after.txt', 'after')]);
  await expect(inState(customer.frame, 'ready')).toHaveCount(1, { timeout: 15_000 });
});
