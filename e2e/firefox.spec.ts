import { transform } from 'esbuild';
import { z } from 'zod';
import { bundleWidget } from '../scripts/build-widget.ts';
import { type Firefox, type FirefoxTab, startFirefox } from './firefox/bidi.ts';
import { ensureFirefox } from './firefox/find-firefox.ts';
import { test as base, type Desk, expect } from './host-pages/fixture.ts';

/** The embedding in an ordinary Firefox, driven by WebDriver BiDi. The agent who answers sits in Chromium. */
const executablePath = ensureFirefox((line) => console.log(line));

const test = base.extend<{ tab: FirefoxTab }, { firefox: Firefox }>({
  firefox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what the fixture needs from this pattern.
    async ({}, use) => {
      const firefox = await startFirefox(executablePath ?? '');
      await use(firefox);
      await firefox.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  tab: async ({ firefox }, use) => {
    const tab = await firefox.openTab();
    await use(tab);
    // A fixture throws at every message by itself, and the browser names each answer that it keeps from a page.
    const own = /every message is|^Cross-Origin Request Blocked/;
    expect(tab.errors.filter((text) => !own.test(text))).toEqual([]);
    await tab.close();
  },
});

test('what pages load has no syntax that is newer than Firefox 115', async () => {
  for (const script of Object.values(await bundleWidget())) {
    const lowered = await transform(script, { target: 'firefox115', minify: true, charset: 'utf8' });
    const untouched = await transform(script, { target: 'esnext', minify: true, charset: 'utf8' });
    expect(lowered.warnings).toEqual([]);
    expect(lowered.code).toBe(untouched.code);
  }
});

if (executablePath !== null) {
  for (const [path, what] of [
    ['plain', 'as most are'],
    ['strict', 'with a strict policy: scripts by nonce, no policy for Trusted Types'],
    ['twice', 'with three tags'],
    ['written', 'whose tag is written by document.write'],
    ['unset', 'with rules for every element'],
    ['overrides', 'that overrides onmessage, Array.prototype, fetch and Promise'],
  ] as const) {
    test(`in Firefox the chat works on a page ${what}`, async ({ tab, hosts, desk }) => {
      await tab.goto(`${hosts.url}/${path}`);
      await start(tab);
      await chat(tab, desk, `Hello from ${path} in Firefox`);
      expect(await tab.evaluate(`${shadows}.length`)).toBe(1);
    });
  }

  test('in Firefox a page without a body yet, one that changes its body, and one from right to left keep the chat', async ({
    tab,
    hosts,
    desk,
  }) => {
    await tab.goto(`${hosts.url}/head`, 'none');
    await expect.poll(() => tab.evaluate('typeof window.Parley')).toBe('function');
    expect(await tab.evaluate('document.body === null')).toBe(true);
    hosts.release();
    await start(tab);
    await chat(tab, desk, 'Hello from the head in Firefox');

    await tab.goto(`${hosts.url}/router`);
    await open(tab);
    await until(tab, `${button('Hello from the head')} !== undefined`, frame);
    await tab.click(button('Hello from the head'), frame);
    await until(tab, composer, frame);
    await tab.evaluate('go("/second")');
    await chat(tab, desk, 'Hello from the second page in Firefox');

    await tab.goto(`${hosts.url}/arabic`);
    await open(tab);
    await until(tab, 'document.querySelector("main button") !== null', frame);
    expect(await tab.evaluate('getComputedStyle(document.querySelector("main")).direction', frame)).toBe(
      'rtl',
    );
  });

  test('in Firefox the chat works inside another page of a site that may embed it', async ({
    tab,
    hosts,
    desk,
  }) => {
    await tab.goto(`${hosts.otherUrl}/portal`);
    await start(tab, '/plain');
    await chat(tab, desk, 'Hello from a portal in Firefox');
  });

  test('in Firefox a key of another site shows no launcher, and the page is told why', async ({
    tab,
    hosts,
  }) => {
    await tab.runFirst(
      '() => { addEventListener("parley:error", ({ detail }) => { window.told = detail }) }',
    );
    await tab.goto(`${hosts.foreignUrl}/plain`);
    await expect.poll(() => tab.evaluate('window.told')).toMatchObject({ code: expect.any(String) });
    expect(await tab.evaluate(`${shadows}.length`)).toBe(0);
  });

  test('in Firefox destroy() leaves no node and no global but an inert queue', async ({ tab, hosts }) => {
    await tab.goto(`${hosts.url}/bare`);
    const held = '[Object.keys(window), document.documentElement.outerHTML]';
    const bare = await tab.evaluate('Object.keys(window)');
    await tab.goto(`${hosts.url}/plain`);
    // The launcher may be there already.
    const html = await tab.evaluate(
      'document.documentElement.outerHTML.replace(/<div[^>]*><\\/div>(?=<\\/html>$)/, "")',
    );
    await start(tab);
    await tab.evaluate('Parley("destroy").then(() => null)');
    const [globals, left] = z.tuple([z.array(z.string()), z.string()]).parse(await tab.evaluate(held));
    expect(globals.filter((name) => !z.array(z.string()).parse(bare).includes(name))).toEqual(['Parley']);
    expect(left).toBe(html);
  });

  test('in a Firefox that keeps nothing for any site the chat works', async ({ hosts, desk }) => {
    const strict = await startFirefox(executablePath, { 'network.cookie.cookieBehavior': 2 });
    try {
      const tab = await strict.openTab();
      await tab.goto(`${hosts.url}/plain`);
      const refusal = '(() => { try { return String(localStorage) } catch (error) { return error.name } })()';
      expect(await tab.evaluate(refusal)).toBe('SecurityError');
      await start(tab);
      await chat(tab, desk, 'Hello from nowhere in Firefox');
      expect(tab.errors).toEqual([]);
    } finally {
      await strict.stop();
    }
  });
}

/** A part of the chat's address. */
const frame = '/widget?';
/** The launcher's host: some of the pages have made the methods of arrays something else. */
const shadows = 'document.querySelectorAll("html > div")';
const launcher = `${shadows}[0].shadowRoot.querySelector("button")`;
const composer = 'document.activeElement?.localName === "textarea"';

function button(text: string): string {
  return `[...document.querySelectorAll("button")].find(({ textContent }) => textContent.includes(${JSON.stringify(text)}))`;
}

async function until(tab: FirefoxTab, expression: string, where?: string): Promise<void> {
  // Until a frame is there and has loaded, nothing can be asked in it.
  await expect.poll(() => tab.evaluate(expression, where).catch(() => null)).toBe(true);
}

async function open(tab: FirefoxTab, where?: string): Promise<void> {
  await until(tab, `${shadows}.length > 0`, where);
  await tab.click(launcher, where);
}

async function start(tab: FirefoxTab, where?: string): Promise<void> {
  await open(tab, where);
  await until(tab, `${button('Send us a message')} !== undefined`, frame);
  await tab.click(button('Send us a message'), frame);
  await until(tab, composer, frame);
}

async function chat(tab: FirefoxTab, desk: Desk, text: string): Promise<void> {
  await tab.type(`${text}\uE007`, frame);
  const answer = await desk.answer(text);
  await until(
    tab,
    `document.querySelector("[role=log]").innerText.includes(${JSON.stringify(answer)})`,
    frame,
  );
}
