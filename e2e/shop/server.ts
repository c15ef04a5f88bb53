import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { queueStub, scriptTag } from '#/lib/embed/snippet.ts';

export type Embedded = {
  /** Where Parley answers, without a path. */
  parleyOrigin: string;
  widgetKey: string;
};

/** A running shop. `url` is another origin than Parley's: another port, and another host name than 127.0.0.1. */
export type Shop = {
  url: string;
  /** Puts this tag on every page from now on; without one, the shop has no chat. */
  embed: (widget: Embedded) => void;
  stop: () => Promise<void>;
};

/**
 * Serves the shop as somebody else's site: `/` as most pages are, `/strict` under a content policy without any inline
 * style or script, `/twice` with the tag put in by mistake a second time and in the head, `/queue` with calls made
 * before the script arrives, `/arabic` from right to left, `/in/de` and so on in that language, `/elsewhere` with a key
 * that no widget has.
 */
export async function startShop(widget: Embedded | null = null): Promise<Shop> {
  const page = await readFile(new URL('./index.html', import.meta.url), 'utf8');
  const styles = await readFile(new URL('./shop.css', import.meta.url), 'utf8');
  let variants: Record<string, Variant> = variantsOf(widget);

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://shop');
    if (pathname === '/shop.css') return response.setHeader('Content-Type', 'text/css').end(styles);
    if (pathname === '/early.js') return response.setHeader('Content-Type', 'text/javascript').end(early);
    const variant = variants[pathname] ?? inLanguage(pathname, variants['/']);
    if (variant === undefined) return response.writeHead(404).end('Not found');
    if (variant.policy !== undefined) response.setHeader('Content-Security-Policy', variant.policy);
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(
      page
        .replace('<html lang="en">', variant.root ?? '<html lang="en">')
        .replace('<!-- head -->', variant.head ?? '')
        .replace('<!-- foot -->', variant.foot ?? ''),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The shop has no port.');
  return {
    url: `http://localhost:${address.port}`,
    embed(other) {
      variants = variantsOf(other);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Variant = { head?: string; foot?: string; policy?: string; root?: string };

function variantsOf(widget: Embedded | null): Record<string, Variant> {
  if (widget === null) return { '/': {} };
  const { parleyOrigin, widgetKey } = widget;
  const tag = scriptTag(parleyOrigin, widgetKey);
  return {
    '/': { foot: tag },
    '/strict': { foot: tag, policy: strictPolicy(parleyOrigin) },
    '/twice': { head: tag, foot: tag },
    '/queue': { head: '<script src="/early.js"></script>', foot: tag },
    '/arabic': { foot: tag, root: '<html lang="ar" dir="rtl">' },
    '/elsewhere': { foot: scriptTag(parleyOrigin, 'wk_nobodyhasthiskey') },
  };
}

/** The plain page in the language that its path names. */
function inLanguage(path: string, plain: Variant | undefined): Variant | undefined {
  const language = /^\/in\/([A-Za-z-]+)$/.exec(path)?.[1];
  if (language === undefined || plain === undefined) return undefined;
  return { ...plain, root: `<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">` };
}

// A page that cannot wait: `window.heard` tells what came of its early calls.
const early = `${queueStub};
window.heard = [];
window.Parley('on', 'ready', () => window.heard.push('ready'));
window.Parley('open').then(() => window.heard.push('answered'));`;

/** As strict as a site that embeds us can be: our origin for the script, the frame and the two reads; nothing inline. */
function strictPolicy(parleyOrigin: string): string {
  return [
    "default-src 'none'",
    `script-src ${parleyOrigin}`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${parleyOrigin}`,
    `frame-src ${parleyOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
