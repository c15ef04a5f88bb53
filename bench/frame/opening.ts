import type { Browser, BrowserContext, Page } from '@playwright/test';

/** Milliseconds from the press of the launcher. */
export type Opening = { paintedMs: number; typableMs: number };
/** What a browser pretends: how many times slower its processor is, and its network; null is what there is. */
export type Circumstances = {
  slowdown: number;
  network: { latencyMs: number; bytesPerSecond: number } | null;
};

/**
 * Opens the chat of a shop's page for the first time, cold, and goes on to a new conversation as fast as a script can: when
 * the frame first painted something, and when text could be typed.
 */
export async function openCold(
  browser: Browser,
  { shopUrl, ...circumstances }: Circumstances & { shopUrl: string },
): Promise<Opening> {
  const context = await browser.newContext();
  try {
    return await openIn(context, shopUrl, circumstances);
  } finally {
    await context.close();
  }
}

async function openIn(
  context: BrowserContext,
  shopUrl: string,
  { slowdown, network }: Circumstances,
): Promise<Opening> {
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(shopUrl);
  const launcher = page.getByRole('button', { name: /^Chat with us/ });
  await launcher.waitFor();
  await page.waitForLoadState('networkidle');
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  if (network !== null) {
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: network.latencyMs,
      downloadThroughput: network.bytesPerSecond,
      uploadThroughput: network.bytesPerSecond / 2,
    });
  }
  // No pointer comes near before, so that nothing is fetched ahead of the press.
  await launcher.evaluate((button: HTMLElement) => button.click());
  await page.frameLocator('iframe').getByRole('textbox').waitFor();
  return readOpening(page);
}

async function readOpening(page: Page): Promise<Opening> {
  const frame = page.frames().find((each) => each.url().includes('/widget?'));
  if (frame === undefined) throw new Error('The chat has no frame.');
  const [pressedAt, paintedAt, typableAt] = await Promise.all([
    page.evaluate(() => Number(Reflect.get(window, 'pressedAt'))),
    frame.evaluate(
      () =>
        performance.timeOrigin +
        (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN),
    ),
    frame.evaluate(() => Number(Reflect.get(window, 'typableAt'))),
  ]);
  return { paintedMs: paintedAt - pressedAt, typableMs: typableAt - pressedAt };
}

/** Runs in the page and in the chat's frame before anything else: notes the moments, and presses what leads on. */
function watch() {
  const note = (name: string) => {
    if (Reflect.get(window, name) === undefined) {
      Object.assign(window, { [name]: performance.timeOrigin + performance.now() });
    }
  };
  addEventListener('click', () => note('pressedAt'), true);
  if (location.pathname !== '/widget') return;
  let hasPressed = false;
  new MutationObserver(() => {
    if (document.querySelector('textarea') !== null) {
      note('typableAt');
      return;
    }
    const start = [...document.querySelectorAll('button')].find(
      ({ textContent }) => textContent === 'Send us a message',
    );
    if (start === undefined || hasPressed) return;
    hasPressed = true;
    start.click();
  }).observe(document, { childList: true, subtree: true });
}
