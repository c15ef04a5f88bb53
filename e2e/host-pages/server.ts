import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { queueStub, scriptTag } from '#/lib/embed/snippet.ts';
import type { Embedded } from '../shop/server.ts';

/** Somebody else's pages, each hard on what is embedded in it. All are served under every origin. */
export type HostPages = {
  /** Another origin than Parley's: another port and another host name. */
  url: string;
  /** The same pages at a second site, whose storage is not the first one's. */
  otherUrl: string;
  /** The same at a third one, which embeds what it may not. */
  foreignUrl: string;
  /** Sends the rest of every page that is held back. */
  release(): void;
  stop(): Promise<void>;
};

/** How a page differs from the plain one, which has the tag at its end. */
type Variant = { root?: string; head?: string; foot?: string; policy?: string };

const nonce = 'bm9uY2Ugb2YgdGhlIHBhZ2U';
const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};
/** Up to here a page with this mark is sent at once, and from here at `release`. */
const waitMark = '<!-- wait -->';

/** The server of all of them; `names` of the pages are in `variantsOf`. */
export async function startHostPages(widget: Embedded): Promise<HostPages> {
  const variants = variantsOf(widget);
  const page = await readFile(new URL('files/page.html', import.meta.url), 'utf8');
  const held = new Set<() => void>();
  // Browsers resolve every name below localhost to this machine, and each of them is a site of its own.
  const originOf = (site: string) => `http://${site}.localhost:${portOf(server)}`;

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (pathname.startsWith('/files/')) return void sendFile(pathname, response);
    const variant = variants[pathname.slice(1)];
    if (variant === undefined) return response.writeHead(404).end('Not found');
    if (variant.policy !== undefined) response.setHeader('Content-Security-Policy', variant.policy);
    response.setHeader('Content-Type', types.html ?? '');
    const html = page
      .replace('<html lang="en">', variant.root ?? '<html lang="en">')
      .replace('<!-- head -->', variant.head ?? '')
      .replace('<!-- foot -->', variant.foot ?? '')
      .replaceAll('{{host}}', originOf('host'));
    const at = html.indexOf(waitMark);
    if (at < 0) return response.end(html);
    response.write(html.slice(0, at));
    held.add(() => response.end(html.slice(at)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: originOf('host'),
    otherUrl: originOf('other'),
    foreignUrl: originOf('foreign'),
    release() {
      for (const send of held) send();
      held.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function variantsOf({ parleyOrigin, widgetKey }: Embedded): Record<string, Variant> {
  const tag = scriptTag(parleyOrigin, widgetKey);
  const script = (name: string) => `<script src="/files/${name}.js"></script>`;
  return {
    bare: {},
    plain: { foot: tag },
    'busy-bare': { head: script('busy') },
    busy: { head: script('busy'), foot: tag },
    strict: { foot: tag.replace('<script', `<script nonce="${nonce}"`), policy: strictPolicy(parleyOrigin) },
    head: { head: `${tag.replace(' async', '')}${waitMark}` },
    twice: { head: tag, foot: tag + tag },
    early: { head: `<script>${queueStub}</script>${script('early-calls')}`, foot: tag },
    router: { foot: tag + script('router') },
    written: { foot: `<script>document.write(${inScript(tag)})</script>` },
    arabic: { root: '<html lang="ar" dir="rtl">', foot: tag },
    unset: { head: '<link rel="stylesheet" href="/files/unset.css">', foot: tag },
    overrides: { head: script('overrides'), foot: tag },
    'fetch-nothing': { head: script('fetch-nothing'), foot: tag },
    'fetch-headers': { head: script('fetch-headers'), foot: tag },
    rewritten: { foot: `${tag}<script>${rewrite(tag)}</script>` },
    // A page around the host's own: which site it is decides whether the chat inside may be shown.
    portal: { foot: '<iframe title="portal" src="{{host}}/plain"></iframe>' },
    unknown: { foot: scriptTag(parleyOrigin, 'wk_nobodyhasthiskey') },
  };
}

/** As strict as a page can be that still embeds something: scripts by nonce, no string ever becomes code or markup. */
function strictPolicy(parleyOrigin: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${parleyOrigin}`,
    `frame-src ${parleyOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** A page of the nineties: at the call it writes the next page over itself, in the same window. */
function rewrite(tag: string): string {
  const next = `<!doctype html><html lang="en"><title>Again</title><h1>Written again</h1>${tag}`;
  return `window.rewrite = () => { document.open(); document.write(${inScript(next)}); document.close() }`;
}

function inScript(text: string): string {
  return JSON.stringify(text).replaceAll('</', '<\\/');
}

async function sendFile(pathname: string, response: ServerResponse): Promise<void> {
  const name = /^\/files\/([\w-]+\.(css|js))$/.exec(pathname);
  if (name === null) return void response.writeHead(404).end('Not found');
  const text = await readFile(new URL(`files/${name[1]}`, import.meta.url), 'utf8');
  response.setHeader('Content-Type', types[name[2] ?? ''] ?? '').end(text);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The host pages have no port.');
  return address.port;
}
