import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { fillStorage } from '../bench/faults/pages/browser-tricks.ts';
import { makeNextBuild } from '../bench/faults/pages/next-build.ts';
import { ensureChromium, lifelikeChromium } from '../scripts/find-chromium.ts';
import { chat, expect, listenToComplaints, test, visitorOn } from './host-pages/fixture.ts';
import { intercept, textsOf } from './people.ts';

/** Pages that other people wrote. What the embedding promises holds on each of them. */
for (const [path, what] of [
  ['strict', 'with a strict policy: scripts by nonce, no policy for Trusted Types'],
  ['written', 'whose tag is written by document.write'],
  ['overrides', 'that overrides onmessage, Array.prototype, fetch and Promise'],
  ['fetch-nothing', 'whose fetch answers nothing'],
  ['fetch-headers', 'whose fetch adds a header of its own to every request'],
] as const) {
  test(`the chat works on a page ${what}`, async ({ visit, desk }) => {
    const visitor = await visit(path);
    await visitor.start();
    await chat(visitor, desk, `Hello from ${path}`);
  });
}

test('in the head of a page that has no body yet, the script waits and the chat works', async ({
  visit,
  hosts,
  desk,
}) => {
  const visitor = await visit('bare');
  await visitor.page.goto(`${hosts.url}/head`, { waitUntil: 'commit' });
  await visitor.page.waitForFunction('typeof window.Parley === "function"');
  expect(await visitor.page.evaluate('document.body === null')).toBe(true);
  hosts.release();
  await visitor.start();
  await chat(visitor, desk, 'Hello from the head');
});

test('three tags on one page are one launcher, one frame and one “ready”', async ({ visit, hosts, desk }) => {
  const visitor = await visit('bare');
  const configurations: string[] = [];
  visitor.page.on('request', (request) => {
    if (request.url().includes('/api/widget/config')) configurations.push(request.url());
  });
  await visitor.page.addInitScript(
    'window.readies = 0; window.addEventListener("parley:ready", () => readies++)',
  );
  await visitor.page.goto(`${hosts.url}/twice`);
  await visitor.start();
  await chat(visitor, desk, 'Hello once');
  await expect(visitor.launcher).toHaveCount(1);
  expect(visitor.page.frames()).toHaveLength(2);
  expect(await visitor.page.evaluate('readies')).toBe(1);
  expect(configurations).toHaveLength(1);
});

test('a script that comes late answers what was called before, and does not hold the page up', async ({
  visit,
  hosts,
  desk,
}) => {
  const visitor = await visit('bare');
  const { page } = visitor;
  const { promise: mayCome, resolve: come } = Promise.withResolvers<void>();
  await page.route('**/widget.js', async (route) => {
    await mayCome;
    await route.continue();
  });
  await page.goto(`${hosts.url}/early`, { waitUntil: 'domcontentloaded' });
  expect(await page.evaluate('[document.readyState, heard.length]')).toEqual(['interactive', 0]);
  come();
  await expect.poll(() => page.evaluate('[...heard].sort().join()')).toBe('answered,open,ready');
  await visitor.frame.getByRole('button', { name: 'Send us a message' }).click();
  await chat(visitor, desk, 'Hello at last');
});

test('a router that changes address and body keeps the open chat; one that replaces everything gets it back', async ({
  visit,
  desk,
}) => {
  const visitor = await visit('router');
  const { page } = visitor;
  await visitor.start();
  await chat(visitor, desk, 'Hello from the first page');
  await visitor.composer.fill('Half a senten');
  const before = await visitor.inside();
  await page.evaluate('go("/second")');
  await expect(page.getByRole('heading', { name: '/second' })).toBeVisible();
  await expect(visitor.composer).toHaveValue('Half a senten');
  expect(await visitor.inside()).toBe(before);
  await chat(visitor, desk, 'Hello from the second page');

  await page.evaluate('Parley("close")');
  await page.evaluate('morph("/third")');
  await page.getByText('Ask about this page').click();
  await visitor.frame.getByRole('button', { name: 'Hello from the first page' }).click();
  await expect(visitor.log).toContainText('You asked: Hello from the second page');
  await expect(visitor.launcher).toHaveCount(1);
  await chat(visitor, desk, 'Hello from the third page');
});

test('a page that writes the next one over itself has the chat of the next one', async ({ visit, desk }) => {
  const visitor = await visit('rewritten');
  await visitor.start();
  await chat(visitor, desk, 'Hello before');
  await visitor.page.evaluate('rewrite()');
  await expect(visitor.page.getByRole('heading', { name: 'Written again' })).toBeVisible();
  await expect(visitor.launcher).toHaveCount(1);
  await visitor.reopen('Hello before');
  await expect(visitor.log).toContainText('You asked: Hello before');
  await chat(visitor, desk, 'Hello after');
});

test('rules for every element of the page reach neither the launcher nor the frame', async ({
  visit,
  desk,
}) => {
  const plain = await visit('plain');
  const rude = await visit('unset');
  expect(await rude.launcher.boundingBox()).toEqual(await plain.launcher.boundingBox());
  for (const visitor of [plain, rude]) await visitor.start();
  const shown = async (page: Page) => page.locator('iframe[src*="/widget?"]').boundingBox();
  expect(await shown(rude.page)).toEqual(await shown(plain.page));
  await chat(rude, desk, 'Hello from below the rubble');
});

test('nothing of the host’s page moves: no layout shift while the chat comes, opens and closes', async ({
  visit,
  hosts,
}) => {
  const visitor = await visit('bare');
  const { page } = visitor;
  await page.addInitScript(`
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        shifts.push([value, ...sources.map(({ node }) => node?.outerHTML ?? node?.nodeName)].join(' '));
      }
    }).observe({ type: 'layout-shift', buffered: true })`);
  const placed = () =>
    page.evaluate(`JSON.stringify([...document.querySelectorAll('body, body :not(script)')].map((one) => one.getBoundingClientRect())
      .concat([document.documentElement.scrollWidth, document.documentElement.scrollHeight]))`);
  const bare = await placed();
  await page.goto(`${hosts.url}/plain`);
  await visitor.start();
  expect(await placed()).toBe(bare);
  await visitor.launcher.click();
  await expect(visitor.launcher).toHaveAttribute('aria-expanded', 'false');
  expect(await placed()).toBe(bare);
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  expect(await page.evaluate('shifts')).toEqual([]);
});

test('where less motion is wanted, nothing of the chat moves', async ({ visit, hosts, desk }) => {
  const visitor = await visit('bare', { reducedMotion: 'reduce' });
  await visitor.page.addInitScript(() => {
    const moved = new Set<string>();
    Object.assign(window, { moved });
    const look = () => {
      const shadow = [...document.querySelectorAll('*')].flatMap(
        (one) => one.shadowRoot?.getAnimations() ?? [],
      );
      for (const animation of [...document.getAnimations(), ...shadow]) {
        const { activeDuration } = animation.effect?.getComputedTiming() ?? {};
        if (Number(activeDuration) > 10)
          moved.add(`${Reflect.get(animation, 'animationName') ?? 'transition'}`);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await visitor.page.goto(`${hosts.url}/plain`);
  await visitor.start();
  await chat(visitor, desk, 'Hello, quietly');
  for (const frame of visitor.page.frames()) expect(await frame.evaluate('[...moved]')).toEqual([]);
});

test('on a page from right to left the chat is too', async ({ visit, desk }) => {
  const visitor = await visit('arabic');
  const { page } = visitor;
  await page.getByText('Ask us').click();
  await page.evaluate('Parley("newMessage", "مرحبا")');
  await expect(visitor.composer).toHaveValue('مرحبا');
  expect(await visitor.composer.evaluate((box) => getComputedStyle(box).direction)).toBe('rtl');
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await chat(visitor, desk, 'مرحبا، هل الأواني تتحمل الصقيع؟');
});

test('at a zoom of 400 % there is room to read and to write', async ({ visit, desk }) => {
  const visitor = await visit('plain', { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 });
  await visitor.start();
  await chat(visitor, desk, 'Hello, large');
  const inside = await visitor.inside();
  expect(await inside.evaluate('[innerWidth, innerHeight]')).toEqual([320, 256]);
  expect(await inside.evaluate('document.documentElement.scrollWidth')).toBe(320);
  const composer = await visitor.composer.boundingBox();
  expect((composer?.y ?? 0) + (composer?.height ?? 999)).toBeLessThanOrEqual(256);
  const log = await visitor.log.boundingBox();
  expect(log?.height).toBeGreaterThanOrEqual(80);
  await expect(visitor.frame.getByText('You asked: Hello, large')).toBeInViewport();
});

test('nothing of the chat is printed, closed or open', async ({ visit }) => {
  const visitor = await visit('plain');
  const shown = visitor.page.locator('iframe[src*="/widget?"]');
  await expect(visitor.launcher).toBeVisible();
  await visitor.page.emulateMedia({ media: 'print' });
  await expect(visitor.launcher).toBeHidden();
  await visitor.page.emulateMedia({ media: 'screen' });
  await visitor.launcher.click();
  await expect(shown).toBeVisible();
  await visitor.page.emulateMedia({ media: 'print' });
  await expect(shown).toBeHidden();
  await expect(visitor.page.getByRole('button', { name: 'Close chat' })).toBeHidden();
});

test('a page that comes back from memory has what was said meanwhile', async ({ visit, hosts, desk }) => {
  const visitor = await visit('plain');
  const { page } = visitor;
  await visitor.start();
  await chat(visitor, desk, 'Hello before I leave');
  await page.evaluate('addEventListener("pageshow", ({ persisted }) => { window.cameBack = persisted })');
  const { x = 0, y = 0, height = 0 } = (await visitor.composer.boundingBox()) ?? {};
  await page.goto(`${hosts.url}/bare`);
  await desk.say('Said while nobody looked');
  await page.evaluate('void history.back()').catch(() => undefined);
  // No loading and no navigation that a driver would hear of: only the page itself knows.
  await page.waitForFunction('window.cameBack === true', null, { polling: 50 });
  await desk.isSeen();
  // The driver has lost the frame; mouse and keyboard have not.
  await page.mouse.click(x + 20, y + height / 2);
  await page.keyboard.insertText('Hello again');
  await page.keyboard.press('Enter');
  await desk.hears('Hello again');
});

test.describe('storage', () => {
  test('a browser that keeps nothing for any site: the chat works, and says of what is unsent that it would be lost', async ({
    hosts,
    desk,
    complaints,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-no-storage-'));
    mkdirSync(join(folder, 'Default'));
    const blockAll = { profile: { default_content_setting_values: { cookies: 2 } } };
    writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(blockAll));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: ensureChromium(() => {}),
      ...lifelikeChromium(),
    });
    const [page = await context.newPage()] = context.pages();
    listenToComplaints(page, complaints);
    await page.goto(`${hosts.url}/plain`);
    const refusal = 'try { localStorage; "none" } catch (error) { error.name }';
    expect(await page.evaluate(refusal)).toBe('SecurityError');
    const visitor = visitorOn(page);
    await visitor.start();
    expect(await (await visitor.inside()).evaluate(refusal)).toBe('SecurityError');
    const { promise: maySend, resolve: letSend } = Promise.withResolvers<void>();
    await intercept(page, /\/widget\?/, async (route) => {
      if (route.request().method() === 'POST') await maySend;
      await route.continue();
    });
    const answered = chat(visitor, desk, 'Hello from nowhere');
    await expect(visitor.frame.getByText('Keep this page open until it is sent.')).toBeVisible();
    letSend();
    await answered;
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a storage that is full, the page’s and the frame’s: the chat works', async ({
    visit,
    hosts,
    house,
    desk,
  }) => {
    const visitor = await visit('plain');
    await fillStorage(visitor.page, [hosts.url, house.app.url]);
    await visitor.start();
    await chat(visitor, desk, 'Hello from a full cupboard');
  });

  test('a frame’s storage is another one on each site: nobody is followed, and who comes back is known', async ({
    visit,
    hosts,
    house,
    desk,
  }) => {
    const visitor = await visit('plain');
    const { page } = visitor;
    await visitor.start();
    await chat(visitor, desk, 'Hello from the first site');
    await (await visitor.inside()).evaluate('localStorage.setItem("planted", "here")');

    await page.goto(`${hosts.otherUrl}/plain`);
    await visitor.start();
    expect(await (await visitor.inside()).evaluate('localStorage.getItem("planted")')).toBeNull();
    await expect(visitor.frame.getByText('Hello from the first site')).toHaveCount(0);

    // As some browsers do it when the tab is closed: what the frame had stored is gone.
    const devtools = await page.context().newCDPSession(page);
    const storageKey = `${house.app.url}/^0http://host.localhost`;
    await devtools.send('Storage.clearDataForStorageKey', { storageKey, storageTypes: 'all' });
    await page.goto(`${hosts.url}/plain`);
    await visitor.reopen('Hello from the first site');
    expect(await (await visitor.inside()).evaluate('localStorage.getItem("planted")')).toBeNull();
    await chat(visitor, desk, 'Hello, it is me');
  });
});

test.describe('a page around the page', () => {
  test('of a site that may embed us: the chat works in it', async ({ visit, hosts, desk }) => {
    const { page } = await visit(`${hosts.otherUrl}/portal`);
    const visitor = visitorOn(page, page.frameLocator('iframe[title="portal"]'));
    await visitor.start();
    await chat(visitor, desk, 'Hello from inside a portal');
  });

  test('of any other site: the browser refuses the frame, and the page is told', async ({
    browser,
    hosts,
  }) => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    // A frame is given time to come to life: more than a test has.
    await page.clock.install();
    await page.goto(`${hosts.foreignUrl}/portal`);
    const host = page.frames().find((frame) => frame.url().includes('/plain'));
    await host?.evaluate('addEventListener("parley:error", ({ detail }) => { window.told = detail })');
    const visitor = visitorOn(page, page.frameLocator('iframe[title="portal"]'));
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await visitor.launcher.click();
    await refused;
    const told = async () => {
      await page.clock.fastForward(20_000);
      return host?.evaluate('window.told');
    };
    await expect.poll(told).toMatchObject({ code: expect.any(String) });
    await expect(visitor.composer).toHaveCount(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

for (const [what, address] of [
  ['a key of another site', (urls: { foreignUrl: string; url: string }) => `${urls.foreignUrl}/plain`],
  ['a key that nobody has', (urls: { foreignUrl: string; url: string }) => `${urls.url}/unknown`],
] as const) {
  test(`${what}: no launcher, an error that says why, every promise settles, and the frame is refused`, async ({
    browser,
    hosts,
    house,
  }) => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.addInitScript('addEventListener("parley:error", ({ detail }) => { window.told = detail })');
    await page.goto(address(hosts));
    await expect.poll(() => page.evaluate('window.told')).toMatchObject({ code: expect.any(String) });
    const settled = await page.evaluate(
      'Promise.race([Parley("open").then(() => "settled", () => "settled"), new Promise((late) => setTimeout(late, 5000, "late"))])',
    );
    expect(settled).toBe('settled');
    await page.getByText('Ask us').click();
    expect(page.frames()).toHaveLength(1);
    await expect(visitorOn(page).launcher).toHaveCount(0);

    const key = what.startsWith('a key of') ? house.widgetKey : 'wk_nobodyhasthiskey';
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page.evaluate(
      ([from, widget]) => {
        const frame = document.createElement('iframe');
        frame.src = `${from}/widget?widget=${widget}`;
        document.body.append(frame);
      },
      [house.app.url, key],
    );
    await refused;
    expect(errors).toEqual([]);
    await page.context().close();
  });
}

type Census = Record<string, string[]>;
const census = (page: Page): Promise<Census> => page.evaluate('census()');

test.describe('destroy() leaves nothing', () => {
  for (const [when, live] of [
    ['before the settings have come', async () => {}],
    ['while the chat is closed', async (page: Page) => expect(visitorOn(page).launcher).toBeVisible()],
    [
      'while the frame is loading',
      async (page: Page) => {
        await visitorOn(page).launcher.click();
        await page.locator('iframe[src*="/widget?"]').waitFor({ state: 'attached' });
      },
    ],
    [
      'after a life of every command',
      async (page: Page) => {
        await visitorOn(page).start();
        await page.evaluate(`(async () => {
          const undo = await Parley('on', 'open', () => {});
          await Parley('on', 'close', () => {});
          await Parley('update', { launcherLabel: 'Talk to us' });
          await Parley('set', { plan: 'company' });
          await Parley('track', 'looked');
          await Parley('newMessage', 'Nearly said');
          await Parley('hide');
          await Parley('show');
          await Parley('toggle');
          await Parley('open');
          await Parley('identify', { getToken: async () => null }).catch(() => {});
          await Parley('no such command').catch(() => {});
          undo();
        })()`);
      },
    ],
  ] as const) {
    test(`${when}: no node, listener, timer, observer, request or global but an inert queue`, async ({
      visit,
      hosts,
    }) => {
      const { page } = await visit('bare');
      await page.addInitScript({ path: 'e2e/host-pages/files/census.js' });
      const { promise: mayCome, resolve: come } = Promise.withResolvers<void>();
      await page.route('**/widget.js', async (route) => {
        await mayCome;
        await route.continue();
      });
      await page.goto(`${hosts.url}/plain`, { waitUntil: 'domcontentloaded' });
      // The first such question brings Playwright's own listeners into the page: they belong to both counts.
      await page.waitForFunction('document.styleSheets.length === 1');
      const before = await census(page);
      come();
      await page.waitForFunction('typeof window.Parley === "function"');
      await live(page);
      await page.evaluate('Parley("destroy")');
      const after = await census(page);
      expect(after).toEqual({ ...before, globals: [...(before.globals ?? []), 'Parley'].toSorted() });
      // And it stays so: an answer that was on its way brings nothing back.
      await page.waitForLoadState('networkidle');
      expect(await census(page)).toEqual(after);
    });
  }

  test('and “boot” revives it, with the same conversation', async ({ visit, desk }) => {
    const visitor = await visit('plain');
    await visitor.start();
    await chat(visitor, desk, 'Hello before the end');
    await visitor.page.evaluate('Parley("destroy")');
    await expect(visitor.launcher).toHaveCount(0);
    await visitor.page.evaluate('Parley("boot")');
    await visitor.reopen('Hello before the end');
    await chat(visitor, desk, 'Hello after the end');
  });
});

test('a frame of the build before a deployment: the message is sent, and the frame is the new build’s', async ({
  visit,
  house,
  desk,
}) => {
  test.setTimeout(90_000);
  const visitor = await visit('plain');
  await visitor.start();
  await chat(visitor, desk, 'Hello to the old build');
  await (await visitor.inside()).evaluate('window.isOld = true');
  const next = makeNextBuild();
  try {
    await house.app.restart(next.dir);
    await visitor.send('Hello to the new build');
    // A frame that is just being replaced answers nothing.
    const isOld = async () => (await visitor.inside()).evaluate('window.isOld === true');
    await expect.poll(() => isOld().catch(() => true)).toBe(false);
    await expect(visitor.log).toContainText('Hello to the new build');
    await expect(visitor.frame.getByText(/^(Sent|Seen)/).last()).toBeVisible();
    expect((await textsOf(visitor.log)).filter((text) => text === 'Hello to the new build')).toHaveLength(1);
  } finally {
    await house.app.restart();
    next.remove();
  }
});
