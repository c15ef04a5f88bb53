import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

interface Asset {
  path: string;
  type: string;
  isImmutable: boolean;
  loaded?: { raw: Buffer; br: Buffer | undefined; gz: Buffer | undefined; etag: string };
  compressedPath: string;
}

export interface StaticAssets {
  /** Whether the path names a built or public file. */
  has: (pathname: string) => boolean;
  /** Answers a request for a built or public file; false when the path names none. */
  serve: (pathname: string, request: IncomingMessage, response: ServerResponse) => boolean;
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Lists what the build and `public/` hold. Only listed paths are ever read, so no path can climb out. */
export function loadStaticAssets(projectDir: string): StaticAssets {
  const compressed = join(projectDir, '.next/compressed');
  const assets = new Map<string, Asset>([
    ...listAssets('/', join(projectDir, 'public'), join(compressed, 'public'), false),
    ...listAssets('/_next/static/', join(projectDir, '.next/static'), join(compressed, 'static'), true),
  ]);
  return {
    has: (pathname) => assets.has(decodePath(pathname)),
    serve(pathname, request, response) {
      const asset = assets.get(decodePath(pathname));
      if (asset === undefined) return false;
      if (request.method !== 'GET' && request.method !== 'HEAD') return false;
      sendAsset(asset, request, response);
      return true;
    },
  };
}

function* listAssets(
  base: string,
  dir: string,
  compressedDir: string,
  isImmutable: boolean,
): Generator<[string, Asset]> {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    const compressedPath = join(compressedDir, entry.name);
    if (entry.isDirectory()) yield* listAssets(`${base}${entry.name}/`, path, compressedPath, isImmutable);
    else if (entry.isFile() && !entry.name.startsWith('.')) {
      const type = types[extname(entry.name)] ?? 'application/octet-stream';
      yield [`${base}${entry.name}`, { path, type, isImmutable, compressedPath }];
    }
  }
}

function sendAsset(asset: Asset, request: IncomingMessage, response: ServerResponse): void {
  asset.loaded ??= load(asset);
  const { raw, br, gz, etag } = asset.loaded;
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  const [body, encoding] =
    br !== undefined && accepted.has('br')
      ? [br, 'br']
      : gz !== undefined && accepted.has('gzip')
        ? [gz, 'gzip']
        : [raw, undefined];
  const tag = `"${etag}${encoding === undefined ? '' : `-${encoding}`}"`;
  response.setHeader('Content-Type', asset.type);
  response.setHeader(
    'Cache-Control',
    asset.isImmutable ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
  );
  response.setHeader('ETag', tag);
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  // The loader and its images are for other people's pages.
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  // Imported from there, and compared with an `integrity` there, they have to be readable.
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.removeHeader('Content-Security-Policy');
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding);
  if (request.headers['if-none-match']?.split(/,\s*/).includes(tag) === true) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Length', body.length);
  response.writeHead(200).end(request.method === 'HEAD' ? undefined : body);
}

function load(asset: Asset): NonNullable<Asset['loaded']> {
  const raw = readFileSync(asset.path);
  const etag = createHash('sha256').update(raw).digest('base64url').slice(0, 22);
  return {
    raw,
    br: readIfThere(`${asset.compressedPath}.br`),
    gz: readIfThere(`${asset.compressedPath}.gz`),
    etag,
  };
}

function acceptedEncodings(header: string | string[] | undefined): Set<string> {
  const entries = String(header ?? '').split(',');
  return new Set(
    entries
      .filter((entry) => !/;\s*q=0(\.0*)?\s*$/.test(entry))
      .map((entry) => entry.split(';')[0]?.trim() ?? ''),
  );
}

function readIfThere(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
