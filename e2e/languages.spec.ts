import type { Frame, Page } from '@playwright/test';
import { catalogues } from '../lib/texts/catalogues.ts';
import { isRightToLeft, type Language, languages } from '../lib/texts/languages.ts';
import { violationsOn } from './axe.ts';
import { type Customer, customerOn, expect, test, untilAlive } from './people.ts';

const others = languages.filter((language) => language !== 'en');

async function visit(page: Page, address: string, language: Language): Promise<Customer> {
  await page.goto(address);
  return customerOn(page, catalogues[language]);
}

/** The frame itself, for what a locator cannot tell. */
function frameOf(page: Page): Frame {
  const frame = page.frames().find((each) => new URL(each.url()).pathname === '/widget');
  if (frame === undefined) throw new Error('There is no frame yet.');
  return frame;
}

/** Everything that the frame shows or names for a screen reader. */
function saidIn(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const said: string[] = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node instanceof Element) {
        for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
          said.push(node.getAttribute(name) ?? '');
      } else if (!node.parentElement?.closest('script, style, [data-kind="reply"] p')) {
        said.push(node.textContent ?? '');
      }
    }
    return said
      .map((text) => text.replace(/[\u2066-\u2069]/g, '').trim())
      .filter((text) => /\p{L}{2}/u.test(text));
  });
}

/** Of what is said, what is an English text of ours and not the language's own. */
function englishIn(said: readonly string[], language: Language): string[] {
  const own: Readonly<Record<string, string | undefined>> = { ...catalogues[language] };
  const patterns = Object.entries(catalogues.en)
    .filter(([, text]) => /\p{L}{2}/u.test(text.replace(/\{\w+\}/g, '')))
    .map(([key, text]) => ({ key, english: shapeOf(text) }));
  return said.filter((text) =>
    patterns.some(({ key, english }) => english.test(text) && !shapeOf(own[key] ?? '').test(text)),
  );
}

function shapeOf(text: string): RegExp {
  const shape = text
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+');
  return new RegExp(`^${shape}$`, 'u');
}

for (const language of others) {
  test(`${language}: on no screen of the frame is any English left`, async ({ agent, browser, house }) => {
    const texts = catalogues[language];
    const context = await browser.newContext();
    const page = await context.newPage();
    const customer = await visit(page, `${house.shop.url}/in/${language}`, language);
    const found: Record<string, string[]> = {};
    const look = async (screen: string) => {
      found[screen] = englishIn(await saidIn(frameOf(page)), language);
    };

    await customer.launcher.click();
    const { frame } = customer;
    await expect(frame.getByRole('heading', { name: texts['home.greeting'] })).toBeVisible();
    await expect(frame.locator('html')).toHaveAttribute('lang', language);
    await expect(frame.locator('html')).toHaveAttribute('dir', isRightToLeft(language) ? 'rtl' : 'ltr');
    await look('home, empty');

    await frame.getByRole('button', { name: texts['home.start'] }).click();
    await expect(customer.composer).toBeFocused();
    await look('thread, empty');
    await customer.composer.fill('x'.repeat(9_990));
    await look('almost too long');
    await customer.composer.fill('x'.repeat(10_002));
    await look('too long');
    await customer.send(`12345 ${language}`);
    await expect(frame.getByText(texts['state.sent'], { exact: true })).toBeVisible();
    await look('sent');

    await agent.open(`12345 ${language}`);
    await agent.send('67890');
    await expect(customer.log).toContainText('67890');
    await look('answered');
    await agent.page.keyboard.press('Escape');
    await frame.getByRole('button', { name: texts['menu.more'] }).click();
    await expect(frame.getByText(texts['menu.copyLink'])).toBeVisible();
    await look('menu');
    await page.keyboard.press('Escape');

    await context.setOffline(true);
    await customer.send('24680');
    await expect(frame.getByText(texts['connection.offline'])).toBeVisible();
    await look('offline');
    await context.setOffline(false);
    await frame.getByRole('button', { name: texts['thread.back'] }).click();
    await expect(frame.getByRole('heading', { name: texts['home.greeting'] })).toBeVisible();
    await look('home, full');

    expect(Object.fromEntries(Object.entries(found).filter(([, english]) => english.length > 0))).toEqual({});
    await context.close();
  });
}

for (const language of ['de', 'ar', 'ja'] as const) {
  test(`${language}: a page and the inbox understand each other`, async ({ agent, browser, house }) => {
    const words = { de: 'Wann kommt der Topf?', ar: 'متى يصل الأصيص؟', ja: '鉢はいつ届きますか' }[language];
    const answer = { de: 'Am Montag.', ar: 'يوم الاثنين.', ja: '月曜日です。' }[language];
    const texts = catalogues[language];
    const context = await browser.newContext({ locale: { de: 'de-DE', ar: 'ar-EG', ja: 'ja-JP' }[language] });
    const customer = await visit(await context.newPage(), `${house.shop.url}/in/${language}`, language);
    await customer.start();
    await customer.send(words);
    await agent.open(words);
    await expect(agent.log).toContainText(words);
    await agent.send(answer);
    await expect(customer.log).toContainText(answer);
    await expect(customer.frame.getByText(new RegExp(`^${texts['state.seen']}`))).toBeVisible();

    // A closed chat says in its own language what is unread.
    await customer.launcher.click();
    await agent.send('67890');
    await expect(customer.launcher).toHaveAccessibleName(
      `${texts['launcher.label']}, ${texts['launcher.unread'].replace('{count}', '1')}`,
    );
    await context.close();
  });
}

test('from right to left everything is mirrored, arrows turned, and a name of the other direction kept whole', async ({
  agent,
  browser,
  house,
}) => {
  const texts = catalogues.ar;
  const context = await browser.newContext();
  const customer = await visit(await context.newPage(), `${house.shop.url}/in/ar`, 'ar');
  await customer.start();
  await customer.send('مرحبا من اليمين');
  await agent.open('مرحبا من اليمين');
  await agent.send('Hello from the left');
  await expect(customer.log).toContainText('Hello from the left');
  const { frame } = customer;
  const panel = await frame.locator('main').boundingBox();
  const middle = async (locator: ReturnType<typeof frame.locator>) => {
    const box = await locator.boundingBox();
    return box === null || panel === null ? Number.NaN : box.x + box.width / 2 - (panel.x + panel.width / 2);
  };
  expect(await middle(frame.getByRole('button', { name: texts['thread.back'] }))).toBeGreaterThan(100);
  expect(await middle(frame.getByRole('button', { name: texts['panel.close'] }))).toBeLessThan(-100);
  expect(await middle(frame.getByRole('button', { name: texts['composer.send'] }))).toBeLessThan(-100);
  expect(await middle(frame.locator('[data-kind="reply"] p', { hasText: 'مرحبا' }))).toBeLessThan(0);
  expect(await middle(frame.locator('[data-kind="reply"] p', { hasText: 'Hello' }))).toBeGreaterThan(0);
  const back = frame.getByRole('button', { name: texts['thread.back'] });
  await expect(back).toHaveCSS('scale', '-1 1');
  // Latin letters and digits stand isolated in Arabic sentences, or in an element of their own.
  await expect(frame.locator('header bdi').first()).toBeVisible();
  await context.close();
});

test('a page in a language that we have no words for is spoken to in the widget’s own, a variety in its language', async ({
  browser,
  house,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const [tag, language] of [
    ['pt-BR', 'pt'],
    ['fr-CA', 'fr'],
    ['zh', 'en'],
    ['xx-not-a-language', 'en'],
  ] as const) {
    const customer = await visit(page, `${house.shop.url}/in/${tag}`, language);
    await customer.launcher.click();
    await expect(
      customer.frame.getByRole('heading', { name: catalogues[language]['home.greeting'] }),
    ).toBeVisible();
  }
  await context.close();
});

test('a site says it its own way in one language: in the preview at once, on its pages after saving', async ({
  agent,
  browser,
  house,
}) => {
  const { page } = agent;
  await page.goto(`${house.app.url}/settings/widget/${house.widgetId}`);
  await page.getByRole('link', { name: 'Texts and languages' }).click();
  const preview = page.getByRole('region', { name: 'Preview' });
  const shown = page.getByRole('combobox', { name: 'Show the texts in' });
  await expect(shown).toBeVisible();
  await untilAlive(page);
  for (const language of languages) {
    await shown.selectOption(language);
    await expect(preview.locator('h1')).toHaveText(catalogues[language]['home.greeting']);
    const direction = await preview.locator('h1').evaluate((element) => getComputedStyle(element).direction);
    expect(direction).toBe(isRightToLeft(language) ? 'rtl' : 'ltr');
  }
  for (const viewport of [
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ]) {
    await page.setViewportSize(viewport);
    expect(await violationsOn(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  }
  await shown.selectOption('de');
  await page.getByRole('textbox', { name: 'Greeting' }).fill('Moin. Was gibt es?');
  await expect(preview.locator('h1')).toHaveText('Moin. Was gibt es?');
  await page.getByRole('textbox', { name: 'Above the first message' }).fill('Hallo {wer}');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText(/^In curly braces/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Above the first message' }).fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();

  const context = await browser.newContext();
  const german = await visit(await context.newPage(), `${house.shop.url}/in/de`, 'de');
  await german.launcher.click();
  await expect(german.frame.getByRole('heading', { name: 'Moin. Was gibt es?' })).toBeVisible();
  const french = await visit(german.page, `${house.shop.url}/in/fr`, 'fr');
  await french.launcher.click();
  await expect(french.frame.getByRole('heading', { name: catalogues.fr['home.greeting'] })).toBeVisible();
  await context.close();

  await page.reload();
  await untilAlive(page);
  await shown.selectOption('de');
  await page.getByRole('textbox', { name: 'Greeting' }).fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();
});

test('a frame downloads the words of the one language that it shows, as data of its page, and none in its scripts', async ({
  browser,
  house,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const bodies: Promise<{ kind: string; body: string }>[] = [];
  page.on('response', (response) => {
    const kind = response.request().resourceType();
    if (response.url().startsWith(house.app.url) && (kind === 'script' || kind === 'document')) {
      bodies.push(response.text().then((body) => ({ kind, body })));
    }
  });
  const customer = await visit(page, `${house.shop.url}/in/fr`, 'fr');
  await customer.start();
  await customer.send('Un seul catalogue');
  await expect(customer.frame.getByText(catalogues.fr['state.sent'], { exact: true })).toBeVisible();
  const downloaded = await Promise.all(bodies);
  const telltales = languages.map((language) => ({
    language,
    text: catalogues[language]['thread.answersHere'],
  }));
  const holders = (kind: string) =>
    telltales
      .filter(({ text }) => downloaded.some((each) => each.kind === kind && each.body.includes(text)))
      .map(({ language }) => language);
  expect(holders('document')).toEqual(['fr']);
  expect(holders('script')).toEqual([]);
  await context.close();
});
