import { get } from 'node:http';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page, Request } from '@playwright/test';

/** One response as it crossed the wire. `bytes` is the body as this browser got it, encoded. */
export type Carried = {
  path: string;
  encoding: string;
  bytes: number;
  /** What the same address serves to others: uncompressed, and for gzip and brotli (null: it is not served so). */
  raw: number;
  gzip: number | null;
  brotli: number | null;
};
export type Step = {
  name: string;
  carried: Carried[];
  /** Live connections that were opened. */
  sockets: number;
  /** Frames that the page has at the end of the step, itself not counted. */
  frames: number;
};
export type PageWeight = { before: Step; opening: Step; returningBefore: Step; returningOpening: Step };

/**
 * In bytes as served to a browser that takes brotli, and in requests and sockets. Opening is all that comes until it
 * is quiet, for a visitor and for somebody who has conversations: their live library, state and connection included.
 */
export const budgets = { script: 2_500, configuration: 1_000, opening: 150_000, openingRequests: 12 };

/**
 * What a shop's page pays for the chat in this browser: before it is opened, and to open it until text can be typed;
 * for a visitor, and for a customer who comes back. `shopUrl` embeds the widget of `parleyUrl`. Its own files do not count.
 */
export async function measurePageWeight(
  browser: Browser,
  { shopUrl, parleyUrl }: { shopUrl: string; parleyUrl: string },
): Promise<PageWeight> {
  const visitor = await browser.newContext();
  const page = await visitor.newPage();
  const before = await record(page, parleyUrl, 'a page with the chat closed', () => load(page, shopUrl));
  const opening = await record(page, parleyUrl, 'opening it, until text can be typed', () => open(page));
  await writeFirst(page);
  const state = await visitor.storageState();
  await visitor.close();

  // The same person on another day: what they kept, and an empty cache.
  const returning = await browser.newContext({ storageState: state });
  const again = await returning.newPage();
  const returningBefore = await record(again, parleyUrl, 'the same for a customer who comes back', () =>
    load(again, shopUrl),
  );
  const returningOpening = await record(again, parleyUrl, 'opening it for that customer', () => open(again));
  await returning.close();
  return { before, opening, returningBefore, returningOpening };
}

/** What the agents' page asks for. `later` comes when the page is idle or somebody needs it. */
export type InboxWeight = { first: Carried[]; later: Carried[] };
/** JavaScript that the inbox's own address names, in bytes of gzip. */
export const inboxScriptsMax = 300 * 1024;

/** The scripts of the inbox in this browser; `context` is signed in. */
export async function measureInboxWeight(context: BrowserContext, parleyUrl: string): Promise<InboxWeight> {
  const page = await context.newPage();
  const { carried } = await record(page, parleyUrl, 'the inbox', async () => {
    await page.goto(`${parleyUrl}/inbox`);
    await page.getByRole('region', { name: 'Tickets' }).waitFor();
  });
  const html = await (await context.request.get(`${parleyUrl}/inbox`)).text();
  await page.close();
  const scripts = carried.filter(({ path }) => path.endsWith('.js'));
  return {
    first: scripts.filter(({ path }) => html.includes(path)),
    later: scripts.filter(({ path }) => !html.includes(path)),
  };
}

/** What is known by a word that only it has; everything else is Parley's own. */
const marks: readonly [name: string, mark: RegExp][] = [
  ['React', /react\.transitional\.element/],
  ['React DOM', /getOwnPropertySymbols|onCaughtError|hydrateRoot/],
  ['Next', /__next_f|next-router-state-tree|NEXT_REDIRECT/],
  ['Base UI', /data-base-ui|base-ui-/],
  ['Pusher', /pusher:connection_established/],
  ['zod', /invalid_union|ZodError|_zod/],
  ['virtual list', /getVirtualItems|measureElement/],
  ['icons', /lucide-/],
  ['list', /Tickets|data-ticket-id/],
  ['ticket', /Write to |Reply to the customer/],
  ['keys and actions', /Resolve and go to the next/],
];

/** The table of the inbox's scripts, the largest first, with what is in each. */
export async function inboxTableOf(weight: InboxWeight, parleyUrl: string): Promise<string> {
  const lines: string[] = [];
  for (const [name, scripts] of Object.entries(weight)) {
    const sum = (pick: (each: Carried) => number) =>
      kilobytes(scripts.reduce((all, each) => all + pick(each), 0));
    lines.push(
      `the inbox, ${name}: ${scripts.length} scripts, raw ${sum(rawOf)}, gzip ${sum(gzipOf)}, brotli ${sum(brotliOf)}`,
    );
    for (const each of scripts.toSorted((one, other) => gzipOf(other) - gzipOf(one))) {
      const text = await (await fetch(`${parleyUrl}${each.path}`)).text();
      const parts = marks.filter(([, mark]) => mark.test(text)).map(([part]) => part);
      lines.push(
        `  ${kilobytes(gzipOf(each)).padStart(9)} gzip  ${each.path}  ${parts.length === 0 ? 'Parley' : parts.join(', ')}`,
      );
    }
  }
  return lines.join('\n');
}

/** Bytes of gzip, of what the page's own address names. */
export function inboxScriptBytes({ first }: InboxWeight): number {
  return first.reduce((sum, each) => sum + gzipOf(each), 0);
}

/** A part of what a step carries: of the frame's scripts those that belong together, else a file or an answer. */
export type Part = { name: string; bytes: number };

/** What each part of the frame's scripts is known by, the first that fits. The rest is ours. */
const scriptParts: readonly [name: string, mark: RegExp][] = [
  ['React DOM', /hydrateRoot/],
  ['Pusher', /pusher:connection_established/],
  ['React’s protocol with the server', /Connection closed\./],
  ['React', /react\.transitional\.element|unstable_scheduleCallback/],
  ['Next', /__esModule|__next|NEXT_|next\/dist|initialCanonicalUrl|FlightRouterState/],
];

/** The parts of a step, the largest first. Of a script's part it is what the script would weigh less without it. */
export async function partsOf(step: Step, parleyUrl: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { path, bytes } of step.carried) {
    if (!/^\/_next\/.*\.js$/.test(path)) parts.push({ name: path, bytes });
    else parts.push(...weighParts(await (await fetch(`${parleyUrl}${path}`)).text(), bytes));
  }
  const names = [...new Set(parts.map(({ name }) => name))];
  return names
    .map((name) => ({
      name,
      bytes: parts.filter((part) => part.name === name).reduce((sum, part) => sum + part.bytes, 0),
    }))
    .toSorted((one, other) => other.bytes - one.bytes);
}

/** What is left of a script's bytes when all parts are taken out is the runtime's and what they share. */
function weighParts(script: string, bytes: number): Part[] {
  const modules = modulesOf(script);
  if (modules.length === 0) return [{ name: 'Parley', bytes }];
  const nameOf = (text: string) => scriptParts.find(([, mark]) => mark.test(text))?.[0] ?? 'Parley';
  const named = modules.map((text) => ({ text, name: nameOf(text) }));
  const sizeWithout = (name: string | null) =>
    brotliCompressSync(named.map((module) => (module.name === name ? '' : module.text)).join('\n')).length;
  const whole = sizeWithout(null);
  const parts = [...new Set(named.map(({ name }) => name))].map((name) => ({
    name,
    bytes: whole - sizeWithout(name),
  }));
  const rest = bytes - parts.reduce((sum, part) => sum + part.bytes, 0);
  return [...parts, { name: 'what scripts share', bytes: rest }];
}

/** The source of each module in a script of the build. The loader of modules, which may stand beside them, starts nothing here. */
function modulesOf(script: string): string[] {
  const pushed: unknown[][] = [];
  const world = { TURBOPACK: { push: (chunk: unknown[]) => pushed.push(chunk) } };
  runInNewContext(script, Object.assign(world, { globalThis: world }));
  return pushed
    .flat()
    .filter((each) => typeof each === 'function')
    .map(String);
}

/** Bytes of a step as a browser that takes brotli got them. */
export function bytesOf({ carried }: Step): number {
  return carried.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The table for a terminal: one line for each step, with the files below it. */
export function tableOf(weight: PageWeight): string {
  const lines: string[][] = [['', 'raw', 'gzip', 'brotli', 'served']];
  for (const { name, carried, sockets, frames } of Object.values(weight)) {
    const sum = (pick: (each: Carried) => number) =>
      kilobytes(carried.reduce((total, each) => total + pick(each), 0));
    const counts = `${carried.length} requests, ${frames} frames, ${sockets} sockets`;
    lines.push(
      [`${name}: ${counts}`, sum(rawOf), sum(gzipOf), sum(brotliOf), sum(({ bytes }) => bytes)],
      ...carried
        .toSorted((one, other) => other.bytes - one.bytes)
        .map((each) => [
          `  ${each.path}`,
          kilobytes(rawOf(each)),
          kilobytes(gzipOf(each)),
          kilobytes(brotliOf(each)),
          `${kilobytes(each.bytes)} ${each.encoding}`,
        ]),
    );
  }
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

const rawOf = ({ raw }: Carried) => raw;
const gzipOf = ({ gzip, raw }: Carried) => gzip ?? raw;
/** Where there is no brotli, a browser gets the next best. */
const brotliOf = (each: Carried) => each.brotli ?? gzipOf(each);

async function load(page: Page, shopUrl: string): Promise<void> {
  await page.goto(shopUrl);
  await page.getByRole('button', { name: /^Chat with us/ }).waitFor();
}

/** From the click on the launcher to the caret in the composer. */
async function open(page: Page): Promise<void> {
  const frame = page.frameLocator('iframe[title="Chat with us"]');
  await page.getByRole('button', { name: /^Chat with us/ }).click();
  await frame.getByRole('button', { name: 'Send us a message' }).click();
  await frame.getByRole('textbox').click();
}

async function writeFirst(page: Page): Promise<void> {
  const frame = page.frameLocator('iframe[title="Chat with us"]');
  await frame.getByRole('textbox').fill('Where is my parcel?');
  await frame.getByRole('textbox').press('Enter');
  await frame.getByText(/^Sent/).first().waitFor();
}

/** Runs `act` and records what the page and its frames loaded from Parley meanwhile, until nothing more comes. */
async function record(page: Page, parleyUrl: string, name: string, act: () => Promise<void>): Promise<Step> {
  const requests: Request[] = [];
  let sockets = 0;
  const quiet = openQuiet();
  const onRequest = (request: Request) => {
    if (!request.url().startsWith(parleyUrl)) return;
    requests.push(request);
    quiet.began(request);
  };
  const onSocket = () => {
    sockets += 1;
  };
  page.on('request', onRequest);
  page.on('requestfinished', quiet.ended);
  page.on('requestfailed', quiet.ended);
  page.on('websocket', onSocket);
  await act();
  await quiet.come();
  page.off('request', onRequest);
  page.off('requestfinished', quiet.ended);
  page.off('requestfailed', quiet.ended);
  page.off('websocket', onSocket);
  const carried: Carried[] = [];
  for (const request of requests) carried.push(await weigh(request));
  return { name, carried, sockets, frames: page.frames().length - 1 };
}

const quietMs = 1_000;

/** Tells when nothing was under way for a second. The browser's own word for it knows nothing of frames that came later. */
function openQuiet() {
  const underWay = new Set<Request>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tell: () => void = () => {};
  const look = () => {
    clearTimeout(timer);
    if (underWay.size === 0) timer = setTimeout(() => tell(), quietMs);
  };
  return {
    began(request: Request) {
      underWay.add(request);
      look();
    },
    ended(request: Request) {
      underWay.delete(request);
      look();
    },
    come: () =>
      new Promise<void>((resolve) => {
        tell = resolve;
        look();
      }),
  };
}

async function weigh(request: Request): Promise<Carried> {
  const response = await request.response();
  if (response === null) throw new Error(`No answer: ${request.method()} ${request.url()}`);
  const { responseBodySize: bytes } = await request.sizes();
  const encoding = (await response.headerValue('content-encoding')) ?? 'as is';
  const { pathname } = new URL(request.url());
  const path = `${request.method() === 'GET' ? '' : `${request.method()} `}${pathname}`;
  if (request.method() !== 'GET' || (await request.headerValue('authorization')) !== null) {
    return { path, encoding, bytes, raw: (await response.body()).length, gzip: null, brotli: null };
  }
  const [raw, gzip, brotli] = await Promise.all(
    ['identity', 'gzip', 'br'].map((accepted) => sizeOf(request.url(), accepted)),
  );
  return { path, encoding, bytes, raw: raw ?? bytes, gzip: gzip ?? null, brotli: brotli ?? null };
}

/** Bytes of the body as served to who accepts only this encoding; null when it comes in another. */
function sizeOf(url: string, accepted: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': accepted } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        // Only what decodes counts: a wrong label would flatter.
        if (accepted === 'gzip' && response.headers['content-encoding'] === 'gzip') gunzipSync(body);
        if (accepted === 'br' && response.headers['content-encoding'] === 'br') brotliDecompressSync(body);
        const encoding = response.headers['content-encoding'] ?? 'identity';
        resolve(encoding === accepted ? body.length : null);
      });
    }).on('error', reject);
  });
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(bytes < 10_240 ? 2 : 1)} KB`;
}
