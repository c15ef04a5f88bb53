import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Frame, Locator, Page } from '@playwright/test';
import postgres from 'postgres';
import { catalogues } from '../lib/texts/catalogues.ts';
import type { Language } from '../lib/texts/languages.ts';
import { type Customer, customerOn, expect, type House, intercept, test } from './people.ts';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

function frameOf(page: Page): Frame {
  const frame = page.frames().find((each) => new URL(each.url()).pathname === '/widget');
  if (frame === undefined) throw new Error('There is no frame yet.');
  return frame;
}

/** What axe finds in the launcher and in the frame; the page around them is the shop's. */
async function findings(page: Page, state: string): Promise<string[]> {
  for (const frame of page.frames()) {
    // Colours on their way are no colours yet.
    await frame.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  }
  const { violations } = await new AxeBuilder({ page })
    .withTags(standards)
    // The launcher floats above a page whose landmarks are not ours.
    .disableRules(['region'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => {
    // A target in a frame or in a shadow root is a path of more than one step.
    const ours = nodes.filter(({ target }) => target.flat().length > 1);
    return ours.length === 0 ? [] : [`${state}: ${id}: ${ours.map(({ html }) => html).join(' ')}`];
  });
}

async function answerState(page: Page, answer: 'never' | 'failing' | 'again'): Promise<void> {
  const address = /\/api\/widget\/state/;
  await page.unroute(address);
  if (answer === 'never') await page.route(address, () => {});
  if (answer === 'failing') {
    await page.route(address, (route) =>
      route.fulfill({ status: 500, json: { ok: false, error: { code: 'forbidden' } } }),
    );
  }
}

async function visitorIn(
  browser: import('@playwright/test').Browser,
  house: House,
  language: Language,
  options: BrowserContextOptions,
): Promise<Customer> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(`${house.shop.url}/in/${language}`);
  return customerOn(page, catalogues[language]);
}

const looks: readonly { look: string; language: Language; options: BrowserContextOptions }[] = [
  { look: 'light', language: 'en', options: { colorScheme: 'light' } },
  { look: 'dark', language: 'en', options: { colorScheme: 'dark' } },
  { look: 'a phone, from right to left, dark', language: 'ar', options: phone('dark') },
];

function phone(colorScheme: 'light' | 'dark'): BrowserContextOptions {
  return { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
}

for (const { look, language, options } of looks) {
  test(`axe finds nothing in any state of the launcher and the frame: ${look}`, async ({
    agent,
    browser,
    house,
  }) => {
    test.setTimeout(120_000);
    const texts = catalogues[language];
    const customer = await visitorIn(browser, house, language, options);
    const { page, frame, launcher, log, composer } = customer;
    const found: string[] = [];
    const check = async (state: string) => found.push(...(await findings(page, state)));

    await expect(launcher).toBeVisible();
    await check('closed');
    await launcher.click();
    await expect(frame.getByRole('button', { name: texts['home.start'] })).toBeVisible();
    await check('home, empty');
    await frame.getByRole('button', { name: texts['home.start'] }).click();
    await expect(composer).toBeFocused();
    await check('thread, empty');
    await composer.fill('x'.repeat(10_001));
    await check('too long');
    const first = `First in ${look}`;
    await customer.send(first);
    await expect(frame.getByText(texts['state.sent'], { exact: true })).toBeVisible();
    await check('sent');
    await agent.open(first);
    await agent.send('An answer with a link: https://fernhill.example/pots');
    await expect(log).toContainText('An answer with a link');
    await check('answered');
    await frame.getByRole('button', { name: texts['menu.more'] }).click();
    await expect(frame.getByText(texts['menu.copyLink'])).toBeVisible();
    await check('menu open');
    await page.keyboard.press('Escape');

    await page.context().setOffline(true);
    await customer.send('Written offline');
    await expect(frame.getByText(texts['connection.offline'])).toBeVisible();
    await check('offline, sending');
    await page.context().setOffline(false);
    await expect(frame.getByText(texts['state.sending'], { exact: true })).toBeHidden();
    await intercept(page, /\/widget\?/, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      return route.fulfill({
        response: await route.fetch({
          headers: { ...route.request().headers(), origin: 'https://elsewhere.example' },
        }),
      });
    });
    await customer.send('Refused');
    await expect(frame.getByText(texts['state.notSent'])).toBeVisible();
    await check('not sent');
    await page.unroute(/\/widget\?/);
    await frame.getByRole('button', { name: texts['state.retry'] }).click();
    await expect(frame.getByText(texts['state.notSent'])).toBeHidden();

    await frame.getByRole('button', { name: texts['thread.back'] }).click();
    await expect(frame.getByRole('button', { name: /Refused/ })).toBeVisible();
    await check('home, full');
    await page.route(/\/api\/widget\/conversations\//, (route) =>
      route.fulfill({ status: 404, json: { ok: false, error: { code: 'not_found' } } }),
    );
    for (const state of ['never', 'failing'] as const) {
      await answerState(page, state);
      await page.reload();
      await launcher.click();
      if (state === 'failing') await expect(frame.getByText(texts['home.failed'])).toBeVisible();
      else await expect(frame.getByRole('button', { name: texts['home.start'] })).toBeVisible();
      await check(state === 'never' ? 'home, loading' : 'home, failed');
    }
    await page.unroute(/\/api\/widget\/conversations\//);
    await answerState(page, 'again');
    expect(found).toEqual([]);
    await page.context().close();
  });
}

/** A form before a conversation, and nobody there until tomorrow; both as they were before, afterwards. */
async function withFormAndHours(house: House, work: () => Promise<void>): Promise<void> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  const fields = [
    { kind: 'name', isRequired: true },
    { kind: 'email', isRequired: true },
    { kind: 'consent', isRequired: true, text: 'You may answer me', link: null },
  ];
  const preChat = JSON.stringify({ askedOf: 'newcomers', fields });
  const tomorrow = new Date(Date.now() + 86_400_000).getUTCDay() || 7;
  const hours = JSON.stringify([{ day: tomorrow, opens: '09:00', closes: '10:00' }]);
  await sql`update widgets set pre_chat = ${preChat}::text::jsonb`;
  await sql`update departments set business_hours = ${hours}::text::jsonb, timezone = 'UTC'`;
  try {
    await work();
  } finally {
    await sql`update widgets set pre_chat = '{}'`;
    await sql`update departments set business_hours = null`;
    await sql.end();
  }
}

// A picture of one point, as any browser reads it.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

for (const { look, language, options } of looks) {
  test(`axe finds nothing in the form, the cards and the files around a conversation: ${look}`, async ({
    agent,
    browser,
    house,
  }) => {
    test.setTimeout(120_000);
    const texts = catalogues[language];
    const found: string[] = [];
    const small: string[] = [];
    await withFormAndHours(house, async () => {
      const customer = await visitorIn(browser, house, language, options);
      const { page, frame } = customer;
      const composer = frame.getByRole('textbox', { name: texts['composer.label'] });
      const check = async (state: string) => {
        found.push(...(await findings(page, state)));
        small.push(...(await smallTargets(frameOf(page), 44)).map((target) => `${state}: ${target}`));
      };
      await customer.launcher.click();
      await frame.getByRole('button', { name: texts['home.start'] }).click();
      await expect(frame.getByRole('heading', { name: texts['form.title'] })).toBeFocused();
      await check('form');
      await frame.getByRole('button', { name: texts['form.start'] }).click();
      await expect(frame.getByText(texts['form.consent_missing'])).toBeVisible();
      await check('form with problems');
      await frame.getByLabel(texts['form.name'], { exact: true }).fill('Maya');
      await frame.getByLabel(texts['form.email'], { exact: true }).fill('maya@home.test');
      await frame.getByRole('checkbox').check();
      await frame.getByRole('button', { name: texts['form.start'] }).click();
      await expect(composer).toBeFocused();

      await frame.locator('input[type="file"]').setInputFiles([
        { name: 'picture.png', mimeType: 'image/png', buffer: picture },
        { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      ]);
      await expect(frame.getByText(texts['files.empty'])).toBeVisible();
      await expect(frame.locator('[data-file-state="ready"]')).toHaveCount(1);
      await check('files to send');
      await frame.locator('[data-file-state="failed"] button').last().click();
      const words = `Around ${look}`;
      await composer.fill(words);
      await composer.press('Enter');
      await expect(frame.getByText(texts['state.sent'], { exact: true })).toBeVisible();
      await expect(frame.locator('[data-file-id] button')).toBeVisible();
      await check('a file in the thread');

      await agent.open(words);
      await agent.send('Here you are');
      await expect(customer.log).toContainText('Here you are');
      await agent.page.getByRole('button', { name: 'Resolve' }).click();
      await expect(frame.getByRole('radio').first()).toBeAttached();
      await check('asked how it went');
      await frame.locator('label:has(input[type="radio"])').last().click();
      await expect(frame.getByText(texts['rating.thanks'])).toBeVisible();
      await frame.getByRole('textbox', { name: texts['rating.comment'] }).fill('Thank you');
      await check('rated');
      expect(found).toEqual([]);
      expect(small).toEqual([]);
      await page.context().close();
    });
  });
}

test('axe finds nothing in the card that asks for an address', async ({ browser, house }) => {
  await withFormAndHours(house, async () => {
    const sql = postgres(house.app.databaseUrl, { max: 1 });
    await sql`update widgets set pre_chat = '{}'`;
    await sql.end();
    const customer = await visitorIn(browser, house, 'en', {});
    const { page, frame } = customer;
    await customer.start();
    await customer.send('Nobody there?');
    const address = frame.getByRole('textbox', { name: 'Your e-mail address' });
    await expect(address).toBeVisible();
    const found = await findings(page, 'asked for an address');
    await address.fill('not an address');
    await address.press('Enter');
    await expect(address).toHaveAccessibleDescription(/does not look like an e-mail/);
    await expect(address).toBeFocused();
    found.push(...(await findings(page, 'an address that is none')));
    expect(found).toEqual([]);
    expect(await smallTargets(frameOf(page), 44)).toEqual([]);
    await page.context().close();
  });
});

test('by keyboard alone from the page into a conversation and back: the focus goes in, keeps its order, and returns', async ({
  agent,
  browser,
  house,
}) => {
  const customer = await visitorIn(browser, house, 'en', {});
  const { page, frame, launcher, composer } = customer;
  const focused = () => frameOf(page).evaluate(() => nameOfFocus(document.activeElement));
  await nameFocus(page);
  await launcher.focus();
  await expect(launcher).toBeFocused();
  expect(await hasRing(launcher)).toBe(true);
  await page.keyboard.press('Enter');
  const greeting = frame.getByRole('heading', { level: 1 });
  await expect(greeting).toBeFocused();
  // Keys go where the browser, not only the frame, says that the focus is.
  expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName)).toBe(
    'IFRAME',
  );
  expect(await focused()).toBe('Hi there. How can we help?');

  // On home: to the way to write; back to the way out.
  await page.keyboard.press('Tab');
  await expect(frame.getByRole('button', { name: 'Send us a message' })).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(frame.getByRole('button', { name: 'Close', exact: true })).toBeFocused();
  expect(await hasRing(frame.getByRole('button', { name: 'Close', exact: true }))).toBe(true);
  await page.keyboard.press('Tab');
  expect(await hasRing(frame.getByRole('button', { name: 'Send us a message' }))).toBe(true);
  await page.keyboard.press('Enter');

  await expect(composer).toBeFocused();
  await page.keyboard.type('By keyboard alone');
  await page.keyboard.press('Enter');
  await expect(frame.getByText('Sent', { exact: true })).toBeVisible();
  await expect(composer).toBeFocused();
  await agent.open('By keyboard alone');
  await agent.send('Good to hear');
  await expect(customer.log).toContainText('Good to hear');
  // What arrives moves no focus.
  await expect(composer).toBeFocused();

  // Backwards through the thread: the log can be reached and scrolled, then the header in its order.
  const order: string[] = [];
  for (let step = 0; step < 20; step++) {
    await page.keyboard.press('Shift+Tab');
    const name = await focused();
    order.push(name);
    if (name === 'Back to all conversations') break;
  }
  const shown = order.filter((name) =>
    ['Messages', 'Close', 'More', 'Back to all conversations'].includes(name),
  );
  expect(shown).toEqual(['Messages', 'Close', 'More', 'Back to all conversations']);

  // The menu takes the focus and gives it back.
  const more = frame.getByRole('button', { name: 'More' });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(frame.getByRole('switch', { name: 'Sound for new messages' })).toBeFocused();
  for (const item of ['Download transcript', 'Copy status link']) {
    await page.keyboard.press('Tab');
    await expect(frame.getByRole('button', { name: item })).toBeFocused();
  }
  await page.keyboard.press('Escape');
  await expect(more).toBeFocused();

  await frame.getByRole('button', { name: 'Back to all conversations' }).focus();
  await page.keyboard.press('Enter');
  await expect(greeting).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(frame.getByRole('button', { name: /Good to hear/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(composer).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(launcher).toBeFocused();
  await expect(launcher).toHaveAttribute('aria-expanded', 'false');
  await page.context().close();
});

/** Whether what has the focus shows it. */
function hasRing(part: Locator): Promise<boolean> {
  return part.evaluate((element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
  });
}

declare global {
  /** Set by `nameFocus` in every frame: how a person would name what has the focus. */
  var nameOfFocus: (element: Element | null) => string;
}

async function nameFocus(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    globalThis.nameOfFocus = (element) =>
      element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? element?.tagName ?? '';
  });
  await page.reload();
}

declare global {
  /** Set by `holdMessages` in the chat's frame. */
  var heldMessages: MessageEvent[];
  var releaseMessages: () => void;
}

/** The chat's frame hears nothing of the page around it until it is told to. */
function holdMessages() {
  if (window.parent === window) return;
  let isHeld = true;
  globalThis.heldMessages = [];
  globalThis.releaseMessages = () => {
    isHeld = false;
    for (const { data, origin, source } of globalThis.heldMessages) {
      window.dispatchEvent(new MessageEvent('message', { data, origin, source }));
    }
  };
  window.addEventListener('message', (event) => {
    if (!isHeld || event.source !== window.parent) return;
    event.stopImmediatePropagation();
    globalThis.heldMessages.push(event);
  });
}

test('the focus goes into the frame when its first screen is there, and what is typed then arrives', async ({
  browser,
  house,
}) => {
  const { page, frame, launcher, composer } = await visitorIn(browser, house, 'en', phone('light'));
  await page.addInitScript(holdMessages);
  await page.reload();
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName);
  const { promise: mayCome, resolve: come } = Promise.withResolvers<void>();
  await intercept(page, /\/widget\?/, async (route) => {
    await mayCome;
    await route.continue();
  });
  await launcher.click();
  await expect(page.locator('iframe')).toBeVisible();
  expect(await focused()).not.toBe('IFRAME');
  come();
  // The frame listens, and shows nothing yet: a Tab would go past it.
  await expect(page.locator('iframe')).toHaveCSS('opacity', '1');
  const inside = page.frames().find((each) => each.url().includes('/widget?'));
  await expect.poll(() => inside?.evaluate(() => globalThis.heldMessages.length)).toBeGreaterThan(0);
  expect(await focused()).not.toBe('IFRAME');
  await inside?.evaluate(() => globalThis.releaseMessages());
  await expect.poll(focused).toBe('IFRAME');
  await page.keyboard.press('Tab');
  await expect(frame.getByRole('button', { name: 'Send us a message' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(composer).toBeFocused();
  await page.keyboard.type('Typed at once');
  await expect(composer).toHaveValue('Typed at once');
  await page.context().close();
});

test('who goes on in the page while the chat is still coming keeps the focus there', async ({
  browser,
  house,
}) => {
  const { page, frame, launcher } = await visitorIn(browser, house, 'en', {});
  const { promise: mayCome, resolve: come } = Promise.withResolvers<void>();
  await intercept(page, /\/widget\?/, async (route) => {
    await mayCome;
    await route.continue();
  });
  await launcher.click();
  await expect(page.locator('iframe')).toBeVisible();
  const shopButton = page.getByRole('button', { name: 'Ask us anything' });
  await shopButton.focus();
  come();
  await expect(frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
  await expect(shopButton).toBeFocused();
  await page.context().close();
});

test('what a page opens by script, and what arrives, takes no focus away', async ({
  agent,
  browser,
  house,
}) => {
  const customer = await visitorIn(browser, house, 'en', {});
  const { page } = customer;
  const shopButton = page.getByRole('button', { name: 'Ask us anything' });
  await shopButton.focus();
  await page.evaluate("window.Parley('open')");
  await expect(customer.frame.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(shopButton).toBeFocused();
  // The same button opens it for the person, and then the focus goes in.
  await page.evaluate("window.Parley('close')");
  await expect(shopButton).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(customer.frame.getByRole('heading', { level: 1 })).toBeFocused();
  await customer.frame.getByRole('button', { name: 'Send us a message' }).click();
  await customer.send('Nothing jumps');
  await shopButton.focus();
  await agent.open('Nothing jumps');
  await agent.send('Surely not');
  await expect(customer.log).toContainText('Surely not');
  await expect(shopButton).toBeFocused();
  await page.context().close();
});

test('the log announces each message once: sent, confirmed, seen or answered, it is added a single time', async ({
  agent,
  browser,
  house,
}) => {
  const customer = await visitorIn(browser, house, 'en', {});
  const { page, log } = customer;
  await customer.start();
  await customer.send('Said once');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  await agent.open('Said once');
  // Screen readers read what is added to a log; whatever React puts in anew would be read again.
  await log.evaluate((element) => {
    const added: string[] = [];
    Reflect.set(window, 'addedToLog', added);
    new MutationObserver((changes) => {
      for (const { addedNodes, type } of changes) {
        if (type === 'characterData') added.push('(text changed)');
        for (const node of addedNodes) added.push(node.textContent ?? '');
      }
    }).observe(element, { childList: true, subtree: true });
  });
  await customer.send('Mine, once');
  // The agent has it open and may have seen it by then.
  await expect(agent.log).toContainText('Mine, once');
  await agent.send('Theirs, once');
  await expect(log).toContainText('Theirs, once');
  await expect(customer.frame.getByText(/^Seen/)).toBeVisible();
  const added = await log.evaluate((): string[] => Reflect.get(window, 'addedToLog'));
  for (const text of ['Mine, once', 'Theirs, once']) {
    expect(added.filter((each) => each.includes(text))).toHaveLength(1);
  }
  expect(added.filter((each) => each.includes('Said once'))).toEqual([]);

  // In the accessibility tree: one polite log, each message in it once.
  const nodes = await accessibilityTree(page);
  const logs = nodes.filter(({ role }) => role === 'log');
  expect(logs).toMatchObject([{ name: 'Messages', live: 'polite' }]);
  for (const text of ['Said once', 'Mine, once', 'Theirs, once']) {
    expect(nodes.filter(({ role, name }) => role === 'StaticText' && name === text)).toHaveLength(1);
  }
  await page.context().close();
});

/** Chromium's own tree of the frame, as it hands it to assistive technology. */
async function accessibilityTree(page: Page): Promise<{ role: string; name: string; live: string | null }[]> {
  const session = await page
    .context()
    .newCDPSession(frameOf(page))
    .catch(() => page.context().newCDPSession(page));
  const { frameTree } = await session.send('Page.getFrameTree');
  const child = frameTree.childFrames?.find(({ frame }) => new URL(frame.url).pathname === '/widget');
  const frameId = child?.frame.id ?? frameTree.frame.id;
  const { nodes } = await session.send('Accessibility.getFullAXTree', { frameId });
  return nodes
    .filter(({ ignored }) => !ignored)
    .map((node) => ({
      role: String(node.role?.value ?? ''),
      name: String(node.name?.value ?? ''),
      live: String(node.properties?.find(({ name }) => name === 'live')?.value.value ?? '') || null,
    }));
}

/** What can be pressed in the frame and is smaller than that, with what its `::after` adds. */
function smallTargets(frame: Frame, least: number): Promise<string[]> {
  return frame.evaluate((size) => {
    const pressable = document.querySelectorAll<HTMLElement>(
      'button, input:not([type="hidden"]), select, textarea, a[href], [role="button"], summary',
    );
    return [...pressable].flatMap((element) => {
      // A link in a sentence is as tall as its line.
      const isInText = element.matches('a') && getComputedStyle(element).display === 'inline';
      if (isInText || element.closest('[inert]') !== null) return [];
      // What is hidden for the eye is pressed by its label.
      const target = element.matches('input') ? (element.closest('label') ?? element) : element;
      const { width, height } = target.getBoundingClientRect();
      if (width <= 1 || height <= 1) return [];
      const after = getComputedStyle(target, '::after');
      const hasMore = after.content !== 'none' && after.position === 'absolute';
      const full = {
        width: hasMore ? Math.max(width, Number.parseFloat(after.width)) : width,
        height: hasMore ? Math.max(height, Number.parseFloat(after.height)) : height,
      };
      const name = element.getAttribute('aria-label') ?? element.textContent ?? element.tagName;
      const isSmall = full.width < size - 0.5 || full.height < size - 0.5;
      return isSmall ? [`${name.trim()}: ${Math.round(full.width)} × ${Math.round(full.height)}`] : [];
    });
  }, least);
}

test('every target of the frame is at least 44 px, the launcher 56', async ({ agent, browser, house }) => {
  for (const options of [{}, phone('light')]) {
    const customer = await visitorIn(browser, house, 'en', options);
    const { page, frame } = customer;
    const box = await customer.launcher.boundingBox();
    expect(box).toMatchObject({ width: 56, height: 56 });
    await customer.launcher.click();
    await expect(frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
    const small: string[] = [...(await smallTargets(frameOf(page), 44))];
    await frame.getByRole('button', { name: 'Send us a message' }).click();
    const words = `Large enough ${'isMobile' in options}`;
    await customer.send(words);
    await agent.open(words);
    await agent.send('To press');
    await expect(customer.log).toContainText('To press');
    await frame.getByRole('button', { name: 'More' }).click();
    await expect(frame.getByText('Copy status link')).toBeVisible();
    small.push(...(await smallTargets(frameOf(page), 44)));
    await page.keyboard.press('Escape');
    await intercept(page, /\/widget\?/, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      const headers = { ...route.request().headers(), origin: 'https://elsewhere.example' };
      return route.fulfill({ response: await route.fetch({ headers }) });
    });
    await customer.send('Refused');
    await expect(frame.getByText('Not sent')).toBeVisible();
    small.push(...(await smallTargets(frameOf(page), 44)));
    expect(small).toEqual([]);
    await page.context().close();
  }
});

/** Parts that reach beyond the frame to the side, and words that are cut off. */
function lostIn(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const lost = scrollWidth > clientWidth ? [`the page is ${scrollWidth} of ${clientWidth} wide`] : [];
    for (const element of document.querySelectorAll<HTMLElement>('main *')) {
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 1 && (left < -1 || right > clientWidth + 1) && element.closest('[aria-hidden]') === null) {
        lost.push(
          `${element.tagName} from ${Math.round(left)} to ${Math.round(right)}: ${element.textContent}`,
        );
      }
    }
    return lost;
  });
}

test('text at 200 %, a page at 400 % and wide spacing lose nothing', async ({ agent, browser, house }) => {
  test.setTimeout(90_000);
  const cases: readonly { name: string; options: BrowserContextOptions; apply?: () => void }[] = [
    { name: '200 %', options: { viewport: { width: 640, height: 512 }, deviceScaleFactor: 2 } },
    { name: '400 %', options: { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 } },
    { name: 'text at 200 %', options: { viewport: { width: 1280, height: 1024 } }, apply: doubleText },
    { name: 'wide spacing', options: { viewport: { width: 1280, height: 1024 } }, apply: spaceText },
  ];
  for (const { name, options, apply } of cases) {
    const customer = await visitorIn(browser, house, 'en', options);
    const { page, frame, composer } = customer;
    const lost: string[] = [];
    const look = async (where: string) => {
      if (apply !== undefined) await frameOf(page).evaluate(apply);
      lost.push(...(await lostIn(frameOf(page))).map((what) => `${name}, ${where}: ${what}`));
    };
    await customer.launcher.click();
    const start = frame.getByRole('button', { name: 'Send us a message' });
    await expect(start).toBeVisible();
    await look('home');
    await start.scrollIntoViewIfNeeded();
    await expect(start).toBeInViewport({ ratio: 0.9 });
    await start.click();
    await expect(composer).toBeFocused();
    await customer.send(`Readable at ${name}`);
    await agent.open(`Readable at ${name}`);
    await agent.send('Every word of it, and also areallylongwordthatnobodywouldeverwritebutwhoknows');
    await expect(customer.log).toContainText('Every word of it');
    await look('thread');
    for (const part of ['Back to all conversations', 'More', 'Close', 'Send']) {
      await expect(frame.getByRole('button', { name: part, exact: true })).toBeInViewport({ ratio: 0.9 });
    }
    await expect(composer).toBeInViewport({ ratio: 0.9 });
    expect(lost).toEqual([]);
    await page.context().close();
  }
});

/** As a browser does that enlarges text alone: each text by its own size, once. */
function doubleText(): void {
  const sized = [...document.querySelectorAll<HTMLElement>('main, main *')].filter(
    (element) => element.dataset.doubled === undefined,
  );
  const sizes = sized.map((element) => {
    const { fontSize, lineHeight } = getComputedStyle(element);
    return [Number.parseFloat(fontSize), Number.parseFloat(lineHeight)] as const;
  });
  for (const [index, element] of sized.entries()) {
    const [size = 0, line = 0] = sizes[index] ?? [];
    element.dataset.doubled = '';
    element.style.fontSize = `${size * 2}px`;
    if (!Number.isNaN(line)) element.style.lineHeight = `${line * 2}px`;
  }
}

/** The spacing of WCAG 1.4.12. */
function spaceText(): void {
  for (const element of document.querySelectorAll<HTMLElement>('main *')) {
    element.style.lineHeight = '1.5';
    element.style.letterSpacing = '0.12em';
    element.style.wordSpacing = '0.16em';
  }
  for (const element of document.querySelectorAll<HTMLElement>('main p')) element.style.marginBottom = '2em';
}

test('what cannot be sent is told in words, tied to the field, and keeps what was written', async ({
  browser,
  house,
}) => {
  const customer = await visitorIn(browser, house, 'en', {});
  const { frame, composer } = customer;
  await customer.start();
  await composer.fill('x'.repeat(10_001));
  await expect(composer).toHaveAttribute('aria-invalid', 'true');
  await expect(composer).toHaveAccessibleDescription(/^1 character too long/);
  await expect(frame.getByRole('status').filter({ hasText: 'too long' })).toBeVisible();
  await expect(frame.getByRole('button', { name: 'Send' })).toHaveAttribute('aria-disabled', 'true');
  await composer.press('Enter');
  await expect(composer).toHaveValue('x'.repeat(10_001));
  await customer.page.context().close();
});

test('where motion is unwanted, nothing moves', async ({ agent, browser, house }) => {
  const customer = await visitorIn(browser, house, 'en', { reducedMotion: 'reduce' });
  const { page } = customer;
  const running = async (where: Frame) =>
    where.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect, playState }) => {
          const { duration } = effect?.getComputedTiming() ?? {};
          return playState === 'running' && typeof duration === 'number' && duration > 10;
        })
        .map((animation) => String(Reflect.get(animation, 'animationName') ?? animation.id)),
    );
  await customer.start();
  expect(await running(frameOf(page))).toEqual([]);
  await customer.send('Standing still');
  await agent.open('Standing still');
  await agent.page.getByRole('button', { name: 'Reply', exact: true }).click();
  await agent.reply.pressSequentially('I am typing');
  await expect(customer.frame.getByRole('status', { name: /is typing$/ })).toBeAttached();
  expect(await running(frameOf(page))).toEqual([]);
  expect(await running(page.mainFrame())).toEqual([]);
  await page.context().close();
});

test('colours of the system’s own (forced colours) leave every part of the frame and the launcher in sight', async ({
  browser,
  house,
}) => {
  const customer = await visitorIn(browser, house, 'en', { forcedColors: 'active' });
  const isDrawn = (part: Locator) =>
    part.evaluate((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      return color !== backgroundColor;
    });
  expect(await isDrawn(customer.launcher)).toBe(true);
  await customer.launcher.click();
  const start = customer.frame.getByRole('button', { name: 'Send us a message' });
  await expect(start).toBeVisible();
  expect(await isDrawn(start)).toBe(true);
  await start.click();
  await customer.send('In any colours');
  expect(await isDrawn(customer.frame.locator('[data-kind="reply"] p').first())).toBe(true);
  await customer.page.context().close();
});
