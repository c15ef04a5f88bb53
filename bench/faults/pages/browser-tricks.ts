import type { Browser, Page, Request, Route } from '@playwright/test';

/** What the pages' browser is made to do. Each takes hold before a page's own code or from outside of it. */

/** A message on its way to the server. */
export function isAction(request: Request): boolean {
  return request.method() === 'POST' && request.headers()['next-action'] !== undefined;
}

/** Decides what happens to each server action of a page, until the returned undo. */
export async function routeActions(
  page: Page,
  decide: (route: Route) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const where = /\/(?:widget|inbox)/;
  const handler = async (route: Route) => {
    // The page may be gone by the time that there is an answer for it.
    await (isAction(route.request()) ? decide(route) : route.continue()).catch(() => undefined);
  };
  await page.route(where, handler);
  return () => page.unroute(where, handler);
}

/** Ends the page's renderer as a crash does. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const devtools = await page.context().newCDPSession(page);
  // It has nobody left to answer.
  devtools.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

/**
 * Stops every page of a browser, as a browser does with tabs in the background. Answers their thaw. The browser's own
 * freezing passes by a page that a driver holds visible, so the system halts the processes that the pages run in.
 */
export async function freeze(browser: Browser): Promise<() => void> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  const pages = processInfo.filter(({ type }) => type === 'renderer');
  if (pages.length === 0) throw new Error('there is no page to freeze');
  for (const { id } of pages) process.kill(id, 'SIGSTOP');
  return () => {
    for (const { id } of pages) process.kill(id, 'SIGCONT');
  };
}

/** Lets the page and its frames believe in another date, up to the moment when somebody sets the clock. */
export function shiftClock(page: Page, shiftMs: number, correctedAfterMs: number): Promise<unknown> {
  return page.addInitScript(
    ([shift, correctedAfter]: [number, number]) => {
      const Real = Date;
      const until = Real.now() + correctedAfter;
      const now = () => Real.now() + (Real.now() < until ? shift : 0);
      window.Date = new Proxy(Real, {
        construct: (target, given, called) =>
          given.length === 0 ? new Real(now()) : Reflect.construct(target, given, called),
        apply: () => new Real(now()).toString(),
        get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
      });
    },
    [shiftMs, correctedAfterMs] satisfies [number, number],
  );
}

export type StorageFault = {
  /** Inside the chat's frame (or the inbox), or on the page that embeds it. */
  where: 'own' | 'host' | 'everywhere';
  what: 'indexedDB' | 'localStorage' | 'everything';
  /** Refused by settings, or nothing ever comes back, as some browsers do it in frames. */
  how: 'refused' | 'silent';
};

/** Takes storage away from the page before anything runs in it. */
export function blockStorage(page: Page, hostOrigin: string, fault: StorageFault): Promise<unknown> {
  return page.addInitScript(
    ({ host, where, what, how }) => {
      const isHost = location.origin === host;
      if (where !== 'everywhere' && isHost !== (where === 'host')) return;
      const refuse = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      };
      if (what !== 'indexedDB') {
        for (const name of ['localStorage', 'sessionStorage']) {
          Object.defineProperty(window, name, { get: refuse, configurable: true });
        }
      }
      if (what !== 'localStorage') {
        // A request that is never answered.
        const open = how === 'refused' ? refuse : () => new EventTarget();
        Object.defineProperty(IDBFactory.prototype, 'open', { value: open, configurable: true });
        // Where a browser refuses the one, it refuses the other.
        const request = () => Promise.reject(new DOMException('The request was denied.', 'SecurityError'));
        Object.defineProperty(LockManager.prototype, 'request', { value: request, configurable: true });
      }
    },
    { ...fault, host: hostOrigin },
  );
}

/** Leaves the page no room: its local storage is full to the last byte, and its origin's quota is used up. */
export async function fillStorage(page: Page, origins: readonly string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  for (const origin of origins)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await page.evaluate(() => {
    for (let size = 4 * 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) localStorage.setItem(`full-${size}-${localStorage.length}`, 'x'.repeat(size));
      } catch {
        // Full for this size; a smaller one may still fit.
      }
    }
  });
}

/** How often something happens to a pushed frame, of 1. */
export type SocketFault = { drop: number; double: number; delayMsMax: number };

/**
 * Drops, doubles and delays what is pushed to the page. The protocol's own frames pass, as does everything after
 * `heal`. Sockets that are open already are not its business.
 */
export async function disturbSockets(
  page: Page,
  random: () => number,
  { drop, double, delayMsMax }: SocketFault,
): Promise<{ heal(): void; count(): number }> {
  let isHealed = false;
  let count = 0;
  await page.routeWebSocket(/\/app\//, (socket) => {
    const server = socket.connectToServer();
    const send = (frame: string | Buffer) => {
      try {
        socket.send(frame);
      } catch {
        // The page closed it meanwhile.
      }
    };
    server.onMessage((frame) => {
      if (isHealed || /^\{"event":"pusher(?:_internal)?:/.test(frame.toString())) return send(frame);
      const chance = random();
      if (chance < drop) {
        count++;
        return;
      }
      const copies = chance < drop + double ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) setTimeout(() => send(frame), random() * delayMsMax);
      count++;
    });
  });
  return {
    heal: () => {
      isHealed = true;
    },
    count: () => count,
  };
}
